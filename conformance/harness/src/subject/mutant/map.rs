//! Faults of mappings.

use shmconf_adapter::subject::{CallResult, Fd, Region, Subject, native};
use std::collections::BTreeMap;
use std::ffi::c_int;
use std::os::fd::RawFd;

#[derive(Default)]
pub(super) struct PrivateStore;

impl Subject for PrivateStore {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let flags = if flags & libc::MAP_SHARED != 0 { flags & !libc::MAP_SHARED | libc::MAP_PRIVATE } else { flags };
        native::mmap(len, prot, flags, fd, offset)
    }
}

#[derive(Default)]
pub(super) struct Apart {
    made: u32,
}

impl Subject for Apart {
    fn reset(&mut self) {
        self.made = 0;
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        const TOGETHER: u32 = 9;
        self.made += 1;
        let apart = self.made > TOGETHER;
        let flags = if apart { flags & !libc::MAP_SHARED | libc::MAP_PRIVATE } else { flags };
        native::mmap(len, prot, flags, fd, offset)
    }
}

#[derive(Default)]
pub(super) struct DiesWithClose {
    mappings: BTreeMap<RawFd, (usize, usize)>,
}

impl Subject for DiesWithClose {
    fn reset(&mut self) {
        self.mappings.clear();
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let region = native::mmap(len, prot, flags, fd, offset)?;
        self.mappings.insert(fd.number(), (region.start() as usize, len));
        Ok(region)
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        self.mappings.retain(|_, (mapped, _)| *mapped != region.start() as usize);
        native::munmap(region, offset, len)
    }

    unsafe fn close(&mut self, fd: Fd<'_>) -> CallResult<()> {
        if let Some((start, len)) = self.mappings.remove(&fd.number()) {
            // SAFETY: the mapping has not been unmapped, and nothing else protects it meanwhile.
            let mut region = unsafe { Region::from_raw(std::ptr::with_exposed_provenance_mut(start), len) };
            native::mprotect(&mut region, 0, len, libc::PROT_NONE)?;
        }
        // SAFETY: the caller's promise.
        unsafe { native::close_number(fd.number()) }
    }
}

#[derive(Default)]
pub(super) struct OffsetIgnored;

impl Subject for OffsetIgnored {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        native::mmap(len, prot, flags, fd, if offset > 0 { 0 } else { offset })
    }
}

#[derive(Default)]
pub(super) struct PrivateBehind;

impl Subject for PrivateBehind {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        const SHARED: usize = 2 << 20;
        let mut region = native::mmap(len, prot, flags, fd, offset)?;
        if flags & libc::MAP_SHARED != 0 && len > SHARED && len < 16 * SHARED {
            let rest = offset + SHARED as i64;
            native::mmap_over(&mut region, SHARED, len - SHARED, prot, libc::MAP_PRIVATE, fd, rest)?;
        }
        Ok(region)
    }
}

#[derive(Default)]
pub(super) struct UnmappingIgnored;

impl Subject for UnmappingIgnored {
    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        region.note_unmapped(offset, len);
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct RangeProtectedWhole;

impl Subject for RangeProtectedWhole {
    fn mprotect(&mut self, region: &mut Region, _: usize, _: usize, prot: c_int) -> CallResult<()> {
        let len = region.len();
        native::mprotect(region, 0, len, prot)
    }
}

#[derive(Default)]
pub(super) struct RingApart;

impl Subject for RingApart {
    fn mmap_over(
        &mut self,
        region: &mut Region,
        at: usize,
        len: usize,
        prot: c_int,
        flags: c_int,
        fd: Fd<'_>,
        offset: i64,
    ) -> CallResult<()> {
        native::mmap_over(region, at, len, prot, flags & !libc::MAP_SHARED | libc::MAP_PRIVATE, fd, offset)
    }
}

#[derive(Default)]
pub(super) struct LockedForEver;

impl Subject for LockedForEver {
    fn munlock(&mut self, _: &mut Region, _: usize, _: usize) -> CallResult<()> {
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct ProtectionIgnored;

impl Subject for ProtectionIgnored {
    fn mprotect(&mut self, region: &mut Region, offset: usize, len: usize, prot: c_int) -> CallResult<()> {
        if prot & libc::PROT_WRITE == 0 { Ok(()) } else { native::mprotect(region, offset, len, prot) }
    }
}
