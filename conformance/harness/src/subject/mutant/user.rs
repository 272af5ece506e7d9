//! Faults in who somebody is to `shm_open`.

use nix::unistd::{getegid, geteuid, getuid, seteuid};
use shmconf_adapter::subject::{CallResult, Subject, native};
use shmconf_model::outcome::Errno;
use std::ffi::{CStr, c_int};
use std::os::fd::OwnedFd;

#[derive(Default)]
pub(super) struct RealUserOpens;

impl Subject for RealUserOpens {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let effective = geteuid();
        seteuid(getuid())?;
        let opened = native::shm_open(name, oflag, mode);
        seteuid(effective)?;
        opened
    }
}

#[derive(Default)]
pub(super) struct SupplementaryGroupsIgnored;

impl Subject for SupplementaryGroupsIgnored {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag, mode)?;
        let object = native::fstat((&fd).into())?;
        let is_other = object.uid != geteuid().as_raw() && object.gid != getegid().as_raw() && !geteuid().is_root();
        let wanted = if oflag & libc::O_ACCMODE == libc::O_RDONLY { 0o4 } else { 0o6 };
        if is_other && object.mode & wanted != wanted {
            native::close(fd)?;
            return Err(Errno::EACCES.into());
        }
        Ok(fd)
    }
}
