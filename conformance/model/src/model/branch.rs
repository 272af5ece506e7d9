//! One allowed outcome of a call, with what it does to the state and why it is allowed.

use super::{Expect, Site, State};
use crate::clause::ClauseId;
use crate::outcome::Outcome;
use crate::profile::{Justification, Profile, Response};
use smallvec::{SmallVec, smallvec};
use std::fmt;

/// Why an outcome is allowed: the clauses, and deviations, that it rests on.
pub type Justifications = SmallVec<[Justification; 4]>;

/// What an outcome does to the state.
pub(crate) type Effect = Box<dyn FnOnce(&mut State, &Outcome)>;

/// One allowed outcome.
pub struct Branch {
    /// What the outcome has to be like.
    pub expect: Expect,
    /// Why it is allowed.
    pub justifications: Justifications,
    /// What it does; nothing where the call fails.
    pub(crate) effect: Option<Effect>,
}

impl Branch {
    /// An outcome without an effect.
    pub(crate) fn plain(expect: Expect, justification: impl Into<Justification>) -> Branch {
        Branch { expect, justifications: smallvec![justification.into()], effect: None }
    }

    /// The state after the outcome.
    pub fn apply(self, mut state: State, outcome: &Outcome) -> State {
        if let Some(effect) = self.effect {
            effect(&mut state, outcome);
        }
        state
    }
}

impl fmt::Debug for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Branch")
            .field("expect", &self.expect)
            .field("justifications", &self.justifications)
            .finish_non_exhaustive()
    }
}

/// What a call is judged by.
#[derive(Clone, Copy)]
pub(crate) struct Cx<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) state: &'a State,
    pub(crate) site: Site<'a>,
    pub(crate) process: &'a super::state::Process,
}

impl Cx<'_> {
    /// May the platform be without objects that have names?
    pub(crate) fn lacks_names(self) -> bool {
        !self.profile.rules.named.always(|answer| *answer == Response::Ok)
    }

    /// The justifications of clauses as they stand.
    pub(crate) fn clauses(ids: &[ClauseId]) -> Justifications {
        ids.iter().copied().map(Justification::clause).collect()
    }
}
