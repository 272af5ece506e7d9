//! The system's own calls, each in one line, with their errors by name.

use super::{Answer, Refused, errno, system};
use shmconf_model::outcome::{Content, Stat};
use std::ffi::{CStr, c_int};
use std::os::fd::RawFd;

/// The most bytes that one `read` or `write` of a script moves; a larger length is cut to this.
pub const MAX_TRANSFER_BYTES: usize = 64 << 20;

/// What a call returned, or the error that it left behind where that is -1.
pub(super) fn checked(returned: c_int) -> Answer<c_int> {
    if returned == -1 { Err(errno::last().into()) } else { Ok(returned) }
}

/// A number of bytes as the system takes it.
fn off(bytes: i64) -> Answer<system::Off> {
    #[allow(clippy::useless_conversion, reason = "the width differs between systems")]
    bytes.try_into().map_err(|_| Refused::Unsupported(format!("{bytes} does not fit the system's off_t")))
}

/// `shm_open` of this system.
pub fn shm_open(name: &CStr, oflag: c_int, mode: u32) -> Answer<RawFd> {
    // SAFETY: the name is a C string; the mode is passed as C promotes it.
    checked(unsafe { system::c::shm_open(name.as_ptr(), oflag, mode as system::PromotedMode) })
}

/// `shm_unlink` of this system.
pub fn shm_unlink(name: &CStr) -> Answer<()> {
    // SAFETY: the name is a C string.
    checked(unsafe { system::c::shm_unlink(name.as_ptr()) }).map(drop)
}

/// `ftruncate` of this system.
pub fn ftruncate(fd: RawFd, size: i64) -> Answer<()> {
    let size = off(size)?;
    // SAFETY: numbers only.
    checked(unsafe { system::c::ftruncate(fd, size) }).map(drop)
}

/// `fstat` of this system.
pub fn fstat(fd: RawFd) -> Answer<Stat> {
    let mut stat = std::mem::MaybeUninit::<system::c::stat>::zeroed();
    // SAFETY: the buffer is one `stat`.
    checked(unsafe { system::c::fstat(fd, stat.as_mut_ptr()) })?;
    // SAFETY: `fstat` has filled it.
    let stat = unsafe { stat.assume_init() };
    #[allow(clippy::useless_conversion, clippy::unnecessary_cast, reason = "the widths differ between systems")]
    Ok(Stat { size: stat.st_size.into(), mode: stat.st_mode as u32 & 0o7777, uid: stat.st_uid, gid: stat.st_gid })
}

/// `fchmod` of this system.
pub fn fchmod(fd: RawFd, mode: u32) -> Answer<()> {
    // SAFETY: numbers only.
    checked(unsafe { libc::fchmod(fd, mode as libc::mode_t) }).map(drop)
}

/// `mmap` of this system.
pub fn mmap(len: usize, prot: c_int, flags: c_int, fd: RawFd, offset: i64) -> Answer<*mut u8> {
    let offset = off(offset)?;
    // SAFETY: without MAP_FIXED a new mapping replaces nothing.
    let start = unsafe { system::c::mmap(std::ptr::null_mut(), len, prot, flags, fd, offset) };
    if start == libc::MAP_FAILED { Err(errno::last().into()) } else { Ok(start.cast()) }
}

/// # Safety
///
/// The range belongs to a mapping that nothing refers into.
pub unsafe fn munmap(start: *mut u8, len: usize) -> Answer<()> {
    // SAFETY: the caller's promise.
    checked(unsafe { libc::munmap(start.cast(), len) }).map(drop)
}

/// # Safety
///
/// The range belongs to a mapping that nothing refers into.
pub unsafe fn mprotect(start: *mut u8, len: usize, prot: c_int) -> Answer<()> {
    // SAFETY: the caller's promise.
    checked(unsafe { libc::mprotect(start.cast(), len, prot) }).map(drop)
}

/// # Safety
///
/// The range belongs to a mapping; where it is not accessible the process dies, which is meant.
pub unsafe fn store(start: *mut u8, byte: u8, len: usize) {
    for at in 0..len {
        let target = start.wrapping_add(at);
        // SAFETY: the caller's promise; volatile, as other processes look on.
        unsafe { target.write_volatile(byte) };
    }
}

