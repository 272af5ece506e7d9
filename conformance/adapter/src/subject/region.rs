//! The addresses of a mapping, which safe code can use and cannot make up.

use super::host;
use super::refused::{CallResult, Refused};
use std::cell::Cell;
use std::ffi::{c_int, c_void};

/// The addresses of one mapping, in whole pages, and of what is mapped over a part of it.
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
    /// Parts that are unmapped. There is room for more, as an allocation between an unmapping and its reservation might be
    /// given its addresses.
    holes: Vec<Hole>,
}

#[derive(Debug, Clone)]
struct Hole {
    from: usize,
    to: usize,
    /// Are the addresses kept from others?
    reserved: Cell<bool>,
}

impl Hole {
    fn overlaps(&self, offset: usize, len: usize) -> bool {
        self.from < offset.saturating_add(len) && offset < self.to
    }
}

/// How many holes one call makes at most.
const NEW_HOLES: usize = 2;

impl Region {
    /// The addresses of a mapping that `unsafe` code has made.
    ///
    /// # Safety
    ///
    /// `len` bytes from `start` on, rounded up to whole pages, belong to one mapping or to several. Nothing else reads,
    /// writes, protects or unmaps them as long as the region, or one that the caller makes of the same addresses, does.
    /// That storage behind them may be missing is no breach: the process then ends by a signal.
    pub unsafe fn from_raw(start: *mut u8, len: usize) -> Region {
        Region { start, len: len.next_multiple_of(host::page_size()), holes: Vec::with_capacity(NEW_HOLES) }
    }

    /// The first address.
    pub fn start(&self) -> *mut u8 {
        self.start
    }

