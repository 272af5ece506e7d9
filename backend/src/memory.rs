//! Shared memory that exists: a descriptor, its size, and what can be said about it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::{Error, MapOptions, Mapping, Strategy, sys};

/// Shared memory: whoever has the descriptor has the memory. What [`Builder`](crate::Builder) makes has no name,
/// so that nobody else has.
///
/// The memory exists until the last descriptor, mapping and message in flight that refers to it is gone.
/// The descriptor is close-on-exec.
#[derive(Debug)]
pub struct SharedMemory {
    fd: OwnedFd,
    size: u64,
    strategy: Option<Strategy>,
}

/// What can be done with some shared memory, and what cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// How it was made, or `None` where it has a name or another process made it.
    pub strategy: Option<Strategy>,
    /// The size in bytes that the kernel tells. It is more than was asked for where it counts in pages.
    pub kernel_size: u64,
    /// The size in bytes of the pages that it is made of: more than the system's for huge pages, of which it can be if
    /// another process made it.
    pub page_size: usize,
    /// Whether its size can be sealed.
    pub sealable: bool,
    /// Who can change its size.
    pub size_guard: SizeGuard,
    /// Whether `read`, `write` and `lseek` work on its descriptor.
    pub seekable: bool,
}

/// Who can change the size of shared memory, and so take mapped pages away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SizeGuard {
    /// Everyone who has a descriptor that can write.
    None,
    /// Nobody can shrink it: it is sealed.
    Sealed,
    /// Nobody: the kernel sizes an object once.
    SizedOnce,
}

impl SharedMemory {
    pub(crate) fn made(fd: OwnedFd, size: u64, strategy: Strategy) -> Self {
        Self { fd, size, strategy: Some(strategy) }
    }

    pub(crate) fn adopted(fd: OwnedFd, size: u64) -> Self {
        Self { fd, size, strategy: None }
    }

    /// The size in bytes that was asked for.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How it was made, or `None` where it has a name or another process made it.
    pub fn strategy(&self) -> Option<Strategy> {
        self.strategy
    }

    /// What the system says about it now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Os`](crate::ErrorKind::Os) where the system does not answer.
    #[doc = include_str!("../docs/facts.md")]
    pub fn facts(&self) -> Result<Facts, Error> {
        Ok(Facts {
            strategy: self.strategy,
            kernel_size: sys::status(&self.fd)?.size,
            page_size: sys::page_size(&self.fd)?,
            sealable: sys::seals(&self.fd)?.open,
            size_guard: self.size_guard()?,
            seekable: sys::SEEKABLE,
        })
    }

    /// Who can change its size now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Os`](crate::ErrorKind::Os) where the system does not answer.
    pub fn size_guard(&self) -> Result<SizeGuard, Error> {
        Ok(if sys::SIZED_ONCE {
            SizeGuard::SizedOnce
        } else if sys::seals(&self.fd)?.shrink {
            SizeGuard::Sealed
        } else {
            SizeGuard::None
        })
    }

    /// Maps all of it, for reading and writing.
    ///
    /// # Errors
    ///
    /// As for [`MapOptions::map`].
    pub fn map(&self) -> Result<Mapping, Error> {
        self.map_options().map()
    }

    /// Describes a mapping of it: a part, or for reading only.
    pub fn map_options(&self) -> MapOptions<'_> {
        MapOptions::new(self)
    }

    /// Another descriptor of the same memory, close-on-exec too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DescriptorLimit`](crate::ErrorKind::DescriptorLimit).
    pub fn try_clone(&self) -> Result<Self, Error> {
        let fd = sys::duplicate(&self.fd)?;
        Ok(Self { fd, size: self.size, strategy: self.strategy })
    }
}

impl AsFd for SharedMemory {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl From<SharedMemory> for OwnedFd {
    fn from(memory: SharedMemory) -> Self {
        memory.fd
    }
}
