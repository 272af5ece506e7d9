//! Faults of seals, on objects that can have some.

use super::super::memfd::Memfd;
use shmconf_adapter::subject::{CallResult, Fd, Region, Subject, native};
use shmconf_model::call::Seals;
use shmconf_model::outcome::Errno;
use std::ffi::{CStr, c_int};
use std::os::fd::OwnedFd;

#[derive(Default)]
pub(super) struct SealHoldsMode;

impl Subject for SealHoldsMode {
    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn fchmod(&mut self, fd: Fd<'_>, mode: u32) -> CallResult<()> {
        let is_sealed = Memfd.seals(fd).is_ok_and(|seals| seals.contains(Seals::SHRINK));
        if is_sealed { Err(Errno::EPERM.into()) } else { native::fchmod(fd, mode) }
    }
}

#[derive(Default)]
pub(super) struct SealsWaitForMappings {
    mapped: u32,
}

impl Subject for SealsWaitForMappings {
    fn reset(&mut self) {
        self.mapped = 0;
    }

    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let region = native::mmap(len, prot, flags, fd, offset)?;
        self.mapped += 1;
        Ok(region)
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        self.mapped = self.mapped.saturating_sub(1);
        native::munmap(region, offset, len)
    }

    fn add_seals(&mut self, fd: Fd<'_>, seals: Seals) -> CallResult<()> {
        let sizes = Seals::SHRINK | Seals::GROW;
        if self.mapped > 0 && sizes.contains(seals) { Err(Errno::EBUSY.into()) } else { Memfd.add_seals(fd, seals) }
    }
}
