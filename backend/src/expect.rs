//! Checking a descriptor from somebody else before it is used as memory.

use std::fmt;
use std::os::fd::{AsFd, OwnedFd};

use nix::fcntl::OFlag;

use crate::{Error, ErrorKind, SharedMemory, sys};

/// What a descriptor must be to be taken for shared memory.
///
/// By default it must be memory, open for reading and writing, and not empty.
///
/// ```
/// # use shmfd::{Builder, Expect};
/// # let received = Builder::new(8192).create()?.into();
/// let memory = Expect::new().min_size(4096).take(received).map_err(|refused| refused.error)?;
/// assert!(memory.size() >= 8192);
/// # Ok::<(), shmfd::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Expect {
    min_size: u64,
    writable: bool,
    fixed_size: bool,
}

/// A descriptor that was not taken for shared memory.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refused {
    /// The descriptor, to be closed or put to another use.
    pub fd: OwnedFd,
    /// Why it was refused.
    pub error: Error,
}

/// Why a descriptor is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DescriptorFault {
    /// It is no memory, but a socket, say, or a file on a disk.
    NotMemory,
    /// It was not opened for the access that is needed, or is sealed against it.
    WrongAccess,
    /// It is smaller than it must be.
    TooSmall {
        /// Its size in bytes.
        size: u64,
        /// The size in bytes that it must have at least.
        wanted: u64,
    },
    /// Somebody can shrink it.
    Shrinkable,
    /// More descriptors arrived than were wanted.
    TooMany {
        /// How many arrived.
        arrived: usize,
        /// How many were wanted at most.
        wanted: usize,
    },
    /// The system dropped descriptors on the way, because this process has no room for them.
    Lost,
}

impl Default for Expect {
    fn default() -> Self {
        Self::new()
    }
}

impl Expect {
    /// Memory that is open for reading and writing, and not empty.
    pub const fn new() -> Self {
        Self { min_size: 1, writable: true, fixed_size: false }
    }

    /// It must have at least `size` bytes.
    pub const fn min_size(mut self, size: u64) -> Self {
        self.min_size = size;
        self
    }

    /// It may be open for reading only.
    pub const fn or_read_only(mut self) -> Self {
        self.writable = false;
        self
    }

    /// Nobody may be able to shrink it: it is sealed, or the system sizes objects once. Without this, its
    /// peers can make every access to its mapping raise `SIGBUS`.
    pub const fn fixed_size(mut self) -> Self {
        self.fixed_size = true;
        self
    }

    /// Takes a descriptor for shared memory, of the size that the kernel tells.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadDescriptor`] with the reason, or what the system says. The descriptor comes back.
    #[doc = include_str!("../docs/expect.md")]
    pub fn take(&self, fd: OwnedFd) -> Result<SharedMemory, Refused> {
        match self.check(&fd) {
            Ok(size) => Ok(SharedMemory::adopted(fd, size)),
            Err(error) => Err(Refused { fd, error }),
        }
    }

    /// Its size, which is asked for last: once it is known to be sealed, it stays.
    fn check(&self, fd: impl AsFd) -> Result<u64, Error> {
        let refuse = |fault| Err(ErrorKind::BadDescriptor(fault).into());
        if !sys::status(&fd)?.is_plain || !sys::is_memory(&fd)? {
            return refuse(DescriptorFault::NotMemory);
        }
        let (access, seals) = (sys::access_mode(&fd)?, sys::seals(&fd)?);
        let writable = access == OFlag::O_RDWR && !seals.write;
        let readable = access == OFlag::O_RDWR || access == OFlag::O_RDONLY;
        if !readable || (self.writable && !writable) {
            return refuse(DescriptorFault::WrongAccess);
        }
        if self.fixed_size && !(sys::SIZED_ONCE || seals.shrink) {
            return refuse(DescriptorFault::Shrinkable);
        }
        let (size, wanted) = (sys::status(&fd)?.size, self.min_size.max(1));
        if size < wanted {
            return refuse(DescriptorFault::TooSmall { size, wanted });
        }
        Ok(size)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Refused {}

impl std::error::Error for DescriptorFault {}

impl fmt::Display for DescriptorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMemory => f.write_str("it is not memory"),
            Self::WrongAccess => f.write_str("it is not open for the access that is needed"),
            Self::TooSmall { size, wanted } => {
                write!(f, "it has {size} bytes where {wanted} are needed")
            }
            Self::Shrinkable => f.write_str("whoever else has it can shrink it"),
            Self::TooMany { arrived, wanted } => {
                write!(f, "{arrived} arrived where at most {wanted} were wanted")
            }
            Self::Lost => f.write_str("the system dropped some for want of room"),
        }
    }
}
