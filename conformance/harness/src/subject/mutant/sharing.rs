//! Faults in what a mapping shares, and with whom.

use super::super::memfd::Memfd;
use shmconf_adapter::subject::{CallResult, Fd, Refused, Region, Status, Subject, host, native, system};
use shmconf_model::call::Seals;
use shmconf_model::outcome::{Content, Errno};
use std::collections::BTreeMap;
use std::ffi::{CStr, c_int};
use std::os::fd::{OwnedFd, RawFd};

/// The mapping that another one shall be put over, as nothing but a copy of what it shows, shared with nobody yet.
fn copy_of(region: &Region) -> CallResult<OwnedFd> {
    const MOST: usize = 1 << 20;
    let len = region.len().min(MOST);
    let shown = native::load(region, 0, len)?;
    let copy = system::memfd(c"copy")?;
    native::ftruncate((&copy).into(), region.len() as i64)?;
    let mut at = 0;
    for run in shown.runs() {
        native::pwrite((&copy).into(), run.byte, run.len as usize, at)?;
        at += run.len as i64;
    }
    Ok(copy)
}

#[derive(Default)]
pub(super) struct PrivateWritesThrough;

impl Subject for PrivateWritesThrough {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        if flags & (libc::MAP_PRIVATE | libc::MAP_SHARED) == libc::MAP_PRIVATE
            && let Ok(region) = native::mmap(len, prot, libc::MAP_SHARED, fd, offset)
        {
            return Ok(region);
        }
        native::mmap(len, prot, flags, fd, offset)
    }
}

#[derive(Default)]
pub(super) struct ReadersMapToWrite;

impl Subject for ReadersMapToWrite {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let mapped = native::mmap(len, prot, flags, fd, offset);
        let is_reader = native::status_flags(fd).is_ok_and(|flags| flags & libc::O_ACCMODE == libc::O_RDONLY);
        match mapped {
            Err(Refused::Errno(Errno::EACCES)) if is_reader => native::mmap(len, prot, libc::MAP_PRIVATE, fd, offset),
            mapped => mapped,
        }
    }
}

/// What mappings show, and where the bytes come from.
#[derive(Default)]
pub(super) struct WrittenBackAtUnmapping {
    shared: BTreeMap<usize, (RawFd, i64)>,
}

impl WrittenBackAtUnmapping {
    fn write_back(&self, region: &Region) -> CallResult<()> {
        let Some(&(number, offset)) = self.shared.get(&(region.start() as usize)) else { return Ok(()) };
        if region.is_empty() || !native::is_open(number) {
            return Ok(());
        }
        // SAFETY: the script's, and open.
        let fd = unsafe { Fd::from_raw(number) };
        let size = native::fstat(fd)?.size.saturating_sub(offset);
        let len = region.len().min(usize::try_from(size).unwrap_or(0)).min(1 << 20);
        let mut at = offset;
        for run in native::load(region, 0, len)?.runs() {
            native::pwrite(fd, run.byte, run.len as usize, at)?;
            at += run.len as i64;
        }
        Ok(())
    }
}

impl Subject for WrittenBackAtUnmapping {
    fn reset(&mut self) {
        self.shared.clear();
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        const BOTH: c_int = libc::PROT_READ | libc::PROT_WRITE;
        if flags != libc::MAP_SHARED || prot != BOTH {
            return native::mmap(len, prot, flags, fd, offset);
        }
        // What may not be shared is refused all the same.
        let mut probe = native::mmap(len, prot, flags, fd, offset)?;
        let probed = probe.len();
        native::munmap(&mut probe, 0, probed)?;
        let region = native::mmap(len, prot, libc::MAP_PRIVATE, fd, offset)?;
        self.shared.insert(region.start() as usize, (fd.number(), offset));
        Ok(region)
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        if offset == 0 && len.next_multiple_of(host::page_size()) == region.len() {
            self.write_back(region)?;
            self.shared.remove(&(region.start() as usize));
        }
        native::munmap(region, offset, len)
    }

    fn msync(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        self.write_back(region)?;
        native::msync(region, offset, len)
    }
}

/// The mappings of each object, by its number.
#[derive(Default)]
pub(super) struct UnmappedTogether {
    mapped: BTreeMap<usize, (usize, i64)>,
}

impl Subject for UnmappedTogether {
    fn reset(&mut self) {
        self.mapped.clear();
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let region = native::mmap(len, prot, flags, fd, offset)?;
        self.mapped.insert(region.start() as usize, (region.len(), Status::of(fd)?.inode()));
        Ok(region)
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        native::munmap(region, offset, len)?;
        let Some((_, inode)) = self.mapped.remove(&(region.start() as usize)) else { return Ok(()) };
        let others: Vec<_> = self.mapped.iter().filter(|(_, (_, other))| *other == inode).collect();
        for (&start, &(len, _)) in others {
            // SAFETY: a mapping of the script's, which has not been unmapped; it only loses its protection.
            let mut other = unsafe { Region::from_raw(std::ptr::with_exposed_provenance_mut(start), len) };
            native::mprotect(&mut other, 0, len, libc::PROT_NONE)?;
        }
        Ok(())
    }
}

/// Which descriptor each mapping was made with.
#[derive(Default)]
pub(super) struct UnmappingNeedsTheDescriptor {
    made_with: BTreeMap<usize, RawFd>,
}

