//! Where the calls of a trace would have had another outcome: on another platform, or on this one in other releases, with
//! other settings, or by another user.
//!
//! The calls are replayed by the rules of a platform. What was seen is followed as long as the platform allows it. Where
//! it does not, that is a difference, and the replay goes on as if the program had been put right there, so that what
//! comes later is a difference of its own. A call that the platform does not have cannot be put right: what would have been
//! done with what it made is not told, but for memfds, in whose place there is what programs make instead. Pure, like the judge.

mod instead;
mod replay;
mod user;

use crate::judge;
use crate::profile::{Circumstances, Dimension, Profile, ProfileError};
use crate::trace::{Event, Trace};
use crate::verdict::{self, Certainty, Difference, Elsewhere, Verdict};
use std::borrow::Cow;
use std::collections::HashSet;

/// Steps of the model in a search for an order in which a platform would have answered as was seen. A comparison makes many such
/// searches; where one is given up, what differs is possible and no more.
const STEPS: usize = 5_000;

/// A platform to compare with, in all the ways in which it varies.
#[derive(Debug, Clone)]
pub struct Other {
    profile: Profile,
    dimensions: Vec<Dimension>,
}

/// The platforms that are known, in the order in which they are listed.
///
/// # Errors
///
/// Those of [`Profile::get`].
pub fn platforms() -> Result<Vec<Other>, ProfileError> {
    let platforms = Profile::platforms();
    platforms.map(|id| Other::new(Profile::get(id)?)).collect()
}

/// The platforms on which the calls of a trace would have had other outcomes, in the order of `others`. `home` is what
/// the trace was judged by.
pub fn elsewhere(trace: &Trace, home: &Profile, others: &[Other]) -> Vec<Elsewhere> {
    let compared = others.iter().map(|other| (other, differences(trace, home, other)));
    let differing = compared.filter(|(_, differences)| !differences.is_empty());
    differing.map(|(other, differences)| Elsewhere { profile: other.name().to_owned(), differences }).collect()
}

/// The calls of a trace that would have had another outcome on another platform, first things first.
///
/// What differs whatever the platform's release, settings and page size is certain. Of what differs in some of these
/// alone, or for another user, each difference says for which.
pub fn differences(trace: &Trace, home: &Profile, other: &Other) -> Vec<Difference> {
    // Of one's own platform, in any release and as it may be set, what the dimensions say is enough.
    let is_home = other.profile.id == home.id && other.profile.circumstances == Circumstances::default();
    let whole = base(trace, home, &other.profile);
    let mut found = if is_home { Vec::new() } else { whole.clone() };
    let (mut conditional, mut at_times, mut of_another) = (Vec::new(), Vec::new(), Vec::new());
    for dimension in &other.dimensions {
        let is_page_size = dimension.is_setting(Profile::PAGE_SIZE);
        if is_page_size && trace.header.in_pages {
            continue;
        }
        let possible: Vec<_> = dimension.profiles().map(|profile| beyond(trace, home, profile)).collect();
        let at_each: Vec<_> = possible.iter().map(|all| certain(all)).collect();
        add(&mut at_times, &possible, |holds| Some(format!("at times {}", dimension.describe(holds)?)));
        found.retain(|known| !is_certain(known) || at_each.iter().all(|differences| is_told(known.event, differences)));
        add(&mut conditional, &at_each, |holds| dimension.describe(holds));
        if is_page_size {
            add_sizes(&mut found, &at_each, |holds| dimension.describe(holds));
        }
    }
    if let Some(retold) = user::as_another(trace, home) {
        let as_told = certain(&whole);
        let all_retold = base(&retold.trace, home, &other.profile);
        let mut as_retold = certain(&all_retold);
        as_retold.extend(as_told.iter().filter(|known| !retold.is_executed(known.event)).cloned());
        for known in found.iter_mut().filter(|known| is_certain(known) && !is_told(known.event, &as_retold)) {
            known.under = retold.describe(&[true, false]).unwrap_or_default();
        }
        let at_each = [as_told, as_retold];
        add(&mut conditional, &at_each, |holds| retold.describe(holds));
        // What another user meets with some settings alone is looked for where that may be.
        let is_new = |difference: &Difference| {
            [&found, &conditional, &at_times].iter().all(|told| !is_told(difference.event, told))
        };
        if all_retold.iter().any(|known| known.certainty == Certainty::Possible && is_new(known)) {
            let user = retold.describe(&[false, true]).unwrap_or_default();
            for dimension in other.dimensions.iter().filter(|dimension| !dimension.is_setting(Profile::PAGE_SIZE)) {
                let at_each = dimension.profiles().map(|profile| certain(&base(&retold.trace, home, profile)));
                let at_each: Vec<_> = at_each.collect();
                add(&mut of_another, &at_each, |holds| Some(format!("{}, {user}", dimension.describe(holds)?)));
            }
            of_another.retain(is_new);
        }
    }
    let always = certain(&found);
    conditional.retain(|difference: &Difference| !is_told(difference.event, &always));
    at_times.retain(|difference: &Difference| {
        !is_told(difference.event, &always) && !is_told(difference.event, &conditional)
    });
    // That it may be is said where it is not known when.
    found.retain(|difference| {
        let is_known = is_told(difference.event, &conditional) || is_told(difference.event, &at_times);
        is_certain(difference) || !is_known
    });
    found.extend(conditional.into_iter().chain(at_times).chain(of_another));
    verdict::in_order(&mut found);
    // The same again says nothing new.
    let mut told = HashSet::new();
    found.retain(|difference| told.insert((difference.there.clone(), difference.certainty, difference.under.clone())));
    found
}

