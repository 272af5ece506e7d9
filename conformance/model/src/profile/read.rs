//! Reads profiles and checks that every departure from POSIX is a deviation, and nothing else is.

use super::order::{Order, Orders};
use super::{Choice, Deviation, Justification, Note, Profile, Rule, Rules};
use crate::clause::ClauseId;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

/// The profiles that are built in: the standard first, then platforms.
pub(super) const BUILT_IN: &[(&str, &str)] = &[
    ("posix", include_str!("../../profiles/posix.toml")),
    ("linux-glibc", include_str!("../../profiles/linux-glibc.toml")),
    ("linux-musl", include_str!("../../profiles/linux-musl.toml")),
    ("macos", include_str!("../../profiles/macos.toml")),
    ("freebsd", include_str!("../../profiles/freebsd.toml")),
    ("openbsd", include_str!("../../profiles/openbsd.toml")),
    ("netbsd", include_str!("../../profiles/netbsd.toml")),
    ("dragonfly", include_str!("../../profiles/dragonfly.toml")),
    ("illumos", include_str!("../../profiles/illumos.toml")),
    ("gvisor", include_str!("../../profiles/gvisor.toml")),
    ("qemu-user", include_str!("../../profiles/qemu-user.toml")),
    ("cygwin", include_str!("../../profiles/cygwin.toml")),
    ("haiku", include_str!("../../profiles/haiku.toml")),
    ("android", include_str!("../../profiles/android.toml")),
];

/// Rules of which a platform makes one choice: several would make a state each of every shrinking object.
const ALONE: &[&str] = &["private_survives"];

/// Why a text is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No profile has that ID.
    #[error("no profile is called `{id}`; there are {known}, or give the path of a .toml file")]
    Unknown {
        /// What was asked for.
        id: String,
        /// What there is.
        known: String,
    },
    /// It is not TOML, or not of this form.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A rule cannot be what it is.
    #[error("rule `{key}`: {problem}")]
    Rule {
        /// The rule.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The order of a call's checks cannot be what it is.
    #[error("order of `{call}`: {problem}")]
    Order {
        /// The call.
        call: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A deviation cannot be what it is.
    #[error("deviation `{id}`: {problem}")]
    Deviation {
        /// The deviation.
        id: String,
        /// What is wrong with it.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Standard {
    id: String,
    title: String,
    rules: BTreeMap<String, Allows>,
}

/// What POSIX allows in one matter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Allows {
    allows: Vec<String>,
    clause: ClauseId,
    /// Platforms document a value of their own; the one here is what one can count on.
    #[serde(default)]
    own: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Platform {
    id: String,
    title: String,
    /// A platform whose rules this one starts from.
    like: Option<String>,
    /// Rules that are not taken over from that platform, since nothing is known of them here.
    #[serde(default)]
    unknown: Vec<String>,
    #[serde(default)]
    rules: BTreeMap<String, Does>,
    #[serde(default)]
    deviation: Vec<Deviation>,
    #[serde(default)]
    note: Vec<Note>,
    /// The order of a call's checks, where it is known.
    #[serde(default)]
    order: Vec<OrderOf>,
}

/// The order in which one call makes its checks.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct OrderOf {
    call: String,
    checks: Vec<String>,
    source: String,
}

/// What a platform does in one matter.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Does {
    does: OneOrMore,
    #[serde(default)]
    source: String,
    /// The deviation that the choices are which POSIX does not allow.
    deviation: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// Gives a rule from what POSIX allows and what a platform does.
pub(super) struct Reader<'a> {
    allows: &'a BTreeMap<String, Allows>,
    does: &'a BTreeMap<String, Does>,
    deviations: &'a [Deviation],
}

impl Reader<'_> {
    pub(super) fn rule<T: FromStr<Err: fmt::Display> + PartialEq>(&self, key: &str) -> Result<Rule<T>, ProfileError> {
        let problem = |problem: String| ProfileError::Rule { key: key.to_owned(), problem };
        let read = |text: &String| text.parse::<T>().map_err(|error| problem(error.to_string()));
        let allows = self.allows.get(key).ok_or_else(|| problem("posix.toml does not speak of it".to_owned()))?;
        let allowed: Vec<T> = allows.allows.iter().map(read).collect::<Result<_, _>>()?;
        let Some(does) = self.does.get(key) else {
            let justification = Justification { assumed: true, ..Justification::clause(allows.clause) };
            let choices = allowed.into_iter().map(|value| Choice { value, justification }).collect();
            return Ok(Rule { choices, source: String::new() });
        };
        let index = match &does.deviation {
            None => None,
            Some(id) => {
                let at = self.deviations.iter().position(|deviation| deviation.id == *id);
                let at = at.ok_or_else(|| problem(format!("no [[deviation]] has the id `{id}`")))?;
                Some((at as u16, self.deviations[at].clause))
            }
        };
        let texts = match &does.does {
            OneOrMore::One(text) => std::slice::from_ref(text),
            OneOrMore::More(texts) => texts,
        };
        let mut departs = false;
        let mut choices = Vec::new();
        for text in texts {
            let value = read(text)?;
            let justification = if allows.own || allowed.contains(&value) {
                Justification::clause(allows.clause)
            } else {
                departs = true;
                let (index, clause) =
                    index.ok_or_else(|| problem(format!("POSIX does not allow `{text}`: name a deviation")))?;
                Justification { clause, deviation: Some(index), assumed: false }
            };
            if choices.iter().any(|choice: &Choice<T>| choice.value == value) {
                return Err(problem(format!("`{text}` stands there twice")));
            }
            choices.push(Choice { value, justification });
        }
        if index.is_some() && !departs {
            return Err(problem("POSIX allows all that it does, so it is no deviation".to_owned()));
        }
        if choices.is_empty() {
            return Err(problem("it has no choice".to_owned()));
        }
        if choices.len() > 1 && ALONE.contains(&key) {
            return Err(problem("it can have one choice alone".to_owned()));
        }
        Ok(Rule { choices, source: does.source.clone() })
    }
}

