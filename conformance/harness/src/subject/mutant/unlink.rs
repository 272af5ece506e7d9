//! Faults of `shm_unlink`.

use super::open::{WINDOW, exists};
use shmconf_adapter::subject::{CallResult, Refused, Subject, descriptors, native};
use shmconf_model::outcome::Errno;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_int};
use std::os::fd::{AsRawFd, OwnedFd};

#[derive(Default)]
pub(super) struct RecreatedNameOldObject {
    unlinked: BTreeMap<CString, OwnedFd>,
}

impl Subject for RecreatedNameOldObject {
    fn reset(&mut self) {
        self.unlinked.clear();
    }

    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        if let Ok(fd) = native::shm_open(name, libc::O_RDWR, 0) {
            self.unlinked.insert(name.to_owned(), fd);
        }
        native::shm_unlink(name)
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag, mode)?;
        if let Some(old) = self.unlinked.remove(name) {
            // SAFETY: both are this subject's.
            unsafe { descriptors::replace(old.as_raw_fd(), fd.as_raw_fd()) };
            native::set_cloexec((&fd).into(), true)?;
            native::close(old)?;
        }
        Ok(fd)
    }
}

#[derive(Default)]
pub(super) struct FreesAtOnce;

impl Subject for FreesAtOnce {
    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        if let Ok(fd) = native::shm_open(name, libc::O_RDWR, 0) {
            native::ftruncate((&fd).into(), 0)?;
            native::close(fd)?;
        }
        native::shm_unlink(name)
    }
}

#[derive(Default)]
pub(super) struct KeepsName;

impl Subject for KeepsName {
    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        if exists(name)? { Ok(()) } else { native::shm_unlink(name) }
    }
}

#[derive(Default)]
pub(super) struct TwoWinners;

impl Subject for TwoWinners {
    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        if exists(name) != Ok(true) {
            return native::shm_unlink(name);
        }
        std::thread::sleep(WINDOW);
        missing_is_fine(native::shm_unlink(name))
    }
}

#[derive(Default)]
pub(super) struct MissingSucceeds;

impl Subject for MissingSucceeds {
    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        missing_is_fine(native::shm_unlink(name))
    }
}

fn missing_is_fine(unlinked: CallResult<()>) -> CallResult<()> {
    if unlinked == Err(Refused::Errno(Errno::ENOENT)) { Ok(()) } else { unlinked }
}
