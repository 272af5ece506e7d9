//! What the labels of an actor stand for.

use crate::subject::{Fd, Region, host, native};
use serde::{Deserialize, Serialize};
use shmconf_model::call::Label;
use shmconf_model::outcome::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{IntoRawFd, OwnedFd, RawFd};

/// What the labels stand for, and every mapping that must be given back.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    pub(super) fds: Fds,
    maps: BTreeMap<Label, Window>,
    regions: Vec<Region>,
}

/// The addresses that a label stands for: a range of a region.
#[derive(Debug, Clone, Copy)]
struct Window {
    region: usize,
    at: usize,
    len: usize,
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

fn outside() -> Outcome {
    Outcome::NotExecuted("the range is outside the mapping".to_owned())
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

    /// Is a number the script's?
    pub(super) fn has(&self, number: RawFd) -> bool {
        self.open.contains(&number)
    }

    /// Notes that a number was closed, if it was.
    pub(super) fn closed(&mut self, number: RawFd) {
        if !native::is_open(number) {
            self.open.remove(&number);
        }
    }

    /// These as a new program finds them, which itself opens what it finds closed of the first three numbers.
    pub(super) fn beyond_exec(&self) -> Fds {
        let mut fds = self.clone();
        // SAFETY: the script's, or not open.
        fds.open.retain(|&number| number > 2 || native::cloexec(unsafe { Fd::from_raw(number) }) != Ok(true));
        fds
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
        let window = Window { region: self.regions.len(), at: 0, len: region.len() };
        self.regions.push(region);
        self.maps.extend(bind.iter().map(|label| (*label, window)));
    }

    /// Remembers a mapping over what another label stands for.
    pub(super) fn map_over(&mut self, bind: &[Label], over: Label, at: usize, len: usize) {
        let Some(Window { region, at, .. }) = self.maps.get(&over).map(|over| Window { at: over.at + at, ..*over })
        else {
            return;
        };
        let window = Window { region, at, len: len.next_multiple_of(host::page_size()) };
        self.maps.extend(bind.iter().map(|label| (*label, window)));
    }

    /// All that a mapping's label stands for, as a range of a region.
    pub(super) fn whole(&mut self, label: Label) -> Result<(&mut Region, usize, usize), Outcome> {
        let len = self.maps.get(&label).ok_or_else(|| unbound("mapping", label))?.len;
        self.within(label, 0, len)
    }

    /// A range of a mapping as the script gives it, as a range of a region.
    pub(super) fn range(
        &mut self,
        label: Label,
        offset: i64,
        len: i64,
    ) -> Result<(&mut Region, usize, usize), Outcome> {
        match (usize::try_from(offset), usize::try_from(len)) {
            (Ok(offset), Ok(len)) => self.within(label, offset, len),
            _ => Err(outside()),
        }
    }

    fn within(&mut self, label: Label, offset: usize, len: usize) -> Result<(&mut Region, usize, usize), Outcome> {
        let window = self.maps.get(&label).copied().ok_or_else(|| unbound("mapping", label))?;
        if offset.checked_add(len).is_none_or(|end| end > window.len) {
            return Err(outside());
        }
        let region = self.regions.get_mut(window.region).ok_or_else(|| unbound("mapping", label))?;
        region.reserve_holes();
        if region.is_lost(window.at + offset, len) {
            return Err(Outcome::NotExecuted(format!(
                "{label} is unmapped, and its addresses have another use by now"
            )));
        }
        Ok((region, window.at + offset, len))
    }

    /// Forgets every mapping; answers those of which something may still be there.
    pub(super) fn drain(&mut self) -> Vec<Region> {
        self.maps.clear();
        self.regions.drain(..).filter(|region| !region.is_empty()).collect()
    }
}
