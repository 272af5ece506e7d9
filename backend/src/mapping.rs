//! Shared memory in this process's address space.
//!
//! Other processes may change these bytes at any moment, so no `&[u8]` or `&mut [u8]` is ever made of
//! them: bytes are copied in and out, words are atomics, and for all else there is a raw pointer.

mod atomic;
mod bytes;
mod options;
#[cfg(test)]
mod tests;

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ptr::NonNull;

pub use atomic::Atomic;
pub use options::MapOptions;

use crate::sys::{self, Advice, ObjectId};
use crate::{Error, ErrorKind, SharedMemory};

/// Shared memory mapped into this process, until it is dropped.
///
/// It does not need the [`SharedMemory`] that it came from, and keeps the memory alive without it.
///
/// Where somebody can shrink the memory ([`SizeGuard::None`](crate::SizeGuard::None)), an access to pages
/// that are gone raises `SIGBUS`, here as through every mapping.
///
/// Threads may [`read`](Self::read) and [`write`](Self::write) the same bytes at the same time. Copies go by machine
/// words: the `size_of::<usize>()` bytes at a multiple of that, each word read and written whole and atomically. A copy
/// that overlaps in time with a write to the same bytes sees some of the old and some of the new words.
#[doc = include_str!("../docs/mapping.md")]
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<u8>,
    len: NonZeroUsize,
    /// How many bytes are mapped: whole pages.
    pages: NonZeroUsize,
    /// The size of a page in bytes.
    page: usize,
    /// What is mapped, and from which byte on.
    object: ObjectId,
    offset: u64,
    writable: bool,
}

