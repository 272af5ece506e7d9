//! What is special of a recorded program: not all of it can be judged, and by the rules of another platform than its own it is
//! compared, call by call, as if it had been put right before.

use shmconf_model::call::Call;
use shmconf_model::clause::ClauseSet;
use shmconf_model::portability::{self, Other};
use shmconf_model::profile::Profile;
use shmconf_model::trace::{Event, Header, Trace, program_of};
use shmconf_model::verdict::{self, Allowed, Certainty, Judgement, Verdict, Violation};
use std::collections::{BTreeMap, BTreeSet};

/// Why nothing is known of a program, where no call on an object can be judged.
pub(super) fn nothing_judged(trace: &Trace) -> Option<String> {
    let of_processes =
        |event: &Event| matches!(event.call, Call::Exit { .. } | Call::Exec | Call::Fork { .. } | Call::Umask { .. });
    let is_open = |event: &Event| event.unjudged.is_some() || of_processes(event);
    let is_nothing = program_of(&trace.header.subject).is_some() && trace.events.iter().all(is_open);
    let why = trace.events.iter().find_map(|event| event.unjudged.as_deref());
    is_nothing.then(|| format!("nothing of it can be judged, as {}", why.unwrap_or("no call is about an object")))
}

/// Why nobody can tell whether a system did as it should by a program, where an outcome is not explained.
pub(super) fn undecided(trace: &Trace, mut judgement: Judgement) -> Judgement {
    let why = trace.events.iter().find_map(Event::unexplained);
    if let Some(why) = why.filter(|_| judgement.verdict < Verdict::Inconclusive) {
        judgement.verdict = Verdict::Inconclusive;
        judgement.reason = Some(why.to_owned());
    }
    judgement
}

/// Is the trace of a program, and the profile that of another platform?
pub fn is_compared(header: &Header, profile: &Profile) -> bool {
    let is_foreign = profile.id != Profile::POSIX && !profile.is_of(&header.platform);
    program_of(&header.subject).is_some() && is_foreign
}

/// What another platform makes of a program: a call that certainly has another outcome there is not allowed.
pub(super) fn elsewhere(trace: &Trace, profile: &Profile) -> Option<Judgement> {
    if !is_compared(&trace.header, profile) {
        return None;
    }
    let home = Profile::of(&trace.header.platform, &trace.header.machine).ok()?;
    let other = Other::new(profile.clone()).ok()?;
    let mut violations: BTreeMap<usize, Violation> = BTreeMap::new();
    for difference in portability::differences(trace, &home, &other) {
        if difference.certainty != Certainty::Certain {
            continue;
        }
        let (event, observed) = (difference.event, difference.observed);
        let violation = violations.entry(event).or_insert(Violation { event, observed, allowed: Vec::new() });
        violation.allowed.extend(difference.there.into_iter().map(briefly));
    }
    Some(Judgement {
        verdict: if violations.is_empty() { Verdict::Pass } else { Verdict::Fail },
        violations: violations.into_values().collect(),
        deviations: BTreeSet::new(),
        clauses: ClauseSet::default(),
        reason: None,
    })
}

/// With what of its reasons is told first.
fn briefly(allowed: Allowed) -> Allowed {
    let justifications = verdict::foremost(&allowed.justifications).into_iter().cloned().collect();
    Allowed { justifications, ..allowed }
}
