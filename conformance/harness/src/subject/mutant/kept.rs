//! Faults of `mlock`, `munlock` and `msync`.

use shmconf_adapter::subject::{CallResult, Fd, Region, Subject, native};
use shmconf_model::outcome::Errno;
use std::collections::BTreeMap;
use std::ffi::c_int;

/// How often each mapping was locked.
#[derive(Default)]
pub(super) struct LocksNest {
    locked: BTreeMap<usize, u32>,
}

impl Subject for LocksNest {
    fn reset(&mut self) {
        self.locked.clear();
    }

    fn mlock(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        native::mlock(region, offset, len)?;
        *self.locked.entry(region.start() as usize).or_insert(0) += 1;
        Ok(())
    }

    fn munlock(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        let times = self.locked.entry(region.start() as usize).or_insert(0);
        *times = times.saturating_sub(1);
        if *times > 0 { Ok(()) } else { native::munlock(region, offset, len) }
    }
}

/// The mappings that can be read alone.
#[derive(Default)]
pub(super) struct ReadersNotWrittenBack {
    protected: BTreeMap<usize, c_int>,
}

impl Subject for ReadersNotWrittenBack {
    fn reset(&mut self) {
        self.protected.clear();
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let region = native::mmap(len, prot, flags, fd, offset)?;
        self.protected.insert(region.start() as usize, prot);
        Ok(region)
    }

    fn msync(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        match self.protected.get(&(region.start() as usize)) {
            Some(&libc::PROT_READ) => Err(Errno::EACCES.into()),
            _ => native::msync(region, offset, len),
        }
    }
}