fn standard() -> Result<&'static Standard, ProfileError> {
    static STANDARD: OnceLock<Standard> = OnceLock::new();
    if let Some(standard) = STANDARD.get() {
        return Ok(standard);
    }
    let standard = toml::from_str(BUILT_IN[0].1)?;
    Ok(STANDARD.get_or_init(|| standard))
}

pub(super) fn built_in(id: &str) -> Result<Profile, ProfileError> {
    let found = BUILT_IN.iter().find(|(known, _)| *known == id);
    let (id, text) = found.ok_or_else(|| ProfileError::Unknown {
        id: id.to_owned(),
        known: BUILT_IN.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", "),
    })?;
    if *id != "posix" {
        return platform(text);
    }
    let Standard { id, title, rules: allows } = standard()?;
    known_keys(allows.keys())?;
    let reader = Reader { allows, does: &BTreeMap::new(), deviations: &[] };
    let rules = Rules::read(&reader)?;
    let (id, title, orders) = (id.clone(), title.clone(), Orders::default());
    Ok(Profile { id, title, rules, orders, deviations: Vec::new(), notes: Vec::new() })
}

pub(super) fn platform(text: &str) -> Result<Profile, ProfileError> {
    let Platform { id, title, rules, mut deviation, note, order, .. } = merged(toml::from_str(text)?)?;
    known_keys(rules.keys())?;
    let reader = Reader { allows: &standard()?.rules, does: &rules, deviations: &deviation };
    let read = Rules::read(&reader)?;
    for Deviation { id, .. } in &deviation {
        if !rules.values().any(|does| does.deviation.as_ref() == Some(id)) {
            return Err(ProfileError::Deviation { id: id.clone(), problem: "no rule names it".to_owned() });
        }
    }
    for rule in read.list() {
        let by =
            rule.choices.iter().map(|(_, justification)| justification.deviation).reduce(|one, other| one.and(other));
        if let Some(at) = by.flatten() {
            deviation[usize::from(at)].always = true;
        }
    }
    let orders = Orders::new(order.into_iter().map(read_order).collect::<Result<_, _>>()?);
    Ok(Profile { id, title, rules: read, orders, deviations: deviation, notes: note })
}

/// A platform with what it takes over from the one that it is like.
fn merged(platform: Platform) -> Result<Platform, ProfileError> {
    let Some(like) = &platform.like else { return Ok(platform) };
    let base = BUILT_IN.iter().skip(1).find(|(id, _)| id == like);
    let (_, text) =
        base.ok_or_else(|| ProfileError::Unknown { id: like.clone(), known: "the built-in platforms".to_owned() })?;
    let base = merged(toml::from_str(text)?)?;
    known_keys(platform.unknown.iter())?;
    let mut rules = base.rules;
    rules.retain(|key, _| !platform.unknown.contains(key));
    rules.extend(platform.rules);
    let named = |deviation: &Deviation| rules.values().any(|does| does.deviation.as_ref() == Some(&deviation.id));
    let own = |inherited: &Deviation| platform.deviation.iter().any(|deviation| deviation.id == inherited.id);
    let inherited = base.deviation.into_iter().filter(|deviation| named(deviation) && !own(deviation));
    let deviation = inherited.chain(platform.deviation.iter().cloned()).collect();
    let inherited = base.order.into_iter().filter(|order| platform.order.iter().all(|own| own.call != order.call));
    let order = inherited.chain(platform.order.iter().cloned()).collect();
    Ok(Platform { like: None, rules, deviation, order, ..platform })
}

fn read_order(order: OrderOf) -> Result<Order, ProfileError> {
    let OrderOf { call, checks, source } = order;
    let problem = |problem| ProfileError::Order { call: call.clone(), problem };
    if !Orders::CALLS.contains(&call.as_str()) {
        return Err(problem(format!(
            "the order of its checks is not modelled; that of {} is",
            Orders::CALLS.join(", ")
        )));
    }
    let checks = checks.iter().map(|word| word.parse()).collect::<Result<_, String>>().map_err(problem)?;
    Ok(Order { call, checks, source })
}

fn known_keys<'a>(keys: impl Iterator<Item = &'a String>) -> Result<(), ProfileError> {
    for key in keys {
        if !Rules::KEYS.contains(&key.as_str()) {
            return Err(ProfileError::Rule { key: key.clone(), problem: "no rule has that key".to_owned() });
        }
    }
    Ok(())
}
