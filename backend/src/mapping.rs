//! Shared memory in this process's address space.
//!
//! Other processes may change these bytes at any moment, so no `&[u8]` or `&mut [u8]` is ever made of
//! them: bytes are copied in and out, words are atomics, and for all else there is a raw pointer.

mod bytes;

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::sys::{self, Access, Advice};
use crate::{Error, ErrorKind, SharedMemory};

/// Describes a mapping of shared memory. [`SharedMemory::map_options`] makes one.
#[derive(Debug)]
#[must_use]
pub struct MapOptions<'a> {
    memory: &'a SharedMemory,
    offset: u64,
    len: Option<u64>,
    access: Access,
    reserve: bool,
}

impl<'a> MapOptions<'a> {
    pub(crate) fn new(memory: &'a SharedMemory) -> Self {
        Self { memory, offset: 0, len: None, access: Access::ReadWrite, reserve: true }
    }

    /// Maps `len` bytes from byte `offset`, which is a multiple of the page size.
    pub fn range(mut self, offset: u64, len: u64) -> Self {
        (self.offset, self.len) = (offset, Some(len));
        self
    }

    /// Maps for reading only.
    pub fn read_only(mut self) -> Self {
        self.access = Access::Read;
        self
    }

    /// Whether swap is set aside for it, as it is by default. Without it, a store may find no memory.
    pub fn reserve(mut self, on: bool) -> Self {
        self.reserve = on;
        self
    }

    /// Maps it.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Unsupported`]: swap is not to be reserved, and only Linux has that.
    /// - [`ErrorKind::OutOfBounds`]: the range is empty or does not lie in the memory.
    /// - [`ErrorKind::Misaligned`]: the offset is not a multiple of the page size.
    /// - [`ErrorKind::SizeTooLarge`]: the range is larger than the address space.
    /// - [`ErrorKind::Permission`]: the descriptor cannot write and the mapping should.
    /// - [`ErrorKind::NoSpace`]: there are no addresses or page tables left.
    ///
    /// # References
    ///
    /// [POSIX `mmap`](https://pubs.opengroup.org/onlinepubs/9799919799/functions/mmap.html)
    pub fn map(&self) -> Result<Mapping, Error> {
        let Self { memory, offset, access, reserve, .. } = *self;
        let len = self.len.unwrap_or_else(|| memory.size().saturating_sub(offset));
        let inside = offset.checked_add(len).is_some_and(|end| end <= memory.size());
        if !inside || len == 0 {
            return Err(ErrorKind::OutOfBounds { offset, len, size: memory.size() }.into());
        }
        let align = sys::page_size() as u64;
        if offset % align != 0 {
            return Err(ErrorKind::Misaligned { offset, align }.into());
        }
        let len = usize::try_from(len)
            .ok()
            .and_then(NonZeroUsize::new)
            .ok_or(ErrorKind::SizeTooLarge { asked: len, max: usize::MAX as u64 })?;
        let start = sys::map(memory, offset, len, access, reserve)?.cast();
        Ok(Mapping { start, len, writable: access == Access::ReadWrite })
    }
}

/// Shared memory mapped into this process, until it is dropped.
///
/// It does not need the [`SharedMemory`] that it came from, and keeps the memory alive without it.
///
/// Where somebody can shrink the memory ([`SizeGuard::None`](crate::SizeGuard::None)), an access to pages
/// that are gone raises `SIGBUS`, here as through every mapping.
///
/// Copies go by machine words, each of them read and written whole. A copy that overlaps in time with a
/// write to the same bytes sees some of the old and some of the new ones.
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<u8>,
    len: NonZeroUsize,
    writable: bool,
}