impl Other {
    /// A platform, in all that is not settled by the release and the settings with which it was asked for.
    ///
    /// # Errors
    ///
    /// Those of [`Profile::under`].
    pub fn new(profile: Profile) -> Result<Other, ProfileError> {
        Ok(Other { dimensions: profile.dimensions()?, profile })
    }

    /// Its profile's name.
    pub fn name(&self) -> &str {
        &self.profile.name
    }

    /// Its profile's ID.
    pub fn id(&self) -> &str {
        &self.profile.id
    }
}

/// Adds each call that differs at some points of a dimension alone, with those points in words.
fn add(found: &mut Vec<Difference>, at_each: &[Vec<Difference>], describe: impl Fn(&[bool]) -> Option<String>) {
    for difference in at_each.iter().flatten() {
        let holds: Vec<bool> = at_each.iter().map(|differences| is_told(difference.event, differences)).collect();
        let Some(under) = describe(&holds) else { continue };
        let difference = Difference { certainty: Certainty::Possible, under, ..difference.clone() };
        if !found.iter().any(|known| is_same(known, &difference) && known.under == difference.under) {
            found.push(difference);
        }
    }
}

/// Adds what comes of a call that differs with each size of a page, where that is not the same with each.
fn add_sizes(found: &mut Vec<Difference>, at_each: &[Vec<Difference>], describe: impl Fn(&[bool]) -> Option<String>) {
    for difference in at_each.iter().flatten() {
        if !found.iter().any(|known| is_certain(known) && known.event == difference.event)
            || found.iter().any(|known| is_same(known, difference))
        {
            continue;
        }
        let holds: Vec<bool> =
            at_each.iter().map(|differences| differences.iter().any(|other| is_same(other, difference))).collect();
        found.extend(describe(&holds).map(|under| Difference { under, ..difference.clone() }));
    }
}

fn is_certain(difference: &Difference) -> bool {
    difference.certainty == Certainty::Certain
}

/// Is that call among them?
fn is_told(event: usize, differences: &[Difference]) -> bool {
    differences.iter().any(|difference| difference.event == event)
}

/// Has the same call the same outcomes, whatever the justification?
fn is_same(one: &Difference, other: &Difference) -> bool {
    one.event == other.event
        && one.there.iter().map(|there| &there.outcome).eq(other.there.iter().map(|there| &there.outcome))
}

/// What differs, or may, as far as it is known.
fn beyond(trace: &Trace, home: &Profile, profile: &Profile) -> Vec<Difference> {
    let mut found = base(trace, home, profile);
    found.retain(|difference| difference.certainty != Certainty::Unknown);
    found
}

/// Those of the differences that are certain.
fn certain(all: &[Difference]) -> Vec<Difference> {
    all.iter().filter(|difference| is_certain(difference)).cloned().collect()
}

/// The trace, on a machine whose pages are those of the platform.
fn there<'a>(trace: &'a Trace, profile: &Profile) -> Cow<'a, Trace> {
    let page_size = replay::pages_of(&trace.header, profile);
    if page_size == trace.header.platform.page_size {
        return Cow::Borrowed(trace);
    }
    let mut trace = trace.clone();
    trace.header.platform.page_size = page_size;
    Cow::Owned(trace)
}

/// The differences by the rules of one profile, whatever it leaves open.
fn base(trace: &Trace, home: &Profile, profile: &Profile) -> Vec<Difference> {
    let mut events: Vec<(u32, &Event)> = (0..).zip(&trace.events).collect();
    events.sort_by_key(|(_, event)| event.start);
    let overlap = events.windows(2).any(|two| two[1].1.start < two[0].1.end);
    events.retain(|(_, event)| replay::is_replayed(event));
    let mut differences = replay::differences(&trace.header, events, home, profile);
    // Only the judge tries every order of calls that overlap.
    let bounds = judge::Bounds { steps: STEPS, ..judge::Bounds::default() };
    if overlap
        && !differences.is_empty()
        && judge::judge_within(&there(trace, profile), profile, bounds).verdict != Verdict::Fail
    {
        differences.retain(|difference| difference.certainty != Certainty::Certain);
    }
    differences
}
