//! What a C program would write: the system's calls in a row, nothing checked that need not be.

use std::ffi::{CStr, c_int};
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) const SIZE: u64 = 1 << 20;

fn sized(fd: c_int) -> c_int {
    assert!(fd >= 0);
    // SAFETY: plain system calls on a descriptor that is open.
    assert_eq!(unsafe { libc::ftruncate(fd, SIZE as libc::off_t) }, 0);
    fd
}

pub(crate) fn close(fd: c_int) {
    // SAFETY: the descriptor is open, and nothing else uses it.
    unsafe { libc::close(fd) };
}

/// A name as short as they come: no randomness, a counter in digits.
fn next_name(buffer: &mut [u8; 32]) -> &CStr {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the buffer has room for ten digits and what is before them.
    unsafe { libc::snprintf(buffer.as_mut_ptr().cast(), 32, c"/bench-%u".as_ptr(), count) };
    CStr::from_bytes_until_nul(buffer).unwrap()
}

pub(crate) fn posix() -> c_int {
    let mut buffer = [0; 32];
    let name = next_name(&mut buffer).as_ptr();
    let flags = libc::O_RDWR | libc::O_CREAT | libc::O_EXCL;
    // SAFETY: the name ends in a NUL.
    let fd = unsafe { libc::shm_open(name, flags, 0) };
    // SAFETY: the name ends in a NUL.
    unsafe { libc::shm_unlink(name) };
    sized(fd)
}

pub(crate) fn tmpfile() -> c_int {
    let flags = libc::O_TMPFILE | libc::O_RDWR | libc::O_EXCL | libc::O_CLOEXEC;
    // SAFETY: the path ends in a NUL.
    sized(unsafe { libc::open(c"/dev/shm".as_ptr(), flags, 0) })
}

fn memfd() -> c_int {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING | libc::MFD_NOEXEC_SEAL;
    // SAFETY: the name ends in a NUL.
    unsafe { libc::memfd_create(c"bench".as_ptr(), flags) }
}

pub(crate) fn memfd_closed() -> c_int {
    let fd = memfd();
    // SAFETY: a plain system call.
    unsafe { libc::fchmod(fd, 0) };
    sized(fd)
}

pub(crate) fn memfd_open() -> c_int {
    sized(memfd())
}
