//! Where systems differ: the one place of the subjects that asks which one this is.

use super::fd::Fd;
use super::refused::{CallResult, Refused};
use nix::sys::socket::SockFlag;
use shmconf_model::call::{MemfdFlags, Resource, Seals};
use shmconf_model::constants::Timestamp;
use std::ffi::c_int;
use std::os::fd::OwnedFd;

/// The calls that take a size or an offset, in the form that has 64 bits of it wherever there is one.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) mod c {
    pub(crate) use libc::{
        fstat64 as fstat, ftruncate64 as ftruncate, getrlimit64 as getrlimit, lseek64 as lseek, mmap64 as mmap,
        pread64 as pread, pwrite64 as pwrite, rlimit64 as rlimit, setrlimit64 as setrlimit, shm_open, shm_unlink,
        stat64 as stat,
    };
}
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) mod c {
    pub(crate) use libc::{fstat, ftruncate, getrlimit, lseek, mmap, pread, pwrite, rlimit, setrlimit, stat};
    #[cfg(not(target_os = "android"))]
    pub(crate) use libc::{shm_open, shm_unlink};

    /// `shm_open`, which bionic lacks.
    #[cfg(target_os = "android")]
    pub(crate) unsafe fn shm_open(_name: *const libc::c_char, _flags: i32, _mode: libc::mode_t) -> i32 {
        nix::errno::Errno::ENOSYS.set();
        -1
    }

    /// `shm_unlink`, which bionic lacks.
    #[cfg(target_os = "android")]
    pub(crate) unsafe fn shm_unlink(_name: *const libc::c_char) -> i32 {
        nix::errno::Errno::ENOSYS.set();
        -1
    }
}

/// One of the times of a `struct stat`: seconds and nanoseconds.
#[cfg(not(target_os = "netbsd"))]
pub(super) fn timestamp(stat: &c::stat, which: Timestamp) -> (libc::time_t, libc::c_long) {
    match which {
        Timestamp::Access => (stat.st_atime, stat.st_atime_nsec as libc::c_long),
        Timestamp::Modification => (stat.st_mtime, stat.st_mtime_nsec as libc::c_long),
        Timestamp::Change => (stat.st_ctime, stat.st_ctime_nsec as libc::c_long),
    }
}

/// One of the times of a `struct stat`: seconds and nanoseconds.
#[cfg(target_os = "netbsd")]
pub(super) fn timestamp(stat: &c::stat, which: Timestamp) -> (libc::time_t, libc::c_long) {
    match which {
        Timestamp::Access => (stat.st_atime, stat.st_atimensec),
        Timestamp::Modification => (stat.st_mtime, stat.st_mtimensec),
        Timestamp::Change => (stat.st_ctime, stat.st_ctimensec),
    }
}

/// The type of sizes and offsets in those calls.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) type Off = libc::off64_t;
/// The type of sizes and offsets in those calls.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) type Off = libc::off_t;

/// How a mode is passed to `shm_open`: as variadic arguments are, where it is variadic.
#[cfg(target_os = "macos")]
pub(super) type PromotedMode = c_int;
/// How a mode is passed to `shm_open`.
#[cfg(not(target_os = "macos"))]
pub(super) type PromotedMode = libc::mode_t;

/// Is this the kernel of macOS and its kin?
pub(super) const XNU: bool = cfg!(target_vendor = "apple");

/// Is the first of a process's groups its own, also where the list of the others is set?
pub(super) const OWN_GROUP_IS_LISTED: bool =
    cfg!(any(target_vendor = "apple", target_os = "freebsd", target_os = "dragonfly"));

/// Must one be able to read and write an object to unlink it, even as its owner?
pub(super) const UNLINK_NEEDS_ACCESS: bool = cfg!(target_os = "freebsd");

/// The clock that times are told by. That of POSIX has microseconds on macOS: two calls that overlap may seem not to. The one
/// that has nanoseconds is also the one of other languages there.
#[cfg(target_vendor = "apple")]
pub const CLOCK: libc::clockid_t = libc::CLOCK_UPTIME_RAW;
/// The clock that times are told by.
#[cfg(not(target_vendor = "apple"))]
pub const CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC;

/// Flag of `sendmsg`: report a closed peer as an error alone.
#[cfg(not(any(target_os = "macos", target_os = "ios")))]
pub const NO_SIGNAL: c_int = libc::MSG_NOSIGNAL;
/// Flag of `sendmsg`: this system has none, so that the process must ignore `SIGPIPE`.
#[cfg(any(target_os = "macos", target_os = "ios"))]
pub const NO_SIGNAL: c_int = 0;

