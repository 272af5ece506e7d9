//! The entries of a rule: what a platform does in one matter, of which releases and under which settings.

use super::circumstances::{Circumstances, Release, Setting, When};
use super::read::ProfileError;
use super::{Choice, Deviation, Justification, Rule, Rules};
use crate::clause::ClauseId;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Rules of which a platform makes one choice: several would make a state each of every shrinking object.
const ALONE: &[&str] = &["private_survives"];

/// What POSIX allows in one matter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Allows {
    allows: Vec<String>,
    clause: ClauseId,
    /// What another clause allows in that matter, such as an error number that the first one does not name.
    #[serde(default)]
    others: BTreeMap<ClauseId, Vec<String>>,
    /// Platforms document a value of their own; the one here is what one can count on.
    #[serde(default)]
    own: bool,
}

impl Allows {
    /// All that is allowed, each with its clause.
    fn all(&self) -> impl Iterator<Item = (&String, ClauseId)> {
        let others = self.others.iter().flat_map(|(clause, texts)| texts.iter().map(|text| (text, *clause)));
        self.allows.iter().map(|text| (text, self.clause)).chain(others)
    }
}

/// What a platform does in one matter: always the same, or an entry for each range of releases and each setting.
#[derive(Clone)]
pub(super) struct Entries(Vec<Does>);

/// What a platform does in one matter.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Does {
    does: OneOrMore,
    #[serde(default)]
    source: String,
    /// The deviation that the choices are which POSIX does not allow.
    deviation: Option<String>,
    /// Of which releases, and of which settings.
    #[serde(default)]
    when: When,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
pub(super) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// By hand, so that an error keeps its place in the file.
impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries, D::Error> {
        struct OneOrSeveral;

        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("what a platform does, as { does = … }, or a list of that")
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Entries, M::Error> {
                Does::deserialize(MapAccessDeserializer::new(map)).map(|does| Entries(vec![does]))
            }

            fn visit_seq<S: SeqAccess<'de>>(self, seq: S) -> Result<Entries, S::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Entries)
            }
        }

        deserializer.deserialize_any(OneOrSeveral)
    }
}

impl Entries {
    /// The releases at which they change, each with the part of the platform that it is of.
    pub(super) fn turns(&self) -> impl Iterator<Item = (&String, &Release)> {
        self.0.iter().flat_map(|does| does.when.turns())
    }

    /// The settings that they depend on.
    pub(super) fn settings(&self) -> impl Iterator<Item = &String> {
        self.0.iter().flat_map(|does| does.when.settings().keys())
    }

    /// The deviations that they name.
    pub(super) fn deviations(&self) -> impl Iterator<Item = &String> {
        self.0.iter().filter_map(|does| does.deviation.as_ref())
    }
}

impl OneOrMore {
    fn list(&self) -> &[String] {
        match self {
            OneOrMore::One(text) => std::slice::from_ref(text),
            OneOrMore::More(texts) => texts,
        }
    }
}

/// Gives a rule from what POSIX allows and what a platform does.
pub(super) struct Reader<'a> {
    pub(super) allows: &'a BTreeMap<String, Allows>,
    pub(super) does: &'a BTreeMap<String, Entries>,
    pub(super) deviations: &'a [Deviation],
    pub(super) settings: &'a BTreeMap<String, Setting>,
    pub(super) circumstances: &'a Circumstances,
}

/// From a text of a profile to the text of the same value as its type writes it, or what is wrong with it. Rules are read by such
/// texts, and not by a type each, which would have the compiler write everything here once for every type.
type Canonical = fn(&str) -> Result<String, String>;