/// # Safety
///
/// The range belongs to a mapping; where it is not accessible the process dies, which is meant.
pub unsafe fn load(start: *const u8, len: usize) -> Content {
    let mut content = Content::default();
    let (mut byte, mut count) = (0, 0);
    for at in 0..len {
        let source = start.wrapping_add(at);
        // SAFETY: the caller's promise; volatile, as other processes may be writing.
        let next = unsafe { source.read_volatile() };
        if next != byte {
            content.push(byte, count);
            (byte, count) = (next, 0);
        }
        count += 1;
    }
    content.push(byte, count);
    content
}

/// What a transfer into `buffer` brought.
fn filled(buffer: &[u8], moved: isize) -> Answer<Content> {
    match usize::try_from(moved) {
        Ok(moved) => Ok(Content::of(buffer.get(..moved).unwrap_or(buffer))),
        Err(_) => Err(errno::last().into()),
    }
}

fn moved(moved: isize) -> Answer<i64> {
    if moved < 0 { Err(errno::last().into()) } else { Ok(moved as i64) }
}

/// `read` of this system.
pub fn read(fd: RawFd, len: usize) -> Answer<Content> {
    let mut buffer = vec![0; len.min(MAX_TRANSFER_BYTES)];
    // SAFETY: the buffer has that length.
    let moved = unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) };
    filled(&buffer, moved)
}

/// `write` of this system.
pub fn write(fd: RawFd, byte: u8, len: usize) -> Answer<i64> {
    let buffer = vec![byte; len.min(MAX_TRANSFER_BYTES)];
    // SAFETY: the buffer has that length.
    moved(unsafe { libc::write(fd, buffer.as_ptr().cast(), buffer.len()) })
}

/// `pread` of this system.
pub fn pread(fd: RawFd, len: usize, offset: i64) -> Answer<Content> {
    let mut buffer = vec![0; len.min(MAX_TRANSFER_BYTES)];
    let offset = off(offset)?;
    // SAFETY: the buffer has that length.
    let moved = unsafe { system::c::pread(fd, buffer.as_mut_ptr().cast(), buffer.len(), offset) };
    filled(&buffer, moved)
}

/// `pwrite` of this system.
pub fn pwrite(fd: RawFd, byte: u8, len: usize, offset: i64) -> Answer<i64> {
    let buffer = vec![byte; len.min(MAX_TRANSFER_BYTES)];
    let offset = off(offset)?;
    // SAFETY: the buffer has that length.
    moved(unsafe { system::c::pwrite(fd, buffer.as_ptr().cast(), buffer.len(), offset) })
}

/// `lseek` of this system.
pub fn lseek(fd: RawFd, offset: i64, whence: c_int) -> Answer<i64> {
    let offset = off(offset)?;
    // SAFETY: numbers only.
    let at = unsafe { system::c::lseek(fd, offset, whence) };
    #[allow(clippy::useless_conversion, reason = "the width differs between systems")]
    if at == -1 { Err(errno::last().into()) } else { Ok(at.into()) }
}

/// `dup` of this system.
pub fn dup(fd: RawFd) -> Answer<RawFd> {
    // SAFETY: numbers only.
    checked(unsafe { libc::dup(fd) })
}

/// `close` of this system.
pub fn close(fd: RawFd) -> Answer<()> {
    // SAFETY: the number belongs to the script, or is not open.
    checked(unsafe { libc::close(fd) }).map(drop)
}

fn fcntl(fd: RawFd, command: c_int, argument: c_int) -> Answer<c_int> {
    // SAFETY: numbers only; the commands used here take an int.
    checked(unsafe { libc::fcntl(fd, command, argument) })
}

/// `fcntl(fd, F_GETFD)`: is `FD_CLOEXEC` set?
pub fn cloexec(fd: RawFd) -> Answer<bool> {
    fcntl(fd, libc::F_GETFD, 0).map(|flags| flags & libc::FD_CLOEXEC != 0)
}

/// `fcntl(fd, F_SETFD)`
pub fn set_cloexec(fd: RawFd, cloexec: bool) -> Answer<()> {
    fcntl(fd, libc::F_SETFD, if cloexec { libc::FD_CLOEXEC } else { 0 }).map(drop)
}

/// `fcntl(fd, F_GETFL)`
pub fn status_flags(fd: RawFd) -> Answer<c_int> {
    fcntl(fd, libc::F_GETFL, 0)
}

/// Is the number open?
pub fn is_open(fd: RawFd) -> bool {
    fcntl(fd, libc::F_GETFD, 0).is_ok()
}
