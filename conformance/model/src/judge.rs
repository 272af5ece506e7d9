//! Was everything in a trace allowed? Pure: a trace and a profile in, a judgement out.
//!
//! The judge keeps the set of states that agree with what was seen. Calls that overlap in time may have taken effect in any
//! order; the search looks for those orders that the model accepts. Where no state is left, the call is a violation, and
//! the judge goes on from what would have been allowed, to find more.

mod group;
mod justified;
mod path;
mod search;
#[cfg(test)]
mod tests;
pub(crate) mod violations;

pub use justified::justified;
pub use search::Orders;

use crate::call::{Call, Handle, Label, OpenFlags};
use crate::clause;
use crate::model::{self, Branch, Site, State};
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::trace::{Event, Trace};
use crate::verdict::{Judgement, Verdict, Violation};
use path::{Path, StateSet};
use std::collections::{BTreeSet, HashSet};
use std::fmt;

/// More violations than this in one trace say nothing new.
const MOST_VIOLATIONS: usize = 8;

/// What judging a trace may cost before the judge gives up.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// States that may agree with what was seen.
    pub states: usize,
    /// Steps of the model in one search for an order of overlapping calls. Large states count for more.
    pub steps: usize,
    /// Asked now and then: should the judge stop?
    pub stop: Option<&'a dyn Fn() -> bool>,
}

impl fmt::Debug for Bounds<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounds").field("states", &self.states).field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl Default for Bounds<'_> {
    fn default() -> Bounds<'static> {
        Bounds { states: 4096, steps: 200_000, stop: None }
    }
}

/// Judges a trace by the rules of a profile.
pub fn judge(trace: &Trace, profile: &Profile) -> Judgement {
    judge_within(trace, profile, Bounds::default())
}

/// The same with bounds of one's own.
pub fn judge_within(trace: &Trace, profile: &Profile, bounds: Bounds<'_>) -> Judgement {
    judge_in(trace, profile, bounds, Orders::Enough)
}

/// The same, by as many orders of overlapping calls as one likes.
pub fn judge_in(trace: &Trace, profile: &Profile, bounds: Bounds<'_>, orders: Orders) -> Judgement {
    let mut judge = Judge::new(profile, bounds, orders);
    let calls = in_order(trace);
    let mut states = StateSet::of(State::initial(&trace.header));
    let mut rest = &calls[..];
    while let Some(together) = first_together(rest) {
        let after = rest.get(together.len()..).unwrap_or_default();
        judge.creators_raced |= together.iter().filter(|called| called.creates_exclusively()).count() > 1;
        states = match together {
            [alone] => judge.advance(states, *alone),
            _ => search::any_order(&mut judge, states, together),
        };
        if states.len() > bounds.states {
            judge.truncated = Some(format!("more than {} states agree with what was seen", bounds.states));
            states.truncate(bounds.states);
        }
        rest = after;
        if rest.len().is_multiple_of(256) && judge.is_stopped() {
            judge.open = Some("the judge was asked to stop".to_owned());
            break;
        }
    }
    judge.conclude(states)
}

/// The calls of a trace, by the time at which they began.
fn in_order(trace: &Trace) -> Vec<Called<'_>> {
    let mut calls: Vec<Called<'_>> =
        (0..).zip(&trace.events).map(|(index, event)| Called { index, event, creating: 0 }).collect();
    calls.sort_by_key(|called| called.event.start);
    calls
}

/// The first call, with all that overlap with it, or with those that do.
fn first_together<'c, 'a>(calls: &'c [Called<'a>]) -> Option<&'c [Called<'a>]> {
    let mut end = calls.first()?.event.end;
    let overlapping = calls.iter().skip(1).take_while(|called| {
        let overlaps = called.event.start < end;
        end = end.max(called.event.end);
        overlaps
    });
    calls.get(..1 + overlapping.count())
}

/// A call of the trace.
#[derive(Clone, Copy)]
struct Called<'a> {
    /// Its index in the trace.
    index: u32,
    event: &'a Event,
    /// How many creates of others overlap with it, where it lists names.
    creating: u32,
}

impl<'a> Called<'a> {
    fn site(&self) -> Site<'a> {
        let Event { actor, bind, fds, .. } = self.event;
        Site { actor: *actor, bind, event: self.index, creating: self.creating, fds: fds.as_deref() }
    }

    /// The call among those that overlap.
    fn among(mut self, calls: &[Called<'_>]) -> Called<'a> {
        if matches!(self.event.call, Call::Names) {
            let creates = calls.iter().filter(|other| matches!(other.event.call, Call::Create { .. }));
            let beside = creates.filter(|other| {
                let (own, other) = (self.event, other.event);
                own.actor != other.actor && own.start <= other.end && other.start <= own.end
            });
            self.creating = beside.count() as u32;
        }
        self
    }

    fn creates_exclusively(&self) -> bool {
        matches!(self.event.call, Call::ShmOpen { flags, .. } if flags.contains(OpenFlags::CREAT | OpenFlags::EXCL))
    }
}

/// What was found so far.
struct Judge<'a> {
    profile: &'a Profile,
    bounds: Bounds<'a>,
    orders: Orders,
    violations: Vec<Violation>,
    /// Labels that stand for something in the trace and for nothing in the model, since a violation made them.
    tainted: HashSet<(Label, Label)>,
    /// Actors that declined a call. One that did so as it ended, nobody knows how, makes no later call.
    declined: HashSet<Label>,
    /// Why the verdict is open.
    open: Option<String>,
    /// Why states may be missing. What agrees with those that are there is allowed all the same.
    truncated: Option<String>,
    /// Did exclusive creates overlap? Only then does what was seen rest on their being atomic.
    creators_raced: bool,
    branches: Vec<Branch>,
}

