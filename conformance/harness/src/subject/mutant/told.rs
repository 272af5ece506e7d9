//! Faults of what a process is told of an object, or of a descriptor, while the object is as it should be.

use nix::unistd::{getegid, geteuid};
use shmconf_adapter::subject::{CallResult, Fd, Subject, host, native};
use shmconf_model::outcome::Stat;
use std::ffi::c_int;

#[derive(Default)]
pub(super) struct OwnerIsTheCaller;

impl Subject for OwnerIsTheCaller {
    fn fstat(&mut self, fd: Fd<'_>) -> CallResult<Stat> {
        Ok(Stat { uid: geteuid().as_raw(), gid: getegid().as_raw(), ..native::fstat(fd)? })
    }
}

#[derive(Default)]
pub(super) struct ModeMasked;

impl Subject for ModeMasked {
    fn fstat(&mut self, fd: Fd<'_>) -> CallResult<Stat> {
        let stat = native::fstat(fd)?;
        let mask = host::umask(0);
        host::umask(mask);
        Ok(Stat { mode: stat.mode & !mask, ..stat })
    }
}

#[derive(Default)]
pub(super) struct AccessWide;

impl Subject for AccessWide {
    fn status_flags(&mut self, fd: Fd<'_>) -> CallResult<c_int> {
        native::status_flags(fd).map(|flags| flags & !libc::O_ACCMODE | libc::O_RDWR)
    }
}