// SAFETY: a mapping belongs to the process and not to a thread, and any thread may unmap it.
unsafe impl Send for Mapping {}
// SAFETY: all access through a shared reference is atomic, or by a raw pointer at the user's own risk.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// The number of bytes mapped.
    #[expect(clippy::len_without_is_empty, reason = "a mapping is never empty")]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// The first byte. It is valid for [`len`](Self::len) bytes, as long as `self` exists and nobody shrinks
    /// the memory; for writing only where the mapping is not read-only.
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
        // SAFETY: `at` has found that many bytes to be mapped.
        unsafe { bytes::load(from, into) };
        Ok(())
    }

    /// Copies all bytes of `from` in, from `offset` on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfBounds`] or [`ErrorKind::ReadOnly`], and nothing is copied.
    pub fn write(&self, offset: usize, from: &[u8]) -> Result<(), Error> {
        let to = self.at(offset, from.len())?;
        self.check_writable()?;
        // SAFETY: `at` has found that many bytes to be mapped, and they are mapped for writing.
        unsafe { bytes::store(to, from) };
        Ok(())
    }

    /// The integer at `offset`, to be read and written atomically. Other processes see it in the order of
    /// memory that is asked for, as threads do.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfBounds`]; [`ErrorKind::Misaligned`] where `offset` is not a multiple of its
    /// size; [`ErrorKind::ReadOnly`], because an atomic can be stored to.
    pub fn atomic<A: Atomic>(&self, offset: usize) -> Result<&A, Error> {
        let at = self.at(offset, size_of::<A>())?.cast::<A>();
        self.check_writable()?;
        if !at.is_aligned() {
            let align = align_of::<A>() as u64;
            return Err(ErrorKind::Misaligned { offset: offset as u64, align }.into());
        }
        // SAFETY: it is mapped for writing, aligned, valid as any bytes, and lives as long as `self`.
        Ok(unsafe { &*at })
    }

    /// The whole pages that are mapped.
    pub(crate) fn range(&self) -> (NonNull<c_void>, NonZeroUsize) {
        (self.start.cast(), self.len)
    }

    /// Gives advice about a part, whose offset is a multiple of the page size.
    pub(crate) fn advise_part(&self, offset: usize, len: usize, advice: Advice) -> Result<(), Error> {
        let at = NonNull::new(self.at(offset, len)?).zip(NonZeroUsize::new(len));
        // SAFETY: `at` has found that many bytes to be mapped, for as long as `self` exists.
        at.map_or(Ok(()), |(start, len)| unsafe { sys::advise(start.cast(), len, advice) })
    }

    /// Writes to a byte what it holds.
    pub(crate) fn touch(&self, offset: usize) -> Result<(), Error> {
        let byte = self.atomic::<AtomicU8>(offset)?;
        byte.fetch_or(0, Relaxed);
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
        // SAFETY: the range is that of the one call that made it, and references to it borrow `self`.
        unsafe { sys::unmap(self.start.cast(), self.len) };
    }
}

/// An integer that [`Mapping::atomic`] finds in shared memory: any bits are a value of it, and it can be
/// shared.
pub trait Atomic: sealed::Sealed {}

mod sealed {
    pub trait Sealed {}
}

macro_rules! atomics {
    ($($integer:ty),*) => {$(
        impl sealed::Sealed for $integer {}
        impl Atomic for $integer {}
    )*};
}

atomics!(AtomicU8, AtomicU16, AtomicU32, AtomicU64);

#[cfg(test)]
mod tests {
    use super::*;

    /// A mapping of memory that is not shared, which Miri has.
    fn private(len: usize) -> Mapping {
        use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};
        let len = NonZeroUsize::new(len).unwrap();
        let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: the system picks an address that is not in use.
        let start = unsafe { mmap_anonymous(None, len, prot, MapFlags::MAP_PRIVATE) }.unwrap();
        Mapping { start: start.cast(), len, writable: true }
    }

    #[test]
    fn bytes_and_atomics_are_the_same_memory() {
        let mapping = private(4096);
        mapping.write(4090, b"at end").unwrap();
        let mut seen = [0; 8];
        mapping.read(4088, &mut seen).unwrap();
        assert_eq!(&seen, b"\0\0at end");
        mapping.atomic::<AtomicU32>(8).unwrap().store(0x0101_0101, Relaxed);
        mapping.touch(9).unwrap();
        mapping.read(8, &mut seen[..4]).unwrap();
        assert_eq!(seen[..4], [1; 4]);
        mapping.read(4096, &mut []).unwrap();
        mapping.read(4096, &mut [0]).unwrap_err();
    }

    #[test]
    fn threads_that_meet_in_the_same_bytes_do_not_race() {
        let mapping = private(64);
        std::thread::scope(|scope| {
            for value in [1, 2] {
                let mapping = &mapping;
                scope.spawn(move || mapping.write(3, &[value; 40]).unwrap());
            }
            let mut seen = [0; 40];
            mapping.read(3, &mut seen).unwrap();
            assert!(seen.iter().all(|&byte| byte <= 2));
        });
    }
}
