//! The system's own calls, each in one line, with their errors by name.

use super::fd::Fd;
use super::refused::{CallResult, Refused};
use super::region::Region;
use super::status::Status;
use super::system;
use shmconf_model::call::{FileLock, Lock};
use shmconf_model::outcome::{Content, Stat};
use std::ffi::{CStr, c_int};
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};

/// The most bytes that one `read` or `write` of a script moves; a larger length is cut to this.
pub const MAX_TRANSFER_BYTES: usize = 64 << 20;

/// What a call returned, or the error that it left behind where that is -1.
pub(super) fn checked(returned: c_int) -> CallResult<c_int> {
    if returned == -1 { Err(Refused::last()) } else { Ok(returned) }
}

/// A descriptor that a call has just opened.
pub(super) fn opened(returned: c_int) -> CallResult<OwnedFd> {
    let number = checked(returned)?;
    // SAFETY: the system has just made it, for this caller.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// A number of bytes as the system takes it.
fn off(bytes: i64) -> CallResult<system::Off> {
    #[allow(clippy::useless_conversion, reason = "the width differs between systems")]
    bytes.try_into().map_err(|_| Refused::Unsupported(format!("{bytes} does not fit the system's off_t")))
}

/// `shm_open` of this system.
pub fn shm_open(name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
    // SAFETY: the name is a C string; the mode is passed as C promotes it.
    opened(unsafe { system::c::shm_open(name.as_ptr(), oflag, mode as system::PromotedMode) })
}

/// `shm_unlink` of this system.
pub fn shm_unlink(name: &CStr) -> CallResult<()> {
    // SAFETY: the name is a C string.
    checked(unsafe { system::c::shm_unlink(name.as_ptr()) }).map(drop)
}

/// `ftruncate` of this system.
pub fn ftruncate(fd: Fd<'_>, size: i64) -> CallResult<()> {
    let size = off(size)?;
    // SAFETY: numbers only.
    checked(unsafe { system::c::ftruncate(fd.number(), size) }).map(drop)
}

/// `fstat` of this system.
pub fn fstat(fd: Fd<'_>) -> CallResult<Stat> {
    Status::of(fd).map(|status| status.stat())
}

/// `fchmod` of this system.
pub fn fchmod(fd: Fd<'_>, mode: u32) -> CallResult<()> {
    // SAFETY: numbers only.
    checked(unsafe { libc::fchmod(fd.number(), mode as libc::mode_t) }).map(drop)
}

/// `fchown` of this system.
pub fn fchown(fd: Fd<'_>, uid: u32, gid: u32) -> CallResult<()> {
    // SAFETY: numbers only.
    checked(unsafe { libc::fchown(fd.number(), uid, gid) }).map(drop)
}

/// `mmap` of this system. `flags` are `MAP_SHARED` or `MAP_PRIVATE` and nothing else, as others replace what is mapped.
pub fn mmap(len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
    if flags & !(libc::MAP_SHARED | libc::MAP_PRIVATE) != 0 {
        return Err(Refused::Unsupported(format!("mmap is called here without other flags, and not with {flags:#x}")));
    }
    let offset = off(offset)?;
    // SAFETY: without MAP_FIXED a new mapping replaces nothing.
    let start = unsafe { system::c::mmap(std::ptr::null_mut(), len, prot, flags, fd.number(), offset) };
    if start == libc::MAP_FAILED {
        return Err(Refused::last());
    }
    // SAFETY: the system has just mapped it, for this caller.
    Ok(unsafe { Region::from_raw(start.cast(), len) })
}

/// `mmap` of this system with `MAP_FIXED`, over `len` bytes of a region from `at` on.
pub fn mmap_over(
    region: &mut Region,
    at: usize,
    len: usize,
    prot: c_int,
    flags: c_int,
    fd: Fd<'_>,
    offset: i64,
) -> CallResult<()> {
    if flags & !(libc::MAP_SHARED | libc::MAP_PRIVATE) != 0 {
        return Err(Refused::Unsupported(format!("mmap is called here without other flags, and not with {flags:#x}")));
    }
    let offset = off(offset)?;
    let map = |start| {
        // SAFETY: the range belongs to the region, and nothing refers into it.
        unsafe { system::c::mmap(start, len, prot, flags | libc::MAP_FIXED, fd.number(), offset) }
    };
    // SAFETY: the system maps the range, or fails.
    unsafe { region.map_over(at, len, map) }
}

/// `munmap` of this system, of `len` bytes from `offset` on.
pub fn munmap(region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
    region.unmap(offset, len)
}

/// `mprotect` of this system, of `len` bytes from `offset` on.
pub fn mprotect(region: &mut Region, offset: usize, len: usize, prot: c_int) -> CallResult<()> {
    // SAFETY: a range of the region.
    region.ask(offset, len, |start, len| unsafe { libc::mprotect(start, len, prot) })
}

/// `msync` of this system with `MS_SYNC`, of `len` bytes from `offset` on.
pub fn msync(region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
    // SAFETY: a range of the region, of which nothing changes.
    region.ask(offset, len, |start, len| unsafe { libc::msync(start, len, libc::MS_SYNC) })
}

/// `mlock` of this system, of `len` bytes from `offset` on.
pub fn mlock(region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
    // SAFETY: a range of the region, of which nothing changes.
    region.ask(offset, len, |start, len| unsafe { libc::mlock(start, len) })
}

/// `munlock` of this system, of `len` bytes from `offset` on.
pub fn munlock(region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
    // SAFETY: a range of the region, of which nothing changes.
    region.ask(offset, len, |start, len| unsafe { libc::munlock(start, len) })
}

/// Writes `len` times `byte` from `offset` on. Where that is not accessible the process ends by a signal, which is meant.
pub fn store(region: &Region, offset: usize, byte: u8, len: usize) -> CallResult<()> {
    let start = region.range(offset, len)?;
    for at in 0..len {
        let target = start.wrapping_add(at);
        // SAFETY: in a range that nothing else of this process uses; volatile, as other processes look on.
        unsafe { target.write_volatile(byte) };
    }
    Ok(())
}

/// Reads `len` bytes from `offset` on. Where that is not accessible the process ends by a signal, which is meant.
pub fn load(region: &Region, offset: usize, len: usize) -> CallResult<Content> {
    let start = region.range(offset, len)?;
    let mut content = Content::default();
    let (mut byte, mut count) = (0, 0);
    for at in 0..len {
        let source = start.wrapping_add(at);
        // SAFETY: in a range that nothing else of this process uses; volatile, as other processes may be writing.
        let next = unsafe { source.read_volatile() };
        if next != byte {
            content.push(byte, count);
            (byte, count) = (next, 0);
        }
        count += 1;
    }
    content.push(byte, count);
    Ok(content)
}

/// What a transfer into `buffer` brought.
fn filled(buffer: &[u8], moved: isize) -> CallResult<Content> {
    match usize::try_from(moved) {
        Ok(moved) => Ok(Content::of(buffer.get(..moved).unwrap_or(buffer))),
        Err(_) => Err(Refused::last()),
    }
}

fn moved(moved: isize) -> CallResult<i64> {
    if moved < 0 { Err(Refused::last()) } else { Ok(moved as i64) }
}

/// `read` of this system.
pub fn read(fd: Fd<'_>, len: usize) -> CallResult<Content> {
    let mut buffer = vec![0; len.min(MAX_TRANSFER_BYTES)];
    // SAFETY: the buffer has that length.
    let moved = unsafe { libc::read(fd.number(), buffer.as_mut_ptr().cast(), buffer.len()) };
    filled(&buffer, moved)
}

/// `write` of this system.
pub fn write(fd: Fd<'_>, byte: u8, len: usize) -> CallResult<i64> {
    let buffer = vec![byte; len.min(MAX_TRANSFER_BYTES)];
    // SAFETY: the buffer has that length.
    moved(unsafe { libc::write(fd.number(), buffer.as_ptr().cast(), buffer.len()) })
}

/// `pread` of this system.
pub fn pread(fd: Fd<'_>, len: usize, offset: i64) -> CallResult<Content> {
    let mut buffer = vec![0; len.min(MAX_TRANSFER_BYTES)];
    let offset = off(offset)?;
    // SAFETY: the buffer has that length.
    let moved = unsafe { system::c::pread(fd.number(), buffer.as_mut_ptr().cast(), buffer.len(), offset) };
    filled(&buffer, moved)
}

/// `pwrite` of this system.
pub fn pwrite(fd: Fd<'_>, byte: u8, len: usize, offset: i64) -> CallResult<i64> {
    let buffer = vec![byte; len.min(MAX_TRANSFER_BYTES)];
    let offset = off(offset)?;
    // SAFETY: the buffer has that length.
    moved(unsafe { system::c::pwrite(fd.number(), buffer.as_ptr().cast(), buffer.len(), offset) })
}

/// `lseek` of this system.
pub fn lseek(fd: Fd<'_>, offset: i64, whence: c_int) -> CallResult<i64> {
    let offset = off(offset)?;
    // SAFETY: numbers only.
    let at = unsafe { system::c::lseek(fd.number(), offset, whence) };
    #[allow(clippy::useless_conversion, reason = "the width differs between systems")]
    if at == -1 { Err(Refused::last()) } else { Ok(at.into()) }
}

/// `dup` of this system.
pub fn dup(fd: Fd<'_>) -> CallResult<OwnedFd> {
    // SAFETY: numbers only; the descriptor may be used, or is not open.
    opened(unsafe { libc::dup(fd.number()) })
}

/// `dup2` of this system.
///
/// # Safety
///
/// The number of `onto` is not open, or whoever owns what it stands for gives it up.
pub unsafe fn dup2(fd: Fd<'_>, onto: Fd<'_>) -> CallResult<()> {
    // SAFETY: the caller's promise for `onto`; the other may be used, or is not open.
    checked(unsafe { libc::dup2(fd.number(), onto.number()) }).map(drop)
}

/// `fcntl(fd, F_DUPFD, least)`
pub fn dup_from(fd: Fd<'_>, least: c_int) -> CallResult<OwnedFd> {
    opened(fcntl(fd, libc::F_DUPFD, least)?)
}

/// `close` of this system, of a descriptor that the caller owns.
pub fn close(fd: OwnedFd) -> CallResult<()> {
    // SAFETY: nobody else owns it.
    unsafe { close_number(fd.into_raw_fd()) }
}

/// `close` of this system, of the number of a descriptor.
///
/// # Safety
///
/// The number is not open, or whoever owns what it stands for gives it up.
pub unsafe fn close_number(number: RawFd) -> CallResult<()> {
    // SAFETY: the caller's promise.
    checked(unsafe { libc::close(number) }).map(drop)
}

fn fcntl(fd: Fd<'_>, command: c_int, argument: c_int) -> CallResult<c_int> {
    // SAFETY: numbers only; the commands used here take an int, and the descriptor may be used, or is not open.
    checked(unsafe { libc::fcntl(fd.number(), command, argument) })
}

/// `fcntl(fd, F_GETFD)`: is `FD_CLOEXEC` set?
pub fn cloexec(fd: Fd<'_>) -> CallResult<bool> {
    fcntl(fd, libc::F_GETFD, 0).map(|flags| flags & libc::FD_CLOEXEC != 0)
}

/// `fcntl(fd, F_SETFD)`
pub fn set_cloexec(fd: Fd<'_>, cloexec: bool) -> CallResult<()> {
    fcntl(fd, libc::F_SETFD, if cloexec { libc::FD_CLOEXEC } else { 0 }).map(drop)
}

/// `fcntl(fd, F_GETFL)`
pub fn status_flags(fd: Fd<'_>) -> CallResult<c_int> {
    fcntl(fd, libc::F_GETFL, 0)
}

/// `fcntl(fd, F_SETFL)`
pub fn set_status_flags(fd: Fd<'_>, flags: c_int) -> CallResult<()> {
    fcntl(fd, libc::F_SETFL, flags).map(drop)
}

/// A lock of the whole object, for `F_SETLK`.
pub fn whole_lock(lock: Lock) -> libc::flock {
    let kind = match lock {
        Lock::Read => libc::F_RDLCK,
        Lock::Write => libc::F_WRLCK,
        Lock::Nothing => libc::F_UNLCK,
    };
    // SAFETY: numbers alone, of which zeros are a whole file.
    let mut whole: libc::flock = unsafe { std::mem::zeroed() };
    // The widths differ between systems.
    (whole.l_type, whole.l_whence) = (kind as _, libc::SEEK_SET as _);
    whole
}

/// `fcntl(fd, F_SETLK)` of a lock on the whole object.
pub fn lock(fd: Fd<'_>, lock: Lock) -> CallResult<()> {
    let whole = whole_lock(lock);
    // SAFETY: the command takes a lock; the descriptor may be used, or is not open.
    checked(unsafe { libc::fcntl(fd.number(), libc::F_SETLK, &raw const whole) }).map(drop)
}

/// What `flock` is told to do, without waiting.
pub fn flock_operation(lock: FileLock) -> c_int {
    let operation = match lock {
        FileLock::Shared => libc::LOCK_SH,
        FileLock::Exclusive => libc::LOCK_EX,
        FileLock::Nothing => libc::LOCK_UN,
    };
    operation | libc::LOCK_NB
}

/// `flock(fd, lock | LOCK_NB)`
pub fn file_lock(fd: Fd<'_>, lock: FileLock) -> CallResult<()> {
    // SAFETY: numbers only; the descriptor may be used, or is not open.
    checked(unsafe { libc::flock(fd.number(), flock_operation(lock)) }).map(drop)
}

/// Is the number open?
pub fn is_open(fd: RawFd) -> bool {
    // SAFETY: numbers only; nothing is done with the descriptor.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}
