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
    if cfg!(target_env = "musl") { "musl".to_owned() } else { "libc".to_owned() }
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
