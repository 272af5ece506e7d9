//! Faults that show after a death: what a process made, or held, goes with it, or stays when it should go.

use super::note;
use shmconf_adapter::subject::{CallResult, Fd, Status, Subject, native};
use shmconf_model::call::{FileLock, Lock};
use shmconf_model::outcome::{Content, Errno};
use std::ffi::{CStr, CString, c_int};
use std::os::fd::{OwnedFd, RawFd};

#[derive(Default)]
pub(super) struct NameDies;

impl Subject for NameDies {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if note::is_of_the_dead(name, CREATED) {
            native::shm_unlink(name)?;
        }
        let fd = native::shm_open(name, oflag, mode)?;
        note_creation(name, oflag);
        Ok(fd)
    }

    fn names(&mut self, prefix: &str) -> CallResult<Vec<String>> {
        note::names(prefix)
    }
}

#[derive(Default)]
pub(super) struct NameDiesWithOpener;

impl Subject for NameDiesWithOpener {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if note::is_of_the_dead(name, OPENED) {
            native::shm_unlink(name)?;
        }
        let fd = native::shm_open(name, oflag, mode)?;
        if oflag & libc::O_CREAT == 0 {
            note::leave(name, OPENED);
        }
        Ok(fd)
    }

    fn names(&mut self, prefix: &str) -> CallResult<Vec<String>> {
        note::names(prefix)
    }
}

#[derive(Default)]
pub(super) struct ContentsDie;

impl Subject for ContentsDie {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if note::is_of_the_dead(name, CREATED) {
            let fd = native::shm_open(name, libc::O_RDWR, 0)?;
            native::ftruncate((&fd).into(), 0)?;
            native::close(fd)?;
        }
        let fd = native::shm_open(name, oflag, mode)?;
        note_creation(name, oflag);
        Ok(fd)
    }

    fn names(&mut self, prefix: &str) -> CallResult<Vec<String>> {
        note::names(prefix)
    }
}

const CREATED: &str = "created";
const OPENED: &str = "opened";
const LOCKED: &str = "locked";

fn note_creation(name: &CStr, oflag: c_int) {
    if oflag & libc::O_EXCL != 0 {
        note::leave(name, CREATED);
    }
}

/// An object by its number, under a name that the harness removes.
fn object(prefix: &str, fd: Fd<'_>) -> CallResult<CString> {
    let inode = Status::of(fd)?.inode();
    Ok(CString::new(format!("{prefix}{inode}")).unwrap_or_default())
}

/// Locks whose owners ended without giving them up.
#[derive(Default)]
pub(super) struct LockOutlives {
    prefix: String,
}

impl Subject for LockOutlives {
    fn name_prefix(&mut self, prefix: &str) {
        prefix.clone_into(&mut self.prefix);
    }

    fn lock(&mut self, fd: Fd<'_>, lock: Lock) -> CallResult<()> {
        let object = object(&self.prefix, fd)?;
        match lock {
            Lock::Nothing => note::remove(&object, LOCKED),
            _ if note::is_of_another(&object, LOCKED) => return Err(Errno::EAGAIN.into()),
            _ => {}
        }
        native::lock(fd, lock)?;
        if lock == Lock::Write {
            note::leave(&object, LOCKED);
        }
        Ok(())
    }

    fn names(&mut self, prefix: &str) -> CallResult<Vec<String>> {
        note::names(prefix)
    }
}

#[derive(Default)]
pub(super) struct FileLockOutlives {
    prefix: String,
}

impl Subject for FileLockOutlives {
    fn name_prefix(&mut self, prefix: &str) {
        prefix.clone_into(&mut self.prefix);
    }

    fn file_lock(&mut self, fd: Fd<'_>, lock: FileLock) -> CallResult<()> {
        let object = object(&self.prefix, fd)?;
        match lock {
            FileLock::Nothing => note::remove(&object, LOCKED),
            _ if note::is_of_another(&object, LOCKED) => return Err(Errno::EAGAIN.into()),
            _ => {}
        }
        native::file_lock(fd, lock)?;
        if lock == FileLock::Exclusive {
            note::leave(&object, LOCKED);
        }
        Ok(())
    }

    fn names(&mut self, prefix: &str) -> CallResult<Vec<String>> {
        note::names(prefix)
    }
}

/// What was written and is not stored yet.
#[derive(Default)]
pub(super) struct WritesWait {
    waiting: Vec<(RawFd, i64, u8, usize)>,
}

impl WritesWait {
    /// Stores it, where the descriptor is still open.
    fn store(&mut self) {
        for (fd, offset, byte, len) in self.waiting.drain(..) {
            // SAFETY: the script's, or no longer open.
            let _ = native::pwrite(unsafe { Fd::from_raw(fd) }, byte, len, offset);
        }
    }
}

impl Subject for WritesWait {
    fn reset(&mut self) {
        self.waiting.clear();
    }

    fn pwrite(&mut self, fd: Fd<'_>, byte: u8, len: usize, offset: i64) -> CallResult<i64> {
        let size = native::fstat(fd)?.size;
        let is_inside = offset >= 0 && offset.checked_add(len as i64).is_some_and(|end| end <= size);
        let may_write = native::status_flags(fd)? & (libc::O_ACCMODE | libc::O_APPEND) == libc::O_RDWR;
        if !is_inside || !may_write {
            return native::pwrite(fd, byte, len, offset);
        }
        self.waiting.push((fd.number(), offset, byte, len));
        Ok(len as i64)
    }

    fn pread(&mut self, fd: Fd<'_>, len: usize, offset: i64) -> CallResult<Content> {
        self.store();
        native::pread(fd, len, offset)
    }

    fn read(&mut self, fd: Fd<'_>, len: usize) -> CallResult<Content> {
        self.store();
        native::read(fd, len)
    }

    unsafe fn close(&mut self, fd: Fd<'_>) -> CallResult<()> {
        self.store();
        // SAFETY: the caller's promise.
        unsafe { native::close_number(fd.number()) }
    }
}
