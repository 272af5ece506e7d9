//! Faults that show for a moment alone, to whoever watches meanwhile.

use super::open::WINDOW;
use nix::unistd::{getegid, geteuid, getuid, seteuid};
use shmconf_adapter::subject::{CallResult, Fd, Subject, host, native};
use std::ffi::{CStr, CString, c_int};
use std::os::fd::OwnedFd;

#[derive(Default)]
pub(super) struct ModeNarrowedLater;

impl Subject for ModeNarrowedLater {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if oflag & libc::O_EXCL == 0 {
            return native::shm_open(name, oflag, mode);
        }
        let mask = host::umask(0);
        let opened = native::shm_open(name, oflag, 0o666);
        host::umask(mask);
        let fd = opened?;
        std::thread::sleep(WINDOW);
        native::fchmod((&fd).into(), mode & !mask).map(|()| fd)
    }
}

#[derive(Default)]
pub(super) struct OwnerSetLater;

impl Subject for OwnerSetLater {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let effective = geteuid();
        if oflag & libc::O_EXCL == 0 || effective == getuid() {
            return native::shm_open(name, oflag, mode);
        }
        seteuid(getuid())?;
        let opened = native::shm_open(name, oflag, mode).and_then(|fd| {
            std::thread::sleep(WINDOW);
            native::fchown((&fd).into(), effective.as_raw(), getegid().as_raw()).map(|()| fd)
        });
        seteuid(effective)?;
        opened
    }
}

#[derive(Default)]
pub(super) struct GrownInSteps;

impl Subject for GrownInSteps {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        if let Ok(before) = native::fstat(fd)
            && before.size < size
        {
            native::ftruncate(fd, before.size + (size - before.size) / 2)?;
            std::thread::sleep(WINDOW);
        }
        native::ftruncate(fd, size)
    }
}

#[derive(Default)]
pub(super) struct RenamedAtUnlink;

impl Subject for RenamedAtUnlink {
    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        let away = CString::new([name.to_bytes(), b"-gone"].concat()).unwrap_or_default();
        let moved = native::shm_open(&away, libc::O_RDWR | libc::O_CREAT, 0o600);
        let unlinked = native::shm_unlink(name);
        std::thread::sleep(WINDOW);
        if let Ok(fd) = moved {
            native::close(fd)?;
            native::shm_unlink(&away)?;
        }
        unlinked
    }
}
