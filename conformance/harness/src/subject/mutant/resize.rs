//! Faults of what becomes of the bytes, and of the storage, when an object gets another size.

use super::open::WINDOW;
use shmconf_adapter::subject::{CallResult, Fd, Libc, Region, Status, Subject, host, native};
use shmconf_model::outcome::Content;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_int};
use std::os::fd::OwnedFd;

fn size_of(fd: Fd<'_>) -> i64 {
    native::fstat(fd).map_or(0, |stat| stat.size)
}

/// The bytes from an offset on; none where they cannot be read, or are too many.
fn tail(fd: Fd<'_>, offset: i64) -> Option<Content> {
    const MOST: i64 = 1 << 20;
    let len = size_of(fd).checked_sub(offset).filter(|len| (1..MOST).contains(len))?;
    native::pread(fd, len as usize, offset).ok()
}

/// Writes bytes from an offset on, as far as the object reaches.
fn put(fd: Fd<'_>, mut offset: i64, bytes: &Content) -> CallResult<()> {
    let end = size_of(fd);
    for run in bytes.runs() {
        let len = (end - offset).clamp(0, run.len as i64);
        native::pwrite(fd, run.byte, len as usize, offset)?;
        offset += len;
    }
    Ok(())
}

#[derive(Default)]
pub(super) struct GrowingLoses;

impl Subject for GrowingLoses {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        if (1..size).contains(&size_of(fd)) {
            native::ftruncate(fd, 0)?;
        }
        native::ftruncate(fd, size)
    }
}

#[derive(Default)]
pub(super) struct GrowingClearsTheStart;

impl Subject for GrowingClearsTheStart {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let before = size_of(fd);
        native::ftruncate(fd, size)?;
        let grown = size.saturating_sub(before).clamp(0, before);
        native::pwrite(fd, 0, grown as usize, 0).map(drop)
    }
}

/// What was cut off inside a page, by the number of the object.
#[derive(Default)]
pub(super) struct TailOfAPageStale {
    cut: BTreeMap<i64, (i64, Content)>,
}

impl Subject for TailOfAPageStale {
    fn reset(&mut self) {
        self.cut.clear();
    }

    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let page = host::page_size() as i64;
        let before = size_of(fd);
        let same_page = size > 0 && size < before && (size - 1) / page == (before - 1) / page;
        let lost = if same_page { tail(fd, size) } else { None };
        native::ftruncate(fd, size)?;
        let inode = Status::of(fd)?.inode();
        match lost {
            Some(lost) => drop(self.cut.insert(inode, (size, lost))),
            None => {
                if let Some((offset, lost)) = self.cut.remove(&inode) {
                    put(fd, offset, &lost)?;
                }
            }
        }
        Ok(())
    }
}

/// What objects held that an open emptied.
#[derive(Default)]
pub(super) struct StaleAfterTruncatingOpen {
    emptied: BTreeMap<i64, Content>,
}

impl Subject for StaleAfterTruncatingOpen {
    fn reset(&mut self) {
        self.emptied.clear();
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let fd = native::shm_open(name, oflag & !libc::O_TRUNC, mode)?;
        if oflag & libc::O_TRUNC == 0 {
            return Ok(fd);
        }
        let held = tail((&fd).into(), 0);
        native::close(fd)?;
        let fd = native::shm_open(name, oflag & !libc::O_EXCL, mode)?;
        if let Some(held) = held {
            self.emptied.insert(Status::of((&fd).into())?.inode(), held);
        }
        Ok(fd)
    }

    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        native::ftruncate(fd, size)?;
        match self.emptied.remove(&Status::of(fd)?.inode()) {
            Some(held) => put(fd, 0, &held),
            None => Ok(()),
        }
    }
}

#[derive(Default)]
pub(super) struct InHalf;

impl Subject for InHalf {
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let is_large = (1 << 32..1 << 40).contains(&size);
        native::ftruncate(fd, if is_large { size & i64::from(u32::MAX) } else { size })
    }
}

#[derive(Default)]
pub(super) struct ReservingKeepsTheSize;

impl Subject for ReservingKeepsTheSize {
    fn posix_fallocate(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        let before = size_of(fd);
        Libc.posix_fallocate(fd, offset, len)?;
        if size_of(fd) > before { native::ftruncate(fd, before) } else { Ok(()) }
    }
}

/// What a C library does where the system reserves nothing: it writes a zero where it read one.
#[derive(Default)]
pub(super) struct ReservingWrites;

impl Subject for ReservingWrites {
    fn posix_fallocate(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        let page = host::page_size() as i64;
        let holds_zero = |at| native::pread(fd, 1, at).is_ok_and(|read| read == Content::of(&[0]));
        let end = offset.saturating_add(len).min(size_of(fd));
        for at in (offset..end).step_by(page as usize).take(16) {
            if holds_zero(at) {
                std::thread::sleep(WINDOW);
                let _ = native::pwrite(fd, 0, 1, at);
            }
        }
        Libc.posix_fallocate(fd, offset, len)
    }
}

#[derive(Default)]
pub(super) struct MappedMayNotShrink {
    mapped: BTreeMap<usize, i64>,
}

impl Subject for MappedMayNotShrink {
    fn reset(&mut self) {
        self.mapped.clear();
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let region = native::mmap(len, prot, flags, fd, offset)?;
        self.mapped.insert(region.start() as usize, Status::of(fd)?.inode());
        Ok(region)
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        native::munmap(region, offset, len)?;
        self.mapped.remove(&(region.start() as usize));
        Ok(())
    }

    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let status = Status::of(fd)?;
        let is_mapped = self.mapped.values().any(|inode| *inode == status.inode());
        if is_mapped && (0..status.stat().size).contains(&size) {
            return Err(shmconf_model::outcome::Errno::EINVAL.into());
        }
        native::ftruncate(fd, size)
    }
}

#[derive(Default)]
pub(super) struct WholePagesPunched;

impl Subject for WholePagesPunched {
    fn punch(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        let page = host::page_size() as i64;
        if offset < 0 || len <= 0 || offset.checked_add(len + page).is_none() {
            return Libc.punch(fd, offset, len);
        }
        let from = offset / page * page;
        Libc.punch(fd, from, (offset + len + page - 1) / page * page - from)
    }
}
