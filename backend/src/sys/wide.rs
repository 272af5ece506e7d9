//! The calls that take or tell a size or an offset, with 64 bits of it also where `off_t` has 32: glibc on processors of
//! 32 bits has each of them twice.

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_pointer_width = "32")))]
mod calls {
    pub(crate) use libc::off_t as Offset;
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "dragonfly"))]
    pub(crate) use nix::fcntl::posix_fallocate;
    pub(crate) use nix::sys::mman::mmap;
    pub(crate) use nix::sys::stat::fstat;
    pub(crate) use nix::sys::uio::pread;
    pub(crate) use nix::unistd::ftruncate;
}

#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "32"))]
mod calls {
    use std::ffi::c_void;
    use std::mem::MaybeUninit;
    use std::num::NonZeroUsize;
    use std::os::fd::{AsFd, AsRawFd};
    use std::ptr::{self, NonNull};

    use nix::Result;
    use nix::errno::Errno;
    use nix::sys::mman::{MapFlags, ProtFlags};

    pub(crate) use libc::off64_t as Offset;

    pub(crate) fn ftruncate(fd: impl AsFd, length: Offset) -> Result<()> {
        // SAFETY: takes numbers alone.
        Errno::result(unsafe { libc::ftruncate64(fd.as_fd().as_raw_fd(), length) }).map(drop)
    }

    pub(crate) fn fstat(fd: impl AsFd) -> Result<libc::stat64> {
        let mut stat = MaybeUninit::uninit();
        // SAFETY: there is room for one answer.
        Errno::result(unsafe { libc::fstat64(fd.as_fd().as_raw_fd(), stat.as_mut_ptr()) })?;
        // SAFETY: the call has succeeded, so that it has filled the answer in.
        Ok(unsafe { stat.assume_init() })
    }

    pub(crate) fn pread(fd: impl AsFd, into: &mut [u8], offset: Offset) -> Result<usize> {
        // SAFETY: there is room for as many bytes as are asked for.
        let read = unsafe { libc::pread64(fd.as_fd().as_raw_fd(), into.as_mut_ptr().cast(), into.len(), offset) };
        Errno::result(read).map(|read| read as usize)
    }

    pub(crate) fn posix_fallocate(fd: impl AsFd, offset: Offset, len: Offset) -> Result<()> {
        // SAFETY: takes numbers alone.
        match unsafe { libc::posix_fallocate64(fd.as_fd().as_raw_fd(), offset, len) } {
            0 => Ok(()),
            error => Err(Errno::from_raw(error)),
        }
    }

    /// # Safety
    ///
    /// As for `mmap`: what is mapped at `at` and used by somebody must not be mapped over.
    pub(crate) unsafe fn mmap(
        at: Option<NonZeroUsize>,
        len: NonZeroUsize,
        prot: ProtFlags,
        flags: MapFlags,
        fd: impl AsFd,
        offset: Offset,
    ) -> Result<NonNull<c_void>> {
        let at = ptr::without_provenance_mut(at.map_or(0, NonZeroUsize::get));
        let fd = fd.as_fd().as_raw_fd();
        // SAFETY: as promised by the caller.
        let start = unsafe { libc::mmap64(at, len.get(), prot.bits(), flags.bits(), fd, offset) };
        if start == libc::MAP_FAILED { Err(Errno::last()) } else { NonNull::new(start).ok_or(Errno::EINVAL) }
    }
}

pub(crate) use calls::*;
