//! Where systems differ in how processes are made and waited for.

/// The C library, with its version where it tells.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) fn libc_version() -> String {
    // SAFETY: no condition.
    let version = unsafe { libc::gnu_get_libc_version() };
    // SAFETY: the C library returns a string that stays.
    let version = unsafe { std::ffi::CStr::from_ptr(version) };
    format!("glibc {}", version.to_string_lossy())
}
/// The C library.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn libc_version() -> String {
    let name = if cfg!(target_env = "musl") {
        "musl"
    } else if cfg!(target_os = "android") {
        "bionic"
    } else {
        "libc"
    };
    name.to_owned()
}

/// What stands in for the kernel of Linux, or between it and this program, as the profile of it is called: the emulator
/// that a process is known to run in by everybody but itself, or a kernel that says so in its log.
///
/// # References
///
/// QEMU linux-user/syscall.c:is_proc_myself; gVisor pkg/sentry/kernel/syslog.go.
#[cfg(target_os = "linux")]
pub(super) fn stand_in(other: nix::unistd::Pid) -> &'static str {
    const READ_ALL: libc::c_int = 3;
    let program = std::fs::read_link(format!("/proc/{other}/exe")).unwrap_or_default();
    if program.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"qemu-")) {
        return "qemu-user";
    }
    let mut log = vec![0u8; 8192];
    // SAFETY: the buffer has that length.
    let read = unsafe { libc::syscall(libc::SYS_syslog, READ_ALL, log.as_mut_ptr(), log.len() as libc::c_int) };
    log.truncate(usize::try_from(read).unwrap_or(0));
    if String::from_utf8_lossy(&log).contains("Starting gVisor") { "gvisor" } else { "" }
}
/// What stands in for the kernel: nothing that is known of here.
#[cfg(not(target_os = "linux"))]
pub(super) fn stand_in(_other: nix::unistd::Pid) -> &'static str {
    ""
}

/// Has orphans among the descendants of this process become its children, where the system can.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn adopt_orphans() {
    // SAFETY: numbers only.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
}
/// Has orphans among the descendants of this process become its children, where the system can.
#[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
pub(super) fn adopt_orphans() {
    let own = std::process::id() as libc::id_t;
    // SAFETY: the request takes no data.
    unsafe { libc::procctl(libc::P_PID, own, libc::PROC_REAP_ACQUIRE, std::ptr::null_mut()) };
}
/// Has orphans among the descendants of this process become its children, which this system cannot: how they end, init is
/// told.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "dragonfly")))]
pub(super) fn adopt_orphans() {}

/// Actors die on purpose, and need no core dumps.
pub(super) fn no_core_dumps() {
    use nix::sys::resource::{Resource, setrlimit};
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
}

/// Has writing to this socket report a closed peer as an error alone.
#[cfg(any(target_os = "macos", target_os = "ios"))]
pub(super) fn no_sigpipe(socket: std::os::fd::RawFd) {
    let on: libc::c_int = 1;
    // SAFETY: the option's value is one int.
    unsafe {
        libc::setsockopt(socket, libc::SOL_SOCKET, libc::SO_NOSIGPIPE, (&raw const on).cast(), size_of_val(&on) as u32)
    };
}
/// Has writing to this socket report a closed peer as an error alone; here a flag of each write does.
#[cfg(not(any(target_os = "macos", target_os = "ios")))]
pub(super) fn no_sigpipe(_socket: std::os::fd::RawFd) {}
