//! Faults where a call is about a part of a mapping.

use shmconf_adapter::subject::{CallResult, Fd, Refused, Region, Subject, host, native};
use shmconf_model::outcome::Errno;
use std::collections::BTreeMap;
use std::ffi::c_int;
use std::os::fd::RawFd;

/// How a mapping was asked for.
#[derive(Clone, Copy)]
struct Asked {
    prot: c_int,
    flags: c_int,
    fd: RawFd,
    offset: i64,
}

#[derive(Default)]
pub(super) struct RestFromTheStart {
    asked: BTreeMap<usize, Asked>,
}

impl Subject for RestFromTheStart {
    fn reset(&mut self) {
        self.asked.clear();
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let region = native::mmap(len, prot, flags, fd, offset)?;
        self.asked.insert(region.start() as usize, Asked { prot, flags, fd: fd.number(), offset });
        Ok(region)
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        native::munmap(region, offset, len)?;
        let rest = offset + len.next_multiple_of(host::page_size());
        if let Some(asked) = self.asked.get(&(region.start() as usize))
            && offset > 0
            && rest < region.len()
            && native::is_open(asked.fd)
        {
            // SAFETY: the script's, and open.
            let fd = unsafe { Fd::from_raw(asked.fd) };
            native::mmap_over(region, rest, region.len() - rest, asked.prot, asked.flags, fd, asked.offset)?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct PageMoreUnmapped;

impl Subject for PageMoreUnmapped {
    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        let more = len + host::page_size();
        let is_part = len > 0 && len < region.len();
        native::munmap(region, offset, if is_part && region.contains(offset, more) { more } else { len })
    }
}

#[derive(Default)]
pub(super) struct FirstPageAloneUnmapped;

impl Subject for FirstPageAloneUnmapped {
    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        native::munmap(region, offset, len.min(host::page_size()))?;
        region.note_unmapped(offset, len);
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct PartRefused;

impl Subject for PartRefused {
    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        let is_whole = offset == 0 && len.next_multiple_of(host::page_size()) == region.len();
        if is_whole { native::munmap(region, offset, len) } else { Err(Errno::EINVAL.into()) }
    }
}

#[derive(Default)]
pub(super) struct ProtectedToTheEnd;

impl Subject for ProtectedToTheEnd {
    fn mprotect(&mut self, region: &mut Region, offset: usize, len: usize, prot: c_int) -> CallResult<()> {
        let rest = region.len().saturating_sub(offset);
        native::mprotect(region, offset, if len > 0 { rest.max(len) } else { len }, prot)
    }
}

#[derive(Default)]
pub(super) struct MoreReplaced;

impl Subject for MoreReplaced {
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
        native::mmap_over(region, at, len, prot, flags, fd, offset)?;
        let (behind, page) = (at + len.next_multiple_of(host::page_size()), host::page_size());
        if region.contains(behind, page) { native::mprotect(region, behind, page, libc::PROT_NONE) } else { Ok(()) }
    }
}

#[derive(Default)]
pub(super) struct NothingUnmapped;

impl Subject for NothingUnmapped {
    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        if len == 0 { Ok(()) } else { native::munmap(region, offset, len) }
    }
}

#[derive(Default)]
pub(super) struct HoleProtected;

impl Subject for HoleProtected {
    fn mprotect(&mut self, region: &mut Region, offset: usize, len: usize, prot: c_int) -> CallResult<()> {
        let done = native::mprotect(region, offset, len, prot);
        if done == Err(Refused::Errno(Errno::ENOMEM)) { Ok(()) } else { done }
    }
}

#[derive(Default)]
pub(super) struct ReplacingRefused;

impl Subject for ReplacingRefused {
    fn mmap_over(
        &mut self,
        _: &mut Region,
        _: usize,
        _: usize,
        _: c_int,
        _: c_int,
        _: Fd<'_>,
        _: i64,
    ) -> CallResult<()> {
        Err(Errno::ENOSYS.into())
    }
}
