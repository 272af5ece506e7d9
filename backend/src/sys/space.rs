//! Space for memory: how much is free, and reserving it before it is used.

use std::os::fd::AsFd;

use nix::sys::statvfs::fstatvfs;

use super::{call, page_size, system_page_size};
use crate::{Call, Error, ErrorKind};

/// The store that objects of this system are files of.
const PLACE: &str = if cfg!(target_os = "linux") {
    "/dev/shm"
} else if cfg!(any(target_os = "openbsd", target_os = "illumos", target_os = "solaris")) {
    "/tmp"
} else if cfg!(target_os = "netbsd") {
    "/var/shm"
} else if cfg!(target_os = "dragonfly") {
    "/var/run/shm"
} else {
    "memory and swap"
};

/// Whether objects can be files of a store. Elsewhere the system sets their space aside when they are sized, and their
/// descriptors cannot be asked.
const HAS_STORES: bool = !cfg!(any(target_os = "freebsd", target_vendor = "apple"));

/// What space is missing from where this call finds none.
pub(crate) fn place_of(call: Call) -> &'static str {
    match call {
        Call::ShmOpen | Call::ShmMkstemp | Call::Open | Call::Ftruncate | Call::PosixFallocate => PLACE,
        _ => "memory",
    }
}

/// The bytes that are free in the store that this object is a file of, or `None` where memory alone bounds it.
pub(crate) fn room(fd: impl AsFd) -> Result<Option<u64>, Error> {
    if !HAS_STORES {
        return Ok(None);
    }
    let found = call(Call::Fstatvfs, || fstatvfs(&fd))?;
    let (free, size): (u64, u64) = (found.blocks_available() as _, found.fragment_size() as _);
    // The file system of memory files has no blocks, and neither has a store without a limit.
    Ok((found.blocks() != 0).then(|| free.saturating_mul(size)))
}

/// What there is to say of want of space for `wanted` bytes of this object.
pub(crate) fn no_space(fd: impl AsFd, wanted: u64) -> ErrorKind {
    // The error that is told is that of want of space; what else is not known is left out of it.
    let free = room(&fd).ok().flatten();
    let is_huge = page_size(&fd).is_ok_and(|page| system_page_size().is_ok_and(|usual| page > usual));
    let place = match free {
        _ if is_huge => "the pool of huge pages",
        Some(_) => PLACE,
        None => "memory and swap",
    };
    ErrorKind::NoSpace { wanted: Some(wanted), free, place }
}

/// Reserves space for `len` bytes of an object from `start` on.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "dragonfly"))]
pub(crate) fn reserve(fd: impl AsFd, start: u64, len: u64) -> Result<(), Error> {
    use super::wide::{Offset, posix_fallocate};
    use nix::errno::Errno;

    /// Bytes at a time, which take less than a millisecond: a signal made Linux give up what it had done until lately, and
    /// a timer's signals come again before much more is done.
    const STEP: usize = 2 << 20;

    let end = start + len;
    for offset in (start..end).step_by(STEP) {
        let part = (end - offset).min(STEP as u64);
        let step = || posix_fallocate(&fd, offset as Offset, part as Offset);
        call(Call::PosixFallocate, step).map_err(|error| match error.kind() {
            ErrorKind::NoSpace { .. } => error.told_as(no_space(&fd, len)),
            _ if error.is(Errno::EOPNOTSUPP) || error.is(Errno::ENODEV) => {
                error.told_as(ErrorKind::Unsupported(crate::Feature::Reserve))
            }
            _ => error,
        })?;
    }
    Ok(())
}

/// Reserves space for bytes of an object.
///
/// XNU and FreeBSD have set memory or swap aside since the object was sized; others have no way to do it.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "dragonfly")))]
pub(crate) fn reserve(_fd: impl AsFd, _start: u64, _len: u64) -> Result<(), Error> {
    if HAS_STORES { Err(ErrorKind::Unsupported(crate::Feature::Reserve).into()) } else { Ok(()) }
}
