//! Faults of seals that are kept in the wrong place, or looked at by the wrong calls.

use super::super::memfd::Memfd;
use shmconf_adapter::subject::{CallResult, Fd, Refused, Region, Status, Subject, native};
use shmconf_model::call::Seals;
use shmconf_model::outcome::Errno;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, c_int};
use std::os::fd::{OwnedFd, RawFd};

fn has(fd: Fd<'_>, seal: Seals) -> bool {
    Memfd.seals(fd).is_ok_and(|seals| seals.contains(seal))
}

fn inode(fd: Fd<'_>) -> CallResult<i64> {
    Status::of(fd).map(|status| status.inode())
}

/// Objects that have been mapped so that they can be written.
#[derive(Default)]
pub(super) struct OnceMappedNeverSealed {
    mapped: BTreeSet<i64>,
}

impl Subject for OnceMappedNeverSealed {
    fn reset(&mut self) {
        self.mapped.clear();
    }

    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let region = native::mmap(len, prot, flags, fd, offset)?;
        if flags & libc::MAP_SHARED != 0 && prot & libc::PROT_WRITE != 0 {
            self.mapped.insert(inode(fd)?);
        }
        Ok(region)
    }

    fn add_seals(&mut self, fd: Fd<'_>, seals: Seals) -> CallResult<()> {
        if seals.contains(Seals::WRITE) && self.mapped.contains(&inode(fd)?) {
            return Err(Errno::EBUSY.into());
        }
        Memfd.add_seals(fd, seals)
    }
}

#[derive(Default)]
pub(super) struct MappedIsSealed;

impl Subject for MappedIsSealed {
    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn add_seals(&mut self, fd: Fd<'_>, seals: Seals) -> CallResult<()> {
        let added = Memfd.add_seals(fd, seals);
        if added == Err(Refused::Errno(Errno::EBUSY)) { Ok(()) } else { added }
    }
}

/// The seals that were added through each descriptor.
#[derive(Default)]
pub(super) struct SealsOfADescriptor {
    added: BTreeMap<RawFd, Seals>,
}

impl Subject for SealsOfADescriptor {
    fn reset(&mut self) {
        self.added.clear();
    }

    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn seals(&mut self, fd: Fd<'_>) -> CallResult<Seals> {
        let seals = Memfd.seals(fd)?;
        let added = self.added.get(&fd.number()).copied().unwrap_or(Seals::empty());
        Ok(if seals.contains(Seals::SEAL) { seals } else { added })
    }

    fn add_seals(&mut self, fd: Fd<'_>, seals: Seals) -> CallResult<()> {
        Memfd.add_seals(fd, seals)?;
        *self.added.entry(fd.number()).or_insert(Seals::empty()) |= seals;
        Ok(())
    }

    unsafe fn close(&mut self, fd: Fd<'_>) -> CallResult<()> {
        self.added.remove(&fd.number());
        // SAFETY: the caller's promise.
        unsafe { native::close_number(fd.number()) }
    }
}

#[derive(Default)]
pub(super) struct SealsIgnored;

impl Subject for SealsIgnored {
    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn add_seals(&mut self, fd: Fd<'_>, _: Seals) -> CallResult<()> {
        Memfd.seals(fd).map(drop)
    }
}

/// Objects that are sealed against growing as far as `ftruncate` knows.
#[derive(Default)]
pub(super) struct WritesGrowTheSealed {
    sealed: BTreeSet<i64>,
}

impl Subject for WritesGrowTheSealed {
    fn reset(&mut self) {
        self.sealed.clear();
    }

    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn seals(&mut self, fd: Fd<'_>) -> CallResult<Seals> {
        let seals = Memfd.seals(fd)?;
        Ok(if self.sealed.contains(&inode(fd)?) { seals | Seals::GROW } else { seals })
    }

    fn add_seals(&mut self, fd: Fd<'_>, seals: Seals) -> CallResult<()> {
        Memfd.add_seals(fd, seals.difference(Seals::GROW))?;
        if seals.contains(Seals::GROW) {
            self.sealed.insert(inode(fd)?);
        }
        Ok(())
    }

    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let status = Status::of(fd)?;
        let grows = size > status.stat().size;
        if grows && self.sealed.contains(&status.inode()) {
            Err(Errno::EPERM.into())
        } else {
            native::ftruncate(fd, size)
        }
    }
}

#[derive(Default)]
pub(super) struct SealsNeverSealed;

impl Subject for SealsNeverSealed {
    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn add_seals(&mut self, fd: Fd<'_>, seals: Seals) -> CallResult<()> {
        Memfd.add_seals(fd, seals.difference(Seals::SEAL))
    }
}

#[derive(Default)]
pub(super) struct SameSizeIsShrinking;

impl Subject for SameSizeIsShrinking {
    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        if has(fd, Seals::SHRINK) && native::fstat(fd)?.size == size {
            return Err(Errno::EPERM.into());
        }
        native::ftruncate(fd, size)
    }
}

#[derive(Default)]
pub(super) struct WritingIsGrowing;

impl Subject for WritingIsGrowing {
    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn write(&mut self, fd: Fd<'_>, byte: u8, len: usize) -> CallResult<i64> {
        if has(fd, Seals::GROW) { Err(Errno::EPERM.into()) } else { native::write(fd, byte, len) }
    }
}
