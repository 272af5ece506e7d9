//! What the model's data has to do with a topic: clauses, rules of platforms, deviations, notes and cases.

use super::{Function, Mention, Topic};
use shmconf_model::call::Entry;
use shmconf_model::catalogue;
use shmconf_model::clause::{Clause, ClauseId, Ledger};
use shmconf_model::profile::{Deviation, Note, Profile};
use shmconf_model::script::Script;

/// Calls that are called as a word of English, which texts use for other matters.
const ENGLISH: &[&str] = &[
    "create", "send", "store", "load", "names", "exec", "exit", "read", "write", "close", "collide", "plant", "punch",
    "fork",
];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) clauses: Vec<&'static Clause>,
    pub(super) rules: Vec<Rule>,
    /// Each with the platforms that have it.
    pub(super) deviations: Vec<(Deviation, Vec<String>)>,
    pub(super) notes: Vec<(String, Note)>,
    pub(super) cases: Vec<&'static Script>,
}

/// A rule, with what platforms do in the matter.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) key: &'static str,
    pub(super) about: &'static str,
    /// What is done, and which platforms do it.
    pub(super) choices: Vec<(String, Vec<String>)>,
}

pub(super) fn of(topic: &Topic) -> Found {
    let profiles: Vec<Profile> = match &topic.platforms[..] {
        [] => Profile::platforms().filter_map(|id| Profile::get(id).ok()).collect(),
        named => named.to_vec(),
    };
    let mut found = Found { cases: cases(topic), ..Found::default() };
    if topic.compares_platforms() {
        return found.with_differences(&profiles);
    }
    if topic.calls.is_empty() && topic.mentions.is_empty() {
        return found;
    }
    found.clauses = Ledger::get()
        .clauses()
        .filter(|clause| topic.is_met(Some(clause.id), &[&clause.text, &clause.source]))
        .collect();
    for profile in &profiles {
        found.add(topic, profile);
        let notes = profile.notes.iter().filter(|note| topic.is_met(None, &[&note.text]));
        found.notes.extend(notes.map(|note| (profile.name.clone(), note.clone())));
    }
    found
}

impl Found {
    /// Adds the rules and the deviations of a platform that have to do with the topic.
    fn add(&mut self, topic: &Topic, profile: &Profile) {
        rules(topic, profile, &mut self.rules);
        let departures = profile.departures().into_iter();
        for deviation in departures.filter(|known| topic.is_met(Some(known.clause), &[&known.text])) {
            match self.deviations.iter_mut().find(|(known, _)| known.id == deviation.id) {
                Some((_, platforms)) => platforms.push(profile.name.clone()),
                None => self.deviations.push((deviation.clone(), vec![profile.name.clone()])),
            }
        }
    }

    /// Adds what the platforms do not have in common.
    fn with_differences(mut self, profiles: &[Profile]) -> Found {
        profiles.iter().for_each(|profile| self.add(&Topic::default(), profile));
        let is_common = |names: &[String]| names.len() == profiles.len();
        self.rules.retain(|rule| !rule.choices.iter().all(|(_, names)| is_common(names)));
        self.deviations.retain(|(_, names)| !is_common(names));
        self
    }

    /// Was something asked for that nothing speaks of?
    pub(super) fn says_nothing(&self, topic: &Topic) -> bool {
        let asks = !topic.calls.is_empty() || !topic.mentions.is_empty();
        let is_silent = self.clauses.is_empty() && self.rules.is_empty();
        asks && is_silent && self.deviations.is_empty() && self.notes.is_empty()
    }
}

