//! One way to explain what was seen so far, and all of them.

use crate::call::Label;
use crate::clause::{ClauseSet, bits};
use crate::model::{Branch, State};
use crate::outcome::Outcome;
use crate::profile::Justification;
use foldhash::quality::FixedState;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

/// The clauses and deviations that every step of a path rests on, as sets of bits.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Relied {
    /// How many steps rest on deviations.
    departures: u32,
    deviations: [u64; 4],
    clauses: ClauseSet,
}

impl Relied {
    fn on(&mut self, justification: &Justification) {
        self.clauses.insert(justification.clause);
        if let Some(deviation) = justification.deviation {
            self.departures = self.departures.saturating_add(1);
            if let Some(word) = self.deviations.get_mut(usize::from(deviation) / 64) {
                *word |= 1 << (deviation % 64);
            }
        }
    }

    /// How many steps rest on deviations.
    pub(super) fn departures(&self) -> u32 {
        self.departures
    }

    /// The clauses.
    pub(super) fn clauses(&self) -> ClauseSet {
        self.clauses
    }

    /// The deviations, by index.
    pub(super) fn deviations(&self) -> impl Iterator<Item = usize> {
        self.deviations.iter().enumerate().flat_map(|(at, word)| bits(*word).map(move |bit| 64 * at + usize::from(bit)))
    }
}

/// A state, and what every step to it rests on.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) state: State,
    relied: Relied,
}

impl Path {
    /// The path after one allowed outcome.
    pub(super) fn over(mut self, branch: &Branch, outcome: &Outcome) -> Path {
        self.follow(branch, outcome);
        self
    }

    /// Goes on over one allowed outcome.
    fn follow(&mut self, branch: &Branch, outcome: &Outcome) {
        for justification in &branch.justifications {
            self.relied.on(justification);
        }
        branch.change(&mut self.state, outcome);
    }

    /// The path after an outcome that was not allowed: as if the call had not been made, but for its plain effects.
    pub(super) fn despite(mut self, actor: Label, outcome: &Outcome) -> Path {
        self.state.concede(actor, outcome);
        self
    }

    pub(super) fn relied(&self) -> &Relied {
        &self.relied
    }
}

/// All states that agree with what was seen, each by the path that needs the fewest deviations.
#[derive(Debug, Default)]
pub(super) struct StateSet {
    paths: Vec<Path>,
}

impl StateSet {
    pub(super) fn of(state: State) -> StateSet {
        StateSet { paths: vec![Path { state, relied: Relied::default() }] }
    }

    pub(super) fn from_paths(paths: Vec<Path>) -> StateSet {
        StateSet { paths }
    }

    /// One path to each state that those lead to.
    pub(super) fn merged(paths: Vec<Path>) -> StateSet {
        let mut states = StateSet { paths };
        states.merge();
        states
    }

    pub(super) fn into_paths(self) -> Vec<Path> {
        self.paths
    }

    pub(super) fn states(&self) -> Vec<&State> {
        self.paths.iter().map(|path| &path.state).collect()
    }

    /// The path, where there is one alone.
    pub(super) fn only(&self) -> Option<&Path> {
        match &self.paths[..] {
            [path] => Some(path),
            _ => None,
        }
    }

    /// Goes on over one allowed outcome, where there is one path alone.
    pub(super) fn follow(&mut self, branch: &Branch, outcome: &Outcome) {
        if let [path] = &mut self.paths[..] {
            path.follow(branch, outcome);
        }
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
    pub(super) fn extend(&mut self, path: Path, branches: &[Branch], outcome: &Outcome) -> Option<Path> {
        let mut matching = branches.iter().filter(|branch| branch.expect.matches(outcome)).peekable();
        while let Some(branch) = matching.next() {
            if matching.peek().is_none() {
                self.paths.push(path.over(branch, outcome));
                return None;
            }
            self.paths.push(path.clone().over(branch, outcome));
        }
        Some(path)
    }

    /// Keeps one path to each state, in the order in which they were found.
    pub(super) fn merge(&mut self) {
        if self.paths.len() < 2 {
            return;
        }
        let mut known: HashMap<u128, usize> = HashMap::with_capacity(self.paths.len());
        let mut kept: Vec<Path> = Vec::with_capacity(self.paths.len());
        for path in self.paths.drain(..) {
            match known.get(&fingerprint(&path.state)) {
                None => {
                    known.insert(fingerprint(&path.state), kept.len());
                    kept.push(path);
                }
                Some(at) if path.relied < kept[*at].relied => kept[*at] = path,
                Some(_) => {}
            }
        }
        self.paths = kept;
    }
}

/// Stands for a value: two different ones have the same about once in 2¹²⁸ pairs. It is the same in every run.
pub(super) fn fingerprint(value: &impl Hash) -> u128 {
    let half = |seed| u128::from(FixedState::with_seed(seed).hash_one(value));
    half(0) << 64 | half(1)
}
