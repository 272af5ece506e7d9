//! Faults of `memfd_create`, and of storage that is taken away and looked for.

use shmconf_adapter::subject::{CallResult, Fd, Subject, native, system};
use shmconf_model::call::MemfdFlags;
use shmconf_model::outcome::Errno;
use std::collections::BTreeSet;
use std::ffi::{CStr, CString, c_int};
use std::os::fd::OwnedFd;

#[derive(Default)]
pub(super) struct AlwaysSealable;

impl Subject for AlwaysSealable {
    fn memfd_create(&mut self, name: &CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
        system::memfd_create(name, flags | MemfdFlags::ALLOW_SEALING)
    }
}

#[derive(Default)]
pub(super) struct SealForgotten;

impl Subject for SealForgotten {
    fn memfd_create(&mut self, name: &CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
        let sealed = flags.contains(MemfdFlags::NOEXEC_SEAL) && !flags.contains(MemfdFlags::EXEC);
        let kept = if sealed { MemfdFlags::EXEC | MemfdFlags::ALLOW_SEALING } else { MemfdFlags::empty() };
        system::memfd_create(name, flags.difference(MemfdFlags::NOEXEC_SEAL) | kept)
    }
}

#[derive(Default)]
pub(super) struct NameOnce {
    taken: BTreeSet<CString>,
}

impl Subject for NameOnce {
    fn reset(&mut self) {
        self.taken.clear();
    }

    fn memfd_create(&mut self, name: &CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
        match self.taken.insert(name.to_owned()) {
            true => system::memfd_create(name, flags),
            false => Err(Errno::EEXIST.into()),
        }
    }
}

#[derive(Default)]
pub(super) struct PunchIgnored;

impl Subject for PunchIgnored {
    fn punch(&mut self, fd: Fd<'_>, _: i64, _: i64) -> CallResult<()> {
        native::cloexec(fd).map(drop)
    }
}

#[derive(Default)]
pub(super) struct DataUnseen;

impl Subject for DataUnseen {
    fn lseek(&mut self, fd: Fd<'_>, offset: i64, whence: c_int) -> CallResult<i64> {
        let from_the_start = [libc::SEEK_SET, libc::SEEK_CUR, libc::SEEK_END].contains(&whence);
        let to = native::lseek(fd, offset, whence)?;
        // Whatever is looked for is where the end is.
        if from_the_start { Ok(to) } else { native::lseek(fd, 0, libc::SEEK_END) }
    }
}
