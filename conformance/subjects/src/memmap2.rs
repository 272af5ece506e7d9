//! The crate `memmap2`: mappings of files.

use crate::refused;
use memmap2::{Mmap, MmapMut, MmapOptions};
use shmconf_adapter::subject::{CallResult, Fd, Region, Subject, host, native};
use std::collections::BTreeMap;
use std::ffi::c_int;

/// Mappings made by the crate `memmap2`, of this system's objects.
#[derive(Default)]
pub struct Memmap2 {
    /// By the first address.
    mappings: BTreeMap<usize, Mapping>,
}

enum Mapping {
    Read(Mmap),
    Write(MmapMut),
}

/// The protections that the crate has words for.
const READ: c_int = libc::PROT_READ;
const WRITE: c_int = libc::PROT_READ | libc::PROT_WRITE;
const EXECUTE: c_int = libc::PROT_READ | libc::PROT_EXEC;

impl Memmap2 {
    /// The mapping, where it is one of the crate's and all of it is meant.
    fn whole(&mut self, region: &Region, offset: usize, len: usize) -> Option<&mut Mapping> {
        let whole = offset == 0 && len.next_multiple_of(host::page_size()) == region.len();
        self.mappings.get_mut(&region.start().addr()).filter(|_| whole)
    }

    /// Has the system do what is left: the crate does nothing more with a mapping of which a part is gone.
    fn give_up(&mut self, region: &Region) {
        if let Some(mapping) = self.mappings.remove(&region.start().addr()) {
            std::mem::forget(mapping);
        }
    }
}

impl Subject for Memmap2 {
    /// What is left is unmapped by the actor.
    fn reset(&mut self) {
        std::mem::take(&mut self.mappings).into_values().for_each(std::mem::forget);
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let mut options = MmapOptions::new();
        let Ok(from) = u64::try_from(offset) else { return native::mmap(len, prot, flags, fd, offset) };
        options.len(len).offset(from);
        let file = fd.number();
        // SAFETY: that others change or cut off the file is what scripts are about; nobody makes slices of it.
        let made = match (flags, prot) {
            (libc::MAP_SHARED, READ) => unsafe { options.map(file) }.map(Mapping::Read),
            (libc::MAP_SHARED, EXECUTE) => unsafe { options.map_exec(file) }.map(Mapping::Read),
            (libc::MAP_SHARED, WRITE) => unsafe { options.map_mut(file) }.map(Mapping::Write),
            (libc::MAP_PRIVATE, READ) => unsafe { options.map_copy_read_only(file) }.map(Mapping::Read),
            (libc::MAP_PRIVATE, WRITE) => unsafe { options.map_copy(file) }.map(Mapping::Write),
            _ => return native::mmap(len, prot, flags, fd, offset),
        };
        let made = made.map_err(|error| refused(&error))?;
        let (start, len) = match &made {
            Mapping::Read(mapping) => (mapping.as_ptr().cast_mut(), mapping.len()),
            Mapping::Write(mapping) => (mapping.as_ptr().cast_mut(), mapping.len()),
        };
        let into = start.addr() % host::page_size();
        let start = start.wrapping_sub(into);
        self.mappings.insert(start.addr(), made);
        // SAFETY: mapped just now; where the crate is asked for nothing it maps a page.
        Ok(unsafe { Region::from_raw(start, (len + into).max(1)) })
    }

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
        self.give_up(region);
        native::mmap_over(region, at, len, prot, flags, fd, offset)
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        if self.whole(region, offset, len).is_some() {
            drop(self.mappings.remove(&region.start().addr()));
            region.note_unmapped(0, region.len());
            return Ok(());
        }
        self.give_up(region);
        native::munmap(region, offset, len)
    }

    /// The crate has a function for each change, which takes the mapping and, where the system refuses, does not give it back.
    fn mprotect(&mut self, region: &mut Region, offset: usize, len: usize, prot: c_int) -> CallResult<()> {
        let start = region.start().addr();
        if self.whole(region, offset, len).is_none() {
            return native::mprotect(region, offset, len, prot);
        }
        let changed = match (self.mappings.remove(&start), prot) {
            (Some(Mapping::Read(mapping)), WRITE) => mapping.make_mut().map(Mapping::Write),
            (Some(Mapping::Write(mapping)), READ) => mapping.make_read_only().map(Mapping::Read),
            (Some(Mapping::Write(mapping)), EXECUTE) => mapping.make_exec().map(Mapping::Read),
            (other, _) => {
                self.mappings.extend(other.map(|mapping| (start, mapping)));
                return native::mprotect(region, offset, len, prot);
            }
        };
        match changed {
            Ok(mapping) => {
                self.mappings.insert(start, mapping);
                Ok(())
            }
            Err(error) => {
                region.note_unmapped(0, region.len());
                Err(refused(&error))
            }
        }
    }

    fn msync(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        match self.mappings.get(&region.start().addr()) {
            Some(Mapping::Write(mapping)) => mapping.flush_range(offset, len).map_err(|error| refused(&error)),
            _ => native::msync(region, offset, len),
        }
    }

    fn mlock(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        match self.whole(region, offset, len) {
            Some(Mapping::Read(mapping)) => mapping.lock(),
            Some(Mapping::Write(mapping)) => mapping.lock(),
            None => return native::mlock(region, offset, len),
        }
        .map_err(|error| refused(&error))
    }

    fn munlock(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        match self.whole(region, offset, len) {
            Some(Mapping::Read(mapping)) => mapping.unlock(),
            Some(Mapping::Write(mapping)) => mapping.unlock(),
            None => return native::munlock(region, offset, len),
        }
        .map_err(|error| refused(&error))
    }
}