/// Flag of `recvmsg`: what arrives is closed by exec. Zero where it must be set afterwards.
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "netbsd",
    target_os = "openbsd"
))]
pub const CLOSE_ON_EXEC: c_int = libc::MSG_CMSG_CLOEXEC;
/// Flag of `recvmsg`: what arrives is closed by exec. Zero where it must be set afterwards.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "netbsd",
    target_os = "openbsd"
)))]
pub const CLOSE_ON_EXEC: c_int = 0;

/// Does the padding behind descriptors count as a part of them that has to arrive? A buffer without room for it is reported
/// as too small, and on NetBSD it is left empty.
///
/// # References
///
/// FreeBSD sys/kern/uipc_sockbuf.c:sbcreatecontrol and uipc_syscalls.c:kern_recvit; NetBSD
/// sys/kern/uipc_usrreq.c:unp_externalize and uipc_syscalls.c:copyout_msg_control
pub(super) const PADDING_ARRIVES: bool = cfg!(any(target_os = "freebsd", target_os = "netbsd"));

/// Flags of `socketpair`: closed by exec. Empty where that must be set afterwards.
#[cfg(not(any(target_os = "macos", target_os = "ios")))]
pub const SOCKET_FLAGS: SockFlag = SockFlag::SOCK_CLOEXEC;
/// Flags of `socketpair`: closed by exec. Empty where that must be set afterwards.
#[cfg(any(target_os = "macos", target_os = "ios"))]
pub const SOCKET_FLAGS: SockFlag = SockFlag::empty();

/// Why no storage can be set aside here, if that is so.
pub const NO_RESERVING: Option<&str> = if cfg!(any(target_vendor = "apple", target_os = "openbsd")) {
    Some("this system has no posix_fallocate")
} else {
    None
};

/// `posix_fallocate`, which returns its error.
#[cfg(not(any(target_vendor = "apple", target_os = "openbsd")))]
pub(super) fn posix_fallocate(fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
    #[cfg(not(any(target_os = "netbsd", all(target_os = "linux", target_env = "gnu"))))]
    use libc::posix_fallocate as call;
    #[cfg(target_os = "netbsd")]
    unsafe extern "C" {
        #[link_name = "posix_fallocate"]
        fn call(fd: c_int, offset: Off, len: Off) -> c_int;
    }
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    use libc::posix_fallocate64 as call;
    let too_large = |_| Refused::Unsupported(format!("{offset} or {len} does not fit the system's off_t"));
    let (offset, len) = (Off::try_from(offset).map_err(too_large)?, Off::try_from(len).map_err(too_large)?);
    // SAFETY: numbers only.
    match unsafe { call(fd.number(), offset, len) } {
        0 => Ok(()),
        error => Err(Refused::Errno(super::errno::of(error))),
    }
}
/// `posix_fallocate`, which this system lacks.
#[cfg(any(target_vendor = "apple", target_os = "openbsd"))]
pub(super) fn posix_fallocate(_fd: Fd<'_>, _offset: i64, _len: i64) -> CallResult<()> {
    Err(Refused::Unsupported(NO_RESERVING.unwrap_or_default().to_owned()))
}

/// The number of a resource, where the system limits it.
pub(super) fn resource(resource: Resource) -> CallResult<c_int> {
    match resource {
        Resource::Fsize => Ok(libc::RLIMIT_FSIZE as c_int),
        Resource::Nofile => Ok(libc::RLIMIT_NOFILE as c_int),
        #[cfg(not(any(target_os = "illumos", target_os = "solaris", target_os = "haiku", target_os = "cygwin")))]
        Resource::Memlock => Ok(libc::RLIMIT_MEMLOCK as c_int),
        #[cfg(any(target_os = "illumos", target_os = "solaris", target_os = "haiku", target_os = "cygwin"))]
        Resource::Memlock => Err(Refused::Unsupported("this system does not limit what is kept in memory".to_owned())),
        #[cfg(not(target_os = "openbsd"))]
        Resource::As => Ok(libc::RLIMIT_AS as c_int),
        #[cfg(target_os = "openbsd")]
        Resource::As => Err(Refused::Unsupported("this system does not limit address space".to_owned())),
    }
}

/// The number of the limit of processes, where a user has one.
#[cfg(not(any(target_os = "illumos", target_os = "solaris")))]
pub(super) const PROCESSES: Option<c_int> = Some(libc::RLIMIT_NPROC as c_int);
/// The number of the limit of processes, where a user has one.
#[cfg(any(target_os = "illumos", target_os = "solaris"))]
pub(super) const PROCESSES: Option<c_int> = None;

