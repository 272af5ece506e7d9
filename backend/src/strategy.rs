//! The ways to make shared memory, what each system has of them, and features by name.

use std::fmt;
use std::str::FromStr;

use crate::{Call, Error, ErrorKind, sys};

/// A way to get a descriptor of shared memory that has no name.
///
/// | strategy | systems | made by |
/// |---|---|---|
/// | `PosixUnlinked` | all but Android | `shm_open` with a name of its own, and `shm_unlink` at once |
/// | `ShmAnon` | FreeBSD | `shm_open(SHM_ANON)` |
/// | `ShmMkstemp` | OpenBSD | `shm_mkstemp`, and `shm_unlink` at once |
/// | `TmpFile` | Linux | `open("/dev/shm", O_TMPFILE)` |
/// | `Memfd` | Linux, Android, FreeBSD | `memfd_create`; the only one whose size can be sealed |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// The first that works of what this system has, its own way before the portable one.
    #[default]
    Auto,
    /// A POSIX shared memory object that loses its name at once.
    PosixUnlinked,
    /// An anonymous POSIX shared memory object.
    ShmAnon,
    /// An object with a name drawn by the C library, which it loses at once.
    ShmMkstemp,
    /// A file on the shared memory file system that never has a name.
    TmpFile,
    /// A memory file that never has a name.
    Memfd,
}

impl Strategy {
    /// Every strategy but [`Strategy::Auto`].
    pub const ALL: [Self; 5] = [Self::PosixUnlinked, Self::ShmAnon, Self::ShmMkstemp, Self::TmpFile, Self::Memfd];

    /// Whether this build knows how to do it on this system. The system may still refuse.
    pub fn is_supported(self) -> bool {
        self == Self::Auto || sys::SUPPORTED.contains(&self)
    }
}

impl FromStr for Strategy {
    type Err = Error;

    /// Reads what [`Display`](fmt::Display) writes: `auto`, `posix`, `shm-anon`, `shm-mkstemp`, `tmpfile`, `memfd`.
    fn from_str(name: &str) -> Result<Self, Error> {
        let all = [Self::Auto].into_iter().chain(Self::ALL);
        let found = all.into_iter().find(|strategy| strategy.as_str() == name);
        found.ok_or_else(|| ErrorKind::UnknownStrategy { name: name.into() }.into())
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Strategy {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::PosixUnlinked => "posix",
            Self::ShmAnon => "shm-anon",
            Self::ShmMkstemp => "shm-mkstemp",
            Self::TmpFile => "tmpfile",
            Self::Memfd => "memfd",
        }
    }
}

/// Something that a system can lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Feature {
    /// A way to make shared memory.
    Strategy(Strategy),
    /// A system call.
    Call(Call),
    /// Taking space for all of the memory.
    Allocate,
    /// Populating memory before it is used.
    Prealloc,
    /// Merging pages with equal contents.
    Merge,
    /// Leaving memory out of core dumps.
    Dump,
    /// NUMA nodes.
    Numa,
    /// Mapping without setting swap aside.
    NoReserve,
    /// Sealing the size.
    Seal,
    /// Reading what a mapping shows without a mapping.
    ReadAt,
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strategy(strategy) => write!(f, "the strategy {strategy}"),
            Self::Call(call) => write!(f, "{call}"),
            Self::Allocate => f.write_str("taking space ahead of use"),
            Self::Prealloc => f.write_str("populating memory ahead of use"),
            Self::Merge => f.write_str("merging equal pages"),
            Self::Dump => f.write_str("choosing what a core dump holds"),
            Self::Numa => f.write_str("binding memory to NUMA nodes"),
            Self::NoReserve => f.write_str("mapping memory without reserving swap"),
            Self::Seal => f.write_str("sealing the size of this memory"),
            Self::ReadAt => f.write_str("reading memory without a mapping"),
        }
    }
}
