//! The descriptors of a process: which are open, and what they stand for.

use super::{native, system};
use std::os::fd::{BorrowedFd, RawFd};

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
pub(crate) fn count_open(beside: &[RawFd]) -> i64 {
    open().iter().filter(|fd| !beside.contains(fd)).count() as i64
}

/// Is a descriptor open that is none of those? All of them were opened with at most `count` open, so that none is far beyond
/// that number.
pub(crate) fn is_other_open(known: &[RawFd], count: usize) -> bool {
    const AT_ONCE: RawFd = 128;
    let end = (count + 1).next_multiple_of(AT_ONCE as usize).min(MAX_COUNTED_FD as usize) as RawFd;
    let is_other = |fd: &RawFd| !known.contains(fd);
    if system::XNU {
        return (0..end).filter(|&fd| native::is_open(fd)).any(|fd| is_other(&fd));
    }
    (0..end).step_by(AT_ONCE as usize).any(|first| open_among(first, first + AT_ONCE).iter().any(is_other))
}

/// Closes the descriptors from `first` to `last`.
///
/// # Safety
///
/// Whoever owns one of them gives it up.
#[cfg(target_os = "linux")]
pub unsafe fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: the caller's promise.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, first as libc::c_uint, last as libc::c_uint, 0) };
    if closed != 0 {
        // SAFETY: the caller's promise.
        unsafe { close_one_by_one(first, last) };
    }
}
/// Closes the descriptors from `first` to `last`.
///
/// # Safety
///
/// Whoever owns one of them gives it up.
#[cfg(target_os = "freebsd")]
pub unsafe fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: the caller's promise.
    if unsafe { libc::close_range(first as libc::c_uint, last as libc::c_uint, 0) } != 0 {
        // SAFETY: the caller's promise.
        unsafe { close_one_by_one(first, last) };
    }
}
/// Closes the descriptors from `first` to `last`.
///
/// # Safety
///
/// Whoever owns one of them gives it up.
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
pub unsafe fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: the caller's promise.
    unsafe { close_one_by_one(first, last) };
}

/// # Safety
///
/// As for `close_range`.
unsafe fn close_one_by_one(first: RawFd, last: RawFd) {
    for fd in first..=last.min(MAX_COUNTED_FD) {
        // SAFETY: the caller's promise.
        let _ = unsafe { native::close_number(fd) };
    }
}

/// Makes `to` stand for what `from` stands for; answers whether that could be done.
///
/// # Safety
///
/// `from` may be used, and whoever owns what `to` stands for gives it up and has the number from then on.
pub unsafe fn replace(from: RawFd, to: RawFd) -> bool {
    // SAFETY: the caller's promise.
    unsafe { libc::dup2(from, to) != -1 }
}

/// Makes numbers stand for nothing that matters while they stay taken.
///
/// # Safety
///
/// Whoever owns what they stand for gives it up and has the numbers from then on.
pub unsafe fn replace_by_null(fds: &[RawFd]) {
    if fds.is_empty() {
        return;
    }
    // The directory stands in for a /dev/null that is missing: it can be neither read nor written.
    let Some(null) = [(c"/dev/null", libc::O_RDWR), (c"/", libc::O_RDONLY)].into_iter().find_map(|(path, flags)| {
        // SAFETY: the path is a C string.
        native::opened(unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC) }).ok()
    }) else {
        return;
    };
    for &fd in fds {
        use std::os::fd::AsRawFd;
        // SAFETY: the caller's promise.
        unsafe { replace(null.as_raw_fd(), fd) };
    }
}

/// Is the descriptor one of a directory?
pub fn is_directory(fd: BorrowedFd<'_>) -> bool {
    nix::sys::stat::fstat(fd).is_ok_and(|stat| stat.st_mode & libc::S_IFMT == libc::S_IFDIR)
}

/// Is the number open, and a stream socket?
pub(crate) fn is_stream_socket(fd: RawFd) -> bool {
    let mut kind: libc::c_int = 0;
    let mut len = size_of_val(&kind) as libc::socklen_t;
    // SAFETY: the option's value is one int; nothing is done with the descriptor.
    let asked = unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_TYPE, (&raw mut kind).cast(), &raw mut len) };
    asked == 0 && kind == libc::SOCK_STREAM
}
