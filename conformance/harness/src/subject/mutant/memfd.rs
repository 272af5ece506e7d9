//! Faults of `memfd_create`, and of storage that is taken away and looked for.

use shmconf_adapter::subject::{CallResult, Fd, Libc, Subject, native, system};
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

#[derive(Default)]
pub(super) struct CloexecIgnored;

impl Subject for CloexecIgnored {
    fn memfd_create(&mut self, name: &CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
        system::memfd_create(name, flags.difference(MemfdFlags::CLOEXEC))
    }
}

#[derive(Default)]
pub(super) struct UnknownAccepted;

impl Subject for UnknownAccepted {
    fn memfd_create(&mut self, name: &CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
        system::memfd_create(name, flags.difference(MemfdFlags::UNKNOWN))
    }
}

#[derive(Default)]
pub(super) struct ShortNames;

impl Subject for ShortNames {
    fn memfd_create(&mut self, name: &CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
        const MOST: usize = 63;
        if name.count_bytes() > MOST { Err(Errno::EINVAL.into()) } else { system::memfd_create(name, flags) }
    }
}

#[derive(Default)]
pub(super) struct PunchGrows;

impl Subject for PunchGrows {
    fn punch(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        Libc.punch(fd, offset, len)?;
        let end = offset.saturating_add(len);
        let is_behind = (native::fstat(fd)?.size + 1..1 << 40).contains(&end);
        if is_behind { native::ftruncate(fd, end) } else { Ok(()) }
    }
}

#[derive(Default)]
pub(super) struct EndIsNoHole;

impl Subject for EndIsNoHole {
    fn lseek(&mut self, fd: Fd<'_>, offset: i64, whence: c_int) -> CallResult<i64> {
        let from_the_start = [libc::SEEK_SET, libc::SEEK_CUR, libc::SEEK_END].contains(&whence);
        let before = native::lseek(fd, 0, libc::SEEK_CUR)?;
        let to = native::lseek(fd, offset, whence)?;
        if !from_the_start && to == native::fstat(fd)?.size {
            native::lseek(fd, before, libc::SEEK_SET)?;
            return Err(Errno::ENXIO.into());
        }
        Ok(to)
    }
}
