//! The descriptors of a process: which are open, and what they stand for.

use super::{native, system};
use std::os::fd::RawFd;

/// The highest descriptor that is looked at when open ones are counted.
const MAX_COUNTED_FD: RawFd = 4096;

/// The descriptors that are open.
pub fn open() -> Vec<RawFd> {
    // Many at a time; more than a process may have open are refused by some systems.
    const AT_ONCE: RawFd = 128;
    // There, poll says nothing of a descriptor of which no event is asked for: xnu bsd/kern/sys_generic.c:poll_nocancel.
    if system::XNU {
        return (0..MAX_COUNTED_FD).filter(|&fd| native::is_open(fd)).collect();
    }
    let chunks = (0..MAX_COUNTED_FD).step_by(AT_ONCE as usize);
    chunks.flat_map(|first| open_among(first, first + AT_ONCE)).collect()
}

/// The descriptors from `first` to before `end` that are open.
fn open_among(first: RawFd, end: RawFd) -> Vec<RawFd> {
    let asked = |fd| libc::pollfd { fd, events: 0, revents: 0 };
    let mut polled: Vec<libc::pollfd> = (first..end).map(asked).collect();
    // SAFETY: the array has that length.
    let answered = unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, 0) };
    if answered < 0 {
        return (first..end).filter(|&fd| native::is_open(fd)).collect();
    }
    polled.iter().filter(|polled| polled.revents & libc::POLLNVAL == 0).map(|polled| polled.fd).collect()
}

/// How many descriptors are open beside those.
pub fn count_open(beside: &[RawFd]) -> i64 {
    open().iter().filter(|fd| !beside.contains(fd)).count() as i64
}

/// Closes every descriptor but those, which are in order.
pub fn close_all_but(kept: &[RawFd]) {
    let mut next = 0;
    for &fd in kept {
        if fd > next {
            close_range(next, fd - 1);
        }
        next = fd + 1;
    }
    close_range(next, RawFd::MAX);
}

/// Closes the descriptors from `first` to `last`.
#[cfg(target_os = "linux")]
pub fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: numbers only; the callers own what they close.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, first as libc::c_uint, last as libc::c_uint, 0) };
    if closed != 0 {
        close_one_by_one(first, last);
    }
}
/// Closes the descriptors from `first` to `last`.
#[cfg(target_os = "freebsd")]
pub fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: numbers only; the callers own what they close.
    if unsafe { libc::close_range(first as libc::c_uint, last as libc::c_uint, 0) } != 0 {
        close_one_by_one(first, last);
    }
}
/// Closes the descriptors from `first` to `last`.
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
pub fn close_range(first: RawFd, last: RawFd) {
    close_one_by_one(first, last);
}

fn close_one_by_one(first: RawFd, last: RawFd) {
    for fd in first..=last.min(MAX_COUNTED_FD) {
        let _ = native::close(fd);
    }
}

/// Makes `to` stand for what `from` stands for.
pub fn replace(from: RawFd, to: RawFd) {
    // SAFETY: numbers only; both belong to the harness.
    unsafe { libc::dup2(from, to) };
}

/// Makes numbers stand for nothing while they stay taken.
pub fn replace_by_null(fds: &[RawFd]) {
    if fds.is_empty() {
        return;
    }
    // SAFETY: the path is a C string.
    let null = unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) };
    for &fd in fds {
        replace(null, fd);
    }
    let _ = native::close(null);
}

/// Is the descriptor one of a directory?
pub fn is_directory(fd: RawFd) -> bool {
    // SAFETY: the number is open and stays so during the call.
    let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) };
    nix::sys::stat::fstat(fd).is_ok_and(|stat| stat.st_mode & libc::S_IFMT == libc::S_IFDIR)
}
