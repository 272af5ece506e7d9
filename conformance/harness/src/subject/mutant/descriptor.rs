//! Faults of calls on descriptors, and on what `fstat` tells beside size and mode.

use shmconf_adapter::subject::{CallResult, Fd, Libc, Status, Subject, native};
use shmconf_model::call::{FileLock, Lock};
use shmconf_model::outcome::{Errno, FileType, Stat};
use std::ffi::c_int;
use std::os::fd::OwnedFd;

#[derive(Default)]
pub(super) struct SecondNumberKept;

impl Subject for SecondNumberKept {
    unsafe fn dup2(&mut self, _: Fd<'_>, _: Fd<'_>) -> CallResult<()> {
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct LeastIgnored;

impl Subject for LeastIgnored {
    fn dup_from(&mut self, fd: Fd<'_>, _: c_int) -> CallResult<OwnedFd> {
        native::dup(fd)
    }
}

#[derive(Default)]
pub(super) struct NumbersOfAByte;

impl Subject for NumbersOfAByte {
    fn fstat(&mut self, fd: Fd<'_>) -> CallResult<Stat> {
        // SAFETY: another descriptor of the script's, or one that is not open.
        native::fstat(unsafe { Fd::from_raw(fd.number() & 0xff) })
    }
}

#[derive(Default)]
pub(super) struct StatusIgnored;

impl Subject for StatusIgnored {
    fn set_status_flags(&mut self, _: Fd<'_>, _: c_int) -> CallResult<()> {
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct GroupKept;

impl Subject for GroupKept {
    fn fchown(&mut self, fd: Fd<'_>, uid: u32, _: u32) -> CallResult<()> {
        const AS_IT_IS: u32 = u32::MAX;
        native::fchown(fd, uid, AS_IT_IS)
    }
}

#[derive(Default)]
pub(super) struct OneInode;

impl Subject for OneInode {
    fn inode(&mut self, _: Fd<'_>) -> CallResult<i64> {
        Ok(1)
    }
}

#[derive(Default)]
pub(super) struct LinksStay;

impl Subject for LinksStay {
    fn links(&mut self, fd: Fd<'_>) -> CallResult<i64> {
        Status::of(fd).map(|status| status.links()).map(|links| links.max(1))
    }
}

#[derive(Default)]
pub(super) struct LockIgnored;

impl Subject for LockIgnored {
    fn lock(&mut self, fd: Fd<'_>, _: Lock) -> CallResult<()> {
        native::cloexec(fd).map(drop)
    }
}

#[derive(Default)]
pub(super) struct DeviceSaid;

impl Subject for DeviceSaid {
    fn file_type(&mut self, fd: Fd<'_>) -> CallResult<FileType> {
        Status::of(fd).map(|status| status.file_type()).map(|_| FileType::Character)
    }
}

#[derive(Default)]
pub(super) struct NoBlocks;

impl Subject for NoBlocks {
    fn blocks(&mut self, fd: Fd<'_>) -> CallResult<i64> {
        Status::of(fd).map(|status| status.blocks()).map(|_| 0)
    }
}

#[derive(Default)]
pub(super) struct FileLockIgnored;

impl Subject for FileLockIgnored {
    fn file_lock(&mut self, fd: Fd<'_>, _: FileLock) -> CallResult<()> {
        native::cloexec(fd).map(drop)
    }
}

#[derive(Default)]
pub(super) struct FileLockOfProcess;

impl Subject for FileLockOfProcess {
    fn file_lock(&mut self, fd: Fd<'_>, lock: FileLock) -> CallResult<()> {
        native::lock(
            fd,
            match lock {
                FileLock::Shared => Lock::Read,
                FileLock::Exclusive => Lock::Write,
                FileLock::Nothing => Lock::Nothing,
            },
        )
    }
}

#[derive(Default)]
pub(super) struct ReopenedDuplicate;

impl Subject for ReopenedDuplicate {
    fn reopen(&mut self, fd: Fd<'_>, _: c_int) -> CallResult<OwnedFd> {
        native::dup(fd)
    }
}

#[derive(Default)]
pub(super) struct OntoItselfCloses;

impl Subject for OntoItselfCloses {
    unsafe fn dup2(&mut self, fd: Fd<'_>, onto: Fd<'_>) -> CallResult<()> {
        if fd.number() == onto.number() {
            // SAFETY: the caller's promise for the second number.
            return unsafe { native::close_number(onto.number()) };
        }
        // SAFETY: the caller's promise.
        unsafe { native::dup2(fd, onto) }
    }
}

#[derive(Default)]
pub(super) struct OntoItselfUnchecked;

impl Subject for OntoItselfUnchecked {
    unsafe fn dup2(&mut self, fd: Fd<'_>, onto: Fd<'_>) -> CallResult<()> {
        // SAFETY: the caller's promise.
        if fd.number() == onto.number() { Ok(()) } else { unsafe { native::dup2(fd, onto) } }
    }
}

#[derive(Default)]
pub(super) struct DuplicateNotTheLowest;

impl Subject for DuplicateNotTheLowest {
    fn dup(&mut self, fd: Fd<'_>) -> CallResult<OwnedFd> {
        native::dup_from(fd, fd.number() + 1)
    }
}

#[derive(Default)]
pub(super) struct NamelessNotReopened;

impl Subject for NamelessNotReopened {
    fn reopen(&mut self, fd: Fd<'_>, oflag: c_int) -> CallResult<OwnedFd> {
        if Status::of(fd)?.links() == 0 { Err(Errno::ENOENT.into()) } else { Libc.reopen(fd, oflag) }
    }
}
