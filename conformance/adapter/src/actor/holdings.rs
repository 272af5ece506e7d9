//! What the labels of an actor stand for.

use serde::{Deserialize, Serialize};
use shmconf_model::call::Label;
use shmconf_model::outcome::Outcome;
use std::collections::BTreeMap;
use std::os::fd::RawFd;

/// What the labels stand for, and every mapping that must be given back.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    pub(super) fds: Fds,
    maps: BTreeMap<Label, usize>,
    mappings: Vec<Mapping>,
}

/// Descriptors by label.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Fds(BTreeMap<Label, RawFd>);

/// A mapping, and which parts of it are still there.
#[derive(Debug, Clone)]
pub(super) struct Mapping {
    start: *mut u8,
    len: usize,
    /// Parts that are still mapped, as first byte and end.
    parts: Vec<(usize, usize)>,
}

fn unbound(what: &str, label: Label) -> Outcome {
    Outcome::NotExecuted(format!("no {what} is called {label}"))
}

impl Fds {
    pub(super) fn bind(&mut self, bind: &[Label], fds: &[RawFd]) {
        self.0.extend(bind.iter().copied().zip(fds.iter().copied()));
    }

    /// The number that a label stands for.
    pub(super) fn get(&self, label: Label) -> Result<RawFd, Outcome> {
        self.0.get(&label).copied().ok_or_else(|| unbound("descriptor", label))
    }
}

impl Holdings {
    /// Remembers a mapping of `len` bytes, in whole pages.
    pub(super) fn map(&mut self, bind: &[Label], start: *mut u8, len: usize) {
        let at = self.mappings.len();
        self.mappings.push(Mapping { start, len, parts: vec![(0, len)] });
        self.maps.extend(bind.iter().map(|label| (*label, at)));
    }

    pub(super) fn mapping(&mut self, label: Label) -> Result<&mut Mapping, Outcome> {
        let at = self.maps.get(&label).copied().ok_or_else(|| unbound("mapping", label))?;
        self.mappings.get_mut(at).ok_or_else(|| unbound("mapping", label))
    }

    /// Forgets what a mapping was called, once all of it is unmapped.
    pub(super) fn unbind(&mut self, label: Label) {
        self.maps.remove(&label);
    }

    /// Forgets everything; answers the parts of mappings that are still there.
    pub(super) fn drain(&mut self) -> Vec<(*mut u8, usize)> {
        self.fds = Fds::default();
        self.maps.clear();
        let parts = |mapping: Mapping| {
            mapping.parts.into_iter().map(move |(from, to)| (mapping.start.wrapping_add(from), to - from))
        };
        self.mappings.drain(..).flat_map(parts).collect()
    }
}

impl Mapping {
    /// The whole mapping.
    pub(super) fn whole(&self) -> (*mut u8, usize) {
        (self.start, self.len)
    }

    /// Where a range of the mapping lies. A range outside would reach into memory that is not the script's.
    pub(super) fn range(&self, offset: i64, len: i64) -> Result<(*mut u8, usize), Outcome> {
        let inside = || {
            let (offset, len) = (usize::try_from(offset).ok()?, usize::try_from(len).ok()?);
            (offset.checked_add(len)? <= self.len).then(|| (self.start.wrapping_add(offset), len))
        };
        inside().ok_or_else(|| Outcome::NotExecuted("the range is outside the mapping".to_owned()))
    }

    /// Remembers that `len` bytes from `start` on, in whole pages, are gone.
    pub(super) fn cut(&mut self, start: *mut u8, len: usize) {
        let from = start as usize - self.start as usize;
        let to = from + len;
        let rest = |&(first, end): &(usize, usize)| [(first, end.min(from)), (first.max(to), end)];
        self.parts = self.parts.iter().flat_map(rest).filter(|(first, end)| first < end).collect();
    }
}
