//! Faults of locks: whose they are, and when they end.

use super::open::WINDOW;
use shmconf_adapter::subject::{CallResult, Fd, Refused, Status, Subject, descriptors, native};
use shmconf_model::call::{FileLock, Lock};
use shmconf_model::outcome::Errno;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::RawFd;

/// The locks of this process, by the number of the object.
#[derive(Default)]
pub(super) struct StaysWithAnyDescriptor {
    held: BTreeMap<i64, Lock>,
}

impl Subject for StaysWithAnyDescriptor {
    fn reset(&mut self) {
        self.held.clear();
    }

    fn lock(&mut self, fd: Fd<'_>, lock: Lock) -> CallResult<()> {
        native::lock(fd, lock)?;
        self.held.insert(Status::of(fd)?.inode(), lock);
        Ok(())
    }

    unsafe fn close(&mut self, fd: Fd<'_>) -> CallResult<()> {
        let inode = Status::of(fd).map(|status| status.inode());
        // SAFETY: the caller's promise.
        unsafe { native::close_number(fd.number()) }?;
        let held = inode.ok().and_then(|inode| self.held.get(&inode).map(|lock| (inode, *lock)));
        if let Some((inode, lock)) = held {
            for number in descriptors::open() {
                // SAFETY: a lock of the same object alone is taken through it, as it was before.
                let other = unsafe { Fd::from_raw(number) };
                if Status::of(other).is_ok_and(|status| status.inode() == inode) {
                    let _ = native::lock(other, lock);
                }
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct OfOneOpen;

impl Subject for OfOneOpen {
    fn lock(&mut self, fd: Fd<'_>, lock: Lock) -> CallResult<()> {
        native::file_lock(
            fd,
            match lock {
                Lock::Read => FileLock::Shared,
                Lock::Write => FileLock::Exclusive,
                Lock::Nothing => FileLock::Nothing,
            },
        )
    }
}

#[derive(Default)]
pub(super) struct LooksFirst;

impl Subject for LooksFirst {
    fn lock(&mut self, fd: Fd<'_>, lock: Lock) -> CallResult<()> {
        native::lock(fd, lock)?;
        if lock != Lock::Write {
            return Ok(());
        }
        native::lock(fd, Lock::Nothing)?;
        std::thread::sleep(WINDOW);
        let locked = native::lock(fd, lock);
        if locked == Err(Refused::Errno(Errno::EAGAIN)) { Ok(()) } else { locked }
    }
}

#[derive(Default)]
pub(super) struct ReadersKeepReadersOut;

impl Subject for ReadersKeepReadersOut {
    fn file_lock(&mut self, fd: Fd<'_>, lock: FileLock) -> CallResult<()> {
        native::file_lock(fd, if lock == FileLock::Shared { FileLock::Exclusive } else { lock })
    }
}

#[derive(Default)]
pub(super) struct WriterStaysAlone {
    held: BTreeMap<i64, Lock>,
}

impl Subject for WriterStaysAlone {
    fn reset(&mut self) {
        self.held.clear();
    }

    fn lock(&mut self, fd: Fd<'_>, lock: Lock) -> CallResult<()> {
        let inode = Status::of(fd)?.inode();
        if lock == Lock::Read && self.held.get(&inode) == Some(&Lock::Write) {
            return Ok(());
        }
        native::lock(fd, lock)?;
        self.held.insert(inode, lock);
        Ok(())
    }
}

/// The descriptors that lock an object for themselves alone.
#[derive(Default)]
pub(super) struct FileLockStaysAlone {
    alone: BTreeSet<RawFd>,
}

impl Subject for FileLockStaysAlone {
    fn reset(&mut self) {
        self.alone.clear();
    }

    fn file_lock(&mut self, fd: Fd<'_>, lock: FileLock) -> CallResult<()> {
        if lock == FileLock::Shared && self.alone.contains(&fd.number()) {
            return Ok(());
        }
        native::file_lock(fd, lock)?;
        match lock {
            FileLock::Exclusive => self.alone.insert(fd.number()),
            _ => self.alone.remove(&fd.number()),
        };
        Ok(())
    }
}

/// The objects that this process has locked.
#[derive(Default)]
pub(super) struct NothingToGiveUp {
    held: BTreeSet<i64>,
}

impl Subject for NothingToGiveUp {
    fn reset(&mut self) {
        self.held.clear();
    }

    fn lock(&mut self, fd: Fd<'_>, lock: Lock) -> CallResult<()> {
        let inode = Status::of(fd)?.inode();
        if lock == Lock::Nothing && !self.held.remove(&inode) {
            return Err(Errno::EINVAL.into());
        }
        native::lock(fd, lock)?;
        if lock != Lock::Nothing {
            self.held.insert(inode);
        }
        Ok(())
    }
}
