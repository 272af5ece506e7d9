//! Mapping memory into this process.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::AsFd;
use std::ptr::NonNull;

use nix::errno::Errno;
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

/// The size in bytes of a page of this system.
pub(crate) fn system_page_size() -> Result<usize, Error> {
    call(Call::Sysconf, || {
        let size = sysconf(SysconfVar::PAGE_SIZE)?.and_then(|size| usize::try_from(size).ok());
        size.filter(|size| size.is_power_of_two()).ok_or(Errno::EINVAL)
    })
}

/// The size in bytes of a page of this object, which is more than the system's where it is made of huge pages.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn page_size(fd: impl AsFd) -> Result<usize, Error> {
    use nix::sys::statfs::{HUGETLBFS_MAGIC, fstatfs};
    let found = call(Call::Fstatfs, || fstatfs(&fd))?;
    let huge = usize::try_from(found.block_size()).ok().filter(|size| size.is_power_of_two());
    match huge {
        Some(size) if found.filesystem_type() == HUGETLBFS_MAGIC => Ok(size),
        _ => system_page_size(),
    }
}

/// The size in bytes of a page of this object. FreeBSD has objects of large pages too, and refuses to map parts of them.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn page_size(_fd: impl AsFd) -> Result<usize, Error> {
    system_page_size()
}

/// Maps `len` bytes, which are whole pages, from `offset`, shared, at an address that the system picks.
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
pub(crate) unsafe fn unmap(start: NonNull<c_void>, len: NonZeroUsize) -> Result<(), Error> {
    call(Call::Munmap, || {
        // SAFETY: as promised by the caller.
        unsafe { munmap(start, len.get()) }
    })
}
