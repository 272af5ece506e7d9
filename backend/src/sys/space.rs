//! Space for memory: how much is free, and taking it before it is used.

use std::os::fd::AsFd;

use nix::sys::statvfs::fstatvfs;

use super::call;
use crate::{Call, Error, ErrorKind};

/// Where shared memory takes its space from on this system.
pub(crate) const PLACE: &str = if cfg!(target_os = "linux") {
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

/// What there is to say of want of space for `wanted` bytes of this object.
pub(crate) fn no_space(fd: impl AsFd, wanted: u64) -> ErrorKind {
    let found = call(Call::Fstatvfs, || fstatvfs(&fd)).ok();
    // A memory file's file system has no blocks, since memory alone bounds it.
    let bounded = found.filter(|found| found.blocks() != 0);
    let free = bounded.map(|found| {
        let (blocks, size): (u64, u64) = (found.blocks_available() as _, found.fragment_size() as _);
        blocks * size
    });
    let place = if bounded.is_some() { PLACE } else { "memory and swap" };
    ErrorKind::NoSpace { wanted: Some(wanted), free, place }
}

/// Takes space for all bytes of an object of this size.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "dragonfly"))]
pub(crate) fn allocate(fd: impl AsFd, size: u64) -> Result<(), Error> {
    use super::wide::{Offset, posix_fallocate};
    use nix::errno::Errno;

    /// Bytes at a time: a signal makes the system give up what it has done, and signals may come often.
    const STEP: usize = 256 << 20;

    for offset in (0..size).step_by(STEP) {
        let len = (size - offset).min(STEP as u64);
        let step = || posix_fallocate(&fd, offset as Offset, len as Offset);
        call(Call::PosixFallocate, step).map_err(|error| match error.kind() {
            ErrorKind::NoSpace { .. } => error.told_as(no_space(&fd, size)),
            _ if error.is(Errno::EOPNOTSUPP) || error.is(Errno::ENODEV) => {
                error.told_as(ErrorKind::Unsupported(crate::Feature::Allocate))
            }
            _ => error,
        })?;
    }
    Ok(())
}

/// Takes space for all bytes of an object of this size.
///
/// XNU and FreeBSD have set memory or swap aside since the object was sized; others have no way to do it.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "dragonfly")))]
pub(crate) fn allocate(_fd: impl AsFd, _size: u64) -> Result<(), Error> {
    if cfg!(any(target_os = "freebsd", target_vendor = "apple")) {
        return Ok(());
    }
    Err(ErrorKind::Unsupported(crate::Feature::Allocate).into())
}
