//! The ways to make shared memory.

use std::fmt;
use std::str::FromStr;

use crate::{Error, ErrorKind, sys};

/// A way to get a descriptor of shared memory that has no name.
///
/// | strategy | systems | made by |
/// |---|---|---|
/// | `PosixUnlinked` | all but Android | `shm_open` with a name of its own, and `shm_unlink` at once; QEMU's way |
/// | `ShmAnon` | FreeBSD | `shm_open(SHM_ANON)` |
/// | `ShmMkstemp` | OpenBSD | `shm_mkstemp`, and `shm_unlink` at once |
/// | `TmpFile` | Linux | `open("/dev/shm", O_TMPFILE)` |
/// | `Memfd` | Linux, Android, FreeBSD | `memfd_create`; the only one whose size can be sealed |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// The first that works of what this system has, its own way before the portable one:
    ///
    /// - Linux: `Memfd`, which needs no `/dev/shm`, where containers have little room, and whose size can be sealed; then
    ///   `PosixUnlinked`, for kernels and filters that refuse it; then `TmpFile`.
    /// - Android: `Memfd`, as there is no other.
    /// - FreeBSD: `ShmAnon`, which never has a name; then `PosixUnlinked`; then `Memfd`.
    /// - OpenBSD: `ShmMkstemp`, which OpenBSD recommends; then `PosixUnlinked`.
    /// - Elsewhere: `PosixUnlinked`, as there is no other.
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
    /// A memory file that never has a name. On Linux since 6.3 it starts with one seal, `F_SEAL_EXEC`: nobody can
    /// make it a program.
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
