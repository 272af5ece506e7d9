//! The addresses of a mapping, which safe code can use and cannot make up.

use super::host;
use super::refused::{CallResult, Refused};
use std::ffi::c_int;

/// The addresses of one mapping, in whole pages.
///
/// Only [`native::mmap`](super::native::mmap) and `unsafe` code make one, so that a subject cannot return a pointer that the
/// actor would then write through. The addresses stay reserved until all of the mapping is unmapped: a part that is unmapped
/// earlier is filled with pages that cannot be accessed, as otherwise the allocator might be given those addresses.
///
/// Dropping it unmaps nothing of the mapping.
#[derive(Debug)]
pub struct Region {
    start: *mut u8,
    len: usize,
    /// Parts that are unmapped. There is room for one more, as an allocation between its unmapping and its reservation might
    /// be given its addresses.
    holes: Vec<Hole>,
}

#[derive(Debug, Clone, Copy)]
struct Hole {
    from: usize,
    to: usize,
    /// Are the addresses kept from others?
    reserved: bool,
}

impl Region {
    /// The addresses of a mapping that `unsafe` code has made.
    ///
    /// # Safety
    ///
    /// `len` bytes from `start` on, rounded up to whole pages, belong to one mapping or to several. Nothing else reads,
    /// writes, protects or unmaps them as long as the region, or one that the caller makes of the same addresses, does.
    /// That storage behind them may be missing is no breach: the process then ends by a signal.
    pub unsafe fn from_raw(start: *mut u8, len: usize) -> Region {
        Region { start, len: len.next_multiple_of(host::page_size()), holes: Vec::with_capacity(1) }
    }

    /// The first address.
    pub fn start(&self) -> *mut u8 {
        self.start
    }

    /// Its length in bytes, in whole pages; zero once all of it is unmapped.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Is all of it unmapped?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Does the range of `len` bytes from `offset` on lie inside?
    pub fn contains(&self, offset: usize, len: usize) -> bool {
        offset.checked_add(len).is_some_and(|end| end <= self.len)
    }

    /// Notes that a range is unmapped, by other means than [`native::munmap`](super::native::munmap).
    pub fn note_unmapped(&mut self, offset: usize, len: usize) {
        let to = offset.saturating_add(len.next_multiple_of(host::page_size())).min(self.len);
        self.holes.retain(|hole| hole.from < offset || hole.to > to);
        if offset < to {
            self.holes.push(Hole { from: offset, to, reserved: false });
        }
    }

    /// Keeps the addresses of unmapped parts from others.
    pub(crate) fn reserve_holes(&mut self) {
        for at in 0..self.holes.len() {
            let Hole { from, to, reserved } = self.holes[at];
            self.holes[at].reserved = reserved || self.reserve(from, to);
        }
        self.holes.reserve(1);
    }

    /// Gives up all addresses, of which nothing is mapped any more.
    pub(crate) fn give_up(&mut self) {
        self.release_holes();
        self.holes.clear();
        self.len = 0;
    }

    fn release_holes(&self) {
        for hole in self.holes.iter().filter(|hole| hole.reserved) {
            // SAFETY: reserved by this region, and never accessible.
            unsafe { libc::munmap(self.start.wrapping_add(hole.from).cast(), hole.to - hole.from) };
        }
    }

    /// The first address of a range that this region has.
    pub(super) fn range(&self, offset: usize, len: usize) -> CallResult<*mut u8> {
        if !self.contains(offset, len) {
            return Err(outside());
        }
        let is_lost = |hole: &Hole| !hole.reserved && hole.from < offset + len && offset < hole.to;
        if self.holes.iter().any(is_lost) {
            return Err(lost());
        }
        Ok(self.start.wrapping_add(offset))
    }

    /// Unmaps a range.
    pub(super) fn unmap(&mut self, offset: usize, len: usize) -> CallResult<()> {
        if !self.contains(offset, len) {
            return Err(outside());
        }
        let mut lost: Vec<(usize, usize)> =
            self.holes.iter().filter(|hole| !hole.reserved).map(|hole| (hole.from, hole.to)).collect();
        lost.sort_unstable();
        let (mut from, end) = (offset, offset + len);
        for (hole, to) in lost.into_iter().chain([(end, end)]) {
            let until = hole.min(end);
            // An empty range is for the system to refuse.
            if until > from || len == 0 {
                // SAFETY: the range belongs to this region, and nothing refers into it.
                if unsafe { libc::munmap(self.start.wrapping_add(from).cast(), until.saturating_sub(from)) } != 0 {
                    return Err(Refused::last());
                }
            }
            from = from.max(to);
        }
        self.note_unmapped(offset, len);
        Ok(())
    }

    /// Changes the protection of all of it.
    pub(super) fn protect(&mut self, prot: c_int) -> CallResult<()> {
        // SAFETY: a range of this region.
        self.ask_of_all(|start, len| unsafe { libc::mprotect(start, len, prot) })
    }

    /// Writes all of it back.
    pub(super) fn sync(&mut self) -> CallResult<()> {
        // SAFETY: a range of this region, of which nothing changes.
        self.ask_of_all(|start, len| unsafe { libc::msync(start, len, libc::MS_SYNC) })
    }

    /// Asks something of the system for all of it, holes included.
    fn ask_of_all(&mut self, ask: impl FnOnce(*mut libc::c_void, usize) -> c_int) -> CallResult<()> {
        let is_lost = self.holes.iter().any(|hole| !hole.reserved);
        if is_lost || (!self.holes.is_empty() && host::has_threads() == Some(true)) {
            return Err(lost());
        }
        // What the system says of the holes is one of the questions, so for the time of the call they are none of ours. There
        // is no other thread that could be given a part of them.
        self.release_holes();
        let done = ask(self.start.cast(), self.len);
        let said = Refused::last();
        self.holes.iter_mut().for_each(|hole| hole.reserved = false);
        self.reserve_holes();
        if done == 0 { Ok(()) } else { Err(said) }
    }

    /// Keeps the addresses of a hole from others; could it be done?
    fn reserve(&self, from: usize, to: usize) -> bool {
        let (start, len) = (self.start.wrapping_add(from), to - from);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
        // SAFETY: without MAP_FIXED a new mapping replaces nothing.
        let got = unsafe { libc::mmap(start.cast(), len, libc::PROT_NONE, flags, -1, 0) };
        if got != libc::MAP_FAILED && got.cast() != start {
            // SAFETY: mapped just now, elsewhere than it was to be.
            unsafe { libc::munmap(got, len) };
        }
        got.cast() == start
    }
}

fn outside() -> Refused {
    Refused::Unsupported("the range is outside the mapping".to_owned())
}

fn lost() -> Refused {
    Refused::Unsupported("the addresses of an unmapped part may have another use by now".to_owned())
}
