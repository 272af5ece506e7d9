//! Descriptors that a library counts itself: which of the system's numbers stands for which of the library's.
//!
//! A script's descriptors share their numbers with all others of the process, so each of the library's gets a number that the
//! system gives out, and that is kept taken by a descriptor of nothing.

use shmconf_adapter::subject::{CallResult, Fd, Refused, descriptors, native};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_int;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// Whose numbers a library's descriptors have, and which stands for which.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Nothing until the first descriptor has shown it.
    own: Option<bool>,
    /// The library's number behind a number of the system's; also of those that are closed, until another takes its place.
    behind: BTreeMap<RawFd, c_int>,
    /// Those of the system's numbers behind which the library's is open.
    open: BTreeSet<RawFd>,
}

impl Numbers {
    /// The numbers of a library that may count its descriptors itself, or that cannot.
    pub(super) fn new(may_be_own: bool) -> Numbers {
        Numbers { own: (!may_be_own).then_some(false), ..Numbers::default() }
    }

    /// Are they the library's own, as far as is known?
    pub(super) fn are_own(&self) -> bool {
        self.own == Some(true)
    }

    /// The number by which the library knows a descriptor of the script.
    pub(super) fn of(&self, fd: Fd<'_>) -> CallResult<c_int> {
        let number = fd.number();
        let Some(&behind) = self.behind.get(&number) else { return Ok(number) };
        let is_anothers =
            !self.open.contains(&number) && self.open.iter().any(|open| self.behind.get(open) == Some(&behind));
        if is_anothers {
            let why = format!("the library has given the number {behind} to another descriptor");
            return Err(Refused::Unsupported(why));
        }
        Ok(behind)
    }

    /// The descriptor, for a call of the system's, which knows nothing of those that the library counts itself.
    pub(super) fn systems<'a>(&self, fd: Fd<'a>) -> CallResult<Fd<'a>> {
        if self.behind.contains_key(&fd.number()) {
            let why = "the library counts its descriptors itself and does not export this call";
            return Err(Refused::Unsupported(why.to_owned()));
        }
        Ok(fd)
    }

    /// Opens by `call`, which returns a number of the library's or -1.
    pub(super) fn open(&mut self, call: impl FnOnce() -> c_int) -> CallResult<OwnedFd> {
        let before = if self.own.is_none() { descriptors::open() } else { Vec::new() };
        let number = opened(call())?;
        let own = *self.own.get_or_insert_with(|| before.contains(&number) || !native::is_open(number));
        if own {
            return Ok(self.stand_for(number, placeholder()?));
        }
        // SAFETY: the library has just opened it, for this caller.
        Ok(unsafe { OwnedFd::from_raw_fd(number) })
    }

    /// As [`Numbers::open`], for a library that counts its descriptors itself, and with `least` as the lowest number.
    pub(super) fn open_from(&mut self, least: c_int, call: impl FnOnce() -> c_int) -> CallResult<OwnedFd> {
        let lowest = placeholder()?;
        let next = native::dup_from((&lowest).into(), least)?;
        let placeholder = if lowest.as_raw_fd() < least { next } else { lowest };
        Ok(self.stand_for(opened(call())?, placeholder))
    }

    fn stand_for(&mut self, number: c_int, placeholder: OwnedFd) -> OwnedFd {
        self.behind.insert(placeholder.as_raw_fd(), number);
        self.open.insert(placeholder.as_raw_fd());
        placeholder
    }

    /// Notes that a descriptor of the script stands for something again, under the number that the library had given it.
    pub(super) fn reopened(&mut self, fd: Fd<'_>) -> CallResult<()> {
        if self.behind.contains_key(&fd.number()) && self.open.insert(fd.number()) {
            let placeholder = placeholder()?;
            // SAFETY: the number is not open, and the script's from now on.
            unsafe { native::dup2((&placeholder).into(), fd) }?;
        }
        Ok(())
    }

    /// Notes that a descriptor of the script is closed; must the number that stood for it be given back?
    pub(super) fn closed(&mut self, fd: Fd<'_>) -> bool {
        self.open.remove(&fd.number())
    }

    /// Forgets all of them; answers the library's numbers that are open.
    pub(super) fn drain(&mut self) -> Vec<c_int> {
        let (behind, open) = (std::mem::take(&mut self.behind), std::mem::take(&mut self.open));
        open.iter().filter_map(|number| behind.get(number).copied()).collect()
    }
}

/// A number that a library returned, if it is one.
fn opened(returned: c_int) -> CallResult<c_int> {
    match returned {
        -1 => Err(Refused::last()),
        number if number < 0 => Err(Refused::Unsupported(format!("the library returned {number}"))),
        number => Ok(number),
    }
}

/// A descriptor that keeps a number taken.
fn placeholder() -> CallResult<OwnedFd> {
    let taken = std::fs::File::open("/dev/null")
        .map_err(|error| Refused::Unsupported(format!("nothing can stand for the library's descriptor: {error}")))?;
    Ok(taken.into())
}
