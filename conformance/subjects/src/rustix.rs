//! The crate `rustix`: system calls, on Linux without the C library. Its `shm_open` is a work of its own there.
//!
//! What it does with ranges of mappings is the system's call and nothing else, and is left to the adapter, which has to keep
//! their addresses.

use rustix::fd::BorrowedFd;
use rustix::fs::{FallocateFlags, FlockOperation, Mode, SeekFrom};
use rustix::io::{Errno, FdFlags};
use rustix::mm::{MapFlags, ProtFlags};
use shmconf_adapter::model::call::{FileLock, Lock};
use shmconf_adapter::model::outcome::Content;
use shmconf_adapter::subject::{CallResult, Fd, Refused, Region, Subject, errno, native};
use std::ffi::{CStr, c_int};
use std::os::fd::OwnedFd;

/// The calls of the crate `rustix`.
pub struct Rustix;

fn said(error: Errno) -> Refused {
    errno::of(error.raw_os_error()).into()
}

fn borrowed(fd: Fd<'_>) -> BorrowedFd<'_> {
    // SAFETY: the script's descriptor, or a number that is not open, of which the system says so.
    unsafe { BorrowedFd::borrow_raw(fd.number()) }
}

fn mode(bits: u32) -> Mode {
    Mode::from_bits_retain(bits)
}

/// What was read into a buffer.
fn content(len: usize, read: impl FnOnce(&mut [u8]) -> Result<usize, Errno>) -> CallResult<Content> {
    let mut buffer = vec![0; len.min(native::MAX_TRANSFER_BYTES)];
    let count = read(&mut buffer).map_err(said)?;
    Ok(Content::of(&buffer[..count]))
}

/// How much was written.
fn written(byte: u8, len: usize, write: impl FnOnce(&[u8]) -> Result<usize, Errno>) -> CallResult<i64> {
    let count = write(&vec![byte; len.min(native::MAX_TRANSFER_BYTES)]).map_err(said)?;
    i64::try_from(count).map_err(|_| Refused::Unsupported(format!("{count} bytes were written")))
}

impl Subject for Rustix {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, bits: u32) -> CallResult<OwnedFd> {
        let oflag = rustix::shm::OFlags::from_bits_retain(oflag.cast_unsigned());
        rustix::shm::open(name, oflag, mode(bits)).map_err(said)
    }

    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        rustix::shm::unlink(name).map_err(said)
    }

    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        match u64::try_from(size) {
            Ok(size) => rustix::fs::ftruncate(borrowed(fd), size).map_err(said),
            Err(_) => native::ftruncate(fd, size),
        }
    }

    fn punch(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
        rustix::fs::fallocate(borrowed(fd), flags, offset.cast_unsigned(), len.cast_unsigned()).map_err(said)
    }

    fn fchmod(&mut self, fd: Fd<'_>, bits: u32) -> CallResult<()> {
        rustix::fs::fchmod(borrowed(fd), mode(bits)).map_err(said)
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let prot = ProtFlags::from_bits_retain(prot.cast_unsigned());
        let flags = MapFlags::from_bits_retain(flags.cast_unsigned());
        // SAFETY: without MAP_FIXED, which no script asks for here, a new mapping replaces nothing.
        let made =
            unsafe { rustix::mm::mmap(std::ptr::null_mut(), len, prot, flags, borrowed(fd), offset.cast_unsigned()) };
        let start = made.map_err(said)?;
        // SAFETY: mapped just now, for this region alone.
        Ok(unsafe { Region::from_raw(start.cast(), len) })
    }

    fn read(&mut self, fd: Fd<'_>, len: usize) -> CallResult<Content> {
        content(len, |buffer| rustix::io::read(borrowed(fd), buffer))
    }

    fn write(&mut self, fd: Fd<'_>, byte: u8, len: usize) -> CallResult<i64> {
        written(byte, len, |buffer| rustix::io::write(borrowed(fd), buffer))
    }

    fn pread(&mut self, fd: Fd<'_>, len: usize, offset: i64) -> CallResult<Content> {
        content(len, |buffer| rustix::io::pread(borrowed(fd), buffer, offset.cast_unsigned()))
    }

    fn pwrite(&mut self, fd: Fd<'_>, byte: u8, len: usize, offset: i64) -> CallResult<i64> {
        written(byte, len, |buffer| rustix::io::pwrite(borrowed(fd), buffer, offset.cast_unsigned()))
    }

    fn lseek(&mut self, fd: Fd<'_>, offset: i64, whence: c_int) -> CallResult<i64> {
        let to = match whence {
            libc::SEEK_SET if offset >= 0 => SeekFrom::Start(offset.cast_unsigned()),
            libc::SEEK_CUR => SeekFrom::Current(offset),
            libc::SEEK_END => SeekFrom::End(offset),
            libc::SEEK_DATA if offset >= 0 => SeekFrom::Data(offset.cast_unsigned()),
            libc::SEEK_HOLE if offset >= 0 => SeekFrom::Hole(offset.cast_unsigned()),
            _ => return native::lseek(fd, offset, whence),
        };
        rustix::fs::seek(borrowed(fd), to).map(u64::cast_signed).map_err(said)
    }

    fn dup(&mut self, fd: Fd<'_>) -> CallResult<OwnedFd> {
        rustix::io::dup(borrowed(fd)).map_err(said)
    }

    fn cloexec(&mut self, fd: Fd<'_>) -> CallResult<bool> {
        rustix::io::fcntl_getfd(borrowed(fd)).map(|flags| flags.contains(FdFlags::CLOEXEC)).map_err(said)
    }

    fn set_cloexec(&mut self, fd: Fd<'_>, cloexec: bool) -> CallResult<()> {
        let flags = if cloexec { FdFlags::CLOEXEC } else { FdFlags::empty() };
        rustix::io::fcntl_setfd(borrowed(fd), flags).map_err(said)
    }

    fn lock(&mut self, fd: Fd<'_>, lock: Lock) -> CallResult<()> {
        let operation = match lock {
            Lock::Read => FlockOperation::NonBlockingLockShared,
            Lock::Write => FlockOperation::NonBlockingLockExclusive,
            Lock::Nothing => FlockOperation::NonBlockingUnlock,
        };
        rustix::fs::fcntl_lock(borrowed(fd), operation).map_err(said)
    }

    fn file_lock(&mut self, fd: Fd<'_>, lock: FileLock) -> CallResult<()> {
        let operation = match lock {
            FileLock::Shared => FlockOperation::NonBlockingLockShared,
            FileLock::Exclusive => FlockOperation::NonBlockingLockExclusive,
            FileLock::Nothing => FlockOperation::NonBlockingUnlock,
        };
        rustix::fs::flock(borrowed(fd), operation).map_err(said)
    }
}
