//! A set of clauses, as bits: judging adds to one at every step.

use super::{ClauseId, Interface};
use std::fmt;

/// A set of clauses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClauseSet {
    words: [u64; Interface::ALL.len()],
}

impl Default for ClauseSet {
    fn default() -> ClauseSet {
        ClauseSet { words: [0; Interface::ALL.len()] }
    }
}

impl ClauseSet {
    /// The largest number of a clause that fits, which a test holds every clause to.
    pub const MAX_NUMBER: u8 = 63;

    /// Adds a clause.
    pub fn insert(&mut self, clause: ClauseId) {
        self.words[clause.interface as usize] |= 1 << (clause.number & ClauseSet::MAX_NUMBER);
    }

    /// Is the clause in it?
    pub fn contains(&self, clause: ClauseId) -> bool {
        clause.number <= ClauseSet::MAX_NUMBER && self.words[clause.interface as usize] >> clause.number & 1 == 1
    }

    /// The clauses, in order.
    pub fn iter(&self) -> impl Iterator<Item = ClauseId> {
        let each = Interface::ALL.iter().zip(self.words);
        each.flat_map(|(interface, word)| bits(word).map(|number| ClauseId { interface: *interface, number }))
    }
}

/// The numbers of the bits that are set, lowest first.
pub(crate) fn bits(mut word: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let lowest = (word != 0).then(|| word.trailing_zeros() as u8);
        word &= word.wrapping_sub(1);
        lowest
    })
}

impl Extend<ClauseId> for ClauseSet {
    fn extend<I: IntoIterator<Item = ClauseId>>(&mut self, clauses: I) {
        clauses.into_iter().for_each(|clause| self.insert(clause));
    }
}

impl FromIterator<ClauseId> for ClauseSet {
    fn from_iter<I: IntoIterator<Item = ClauseId>>(clauses: I) -> ClauseSet {
        let mut set = ClauseSet::default();
        set.extend(clauses);
        set
    }
}

impl fmt::Debug for ClauseSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|clause| clause.to_string())).finish()
    }
}
