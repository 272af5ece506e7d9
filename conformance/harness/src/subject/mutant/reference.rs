//! Faults in who still refers to an object: its descriptors, and the names that it had.

use shmconf_adapter::subject::{CallResult, Fd, Refused, Status, Subject, descriptors, native};
use shmconf_model::outcome::Errno;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_int};
use std::os::fd::OwnedFd;

/// The object behind a descriptor, by its number; none where it is not open.
fn object(fd: Fd<'_>) -> Option<i64> {
    Status::of(fd).ok().map(|status| status.inode())
}

/// Has this process a descriptor of the object?
fn is_open(inode: i64) -> bool {
    // SAFETY: nothing but its status is asked for.
    descriptors::open().into_iter().any(|number| object(unsafe { Fd::from_raw(number) }) == Some(inode))
}

/// Names that were removed, each with the object that it stood for.
#[derive(Default)]
struct Removed {
    objects: BTreeMap<CString, i64>,
}

impl Removed {
    fn unlink(&mut self, name: &CStr) -> CallResult<()> {
        let before = native::shm_open(name, libc::O_RDONLY, 0).ok();
        let inode = before.as_ref().and_then(|fd| object(fd.into()));
        drop(before);
        native::shm_unlink(name)?;
        self.objects.extend(inode.map(|inode| (name.to_owned(), inode)));
        Ok(())
    }

    /// Is the object that had the name still open in this process?
    fn lives(&self, name: &CStr) -> bool {
        self.objects.get(name).is_some_and(|inode| is_open(*inode))
    }
}

#[derive(Default)]
pub(super) struct RemovedNameTaken {
    removed: Removed,
}

impl Subject for RemovedNameTaken {
    fn reset(&mut self) {
        self.removed.objects.clear();
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if self.removed.lives(name) { Err(Errno::EACCES.into()) } else { native::shm_open(name, oflag, mode) }
    }

    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        self.removed.unlink(name)
    }
}

#[derive(Default)]
pub(super) struct RemovedTwice {
    removed: Removed,
}

impl Subject for RemovedTwice {
    fn reset(&mut self) {
        self.removed.objects.clear();
    }

    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        let unlinked = self.removed.unlink(name);
        if unlinked == Err(Refused::Errno(Errno::ENOENT)) && self.removed.lives(name) { Ok(()) } else { unlinked }
    }
}

#[derive(Default)]
pub(super) struct OpenIsBusy;

impl Subject for OpenIsBusy {
    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        let before = native::shm_open(name, libc::O_RDONLY, 0).ok();
        let inode = before.as_ref().and_then(|fd| object(fd.into()));
        drop(before);
        if inode.is_some_and(is_open) { Err(Errno::EBUSY.into()) } else { native::shm_unlink(name) }
    }
}

#[derive(Default)]
pub(super) struct ContentsDieWithLastClose {
    opened: BTreeMap<i64, CString>,
}

impl Subject for ContentsDieWithLastClose {
    fn reset(&mut self) {
        self.opened.clear();
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag, mode)?;
        self.opened.extend(object((&fd).into()).map(|inode| (inode, name.to_owned())));
        Ok(fd)
    }

    unsafe fn close(&mut self, fd: Fd<'_>) -> CallResult<()> {
        let inode = object(fd);
        // SAFETY: the caller's promise.
        unsafe { native::close_number(fd.number()) }?;
        if let Some(inode) = inode.filter(|inode| !is_open(*inode))
            && let Some(name) = self.opened.remove(&inode)
            && let Ok(again) = native::shm_open(&name, libc::O_RDWR, 0)
            && object((&again).into()) == Some(inode)
        {
            native::ftruncate((&again).into(), 0)?;
        }
        Ok(())
    }
}