// SAFETY: a mapping belongs to the process and not to a thread, and any thread may unmap it.
unsafe impl Send for Mapping {}
// SAFETY: all safe access through a shared reference is by atomics of one size, and all other at the caller's promise.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// The number of bytes mapped.
    #[expect(clippy::len_without_is_empty, reason = "a mapping is never empty")]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// The first byte. It is valid for [`len`](Self::len) bytes, as long as `self` exists and nobody shrinks
    /// the memory; for writing only where the mapping is not read-only.
    ///
    /// An access through it by one thread must not overlap in time with a [`read`](Self::read) or
    /// [`write`](Self::write) of the same words by another, as for [`atomic`](Self::atomic).
    pub fn as_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// Copies bytes out, from `offset` on, until `into` is full.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfBounds`], and nothing is copied.
    pub fn read(&self, offset: usize, into: &mut [u8]) -> Result<(), Error> {
        let from = self.at(offset, into.len())?;
        // SAFETY: `at` has found these bytes to be mapped, and pages are whole words; all safe access is by words.
        unsafe { bytes::load(from, into) };
        Ok(())
    }

    /// Copies all bytes of `from` in, from `offset` on. What others store to the bytes next to them stays.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfBounds`] or [`ErrorKind::ReadOnly`], and nothing is copied.
    pub fn write(&self, offset: usize, from: &[u8]) -> Result<(), Error> {
        let to = self.at(offset, from.len())?;
        self.check_writable()?;
        // SAFETY: as for `read`, and they are mapped for writing.
        unsafe { bytes::store(to, from) };
        Ok(())
    }

    /// The integer at `offset`, to be read and written atomically. Other processes see it in the order of
    /// memory that is asked for, as threads do.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, Ordering};
    ///
    /// let mapping = shmfd::Builder::new(4096).create()?.map()?;
    /// // SAFETY: nothing else uses the first 8 bytes of the mapping.
    /// let turn = unsafe { mapping.atomic::<AtomicU32>(0) }?;
    /// turn.store(1, Ordering::Release);
    /// # Ok::<(), shmfd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfBounds`]; [`ErrorKind::Misaligned`] where `offset` is not a multiple of its
    /// size; [`ErrorKind::ReadOnly`], because an atomic can be stored to, and all but relaxed loads may write.
    ///
    /// # Safety
    ///
    /// Whatever this process does with the machine words that hold the integer, by this mapping, and that overlaps in
    /// time with an access to it, is an access to the integer by an atomic of the same size. In particular
    /// [`read`](Self::read) and [`write`](Self::write) access whole words: they may overlap in time with `A` only where
    /// it has the size of a word. What other processes do is not bound by this.
    ///
    /// # References
    ///
    /// [Memory model for atomic accesses](https://doc.rust-lang.org/std/sync/atomic/index.html#memory-model-for-atomic-accesses)
    pub unsafe fn atomic<A: Atomic>(&self, offset: usize) -> Result<&A, Error> {
        let at = self.at(offset, size_of::<A>())?.cast::<A>();
        self.check_writable()?;
        // An alignment may be less than the size, as it is for 64 bits on some processors of 32.
        if !offset.is_multiple_of(size_of::<A>()) {
            return Err(ErrorKind::Misaligned { offset: offset as u64, align: size_of::<A>() as u64 }.into());
        }
        // SAFETY: it is mapped for writing, aligned, valid as any bytes, and lives as long as `self`.
        Ok(unsafe { &*at })
    }

    /// Unmaps it, as dropping it does, and tells where that fails.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSpace`] where the system splits a range of addresses and has no room for that: the memory stays
    /// mapped until this process ends.
    ///
    /// # References
    ///
    /// [POSIX `munmap`](https://pubs.opengroup.org/onlinepubs/9799919799/functions/munmap.html)
    pub fn unmap(self) -> Result<(), Error> {
        let this = std::mem::ManuallyDrop::new(self);
        // SAFETY: the range is that of the one call that made it, and nothing refers to it any more.
        unsafe { sys::unmap(this.start.cast(), this.pages) }
    }

    /// The whole pages that are mapped.
    pub(crate) fn range(&self) -> (NonNull<c_void>, NonZeroUsize) {
        (self.start.cast(), self.pages)
    }

    /// The size in bytes of the pages that it has.
    pub(crate) fn page(&self) -> usize {
        self.page
    }

    /// Where in its object it begins and ends, in bytes.
    pub(crate) fn place(&self) -> (u64, u64) {
        (self.offset, self.offset + self.len.get() as u64)
    }

    /// Refuses memory of which this is no mapping, as far as this system tells objects apart.
    pub(crate) fn check_is_of(&self, memory: &SharedMemory) -> Result<(), Error> {
        let same = sys::status(memory)?.object == self.object;
        if same { Ok(()) } else { Err(ErrorKind::OtherMemory.into()) }
    }

    /// Gives advice about a part, whose offset is a multiple of the page size.
    pub(crate) fn advise_part(&self, offset: usize, len: usize, advice: Advice) -> Result<(), Error> {
        let at = NonNull::new(self.at(offset, len)?).zip(NonZeroUsize::new(len));
        // SAFETY: `at` has found that many bytes to be mapped, for as long as `self` exists.
        at.map_or(Ok(()), |(start, len)| unsafe { sys::advise(start.cast(), len, advice) })
    }

    /// Makes the page of a byte be there for writing, and changes nothing of what it holds.
    pub(crate) fn touch(&self, offset: usize) -> Result<(), Error> {
        let byte = self.at(offset, 1)?;
        self.check_writable()?;
        // SAFETY: as for `write`.
        unsafe { bytes::touch(byte) };
        Ok(())
    }

    fn at(&self, offset: usize, len: usize) -> Result<*mut u8, Error> {
        if offset.checked_add(len).is_none_or(|end| end > self.len()) {
            let (offset, len, size) = (offset as u64, len as u64, self.len() as u64);
            return Err(ErrorKind::OutOfBounds { offset, len, size }.into());
        }
        // SAFETY: the result is within the mapping or one past its end.
        Ok(unsafe { self.as_ptr().add(offset) })
    }

    pub(crate) fn check_writable(&self) -> Result<(), Error> {
        if self.writable { Ok(()) } else { Err(ErrorKind::ReadOnly.into()) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // Nobody can be told of a failure here: who wants to know calls `unmap`.
        // SAFETY: the range is that of the one call that made it, and references to it borrow `self`.
        let _ = unsafe { sys::unmap(self.start.cast(), self.pages) };
    }
}