/// The seals that this system knows, with their bits.
#[cfg(target_os = "linux")]
const SEALS: &[(Seals, c_int)] = &[
    (Seals::SEAL, libc::F_SEAL_SEAL),
    (Seals::SHRINK, libc::F_SEAL_SHRINK),
    (Seals::GROW, libc::F_SEAL_GROW),
    (Seals::WRITE, libc::F_SEAL_WRITE),
    (Seals::FUTURE_WRITE, libc::F_SEAL_FUTURE_WRITE),
    (Seals::EXEC, 0x20),
];
/// The seals that this system knows, with their bits.
#[cfg(target_os = "freebsd")]
const SEALS: &[(Seals, c_int)] = &[
    (Seals::SEAL, libc::F_SEAL_SEAL),
    (Seals::SHRINK, libc::F_SEAL_SHRINK),
    (Seals::GROW, libc::F_SEAL_GROW),
    (Seals::WRITE, libc::F_SEAL_WRITE),
];

/// Why there are no seals here, if that is so.
pub const NO_SEALS: Option<&str> =
    if cfg!(any(target_os = "linux", target_os = "freebsd")) { None } else { Some("this system has no seals") };

/// `F_GET_SEALS`
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
pub(super) fn seals(fd: Fd<'_>) -> CallResult<Seals> {
    // SAFETY: numbers only.
    match unsafe { libc::fcntl(fd.number(), libc::F_GET_SEALS) } {
        -1 => Err(Refused::last()),
        bits => Ok(SEALS.iter().filter(|(_, bit)| bits & bit != 0).map(|(seal, _)| *seal).collect()),
    }
}
/// `F_ADD_SEALS`
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
pub(super) fn add_seals(fd: Fd<'_>, seals: Seals) -> CallResult<()> {
    let known: Seals = SEALS.iter().map(|(seal, _)| *seal).collect();
    if !known.contains(seals) {
        return Err(Refused::Unsupported(format!("this system does not know all of {seals}")));
    }
    let bits = SEALS.iter().filter(|(seal, _)| seals.contains(*seal)).fold(0, |bits, (_, bit)| bits | bit);
    // SAFETY: numbers only.
    match unsafe { libc::fcntl(fd.number(), libc::F_ADD_SEALS, bits) } {
        -1 => Err(Refused::last()),
        _ => Ok(()),
    }
}
/// `F_GET_SEALS`, which this system lacks.
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
pub(super) fn seals(_fd: Fd<'_>) -> CallResult<Seals> {
    Err(Refused::Unsupported(NO_SEALS.unwrap_or_default().to_owned()))
}
/// `F_ADD_SEALS`, which this system lacks.
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
pub(super) fn add_seals(_fd: Fd<'_>, _seals: Seals) -> CallResult<()> {
    Err(Refused::Unsupported(NO_SEALS.unwrap_or_default().to_owned()))
}

/// Flags of a memfd that is closed by exec, and open to seals.
pub const MEMFD_FLAGS: MemfdFlags = MemfdFlags::CLOEXEC.union(MemfdFlags::ALLOW_SEALING);

/// Why there are no memfds here, if that is so.
pub const NO_MEMFD: Option<&str> =
    if cfg!(any(target_os = "linux", target_os = "freebsd")) { None } else { Some("this system has no memfd_create") };

/// The bits of the flags. Those beyond the first two are Linux's, of which others say whether they know them.
const MEMFD_BITS: &[(MemfdFlags, u32)] = &[
    (MemfdFlags::CLOEXEC, 0x1),
    (MemfdFlags::ALLOW_SEALING, 0x2),
    (MemfdFlags::NOEXEC_SEAL, 0x8),
    (MemfdFlags::EXEC, 0x10),
    (MemfdFlags::UNKNOWN, 0x100),
];

/// The bits that `memfd_create` takes, which are the same on every system that has it.
pub fn memfd_bits(flags: MemfdFlags) -> std::ffi::c_uint {
    MEMFD_BITS.iter().filter(|(flag, _)| flags.contains(*flag)).fold(0, |bits, (_, bit)| bits | bit)
}

/// `memfd_create`
#[cfg(any(target_os = "linux", target_os = "freebsd"))]
pub fn memfd_create(name: &std::ffi::CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
    // SAFETY: the name is a C string.
    super::native::opened(unsafe { libc::memfd_create(name.as_ptr(), memfd_bits(flags)) })
}
/// `memfd_create`, which this system lacks.
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
pub fn memfd_create(_name: &std::ffi::CStr, _flags: MemfdFlags) -> CallResult<OwnedFd> {
    Err(Refused::Unsupported(NO_MEMFD.unwrap_or_default().to_owned()))
}

/// `memfd_create`: closed by exec, and open to seals.
pub fn memfd(name: &std::ffi::CStr) -> CallResult<OwnedFd> {
    memfd_create(name, MEMFD_FLAGS)
}

