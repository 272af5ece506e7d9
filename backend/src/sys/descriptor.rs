//! What is asked of a descriptor once there is one: its size, mode, flags and what it stands for.

use std::os::fd::{AsFd, FromRawFd, OwnedFd};

use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::sys::stat::{SFlag, fchmod};

use super::call;
use super::wide::{Offset, fstat, ftruncate, pread};
use crate::{Call, Error, ErrorKind, FinalMode};

/// Sizes an object. An object is sized once, because XNU allows no second time.
pub(crate) fn resize(fd: impl AsFd, size: u64) -> Result<(), Error> {
    let too_large = || ErrorKind::SizeTooLarge { asked: size, max: Offset::MAX as u64 };
    let length = Offset::try_from(size).map_err(|_| too_large())?;
    call(Call::Ftruncate, || ftruncate(&fd, length))
}

/// Gives an object its permission bits.
pub(crate) fn set_mode(fd: impl AsFd, mode: FinalMode) -> Result<(), Error> {
    call(Call::Fchmod, || fchmod(&fd, mode.bits()))
}

/// What `fstat` tells about an object, of the little that every system fills in.
pub(crate) struct Status {
    /// Its size in bytes, which XNU rounds up to whole pages.
    pub(crate) size: u64,
    /// Whether it can be memory. Shared memory is a regular file, or of no type at all.
    pub(crate) is_plain: bool,
    /// Its permission bits.
    #[cfg_attr(target_os = "android", expect(dead_code, reason = "only objects with a name are asked for them"))]
    pub(crate) mode: u16,
    /// Which object it is.
    pub(crate) object: ObjectId,
}

/// Tells objects apart for as long as they exist; XNU gives all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ObjectId {
    device: u64,
    inode: u64,
}

pub(crate) fn status(fd: impl AsFd) -> Result<Status, Error> {
    let stat = call(Call::Fstat, || fstat(&fd))?;
    let kind = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT;
    let is_plain = kind == SFlag::S_IFREG || kind.is_empty();
    let mode = (stat.st_mode & 0o7777) as _;
    let object = ObjectId { device: stat.st_dev as _, inode: stat.st_ino as _ };
    Ok(Status { size: stat.st_size as u64, is_plain, mode, object })
}

/// The access mode that a descriptor was opened with.
pub(crate) fn access_mode(fd: impl AsFd) -> Result<OFlag, Error> {
    let flags = call(Call::Fcntl, || fcntl(&fd, FcntlArg::F_GETFL))?;
    Ok(OFlag::from_bits_retain(flags) & OFlag::O_ACCMODE)
}

/// Sets or clears close-on-exec.
pub(crate) fn set_cloexec(fd: impl AsFd, on: bool) -> Result<(), Error> {
    let flag = if on { FdFlag::FD_CLOEXEC } else { FdFlag::empty() };
    call(Call::Fcntl, || fcntl(&fd, FcntlArg::F_SETFD(flag))).map(drop)
}

/// Whether the object lives in memory, as far as this system tells.
///
/// A file on a disk or of a FUSE daemon can be mapped too, and then a load waits for whoever serves it.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn is_memory(fd: impl AsFd) -> Result<bool, Error> {
    use nix::sys::statfs::{FsType, HUGETLBFS_MAGIC, TMPFS_MAGIC, fstatfs};
    let kind: FsType = call(Call::Fstatfs, || fstatfs(&fd))?.filesystem_type();
    Ok(kind == TMPFS_MAGIC || kind == HUGETLBFS_MAGIC)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn is_memory(_fd: impl AsFd) -> Result<bool, Error> {
    Ok(true)
}

/// Another descriptor of the same object, close-on-exec. It is none of the three that every program is started with, over
/// which whoever starts one puts others.
pub(crate) fn duplicate(fd: impl AsFd) -> Result<OwnedFd, Error> {
    call(Call::Fcntl, || {
        let raw = fcntl(&fd, FcntlArg::F_DUPFD_CLOEXEC(3))?;
        // SAFETY: the call has just returned this descriptor, which nothing else owns.
        Ok(unsafe { OwnedFd::from_raw_fd(raw) })
    })
}

/// Reads bytes at an offset, fewer where the object ends.
pub(crate) fn read_at(fd: impl AsFd, offset: u64, into: &mut [u8]) -> Result<usize, Error> {
    // OpenBSD keeps the pages of a mapping and those of a file apart.
    if cfg!(target_os = "openbsd") {
        return Err(ErrorKind::Unsupported(crate::Feature::ReadAt).into());
    }
    // No object reaches beyond the largest offset, and a range that does is refused.
    let Ok(start) = Offset::try_from(offset) else { return Ok(0) };
    let room = usize::try_from(Offset::MAX - start).unwrap_or(usize::MAX);
    let len = into.len().min(room);
    call(Call::Pread, || pread(&fd, &mut into[..len], start))
}

/// What seals say about an object.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seals {
    /// Whether more seals can be set.
    pub(crate) open: bool,
    /// Whether the object cannot shrink.
    pub(crate) shrink: bool,
    /// Whether the object cannot be mapped for writing.
    pub(crate) write: bool,
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(crate) fn seals(fd: impl AsFd) -> Result<Seals, Error> {
    use nix::errno::Errno;
    use nix::fcntl::SealFlag;

    #[cfg(not(target_os = "freebsd"))]
    const FUTURE_WRITE: SealFlag = SealFlag::F_SEAL_FUTURE_WRITE;
    #[cfg(target_os = "freebsd")]
    const FUTURE_WRITE: SealFlag = SealFlag::empty();

    match call(Call::Fcntl, || fcntl(&fd, FcntlArg::F_GET_SEALS)) {
        Ok(bits) => {
            let seals = SealFlag::from_bits_retain(bits);
            Ok(Seals {
                open: !seals.contains(SealFlag::F_SEAL_SEAL),
                shrink: seals.contains(SealFlag::F_SEAL_SHRINK),
                write: seals.intersects(SealFlag::F_SEAL_WRITE | FUTURE_WRITE),
            })
        }
        // Not every file can be asked.
        Err(error) if error.is(Errno::EINVAL) => Ok(Seals::default()),
        Err(error) => Err(error),
    }
}

/// Fixes the size, and that no seal can be added.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(crate) fn seal_size(fd: impl AsFd) -> Result<(), Error> {
    use nix::fcntl::SealFlag;
    let seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
    call(Call::Fcntl, || fcntl(&fd, FcntlArg::F_ADD_SEALS(seals))).map(drop)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(crate) fn seal_size(_fd: impl AsFd) -> Result<(), Error> {
    Err(ErrorKind::Unsupported(crate::Feature::Seal).into())
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(crate) fn seals(_fd: impl AsFd) -> Result<Seals, Error> {
    Ok(Seals::default())
}
