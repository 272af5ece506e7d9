//! What the labels of an actor stand for.

use crate::subject::{Fd, Region, native};
use serde::{Deserialize, Serialize};
use shmconf_model::call::Label;
use shmconf_model::outcome::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{IntoRawFd, OwnedFd, RawFd};

/// What the labels stand for, and every mapping that must be given back.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    pub(super) fds: Fds,
    maps: BTreeMap<Label, usize>,
    regions: Vec<Region>,
}

/// Descriptors by label, and which numbers are the script's.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fds {
    labels: BTreeMap<Label, RawFd>,
    /// What the script has opened and not closed.
    open: BTreeSet<RawFd>,
    /// The most of these at a time.
    most: usize,
}

fn unbound(what: &str, label: Label) -> Outcome {
    Outcome::NotExecuted(format!("no {what} is called {label}"))
}

impl Fds {
    /// Takes over descriptors that a call has opened; answers their numbers.
    pub(super) fn take(&mut self, bind: &[Label], fds: impl IntoIterator<Item = OwnedFd>) -> Vec<RawFd> {
        let numbers: Vec<RawFd> = fds.into_iter().map(IntoRawFd::into_raw_fd).collect();
        self.open.extend(&numbers);
        self.most = self.most.max(self.open.len());
        self.labels.extend(bind.iter().copied().zip(numbers.iter().copied()));
        numbers
    }

    /// Notes that a number stands for something else, which the labels name, too.
    pub(super) fn replace(&mut self, bind: &[Label], number: RawFd) {
        self.open.insert(number);
        self.most = self.most.max(self.open.len());
        self.labels.extend(bind.iter().map(|label| (*label, number)));
    }

    /// The descriptor that a label stands for.
    pub(super) fn get(&self, label: Label) -> Result<Fd<'_>, Outcome> {
        let number = self.labels.get(&label).copied().ok_or_else(|| unbound("descriptor", label))?;
        if !self.open.contains(&number) && native::is_open(number) {
            let why = format!("{label} is closed, and what has its number {number} by now is not the script's");
            return Err(Outcome::NotExecuted(why));
        }
        // SAFETY: the script's, or not open.
        Ok(unsafe { Fd::from_raw(number) })
    }

    /// Notes that a number was closed, if it was.
    pub(super) fn closed(&mut self, number: RawFd) {
        if !native::is_open(number) {
            self.open.remove(&number);
        }
    }

    /// Forgets the numbers that are open no more, as after an exec.
    pub(super) fn retain_open(&mut self) {
        self.open.retain(|&number| native::is_open(number));
    }

    /// Closes what is open; answers the most that were at a time.
    pub(super) fn close_all(&mut self) -> usize {
        for &number in &self.open {
            // SAFETY: the script's, which is over.
            let _ = unsafe { native::close_number(number) };
        }
        std::mem::take(self).most
    }
}

impl Holdings {
    /// Remembers a mapping.
    pub(super) fn map(&mut self, bind: &[Label], region: Region) {
        let at = self.regions.len();
        self.regions.push(region);
        self.maps.extend(bind.iter().map(|label| (*label, at)));
    }

    /// The mapping that a label stands for.
    pub(super) fn region(&mut self, label: Label) -> Result<&mut Region, Outcome> {
        let at = self.maps.get(&label).copied().ok_or_else(|| unbound("mapping", label))?;
        self.regions.get_mut(at).ok_or_else(|| unbound("mapping", label))
    }

    /// A mapping, and a range of it as the script gives it.
    pub(super) fn range(
        &mut self,
        label: Label,
        offset: i64,
        len: i64,
    ) -> Result<(&mut Region, usize, usize), Outcome> {
        let region = self.region(label)?;
        match (usize::try_from(offset), usize::try_from(len)) {
            (Ok(offset), Ok(len)) if region.contains(offset, len) => Ok((region, offset, len)),
            _ => Err(Outcome::NotExecuted("the range is outside the mapping".to_owned())),
        }
    }

    /// Forgets what a mapping was called, once all of it is unmapped.
    pub(super) fn unbind(&mut self, label: Label) {
        self.maps.remove(&label);
    }

    /// Forgets every mapping; answers those of which something may still be there.
    pub(super) fn drain(&mut self) -> Vec<Region> {
        self.maps.clear();
        self.regions.drain(..).filter(|region| !region.is_empty()).collect()
    }
}
