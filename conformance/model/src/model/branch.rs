//! One allowed outcome of a call, with what it does to the state and why it is allowed.

use super::effect::Effects;
use super::state::{Process, ProcessId};
use super::{Expect, Site, State};
use crate::clause::ClauseId;
use crate::outcome::Outcome;
use crate::profile::{Check, Justification, Profile};
use smallvec::SmallVec;

/// Why an outcome is allowed: the clauses, and deviations, that it rests on.
pub type Justifications = SmallVec<[Justification; 12]>;

/// One allowed outcome.
#[derive(Debug, Clone)]
pub struct Branch {
    /// What the outcome has to be like.
    pub expect: Expect,
    /// Why it is allowed.
    pub justifications: Justifications,
    /// What it does; nothing for most calls that fail.
    pub(crate) effects: Effects,
    /// The check that refuses the call, if one does.
    pub(super) check: Option<Check>,
}

impl Branch {
    /// An outcome that no check stands behind.
    pub(super) fn new(expect: Expect, justifications: Justifications, effects: Effects) -> Branch {
        Branch { expect, justifications, effects, check: None }
    }

    /// An outcome as it is told, when what it did is done.
    pub(crate) fn told(expect: Expect, justifications: Justifications) -> Branch {
        Branch::new(expect, justifications, Effects::new())
    }

    /// The state after the outcome.
    pub fn apply(&self, mut state: State, outcome: &Outcome) -> State {
        self.change(&mut state, outcome);
        state
    }

    /// Makes a state what it is after the outcome.
    pub fn change(&self, state: &mut State, outcome: &Outcome) {
        for effect in &self.effects {
            effect.apply(state, outcome);
        }
    }

    /// Does it rest on a departure of the platform?
    pub fn departs(&self) -> bool {
        self.justifications.iter().any(|justification| justification.deviation.is_some())
    }

    /// Does it rest on what is only taken from POSIX, since nothing is known of the platform?
    pub fn is_assumed(&self) -> bool {
        self.justifications.iter().any(|justification| justification.assumed)
    }
}

/// What a call is judged by.
#[derive(Clone, Copy)]
pub(crate) struct Cx<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) state: &'a State,
    pub(crate) site: Site<'a>,
    pub(crate) process: &'a Process,
    /// Which process that is.
    pub(crate) id: ProcessId,
    /// What came back, where nothing else is asked for.
    pub(crate) wanted: Option<&'a Outcome>,
}

/// Clauses as they stand.
pub(crate) fn clauses(ids: &[ClauseId]) -> Justifications {
    ids.iter().copied().map(Justification::clause).collect()
}