impl Subject for UnmappingNeedsTheDescriptor {
    fn reset(&mut self) {
        self.made_with.clear();
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let region = native::mmap(len, prot, flags, fd, offset)?;
        self.made_with.insert(region.start() as usize, fd.number());
        Ok(region)
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        let number = self.made_with.get(&(region.start() as usize));
        if number.is_some_and(|number| !native::is_open(*number)) {
            return Err(Errno::EBADF.into());
        }
        native::munmap(region, offset, len)
    }
}

#[derive(Default)]
pub(super) struct MappingsRunOut {
    made: u32,
}

impl Subject for MappingsRunOut {
    fn reset(&mut self) {
        self.made = 0;
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        const MOST: u32 = 64;
        if self.made >= MOST {
            return Err(Errno::ENOMEM.into());
        }
        let region = native::mmap(len, prot, flags, fd, offset)?;
        self.made += 1;
        Ok(region)
    }
}

/// Shared mappings of this process, and of which generation it is: 0 is who mapped first.
#[derive(Default)]
struct Generation {
    process: Option<u32>,
    number: u32,
    own: BTreeMap<usize, u32>,
}

impl Generation {
    fn look(&mut self) {
        let now = std::process::id();
        if self.process.replace(now).is_some_and(|before| before != now) {
            self.number += 1;
        }
    }

    /// How many forks a mapping was inherited by.
    fn since(&mut self, region: &Region) -> Option<u32> {
        self.look();
        self.own.get(&(region.start() as usize)).map(|made| self.number - made)
    }

    fn made(&mut self, region: &Region) {
        self.look();
        self.own.insert(region.start() as usize, self.number);
    }

    /// Puts a private copy in the place of a mapping.
    fn part(&mut self, region: &mut Region) -> CallResult<()> {
        self.own.remove(&(region.start() as usize));
        let copy = copy_of(region)?;
        let (len, prot) = (region.len(), libc::PROT_READ | libc::PROT_WRITE);
        native::mmap_over(region, 0, len, prot, libc::MAP_PRIVATE, (&copy).into(), 0)
    }
}

macro_rules! parted_after {
    ($($mutant:ident $forks:literal),+) => {$(
        #[derive(Default)]
        pub(super) struct $mutant {
            generation: Generation,
        }

        impl $mutant {
            fn part(&mut self, region: &Region) -> CallResult<()> {
                if self.generation.since(region) != Some($forks) {
                    return Ok(());
                }
                // SAFETY: the addresses of the same region, which is whole.
                let mut same = unsafe { Region::from_raw(region.start(), region.len()) };
                self.generation.part(&mut same)
            }
        }

        impl Subject for $mutant {
            fn reset(&mut self) {
                self.generation = Generation::default();
            }

            fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
                let region = native::mmap(len, prot, flags, fd, offset)?;
                let is_whole = native::fstat(fd)?.size >= offset + len as i64;
                if flags == libc::MAP_SHARED && prot == libc::PROT_READ | libc::PROT_WRITE && is_whole {
                    self.generation.made(&region);
                }
                Ok(region)
            }

            fn store(&mut self, region: &Region, offset: usize, byte: u8, len: usize) -> CallResult<()> {
                self.part(region)?;
                native::store(region, offset, byte, len)
            }

            fn load(&mut self, region: &Region, offset: usize, len: usize) -> CallResult<Content> {
                self.part(region)?;
                native::load(region, offset, len)
            }
        }
    )+};
}

parted_after! { ChildApart 1, GrandchildApart 2 }

#[derive(Default)]
pub(super) struct PrivateSharedWithChild;

impl Subject for PrivateSharedWithChild {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let mut region = native::mmap(len, prot, flags, fd, offset)?;
        if flags == libc::MAP_PRIVATE {
            share_with_children(&mut region, prot, fd, offset)?;
        }
        Ok(region)
    }
}

#[derive(Default)]
pub(super) struct SealedPrivateShared;

impl Subject for SealedPrivateShared {
    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        Memfd.create(name, size)
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let mut region = native::mmap(len, prot, flags, fd, offset)?;
        if flags == libc::MAP_PRIVATE && Memfd.seals(fd).is_ok_and(|seals| seals.contains(Seals::FUTURE_WRITE)) {
            share_with_children(&mut region, prot, fd, offset)?;
        }
        Ok(region)
    }
}

/// Puts a copy of what a private mapping shows in its place, which is shared, and nobody else's yet.
fn share_with_children(region: &mut Region, prot: c_int, fd: Fd<'_>, offset: i64) -> CallResult<()> {
    let len = region.len();
    let is_whole = native::fstat(fd)?.size >= offset + len as i64;
    if prot & libc::PROT_READ == 0 || !is_whole {
        return Ok(());
    }
    let copy = copy_of(region)?;
    native::mmap_over(region, 0, len, prot, libc::MAP_SHARED, (&copy).into(), 0)
}

#[derive(Default)]
pub(super) struct ReadersMapACopy;

impl Subject for ReadersMapACopy {
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let mut region = native::mmap(len, prot, flags, fd, offset)?;
        if flags == libc::MAP_SHARED && prot == libc::PROT_READ {
            share_with_children(&mut region, prot, fd, offset)?;
        }
        Ok(region)
    }
}
