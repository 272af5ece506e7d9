//! Implementation using `memfd_create`: Linux since 3.17, Android, FreeBSD since 13.
//!
//! It needs no file system and is bounded by memory alone; and it is the only memory that can be sealed.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};

use super::{call, set_mode};
use crate::{Call, Error, FinalMode};

pub(super) fn create(mode: FinalMode) -> Result<OwnedFd, Error> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let make = |flags| call(Call::MemfdCreate, || memfd_create(c"shmfd", flags));
    let fd = match make(flags | NOEXEC) {
        // A kernel before 6.3 does not know that memory need not be executable.
        Err(error) if !NOEXEC.is_empty() && error.is(Errno::EINVAL) => make(flags)?,
        made => made?,
    };
    set_mode(&fd, mode)?;
    Ok(fd)
}

/// Asks for memory that no one can execute as a program, which some systems require.
#[cfg(not(target_os = "freebsd"))]
const NOEXEC: MFdFlags = MFdFlags::from_bits_retain(libc::MFD_NOEXEC_SEAL);
#[cfg(target_os = "freebsd")]
const NOEXEC: MFdFlags = MFdFlags::empty();
