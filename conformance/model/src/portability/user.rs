//! The same calls by another user: as an ordinary one where root made them, and the other way round.

use super::replay::{as_there, branches, is_alike, is_replayed, may_answer, next};
use crate::call::{Call, Requirement};
use crate::model::{Expect, State};
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::trace::{Event, Trace};
use std::collections::VecDeque;

/// The user and the group of those who need no privilege.
const ORDINARY: u32 = 1000;
const ROOT: u32 = 0;

/// A trace as it would have been by another user.
pub(super) struct Retold {
    pub(super) trace: Trace,
    by_root: bool,
}

impl Retold {
    /// Does that user come to make the call?
    pub(super) fn is_executed(&self, event: usize) -> bool {
        self.trace.events.get(event).is_some_and(|event| !matches!(event.outcome, Outcome::NotExecuted(_)))
    }

    /// By whom, where something holds of the trace alone, or as it was retold alone.
    pub(super) fn describe(&self, holds: &[bool]) -> Option<String> {
        let by_root = match holds {
            [true, false] => !self.by_root,
            [false, true] => self.by_root,
            _ => return None,
        };
        Some(if by_root { "as root" } else { "as an ordinary user" }.to_owned())
    }
}

/// The trace, as the platform on which it was made would have answered another user. Where actors are of several users,
/// or change theirs, that is what the script is about.
pub(super) fn as_another(trace: &Trace, home: &Profile) -> Option<Retold> {
    let user = trace.header.actors.first()?.uid;
    let changes = |call: &Call| Requirement::of(call).contains(&Requirement::Root);
    if trace.header.actors.iter().any(|actor| actor.uid != user)
        || trace.events.iter().any(|event| changes(&event.call))
    {
        return None;
    }
    let by_root = user != ROOT;
    let id = if by_root { ROOT } else { ORDINARY };
    let mut trace = trace.clone();
    for actor in &mut trace.header.actors {
        (actor.uid, actor.gid, actor.groups, actor.privilege) = (id, id, Some(Vec::new()), None);
    }
    trace.sort();
    let mut state = State::initial(&trace.header);
    let mut outcomes: Vec<Outcome> = trace.events.iter().map(|event| event.outcome.clone()).collect();
    let judged = (0..).zip(&trace.events).filter(|(_, event)| is_replayed(event));
    let mut waiting: VecDeque<(u32, &Event)> = judged.collect();
    while !waiting.is_empty() {
        let at = next(&waiting, |index, event| may_answer(home, &state, index, event));
        let Some((index, event)) = waiting.remove(at) else { break };
        let mut branches = branches(home, &state, index, event);
        let seen = branches.iter().position(|branch| is_alike(&branch.expect, &event.outcome));
        if branches.is_empty() {
            return None;
        }
        let branch = branches.swap_remove(seen.unwrap_or(0));
        let outcome = &mut outcomes[index as usize];
        if branch.expect == Expect::NotExecuted {
            *outcome = Outcome::NotExecuted(String::new());
            continue;
        }
        // What was seen stays as it was seen, with numbers of descriptors that the state need not have.
        let there = match seen {
            Some(_) => as_there(&branch.expect, &event.outcome, &state, event.actor),
            None => branch.expect.example(&state, event.actor),
        };
        if seen.is_none() {
            outcome.clone_from(&there);
        }
        state = branch.apply(state, &there);
    }
    for (event, outcome) in trace.events.iter_mut().zip(outcomes) {
        event.outcome = outcome;
    }
    Some(Retold { trace, by_root })
}
