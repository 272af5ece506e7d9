//! Reads profiles and checks that every departure from POSIX is a deviation, and nothing else is.

use super::circumstances::{Circumstances, Setting, When};
use super::entries::{Allows, Entries, Reader};
use super::order::{Order, Orders};
use super::{Deviation, Note, Profile, Rules};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
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
    /// The release or the settings that were asked for cannot be what they are.
    #[error("profile `{id}`: {problem}")]
    Circumstances {
        /// The profile.
        id: String,
        /// What is wrong with them.
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Platform {
    id: String,
    title: String,
    /// The releases that it speaks of.
    #[serde(default)]
    releases: When,
    /// A platform whose rules this one starts from.
    like: Option<String>,
    /// Rules that are not taken over from that platform, since nothing is known of them here.
    #[serde(default)]
    unknown: Vec<String>,
    /// What can be set there.
    #[serde(default)]
    settings: BTreeMap<String, Setting>,
    #[serde(default)]
    rules: BTreeMap<String, Entries>,
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
    /// Of which releases, and of which settings.
    #[serde(default)]
    when: When,
}

fn standard() -> Result<&'static Standard, ProfileError> {
    static STANDARD: OnceLock<Standard> = OnceLock::new();
    if let Some(standard) = STANDARD.get() {
        return Ok(standard);
    }
    let standard = toml::from_str(BUILT_IN[0].1)?;
    Ok(STANDARD.get_or_init(|| standard))
}

pub(super) fn built_in(id: &str, circumstances: &Circumstances) -> Result<Profile, ProfileError> {
    let found = BUILT_IN.iter().find(|(known, _)| *known == id);
    let (id, text) = found.ok_or_else(|| ProfileError::Unknown {
        id: id.to_owned(),
        known: BUILT_IN.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", "),
    })?;
    if *id != "posix" {
        return Ok(Profile { is_built_in: true, ..platform(text, circumstances)? });
    }
    let Standard { id, title, rules: allows } = standard()?;
    known_keys(allows.keys())?;
    let nothing = BTreeMap::new();
    let reader = Reader { allows, does: &BTreeMap::new(), deviations: &[], settings: &nothing, circumstances };
    let rules = Box::new(Rules::read(&reader)?);
    let (id, name, title, orders) = (id.clone(), id.clone(), title.clone(), Orders::default());
    let circumstances = circumstances.clone();
    Ok(Profile {
        id,
        name,
        title,
        is_built_in: true,
        releases: When::default(),
        circumstances,
        turns: BTreeMap::new(),
        used: BTreeSet::new(),
        settings: nothing,
        rules,
        orders,
        deviations: Vec::new(),
        notes: Vec::new(),
    })
}

pub(super) fn platform(text: &str, circumstances: &Circumstances) -> Result<Profile, ProfileError> {
    let Platform { id, title, releases, settings, rules, mut deviation, note, order, .. } =
        merged(toml::from_str(text)?)?;
    known_keys(rules.keys())?;
    let allows = &standard()?.rules;
    let circumstances = &circumstances.as_far_as_known(&settings);
    let reader = Reader { allows, does: &rules, deviations: &deviation, settings: &settings, circumstances };
    let read = Box::new(Rules::read(&reader)?);
    let orders = read_orders(&order, &reader)?;
    for Deviation { id, .. } in &deviation {
        if !rules.values().any(|entries| entries.deviations().any(|named| named == id)) {
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
    let of_orders = order.iter().flat_map(|order| order.when.settings().keys());
    let used = rules.values().flat_map(Entries::settings).chain(of_orders).cloned().collect();
    let name = id.clone();
    let circumstances = circumstances.clone();
    let mut turns: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    let of_orders = order.iter().flat_map(|order| order.when.turns());
    for (part, release) in rules.values().flat_map(Entries::turns).chain(of_orders) {
        turns.entry(part.clone()).or_default().insert(release.clone());
    }
    Ok(Profile {
        id,
        name,
        title,
        is_built_in: false,
        releases,
        circumstances,
        turns,
        used,
        settings,
        rules: read,
        orders,
        deviations: deviation,
        notes: note,
    })
}

/// A platform with what it takes over from the one that it is like.
fn merged(platform: Platform) -> Result<Platform, ProfileError> {
    let Some(like) = &platform.like else { return Ok(platform) };
    let base = BUILT_IN.iter().skip(1).find(|(id, _)| id == like);
    let (_, text) =
        base.ok_or_else(|| ProfileError::Unknown { id: like.clone(), known: "the built-in platforms".to_owned() })?;
    let base = merged(toml::from_str(text)?)?;
    known_keys(platform.unknown.iter())?;
    let mut settings = base.settings;
    settings.extend(platform.settings);
    let mut rules = base.rules;
    rules.retain(|key, _| !platform.unknown.contains(key));
    rules.extend(platform.rules);
    let named =
        |deviation: &Deviation| rules.values().any(|entries| entries.deviations().any(|named| *named == deviation.id));
    let own = |inherited: &Deviation| platform.deviation.iter().any(|deviation| deviation.id == inherited.id);
    let inherited = base.deviation.into_iter().filter(|deviation| named(deviation) && !own(deviation));
    let deviation = inherited.chain(platform.deviation.iter().cloned()).collect();
    let inherited = base.order.into_iter().filter(|order| platform.order.iter().all(|own| own.call != order.call));
    let order = inherited.chain(platform.order.iter().cloned()).collect();
    Ok(Platform { like: None, settings, rules, deviation, order, ..platform })
}

/// The orders that may hold.
fn read_orders(orders: &[OrderOf], reader: &Reader<'_>) -> Result<Orders, ProfileError> {
    let mut may_hold = Vec::new();
    for order in orders {
        let problem = |problem| ProfileError::Order { call: order.call.clone(), problem };
        reader.check(&order.when).map_err(problem)?;
        let read = read_order(order.clone())?;
        if order.when.may_hold(reader.circumstances) {
            may_hold.push(read);
        }
    }
    Ok(Orders::new(may_hold))
}

fn read_order(order: OrderOf) -> Result<Order, ProfileError> {
    let OrderOf { call, checks, source, .. } = order;
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
