//! Mapping memory into this process.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::AsFd;
use std::ptr::NonNull;

use nix::sys::mman::{MapFlags, ProtFlags, munmap};
use nix::unistd::{SysconfVar, sysconf};

use super::call;
use super::wide::{Offset, mmap};
use crate::{Call, Error, ErrorKind};

/// What a mapping lets its process do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    ReadWrite,
}

/// The size of a page in bytes.
pub(crate) fn page_size() -> usize {
    sysconf(SysconfVar::PAGE_SIZE).ok().flatten().and_then(|size| usize::try_from(size).ok()).unwrap_or(4096)
}

/// Maps `len` bytes from `offset`, shared, at an address that the system picks.
pub(crate) fn map(
    fd: impl AsFd,
    offset: u64,
    len: NonZeroUsize,
    access: Access,
    reserve: bool,
) -> Result<NonNull<c_void>, Error> {
    let out = || ErrorKind::SizeTooLarge { asked: offset, max: Offset::MAX as u64 };
    let offset = Offset::try_from(offset).map_err(|_| out())?;
    let prot = match access {
        Access::Read => ProtFlags::PROT_READ,
        Access::ReadWrite => ProtFlags::PROT_READ | ProtFlags::PROT_WRITE,
    };
    let flags = match reserve {
        true => MapFlags::MAP_SHARED,
        false => MapFlags::MAP_SHARED | no_reserve()?,
    };
    call(Call::Mmap, || {
        // SAFETY: the system picks an address that is not in use, so nothing else is mapped over.
        unsafe { mmap(None, len, prot, flags, &fd, offset) }
    })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such flag")]
fn no_reserve() -> Result<MapFlags, Error> {
    Ok(MapFlags::MAP_NORESERVE)
}

/// Elsewhere the flag is missing, or is defined and means nothing.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn no_reserve() -> Result<MapFlags, Error> {
    Err(ErrorKind::Unsupported(crate::Feature::NoReserve).into())
}

/// Takes a mapping away.
///
/// # Safety
///
/// `start` and `len` are those of one call of [`map`], and nothing uses that memory from here on.
pub(crate) unsafe fn unmap(start: NonNull<c_void>, len: NonZeroUsize) {
    // SAFETY: as promised by the caller. It cannot fail for a range that is mapped as a whole.
    let _ = unsafe { munmap(start, len.get()) };
}