impl<'a> Judge<'a> {
    fn new(profile: &'a Profile, bounds: Bounds<'a>, orders: Orders) -> Judge<'a> {
        Judge {
            profile,
            bounds,
            orders,
            violations: Vec::new(),
            tainted: HashSet::new(),
            declined: HashSet::new(),
            open: None,
            truncated: None,
            creators_raced: false,
            branches: Vec::with_capacity(2),
        }
    }

    fn is_stopped(&self) -> bool {
        self.bounds.stop.is_some_and(|stop| stop())
    }

    /// Finds what may have led to what came back of a call.
    fn step(&mut self, state: &State, called: Called<'_>) {
        let Event { call, outcome, .. } = called.event;
        self.branches.clear();
        model::step_to(self.profile, state, called.site(), call, Some(outcome), &mut self.branches);
        self.branches.retain(|branch| branch.expect.matches(outcome));
    }

    /// Moves every path over a call that overlaps with no other.
    fn advance(&mut self, mut states: StateSet, called: Called<'_>) -> StateSet {
        if self.passes_over(called) {
            return states;
        }
        if let Some(path) = states.only() {
            self.step(&path.state, called);
            if let [branch] = &self.branches[..] {
                states.follow(branch, &called.event.outcome);
                return states;
            }
        }
        let mut next = StateSet::default();
        let mut stuck = Vec::new();
        for path in states.into_paths() {
            self.step(&path.state, called);
            if let Some(path) = next.extend(path, &self.branches, &called.event.outcome) {
                stuck.push(path);
            }
        }
        if next.is_empty() {
            let found: Vec<Path> = stuck.into_iter().map(|path| self.find(path, called)).collect();
            next = StateSet::from_paths(found);
        }
        next.merge();
        next
    }

    /// Is the call one that cannot be judged: declined by the subject, said to be such, about something that a violation made, or
    /// about an actor of which nobody knows whether it lives?
    fn passes_over(&mut self, called: Called<'_>) -> bool {
        let actor = called.event.actor;
        if let Outcome::Unsupported(reason) = &called.event.outcome {
            self.open
                .get_or_insert_with(|| format!("the subject does not support `{}`: {reason}", called.event.line()));
            self.declined.insert(actor);
            return true;
        }
        if called.event.unjudged.is_some() {
            return true;
        }
        let passes = self.is_about_the_unknown(called) || self.is_tainted(called);
        if passes {
            self.tainted.extend(called.event.bind.iter().map(|label| (actor, *label)));
        }
        passes
    }

    /// Is the call not made by an actor that may have ended, or between such a one and another?
    fn is_about_the_unknown(&self, called: Called<'_>) -> bool {
        let Event { actor, call, outcome, .. } = called.event;
        let is_declined = |actor: Label| self.declined.contains(&actor);
        !self.declined.is_empty()
            && (call.peer().is_some_and(is_declined)
                || matches!(outcome, Outcome::NotExecuted(_)) && is_declined(*actor))
    }

    /// Is the call about something that a violation made?
    fn is_tainted(&self, called: Called<'_>) -> bool {
        if self.tainted.is_empty() {
            return false;
        }
        let actor = called.event.actor;
        let tainted = |label: Label| self.tainted.contains(&(actor, label));
        match &called.event.call {
            Call::Send { fds, .. } => fds.iter().any(|fd| tainted(*fd)),
            call => match call.handle() {
                Some(Handle::Fd(label) | Handle::Map(label)) => tainted(*label),
                None => false,
            },
        }
    }

    /// Records that the call is not allowed, and gives a path to go on with.
    fn find(&mut self, path: Path, called: Called<'_>) -> Path {
        self.branches.clear();
        model::step(self.profile, &path.state, called.site(), &called.event.call, &mut self.branches);
        if let Some(reason) = &self.truncated {
            self.open.get_or_insert_with(|| reason.clone());
        }
        let index = called.index as usize;
        let allowed = violations::allowed(self.profile, &self.branches);
        match self.violations.iter().position(|violation| violation.event == index) {
            Some(at) => {
                let known = &mut self.violations[at].allowed;
                known.extend(allowed);
                known.sort();
                known.dedup();
            }
            None if self.truncated.is_none() && self.violations.len() < MOST_VIOLATIONS => {
                self.violations.push(Violation { event: index, observed: called.event.outcome.clone(), allowed });
            }
            None => {}
        }
        let actor = called.event.actor;
        let similar =
            self.branches.iter().position(|branch| violations::is_like(&branch.expect, &called.event.outcome));
        match similar {
            Some(at) => path.over(&self.branches[at], &called.event.outcome),
            None => {
                self.tainted.extend(called.event.bind.iter().map(|label| (actor, *label)));
                path.despite(actor, &called.event.outcome)
            }
        }
    }

    /// The judgement, from the path that needs the fewest deviations.
    fn conclude(self, states: StateSet) -> Judgement {
        let paths = states.into_paths();
        let best = paths.iter().map(Path::relied).min();
        let deviations: BTreeSet<String> = best
            .iter()
            .flat_map(|relied| relied.deviations())
            .filter_map(|at| Some(self.profile.deviations.get(at)?.id.clone()))
            .collect();
        let verdict = if !self.violations.is_empty() {
            Verdict::Fail
        } else if self.open.is_some() {
            Verdict::Inconclusive
        } else if !deviations.is_empty() {
            Verdict::Deviation
        } else {
            Verdict::Pass
        };
        let mut clauses = best.map(|relied| relied.clauses()).unwrap_or_default();
        clauses.extend(self.creators_raced.then_some(clause::shm_open(23)));
        Judgement { verdict, violations: self.violations, deviations, clauses, reason: self.open }
    }
}
