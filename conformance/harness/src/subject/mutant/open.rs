//! Faults of `shm_open` and `fchmod`.

use shmconf_adapter::subject::{CallResult, Fd, Refused, Subject, descriptors, host, native};
use shmconf_model::outcome::Errno;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_int};
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};
use std::time::Duration;

/// How long a fault that races leaves its window open.
pub(super) const WINDOW: Duration = Duration::from_micros(50);

#[derive(Default)]
pub(super) struct Number0Refused;

impl Subject for Number0Refused {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag, mode)?;
        if fd.as_raw_fd() == 0 { Err(Errno::EBADF.into()) } else { Ok(fd) }
    }
}

#[derive(Default)]
pub(super) struct ExclIgnored;

impl Subject for ExclIgnored {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        native::shm_open(name, oflag & !libc::O_EXCL, mode)
    }
}

#[derive(Default)]
pub(super) struct ExclRacy;

impl Subject for ExclRacy {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        const EXCLUSIVE: c_int = libc::O_CREAT | libc::O_EXCL;
        if oflag & EXCLUSIVE != EXCLUSIVE {
            return native::shm_open(name, oflag, mode);
        }
        if exists(name)? {
            return Err(Errno::EEXIST.into());
        }
        std::thread::sleep(WINDOW);
        native::shm_open(name, oflag & !libc::O_EXCL, mode)
    }
}

/// Is there an object of that name?
pub(super) fn exists(name: &CStr) -> CallResult<bool> {
    match native::shm_open(name, libc::O_RDONLY, 0) {
        Ok(fd) => native::close(fd).map(|()| true),
        Err(Refused::Errno(Errno::ENOENT)) => Ok(false),
        Err(Refused::Errno(Errno::EACCES)) => Ok(true),
        Err(refused) => Err(refused),
    }
}

#[derive(Default)]
pub(super) struct TruncIgnored;

impl Subject for TruncIgnored {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        native::shm_open(name, oflag & !libc::O_TRUNC, mode)
    }
}

#[derive(Default)]
pub(super) struct WrongErrno;

impl Subject for WrongErrno {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        native::shm_open(name, oflag, mode).map_err(|refused| match refused {
            Refused::Errno(Errno::ENOENT) => Refused::Errno(Errno::EINVAL),
            other => other,
        })
    }
}

#[derive(Default)]
pub(super) struct NoCloexec;

impl Subject for NoCloexec {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag, mode)?;
        native::set_cloexec((&fd).into(), false).map(|()| fd)
    }
}

#[derive(Default)]
pub(super) struct UmaskIgnored;

impl Subject for UmaskIgnored {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let mask = host::umask(0);
        let opened = native::shm_open(name, oflag, mode);
        host::umask(mask);
        opened
    }
}

#[derive(Default)]
pub(super) struct ModeIgnored;

impl Subject for ModeIgnored {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, _mode: u32) -> CallResult<OwnedFd> {
        native::shm_open(name, oflag, 0o600)
    }
}

#[derive(Default)]
pub(super) struct LeakedDescriptor;

impl Subject for LeakedDescriptor {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag, mode)?;
        let _leaked = native::dup((&fd).into())?.into_raw_fd();
        Ok(fd)
    }
}

#[derive(Default)]
pub(super) struct ReadonlyWidened;

impl Subject for ReadonlyWidened {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        native::shm_open(name, oflag & !libc::O_ACCMODE | libc::O_RDWR, mode)
    }
}

#[derive(Default)]
pub(super) struct NotTheLowest;

impl Subject for NotTheLowest {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let low = native::shm_open(name, oflag, mode)?;
        let fd = native::dup((&low).into())?;
        native::set_cloexec((&fd).into(), true)?;
        native::close(low).map(|()| fd)
    }
}

#[derive(Default)]
pub(super) struct SharedDescription {
    opened: BTreeMap<CString, RawFd>,
}

impl Subject for SharedDescription {
    fn reset(&mut self) {
        self.opened.clear();
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag, mode)?;
        if let Some(&first) = self.opened.get(name)
            && native::is_open(first)
        {
            // SAFETY: the script's, which knows nothing of the other.
            unsafe { descriptors::replace(first, fd.as_raw_fd()) };
            native::set_cloexec((&fd).into(), true)?;
        }
        self.opened.insert(name.to_owned(), fd.as_raw_fd());
        Ok(fd)
    }
}

#[derive(Default)]
pub(super) struct ExecuteAloneIgnored;

impl Subject for ExecuteAloneIgnored {
    fn fchmod(&mut self, fd: Fd<'_>, mode: u32) -> CallResult<()> {
        if mode & 0o666 == 0 && mode & 0o111 != 0 { Ok(()) } else { native::fchmod(fd, mode) }
    }
}

#[derive(Default)]
pub(super) struct TruncatingNoCloexec;

impl Subject for TruncatingNoCloexec {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag, mode)?;
        native::set_cloexec((&fd).into(), oflag & libc::O_TRUNC == 0)?;
        Ok(fd)
    }
}

/// How many objects there have been.
#[derive(Default)]
pub(super) struct ObjectsRunOut {
    made: u32,
}

impl Subject for ObjectsRunOut {
    fn reset(&mut self) {
        self.made = 0;
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        const MOST: u32 = 250;
        self.made += u32::from(oflag & libc::O_CREAT != 0);
        if self.made > MOST { Err(Errno::ENFILE.into()) } else { native::shm_open(name, oflag, mode) }
    }
}

#[derive(Default)]
pub(super) struct ChangeModeMasked;

impl Subject for ChangeModeMasked {
    fn fchmod(&mut self, fd: Fd<'_>, mode: u32) -> CallResult<()> {
        let mask = host::umask(0);
        host::umask(mask);
        native::fchmod(fd, mode & !mask)
    }
}

#[derive(Default)]
pub(super) struct DescriptorsRunOut {
    opened: u32,
}

impl Subject for DescriptorsRunOut {
    fn reset(&mut self) {
        self.opened = 0;
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        const MOST: u32 = 64;
        self.opened += 1;
        if self.opened > MOST { Err(Errno::EMFILE.into()) } else { native::shm_open(name, oflag, mode) }
    }
}

#[derive(Default)]
pub(super) struct SyncRefused;

impl Subject for SyncRefused {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if oflag & libc::O_SYNC == libc::O_SYNC {
            Err(Errno::EINVAL.into())
        } else {
            native::shm_open(name, oflag, mode)
        }
    }
}
