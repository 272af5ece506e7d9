//! One way to explain what was seen so far, and all of them.

use crate::call::Label;
use crate::model::{Branch, State};
use crate::outcome::Outcome;
use crate::profile::Justification;
use std::collections::HashMap;

/// A state, and the justifications of every step to it.
#[derive(Clone)]
pub(super) struct Path {
    pub(super) state: State,
    justifications: Vec<Justification>,
}

impl Path {
    /// The path after one allowed outcome.
    pub(super) fn over(mut self, branch: Branch, outcome: &Outcome) -> Path {
        self.justifications.extend_from_slice(&branch.justifications);
        Path { state: branch.apply(self.state, outcome), justifications: self.justifications }
    }

    /// The path after an outcome that was not allowed: as if the call had not been made, but for its plain effects.
    pub(super) fn despite(mut self, actor: Label, outcome: &Outcome) -> Path {
        self.state.concede(actor, outcome);
        self
    }

    /// How many steps rest on deviations.
    pub(super) fn departures(&self) -> usize {
        self.justifications.iter().filter(|justification| justification.deviation.is_some()).count()
    }

    pub(super) fn into_grounds(self) -> Vec<Justification> {
        self.justifications
    }
}

/// All states that agree with what was seen, each by the path that needs the fewest deviations.
#[derive(Default)]
pub(super) struct StateSet {
    paths: Vec<Path>,
}

impl StateSet {
    pub(super) fn of(state: State) -> StateSet {
        StateSet { paths: vec![Path { state, justifications: Vec::with_capacity(64) }] }
    }

    pub(super) fn from_paths(paths: Vec<Path>) -> StateSet {
        StateSet { paths }
    }

    pub(super) fn into_paths(self) -> Vec<Path> {
        self.paths
    }

    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    pub(super) fn truncate(&mut self, most: usize) {
        self.paths.truncate(most);
    }

    /// Adds the continuations of `path` over every branch that expects `outcome`; gives it back where there is none.
    pub(super) fn extend(&mut self, path: Path, branches: &mut Vec<Branch>, outcome: &Outcome) -> Option<Path> {
        branches.retain(|branch| branch.expect.matches(outcome));
        let Some(last) = branches.pop() else { return Some(path) };
        for branch in branches.drain(..) {
            self.paths.push(path.clone().over(branch, outcome));
        }
        self.paths.push(path.over(last, outcome));
        None
    }

    /// Keeps one path to each state.
    pub(super) fn merge(&mut self) {
        if self.paths.len() < 2 {
            return;
        }
        let mut best: HashMap<State, Vec<Justification>> = HashMap::with_capacity(self.paths.len());
        let departures = |justifications: &[Justification]| {
            justifications.iter().filter(|justification| justification.deviation.is_some()).count()
        };
        for Path { state, justifications } in self.paths.drain(..) {
            match best.get_mut(&state) {
                None => {
                    best.insert(state, justifications);
                }
                Some(known) if departures(&justifications) < departures(known) => *known = justifications,
                Some(_) => {}
            }
        }
        self.paths.extend(best.into_iter().map(|(state, justifications)| Path { state, justifications }));
        // The order of a hash map is not the same twice; violations should be.
        self.paths.sort_by(|a, b| a.justifications.cmp(&b.justifications));
    }
}
