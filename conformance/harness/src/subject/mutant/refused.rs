//! Faults where a call is refused that should succeed, and what a refusal leaves behind.

use super::open::{WINDOW, exists};
use nix::unistd::geteuid;
use shmconf_adapter::subject::{CallResult, Fd, Refused, Region, Subject, native};
use shmconf_model::outcome::Errno;
use std::ffi::{CStr, c_int};
use std::os::fd::{IntoRawFd, OwnedFd};

#[derive(Default)]
pub(super) struct ModeOf0;

impl Subject for ModeOf0 {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if oflag & libc::O_CREAT != 0 && mode & 0o777 == 0 {
            return Err(Errno::EINVAL.into());
        }
        native::shm_open(name, oflag, mode)
    }
}

#[derive(Default)]
pub(super) struct ReadersNeedToWrite;

impl Subject for ReadersNeedToWrite {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if oflag & (libc::O_ACCMODE | libc::O_CREAT) == libc::O_RDONLY && !geteuid().is_root() {
            native::close(native::shm_open(name, libc::O_RDWR, 0)?)?;
        }
        native::shm_open(name, oflag, mode)
    }
}

#[derive(Default)]
pub(super) struct FailureKeepsANumber;

impl Subject for FailureKeepsANumber {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let opened = native::shm_open(name, oflag, mode);
        if opened.is_err()
            && let Ok(leaked) = std::fs::File::open("/dev/null")
        {
            let _leaked = leaked.into_raw_fd();
        }
        opened
    }
}

#[derive(Default)]
pub(super) struct Offset;

impl Subject for Offset {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        if offset != 0 { Err(Errno::EINVAL.into()) } else { native::mmap(len, prot, flags, fd, offset) }
    }
}

#[derive(Default)]
pub(super) struct BeyondTheEnd;

impl Subject for BeyondTheEnd {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let is_beyond = native::fstat(fd).is_ok_and(|stat| offset.saturating_add(len as i64) > stat.size);
        if is_beyond { Err(Errno::EINVAL.into()) } else { native::mmap(len, prot, flags, fd, offset) }
    }
}

#[derive(Default)]
pub(super) struct HighNumber;

impl Subject for HighNumber {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        const TABLE: c_int = 256;
        if fd.number() >= TABLE { Err(Errno::EBADF.into()) } else { native::mmap(len, prot, flags, fd, offset) }
    }
}

#[derive(Default)]
pub(super) struct CreatorsMeet;

impl Subject for CreatorsMeet {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if oflag & (libc::O_CREAT | libc::O_EXCL) != libc::O_CREAT || exists(name) != Ok(false) {
            return native::shm_open(name, oflag, mode);
        }
        std::thread::sleep(WINDOW);
        native::shm_open(name, oflag | libc::O_EXCL, mode)
    }
}

#[derive(Default)]
pub(super) struct UnlinkNeedsAccess;

impl Subject for UnlinkNeedsAccess {
    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        match native::shm_open(name, libc::O_RDWR, 0) {
            Err(Refused::Errno(Errno::EACCES)) => Err(Errno::EACCES.into()),
            _ => native::shm_unlink(name),
        }
    }
}

#[derive(Default)]
pub(super) struct EmptiedLater;

impl Subject for EmptiedLater {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if oflag & (libc::O_TRUNC | libc::O_ACCMODE) != libc::O_TRUNC | libc::O_RDWR {
            return native::shm_open(name, oflag, mode);
        }
        let fd = native::shm_open(name, oflag & !libc::O_TRUNC, mode)?;
        std::thread::sleep(WINDOW);
        native::ftruncate((&fd).into(), 0).map(|()| fd)
    }
}
