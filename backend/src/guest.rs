//! Shared memory as guest memory of the rust-vmm crates.

use std::fs::File;
use std::os::fd::AsFd;

use nix::errno::Errno;
use vm_memory::bitmap::NewBitmap;
use vm_memory::mmap::MmapRegionError;
use vm_memory::{FileOffset, GuestAddress, GuestRegionMmap, MmapRegion};

use crate::{Call, Error, ErrorKind, SharedMemory, sys};

impl SharedMemory {
    /// Maps `len` bytes from byte `offset`, a multiple of the page size, as guest memory at `base`.
    ///
    /// The region knows the descriptor and offset that it is mapped from, for a vhost-user front end to pass on.
    ///
    /// ```
    /// use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};
    ///
    /// let memory = shmfd::Builder::new(1 << 20).create()?;
    /// let region = memory.guest_region(GuestAddress(0), 0, 1 << 20)?;
    /// let guest = GuestMemoryMmap::<()>::from_regions(vec![region])?;
    /// guest.write_obj(42_u32, GuestAddress(0x1000))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfBounds`] where the range does not lie in the memory, or not in the guest's address space;
    /// [`ErrorKind::Misaligned`] where the memory is made of huge pages and the range ends within one;
    /// [`ErrorKind::DescriptorLimit`]; what `mmap` says.
    pub fn guest_region<B: NewBitmap>(
        &self,
        base: GuestAddress,
        offset: u64,
        len: usize,
    ) -> Result<GuestRegionMmap<B>, Error> {
        let outside = |offset, size| Error::from(ErrorKind::OutOfBounds { offset, len: len as u64, size });
        if len == 0 || offset.checked_add(len as u64).is_none_or(|end| end > self.size()) {
            return Err(outside(offset, self.size()));
        }
        // It could not be unmapped, as vm-memory does not know of huge pages.
        let (end, page) = (offset + len as u64, sys::page_size(self)?);
        if page > sys::system_page_size()? && end % page as u64 != 0 {
            return Err(ErrorKind::Misaligned { offset: end, align: page as u64 }.into());
        }
        let file = File::from(sys::duplicate(self.as_fd())?);
        let region = MmapRegion::from_file(FileOffset::new(file, offset), len).map_err(|error| {
            let errno = match &error {
                MmapRegionError::Mmap(error) => error.raw_os_error().map(Errno::from_raw),
                _ => None,
            };
            Error::os(Call::Mmap, errno.unwrap_or(Errno::EINVAL))
        })?;
        GuestRegionMmap::new(region, base).ok_or_else(|| outside(base.0, u64::MAX))
    }
}
