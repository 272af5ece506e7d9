//! Faults of the flags of descriptors, and of open file descriptions.

use shmconf_adapter::subject::{CallResult, Fd, Subject, native};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, c_int};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

#[derive(Default)]
pub(super) struct DupKeepsCloexec;

impl Subject for DupKeepsCloexec {
    fn dup(&mut self, fd: Fd<'_>) -> CallResult<OwnedFd> {
        let copy = native::dup(fd)?;
        native::set_cloexec((&copy).into(), native::cloexec(fd)?).map(|()| copy)
    }
}

#[derive(Default)]
pub(super) struct Dup2KeepsCloexec;

impl Subject for Dup2KeepsCloexec {
    unsafe fn dup2(&mut self, fd: Fd<'_>, onto: Fd<'_>) -> CallResult<()> {
        // SAFETY: the caller's promise.
        unsafe { native::dup2(fd, onto) }?;
        native::set_cloexec(onto, native::cloexec(fd)?)
    }
}

#[derive(Default)]
pub(super) struct DupFromCloses;

impl Subject for DupFromCloses {
    fn dup_from(&mut self, fd: Fd<'_>, least: c_int) -> CallResult<OwnedFd> {
        let copy = native::dup_from(fd, least)?;
        native::set_cloexec((&copy).into(), true).map(|()| copy)
    }
}

/// Duplicates, each with the descriptor that it was made of.
#[derive(Default)]
pub(super) struct CloexecOfDuplicates {
    of: BTreeMap<RawFd, RawFd>,
}

impl Subject for CloexecOfDuplicates {
    fn reset(&mut self) {
        self.of.clear();
    }

    fn dup(&mut self, fd: Fd<'_>) -> CallResult<OwnedFd> {
        let copy = native::dup(fd)?;
        self.of.insert(copy.as_raw_fd(), fd.number());
        Ok(copy)
    }

    fn set_cloexec(&mut self, fd: Fd<'_>, cloexec: bool) -> CallResult<()> {
        let original = |number: RawFd| self.of.get(&number).copied().unwrap_or(number);
        for &other in self.of.keys().chain(self.of.values()) {
            if original(other) == original(fd.number()) && native::is_open(other) {
                // SAFETY: the script's, and open.
                native::set_cloexec(unsafe { Fd::from_raw(other) }, cloexec)?;
            }
        }
        native::set_cloexec(fd, cloexec)
    }
}

#[derive(Default)]
pub(super) struct StatusAdded;

impl Subject for StatusAdded {
    fn set_status_flags(&mut self, fd: Fd<'_>, flags: c_int) -> CallResult<()> {
        native::set_status_flags(fd, native::status_flags(fd)? | flags)
    }
}

#[derive(Default)]
pub(super) struct AppendLost;

impl Subject for AppendLost {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        native::shm_open(name, oflag & !libc::O_APPEND, mode)
    }
}

/// The descriptors that were opened to append.
#[derive(Default)]
pub(super) struct AppendOnce {
    appending: BTreeSet<RawFd>,
}

impl Subject for AppendOnce {
    fn reset(&mut self) {
        self.appending.clear();
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag & !libc::O_APPEND, mode)?;
        self.appending.remove(&fd.as_raw_fd());
        if oflag & libc::O_APPEND != 0 {
            native::lseek((&fd).into(), 0, libc::SEEK_END)?;
            self.appending.insert(fd.as_raw_fd());
        }
        Ok(fd)
    }

    fn status_flags(&mut self, fd: Fd<'_>) -> CallResult<c_int> {
        let flags = native::status_flags(fd)?;
        Ok(if self.appending.contains(&fd.number()) { flags | libc::O_APPEND } else { flags })
    }
}

#[derive(Default)]
pub(super) struct ReadersWrite;

impl Subject for ReadersWrite {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let is_reader = oflag & libc::O_ACCMODE == libc::O_RDONLY;
        native::shm_open(name, if is_reader { oflag | libc::O_WRONLY } else { oflag }, mode)
    }
}
