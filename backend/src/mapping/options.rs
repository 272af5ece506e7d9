//! What to map of shared memory, and how.

use std::num::NonZeroUsize;

use super::Mapping;
use crate::sys::{self, Access};
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

    /// Maps `len` bytes from byte `offset`, which is a multiple of the memory's page size
    /// ([`Facts::page_size`](crate::Facts::page_size)). The length need not be one: the rest of the last page is mapped
    /// too, and is not part of the [`Mapping`].
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
    /// - [`ErrorKind::NoSpace`]: there are no addresses, page tables or huge pages left.
    ///
    /// # References
    ///
    /// [POSIX `mmap`](https://pubs.opengroup.org/onlinepubs/9799919799/functions/mmap.html)
    #[doc = include_str!("../../docs/map.md")]
    pub fn map(&self) -> Result<Mapping, Error> {
        let Self { memory, offset, access, reserve, .. } = *self;
        let len = self.len.unwrap_or_else(|| memory.size().saturating_sub(offset));
        let inside = offset.checked_add(len).is_some_and(|end| end <= memory.size());
        if !inside || len == 0 {
            return Err(ErrorKind::OutOfBounds { offset, len, size: memory.size() }.into());
        }
        let page = sys::page_size(memory)?;
        if offset % page as u64 != 0 {
            return Err(ErrorKind::Misaligned { offset, align: page as u64 }.into());
        }
        let too_large = ErrorKind::SizeTooLarge { asked: len, max: usize::MAX as u64 };
        let len = usize::try_from(len).ok().and_then(NonZeroUsize::new).ok_or_else(|| too_large.clone())?;
        // Huge pages can be unmapped as a whole only, so that whole pages is what is mapped.
        let pages = len.get().checked_next_multiple_of(page).and_then(NonZeroUsize::new).ok_or(too_large)?;
        let object = sys::status(memory)?.object;
        let start = sys::map(memory, offset, pages, access, reserve)?.cast();
        Ok(Mapping { start, len, pages, page, object, offset, writable: access == Access::ReadWrite })
    }
}