impl Reader<'_> {
    /// The rule of a key; one without a choice, and the first problem, where it cannot be read.
    pub(super) fn rule<T: FromStr<Err: fmt::Display> + fmt::Display>(
        &self,
        key: &str,
        problem: &mut Option<ProfileError>,
    ) -> Rule<T> {
        let canonical = |text: &str| text.parse().map(|value: T| value.to_string()).map_err(|error| error.to_string());
        let read = self.texts(key, canonical).unwrap_or_else(|found| {
            problem.get_or_insert(found);
            Rule::default()
        });
        let mut choices = Vec::with_capacity(read.choices.len());
        for Choice { value, justification } in read.choices {
            match value.parse::<T>() {
                Ok(value) => choices.push(Choice { value, justification }),
                Err(error) => {
                    problem.get_or_insert(ProfileError::Rule { key: key.to_owned(), problem: error.to_string() });
                }
            }
        }
        Rule { choices, when: read.when, settings: read.settings, source: read.source }
    }

    /// The same, with the texts of its values.
    fn texts(&self, key: &str, canonical: Canonical) -> Result<Rule<String>, ProfileError> {
        let problem = |problem: String| ProfileError::Rule { key: key.to_owned(), problem };
        let rule = Rules::KEYS.iter().position(|known| *known == key).and_then(|at| u8::try_from(at).ok());
        let allows = self.allows.get(key).ok_or_else(|| problem("posix.toml does not speak of it".to_owned()))?;
        let allowed = allows.all().map(|(text, clause)| Ok((canonical(text)?, clause)));
        let allowed: Vec<(String, ClauseId)> = allowed.collect::<Result<_, _>>().map_err(problem)?;
        let Some(entries) = self.does.get(key) else {
            let assumed = |clause| Justification { assumed: true, rule, ..Justification::clause(clause) };
            let choice = |(value, clause)| Choice { value, justification: assumed(clause) };
            let choices = allowed.into_iter().map(choice).collect();
            return Ok(Rule { choices, ..Rule::default() });
        };
        let mut read = Rule::default();
        let mut holding = Vec::new();
        for does in &entries.0 {
            self.check(&does.when).map_err(problem)?;
            let choices = self.choices(does, allows, &allowed, rule, canonical).map_err(problem)?;
            if does.when.may_hold(self.circumstances) {
                holding.push(choices.iter().map(|choice| choice.value.clone()).collect());
                read.add(choices, does).map_err(problem)?;
            }
        }
        if read.choices.is_empty() {
            return Err(problem("it has no choice".to_owned()));
        }
        read.join(&holding);
        if read.choices.len() > 1 && ALONE.contains(&key) {
            return Err(problem("it can have one choice alone".to_owned()));
        }
        Ok(read)
    }

    /// Can the settings be what an entry depends on?
    pub(super) fn check(&self, when: &When) -> Result<(), String> {
        for (word, values) in when.settings() {
            let setting = self.settings.get(word).ok_or_else(|| format!("[settings] does not tell of `{word}`"))?;
            if let Some(value) = values.iter().find(|value| !setting.values.contains(value)) {
                return Err(format!("`{word}` cannot be `{value}`, as [settings] tells"));
            }
        }
        Ok(())
    }

    /// What one entry says, each with its justification.
    fn choices(
        &self,
        does: &Does,
        allows: &Allows,
        allowed: &[(String, ClauseId)],
        rule: Option<u8>,
        canonical: Canonical,
    ) -> Result<Vec<Choice<String>>, String> {
        let index = match &does.deviation {
            None => None,
            Some(id) => {
                let at = self.deviations.iter().position(|deviation| deviation.id == *id);
                let at = at.ok_or_else(|| format!("no [[deviation]] has the id `{id}`"))?;
                Some((at as u16, self.deviations[at].clause))
            }
        };
        let mut departs = false;
        let mut choices = Vec::new();
        for text in does.does.list() {
            let value = canonical(text)?;
            let by = allowed.iter().find(|(allowed, _)| *allowed == value).map(|(_, clause)| *clause);
            let justification = if let Some(clause) = by.or(allows.own.then_some(allows.clause)) {
                Justification { rule, ..Justification::clause(clause) }
            } else {
                departs = true;
                let (index, clause) =
                    index.ok_or_else(|| format!("POSIX does not allow `{text}`: name a deviation"))?;
                Justification { clause, deviation: Some(index), assumed: false, rule }
            };
            if choices.iter().any(|choice: &Choice<String>| choice.value == value) {
                return Err(format!("`{text}` stands there twice"));
            }
            choices.push(Choice { value, justification });
        }
        if index.is_some() && !departs {
            return Err("POSIX allows all that it does, so it is no deviation".to_owned());
        }
        Ok(choices)
    }
}

impl Rule<String> {
    /// What each of the entries says is always a choice.
    fn join(&mut self, entries: &[Vec<String>]) {
        for (choice, when) in self.choices.iter().zip(&mut self.when) {
            if entries.iter().all(|says| says.contains(&choice.value)) {
                when.clear();
            }
        }
        if self.when.iter().all(String::is_empty) {
            self.settings.clear();
        }
    }

    /// What an entry says that may hold. What an earlier one says as well, it does at more times.
    fn add(&mut self, choices: Vec<Choice<String>>, does: &Does) -> Result<(), String> {
        let when = does.when.to_string();
        for choice in choices {
            match self.choices.iter().position(|known| known.value == choice.value) {
                None => {
                    self.choices.push(choice);
                    self.when.push(when.clone());
                }
                Some(_) if when.is_empty() => return Err("entries that hold at the same time say the same".to_owned()),
                Some(at) => {
                    self.when[at].push_str("; ");
                    self.when[at].push_str(&when);
                }
            }
        }
        self.settings.extend(does.when.settings().keys().cloned());
        if !self.source.contains(&does.source) {
            let separator = if self.source.is_empty() { "" } else { "; " };
            self.source.push_str(separator);
            self.source.push_str(&does.source);
        }
        Ok(())
    }
}
