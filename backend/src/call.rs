//! The system calls that this crate makes, as its errors name them.

use std::fmt;

/// A call to the system. [`Error::call`](crate::Error::call) tells which one failed.
///
/// It displays as the name of the C function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// Drawing random bytes, by whichever call this system has for it.
    GetRandom,
    /// `shm_open`.
    ShmOpen,
    /// `shm_unlink`.
    ShmUnlink,
    /// `shm_mkstemp`, of OpenBSD.
    ShmMkstemp,
    /// `memfd_create`.
    MemfdCreate,
    /// `open`.
    Open,
    /// `ftruncate`.
    Ftruncate,
    /// `fchmod`.
    Fchmod,
    /// `fstat`.
    Fstat,
    /// `fstatfs`.
    Fstatfs,
    /// `fcntl`.
    Fcntl,
    /// `fstatvfs`.
    Fstatvfs,
    /// `posix_fallocate`.
    PosixFallocate,
    /// `pread`.
    Pread,
    /// `mmap`.
    Mmap,
    /// `munmap`.
    Munmap,
    /// `madvise`.
    Madvise,
    /// `mbind`, of Linux.
    Mbind,
    /// `sendmsg`.
    Sendmsg,
    /// `recvmsg`.
    Recvmsg,
    /// `sysconf`.
    Sysconf,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GetRandom => "getrandom",
            Self::ShmOpen => "shm_open",
            Self::ShmUnlink => "shm_unlink",
            Self::ShmMkstemp => "shm_mkstemp",
            Self::MemfdCreate => "memfd_create",
            Self::Open => "open",
            Self::Ftruncate => "ftruncate",
            Self::Fchmod => "fchmod",
            Self::Fstat => "fstat",
            Self::Fstatfs => "fstatfs",
            Self::Fcntl => "fcntl",
            Self::Fstatvfs => "fstatvfs",
            Self::PosixFallocate => "posix_fallocate",
            Self::Pread => "pread",
            Self::Mmap => "mmap",
            Self::Munmap => "munmap",
            Self::Madvise => "madvise",
            Self::Mbind => "mbind",
            Self::Sendmsg => "sendmsg",
            Self::Recvmsg => "recvmsg",
            Self::Sysconf => "sysconf",
        })
    }
}
