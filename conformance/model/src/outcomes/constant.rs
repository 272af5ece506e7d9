//! Which outcomes come about under one release and one set of settings, which stay as they are while a script runs.
//!
//! The walk answers each call as under any setting that is not known. An outcome whose first call needs a setting and whose second
//! needs another value of it comes about nowhere.

use super::{Bounds, Outcomes};
use crate::judge::judge;
use crate::profile::{Dimension, Profile};
use crate::trace::{Header, Trace};
use crate::verdict::Verdict;

/// Of more outcomes than these nobody reads each, and to look at them all takes long.
const MOST_OUTCOMES: usize = 512;

/// Leaves out what comes about under no release and no settings. A list that is not whole stays as it is.
pub(super) fn keep(mut all: Outcomes, header: &Header, profile: &Profile, bounds: Bounds<'_>) -> Outcomes {
    if all.bounded.is_some() || !(2..=MOST_OUTCOMES).contains(&all.found.len()) {
        return all;
    }
    let dimensions = dimensions(profile);
    let traces: Vec<Trace> = all.found.iter().map(|outcome| all.trace(outcome, header)).collect();
    let mut traces = traces.iter();
    // What the profile itself does not allow is no question of settings.
    all.found.retain(|_| {
        let is_late = bounds.stop.is_some_and(|stop| stop());
        traces.next().is_none_or(|trace| is_late || !allows(profile, trace) || is_possible(trace, &dimensions))
    });
    all
}

/// The ways in which the platform varies. The size of a page is the header's.
fn dimensions(profile: &Profile) -> Vec<Dimension> {
    let all = profile.dimensions().unwrap_or_default();
    all.into_iter().filter(|dimension| !dimension.is_setting(Profile::PAGE_SIZE)).collect()
}

fn allows(profile: &Profile, trace: &Trace) -> bool {
    judge(trace, profile).verdict != Verdict::Fail
}

/// Is there a point in each dimension at which the trace is allowed? What rules most out is decided first.
fn is_possible(trace: &Trace, dimensions: &[Dimension]) -> bool {
    let allowing = |dimension: &Dimension| -> Vec<Profile> {
        dimension.profiles().filter(|profile| allows(profile, trace)).cloned().collect()
    };
    let narrow = dimensions.iter().map(|dimension| (dimension, allowing(dimension)));
    let narrow = narrow.filter(|(dimension, allowing)| allowing.len() < dimension.profiles().count());
    match narrow.min_by_key(|(_, allowing)| allowing.len()) {
        None => true,
        Some((_, allowing)) => allowing.iter().any(|profile| is_possible(trace, &self::dimensions(profile))),
    }
}