    /// Its length in bytes, in whole pages, be they mapped or not.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Is nothing of it mapped, and are its addresses given up?
    pub fn is_empty(&self) -> bool {
        self.len == 0 || self.holes.iter().any(|hole| hole.from == 0 && hole.to == self.len && !hole.reserved.get())
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
            self.holes.push(Hole { from: offset, to, reserved: Cell::new(false) });
        }
    }

    /// Notes that a range is mapped again, by other means than [`native::mmap_over`](super::native::mmap_over).
    pub fn note_mapped(&mut self, offset: usize, len: usize) {
        let to = offset.saturating_add(len.next_multiple_of(host::page_size()));
        for at in (0..self.holes.len()).rev() {
            if self.holes[at].overlaps(offset, to.saturating_sub(offset)) {
                let hole = self.holes.swap_remove(at);
                let rest = [(hole.from, offset), (to, hole.to)].into_iter().filter(|(from, to)| from < to);
                self.holes.extend(rest.map(|(from, to)| Hole { from, to, reserved: hole.reserved.clone() }));
            }
        }
    }

    /// Keeps the addresses of unmapped parts from others, as far as nobody else has them yet.
    pub(crate) fn reserve_holes(&mut self) {
        for hole in self.holes.iter().filter(|hole| !hole.reserved.get()) {
            hole.reserved.set(self.reserve(hole.from, hole.to));
        }
        self.holes.reserve(NEW_HOLES);
    }

    /// Is all of a range mapped still, though it was said to be unmapped just now? Then it is as if nobody had.
    pub(crate) fn is_still_mapped(&mut self, offset: usize, len: usize) -> bool {
        self.reserve_holes();
        if len == 0 || !self.is_lost(offset, len) || host::has_threads() == Some(true) {
            return false;
        }
        // SAFETY: a range of this region, of which nothing changes; what is not mapped is an error.
        let is_mapped = unsafe { libc::msync(self.start.wrapping_add(offset).cast(), len, libc::MS_ASYNC) } == 0;
        if is_mapped {
            self.note_mapped(offset, len);
        }
        is_mapped
    }

    /// May a part of a range have another use by now?
    pub(crate) fn is_lost(&self, offset: usize, len: usize) -> bool {
        self.holes.iter().any(|hole| !hole.reserved.get() && hole.overlaps(offset, len))
    }

    /// Gives up all addresses, of which nothing is mapped any more.
    pub(crate) fn give_up(&mut self) {
        self.release(0, self.len);
        self.holes.clear();
        self.holes.push(Hole { from: 0, to: self.len, reserved: Cell::new(false) });
    }

    /// Gives up the addresses of unmapped parts that have something of a range, for a call that is to find nothing there.
    fn release(&self, offset: usize, len: usize) {
        for hole in self.holes.iter().filter(|hole| hole.reserved.get() && hole.overlaps(offset, len)) {
            // SAFETY: reserved by this region, and never accessible.
            unsafe { libc::munmap(self.start.wrapping_add(hole.from).cast(), hole.to - hole.from) };
            hole.reserved.set(false);
        }
    }

    /// Unmaps what a call has made of holes that were released for it: under qemu-user those of a guest of 32 bits count as
    /// mapped once they were protected.
    fn clear_holes(&self, offset: usize, len: usize) {
        for hole in self.holes.iter().filter(|hole| hole.overlaps(offset, len)) {
            // SAFETY: released just now in the only thread, so that nobody else can have anything there.
            unsafe { libc::munmap(self.start.wrapping_add(hole.from).cast(), hole.to - hole.from) };
        }
    }

    /// The first address of a range that this region has. Where a part of it is not mapped, nothing is when this returns.
    pub(super) fn range(&self, offset: usize, len: usize) -> CallResult<*mut u8> {
        if !self.contains(offset, len) {
            return Err(outside());
        }
        if self.holes.iter().any(|hole| hole.overlaps(offset, len)) {
            self.only_thread(offset, len)?;
            self.release(offset, len);
        }
        Ok(self.start.wrapping_add(offset))
    }

    /// Is nothing of a range lost, and is there no other thread that could be given a part of it?
    fn only_thread(&self, offset: usize, len: usize) -> CallResult<()> {
        let has_holes = self.holes.iter().any(|hole| hole.overlaps(offset, len));
        if self.is_lost(offset, len) || has_holes && host::has_threads() == Some(true) {
            return Err(lost());
        }
        Ok(())
    }

    /// Maps something over a range, by a function that gets its first address and returns `MAP_FAILED` where it fails.
    ///
    /// # Errors
    ///
    /// Those of the function, and where the range is not the region's.
    ///
    /// # Safety
    ///
    /// Where the function does not fail it has mapped the whole range, and nothing else.
    pub unsafe fn map_over(
        &mut self,
        offset: usize,
        len: usize,
        map: impl FnOnce(*mut c_void) -> *mut c_void,
    ) -> CallResult<()> {
        if !self.contains(offset, len) {
            return Err(outside());
        }
        if self.is_lost(offset, len) {
            return Err(lost());
        }
        let start = self.start.wrapping_add(offset);
        if map(start.cast()) == libc::MAP_FAILED {
            let said = Refused::last();
            // A call that failed may have unmapped what was there.
            let (from, to) = (offset, offset + len.next_multiple_of(host::page_size()));
            if from.is_multiple_of(host::page_size()) && from < to && self.reserve(from, to) {
                self.note_unmapped(offset, len);
                self.holes.iter().filter(|hole| hole.from == from).for_each(|hole| hole.reserved.set(true));
            }
            return Err(said);
        }
        self.note_mapped(offset, len);
        Ok(())
    }

    /// Unmaps a range.
    pub(super) fn unmap(&mut self, offset: usize, len: usize) -> CallResult<()> {
        if !self.contains(offset, len) {
            return Err(outside());
        }
        let lost = self.holes.iter().filter(|hole| !hole.reserved.get());
        let mut lost: Vec<(usize, usize)> = lost.map(|hole| (hole.from, hole.to)).collect();
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

    /// Asks something of the system for a range, holes included.
    pub(super) fn ask(
        &mut self,
        offset: usize,
        len: usize,
        ask: impl FnOnce(*mut c_void, usize) -> c_int,
    ) -> CallResult<()> {
        if !self.contains(offset, len) {
            return Err(outside());
        }
        self.only_thread(offset, len)?;
        // What the system says of the holes is one of the questions, so for the time of the call they are none of ours.
        self.release(offset, len);
        let done = ask(self.start.wrapping_add(offset).cast(), len);
        let said = Refused::last();
        self.clear_holes(offset, len);
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
