//! Was everything in a trace allowed? Pure: a trace and a profile in, a judgement out.
//!
//! The judge keeps the state set of states that agree with what was seen. Calls that overlap in time may have taken effect
//! in any order; the search looks for those orders that the model accepts. Where no state is left, the call is a violation,
//! and the judge goes on from what would have been allowed, to find more.

mod path;
mod search;
pub(crate) mod violations;

use crate::call::{Call, Handle, Label, OpenFlags};
use crate::clause;
use crate::model::{self, Branch, Site, State};
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::trace::{Event, Trace};
use crate::verdict::{Judgement, Verdict, Violation};
use path::{Path, StateSet};
use std::collections::BTreeSet;

/// More violations than this in one trace say nothing new.
const MOST_VIOLATIONS: usize = 8;

/// What the search for an order, or the state set, may cost before the judge gives up.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// States in the state set.
    pub states: usize,
    /// Steps of the model in one search for an order of overlapping calls.
    pub steps: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { states: 4096, steps: 200_000 }
    }
}

/// Judges a trace by the rules of a profile.
pub fn judge(trace: &Trace, profile: &Profile) -> Judgement {
    judge_within(trace, profile, Bounds::default())
}

/// The same with bounds of one's own.
pub fn judge_within(trace: &Trace, profile: &Profile, bounds: Bounds) -> Judgement {
    let mut judge = Judge {
        profile,
        bounds,
        violations: Vec::new(),
        tainted: Vec::new(),
        open: None,
        creators_raced: false,
        branches: Vec::with_capacity(16),
    };
    let mut order: Vec<u32> = (0..trace.events.len() as u32).collect();
    order.sort_by_key(|at| trace.events[*at as usize].start);
    let calls: Vec<Called<'_>> =
        order.iter().map(|at| Called { index: *at, event: &trace.events[*at as usize] }).collect();
    let mut states = StateSet::of(State::initial(&trace.header));
    let mut rest = &calls[..];
    while let Some((first, _)) = rest.split_first() {
        let mut end = first.event.end;
        let overlapping = rest.iter().skip(1).take_while(|called| {
            let overlaps = called.event.start < end;
            end = end.max(called.event.end);
            overlaps
        });
        let (together, after) = rest.split_at(1 + overlapping.count());
        judge.creators_raced |= together.iter().filter(|called| called.creates_exclusively()).count() > 1;
        states = match together {
            [alone] => judge.advance(states, *alone),
            _ => search::any_order(&mut judge, states, together),
        };
        if states.len() > bounds.states {
            judge.open = Some(format!("more than {} states agree with what was seen", bounds.states));
            states.truncate(bounds.states);
        }
        rest = after;
    }
    judge.conclude(states)
}

/// A call of the trace.
#[derive(Clone, Copy)]
struct Called<'a> {
    /// Its index in the trace.
    index: u32,
    event: &'a Event,
}

impl Called<'_> {
    fn site(&self) -> Site<'_> {
        Site { actor: self.event.actor, bind: &self.event.bind, event: self.index }
    }

    fn creates_exclusively(&self) -> bool {
        matches!(self.event.call, Call::ShmOpen { flags, .. } if flags.contains(OpenFlags::CREAT | OpenFlags::EXCL))
    }
}

/// What was found so far.
struct Judge<'a> {
    profile: &'a Profile,
    bounds: Bounds,
    violations: Vec<Violation>,
    /// Labels that stand for something in the trace and for nothing in the model, since a violation made them.
    tainted: Vec<(Label, Label)>,
    /// Why the verdict is open.
    open: Option<String>,
    /// Did exclusive creates overlap? Only then does what was seen rest on their being atomic.
    creators_raced: bool,
    branches: Vec<Branch>,
}

impl Judge<'_> {
    /// Moves every path over a call that overlaps with no other.
    fn advance(&mut self, states: StateSet, called: Called<'_>) -> StateSet {
        if self.passes_over(called) {
            return states;
        }
        let mut next = StateSet::default();
        let mut stuck = Vec::new();
        for path in states.into_paths() {
            self.branches.clear();
            model::step(self.profile, &path.state, called.site(), &called.event.call, &mut self.branches);
            let before = next.len();
            if let Some(path) = next.extend(path, &mut self.branches, &called.event.outcome) {
                debug_assert_eq!(before, next.len());
                stuck.push(path);
            }
        }
        if next.is_empty() {
            for path in &mut stuck {
                *path = self.find(path.clone(), called);
            }
            next = StateSet::from_paths(stuck);
        }
        next.merge();
        next
    }

    /// Is the call one that cannot be judged: declined by the subject, or about something that a violation made?
    fn passes_over(&mut self, called: Called<'_>) -> bool {
        if let Outcome::Unsupported(reason) = &called.event.outcome {
            self.open
                .get_or_insert_with(|| format!("the subject does not support `{}`: {reason}", called.event.line()));
            return true;
        }
        let actor = called.event.actor;
        let tainted = |label: Label| self.tainted.contains(&(actor, label));
        let passes = match &called.event.call {
            Call::Send { fds, .. } => fds.iter().any(|fd| tainted(*fd)),
            call => match call.handle() {
                Some(Handle::Fd(label) | Handle::Map(label)) => tainted(*label),
                None => false,
            },
        };
        if passes {
            self.tainted.extend(called.event.bind.iter().map(|label| (actor, *label)));
        }
        passes
    }

    /// Records that the call is not allowed, and gives a path to go on with.
    fn find(&mut self, path: Path, called: Called<'_>) -> Path {
        self.branches.clear();
        model::step(self.profile, &path.state, called.site(), &called.event.call, &mut self.branches);
        let index = called.index as usize;
        let allowed = violations::allowed(self.profile, &self.branches);
        match self.violations.iter().position(|violation| violation.event == index) {
            Some(at) => {
                let known = &mut self.violations[at].allowed;
                known.extend(allowed);
                known.sort();
                known.dedup();
            }
            None if self.violations.len() < MOST_VIOLATIONS => {
                self.violations.push(Violation { event: index, observed: called.event.outcome.clone(), allowed });
            }
            None => {}
        }
        let actor = called.event.actor;
        let similar =
            self.branches.iter().position(|branch| violations::is_like(&branch.expect, &called.event.outcome));
        match similar {
            Some(at) => path.over(self.branches.swap_remove(at), &called.event.outcome),
            None => {
                self.tainted.extend(called.event.bind.iter().map(|label| (actor, *label)));
                path.despite(actor, &called.event.outcome)
            }
        }
    }

    /// The judgement, from the path that needs the fewest deviations.
    fn conclude(self, states: StateSet) -> Judgement {
        let best = states.into_paths().into_iter().min_by_key(Path::departures);
        let justifications = best.map(Path::into_grounds).unwrap_or_default();
        let deviations: BTreeSet<String> = justifications
            .iter()
            .filter_map(|justification| self.profile.deviation(*justification))
            .map(|deviation| deviation.id.clone())
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
        let atomic = self.creators_raced.then_some(clause::shm_open(23));
        let clauses = justifications.iter().map(|justification| justification.clause).chain(atomic).collect();
        Judgement { verdict, violations: self.violations, deviations, clauses, reason: self.open }
    }
}