fn rules(topic: &Topic, profile: &Profile, rules: &mut Vec<Rule>) {
    for rule in profile.rules.list() {
        // Where a platform says nothing, POSIX's own choices stand, which are no news of it.
        if rule.source.is_empty() {
            continue;
        }
        // What may come under the same condition, by that condition.
        let mut under: Vec<(&str, Vec<String>)> = Vec::new();
        let conditions = rule.by_condition();
        for (when, choices) in &conditions {
            let does = choices.iter().filter_map(|(choice, justification)| {
                let deviation = profile.deviation(*justification);
                let departs = deviation.map(|deviation| deviation.text.as_str()).unwrap_or_default();
                let is_met = topic.is_met(Some(justification.clause), &[choice, rule.about, departs]);
                let by = deviation.map(|deviation| format!(", {}", deviation.id)).unwrap_or_default();
                is_met.then(|| format!("{choice}{by}"))
            });
            let does: Vec<String> = does.collect();
            if !does.is_empty() {
                under.push((when, does));
            }
        }
        let has_conditions = rule.when.iter().any(|when| !when.is_empty());
        for (when, choices) in under {
            let when = match when {
                "" if has_conditions => " (always possible)".to_owned(),
                "" => String::new(),
                when => format!(" ({when})"),
            };
            let does = format!("{}{when}", choices.join(" or "));
            let known = match rules.iter_mut().find(|known| known.key == rule.key) {
                Some(known) => known,
                None => {
                    rules.push(Rule { key: rule.key, about: rule.about, choices: Vec::new() });
                    rules.last_mut().expect("one was pushed")
                }
            };
            match known.choices.iter_mut().find(|(choice, _)| *choice == does) {
                Some((_, platforms)) => platforms.push(profile.name.clone()),
                None => known.choices.push((does, vec![profile.name.clone()])),
            }
        }
    }
}

/// The cases of the areas that make the calls, with the flags.
fn cases(topic: &Topic) -> Vec<&'static Script> {
    let is_error = |mention: &Mention| mention.bare.is_none();
    if topic.areas.is_empty() && topic.mentions.iter().any(is_error) {
        return Vec::new();
    }
    let is_meant = |case: &&Script| {
        let area = topic.areas.is_empty() || topic.areas.iter().any(|area| case.id.area() == area);
        let mut calls = case.lines().map(|line| line.call.to_string());
        area && (topic.calls.is_empty() && topic.mentions.is_empty() || calls.any(|call| topic.is_made(&call)))
    };
    if topic.areas.is_empty() && topic.calls.is_empty() && topic.mentions.is_empty() {
        return Vec::new();
    }
    catalogue::cases().iter().filter(is_meant).collect()
}

impl Topic {
    /// Is it about platforms alone, and more than one of them?
    pub(super) fn compares_platforms(&self) -> bool {
        self.platforms.len() > 1 && self.is_of_platforms()
    }

    /// Is it about platforms alone?
    pub(super) fn is_of_platforms(&self) -> bool {
        self.calls.is_empty() && self.mentions.is_empty() && self.areas.is_empty()
    }

    /// Do a clause and texts have to do with each of the calls and constants?
    fn is_met(&self, clause: Option<ClauseId>, texts: &[&str]) -> bool {
        let says = |word: &str| texts.iter().any(|text| has_word(text, word));
        let calls = self.calls.iter().all(|call| {
            let is_about = clause.is_some_and(|clause| Some(clause.interface) == call.interface);
            is_about || !ENGLISH.contains(&&*call.name) && says(&call.name)
        });
        calls && self.mentions.iter().all(|mention| says(&mention.word) || mention.sets().is_some_and(says))
    }

    /// Is a call one of those, with those flags?
    fn is_made(&self, call: &str) -> bool {
        let function = call.split('(').next().unwrap_or_default();
        let is_of = |entry: &&Entry, known: &Function| {
            entry.name == function && (known.name == function || entry.command.is_some_and(|word| has_word(call, word)))
        };
        let named = |known: &Function| known.entries.iter().any(|entry| is_of(entry, known));
        let named = self.calls.is_empty() || self.calls.iter().any(named);
        let flags = self.mentions.iter().filter_map(|mention| Some((mention, mention.bare?)));
        let with = |(mention, bare): (&Mention, &str)| {
            mention.of.iter().any(|entry| entry.name == function) && has_word(call, bare)
        };
        named && flags.into_iter().all(with)
    }
}

/// Is the word in the text, and no part of a longer one?
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::has_word;
    use rstest::rstest;

    #[rstest]
    #[case("O_CREAT with O_EXCL", "O_EXCL", true)]
    #[case("EINVAL: the size", "EINVAL", true)]
    #[case("MFD_NOEXEC_SEAL", "MFD_NOEXEC", false)]
    #[case("xEINVAL", "EINVAL", false)]
    fn a_word_stands_by_itself(#[case] text: &str, #[case] word: &str, #[case] is_there: bool) {
        assert_eq!(has_word(text, word), is_there);
    }
}