/// `SEEK_DATA`, or a number that stands for nothing.
pub(crate) const SEEK_DATA: c_int = if XNU { 4 } else { 3 };
/// `SEEK_HOLE`, or a number that stands for nothing.
pub(crate) const SEEK_HOLE: c_int = if XNU { 3 } else { 4 };

/// `O_CLOFORK`, or 0 where there is none.
pub(crate) const CLOSE_ON_FORK: c_int = if cfg!(target_os = "illumos") {
    0x0400_0000
} else if cfg!(any(target_os = "freebsd", target_vendor = "apple")) {
    0x0800_0000
} else {
    0
};

/// Why fork closes no descriptor here, if that is so.
pub const NO_CLOSE_ON_FORK: Option<&str> = if CLOSE_ON_FORK == 0 { Some("this system has no O_CLOFORK") } else { None };

/// Why no storage can be taken out of an object here, if that is so.
pub const NO_PUNCHING: Option<&str> = if cfg!(any(target_os = "linux", target_vendor = "apple")) {
    None
} else {
    Some("this adapter knows no call of this system for that")
};

/// Takes the storage of a range away.
#[cfg(target_os = "linux")]
pub(super) fn punch(fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
    #[cfg(not(target_env = "gnu"))]
    use libc::fallocate;
    #[cfg(target_env = "gnu")]
    use libc::fallocate64 as fallocate;
    const MODE: c_int = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
    // SAFETY: numbers only; the descriptor may be used, or is not open.
    super::native::checked(unsafe { fallocate(fd.number(), MODE, offset, len) }).map(drop)
}
/// Takes the storage of a range away.
#[cfg(target_vendor = "apple")]
pub(super) fn punch(fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
    let hole = libc::fpunchhole_t { fp_flags: 0, reserved: 0, fp_offset: offset, fp_length: len };
    // SAFETY: the command takes a range; the descriptor may be used, or is not open.
    super::native::checked(unsafe { libc::fcntl(fd.number(), libc::F_PUNCHHOLE, &raw const hole) }).map(drop)
}
/// Takes the storage of a range away, for which no call of this system is known.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(super) fn punch(_fd: Fd<'_>, _offset: i64, _len: i64) -> CallResult<()> {
    Err(Refused::Unsupported(NO_PUNCHING.unwrap_or_default().to_owned()))
}

/// Why no object can be opened anew by its descriptor here, if that is so.
pub const NO_REOPENING: Option<&str> =
    if cfg!(target_os = "linux") { None } else { Some("this system does not open objects anew by their descriptors") };

/// Opens the object behind a descriptor anew.
#[cfg(target_os = "linux")]
pub fn reopen(fd: Fd<'_>, oflag: c_int) -> CallResult<OwnedFd> {
    let path = format!("/proc/self/fd/{}\0", fd.number());
    // SAFETY: the path ends with a zero byte.
    super::native::opened(unsafe { libc::open(path.as_ptr().cast(), oflag | libc::O_LARGEFILE) })
}
/// Opens the object behind a descriptor anew, which this system does not.
#[cfg(not(target_os = "linux"))]
pub fn reopen(_fd: Fd<'_>, _oflag: c_int) -> CallResult<OwnedFd> {
    Err(Refused::Unsupported(NO_REOPENING.unwrap_or_default().to_owned()))
}

/// The calls on the timer of a process, which the crate `libc` lacks for illumos.
#[cfg(not(any(target_os = "illumos", target_os = "solaris")))]
use libc::{getitimer, setitimer};
#[cfg(any(target_os = "illumos", target_os = "solaris"))]
unsafe extern "C" {
    fn getitimer(which: c_int, timer: *mut libc::itimerval) -> c_int;
    fn setitimer(which: c_int, timer: *const libc::itimerval, before: *mut libc::itimerval) -> c_int;
}

/// `setitimer(ITIMER_REAL, timer, NULL)`
pub(super) fn set_real_timer(timer: &libc::itimerval) {
    // SAFETY: the timer is there, and nothing is answered. `ITIMER_REAL` is 0 everywhere.
    unsafe { setitimer(0, timer, std::ptr::null_mut()) };
}

/// Is the timer of this process set? (`getitimer(ITIMER_REAL, …)`)
pub fn real_timer_is_set() -> bool {
    // SAFETY: numbers alone.
    let mut timer: libc::itimerval = unsafe { std::mem::zeroed() };
    // SAFETY: the timer is there. `ITIMER_REAL` is 0 everywhere.
    unsafe { getitimer(0, &raw mut timer) };
    (timer.it_value.tv_sec, timer.it_value.tv_usec) != (0, 0)
}
