//! What an actor asks of the system for itself, beside the calls of the subject.

use super::{Answer, Refused, errno, native, system};
use nix::sys::stat::{Mode, umask as set_umask};
use nix::unistd::{Gid, Uid, geteuid, setgid, setuid};
use shmconf_model::call::Resource;
use shmconf_model::outcome::{Outcome, Signal};
use std::ffi::c_int;
use std::sync::OnceLock;

/// Page size in bytes.
pub fn page_size() -> usize {
    static PAGE: OnceLock<usize> = OnceLock::new();
    *PAGE.get_or_init(|| {
        let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE);
        page.ok().flatten().and_then(|page| usize::try_from(page).ok()).unwrap_or(4096)
    })
}

/// Ends the process at once, without running anything of the program that it was forked from.
pub fn exit(code: i32) -> ! {
    // SAFETY: no condition.
    unsafe { libc::_exit(code) }
}

/// Waits for a time of the monotonic clock, awake, so that it is met.
pub fn wait_until(at: u64) {
    while crate::wire::now() < at {
        std::thread::yield_now();
    }
}

/// Sends a signal to this process; it goes on if the signal is ignored.
pub fn kill_self(signal: i32, ignored: bool) -> Outcome {
    if signal == libc::SIGPIPE && !ignored {
        // Rust programs start with this one ignored, actors of other languages do not.
        let _ = set_ignored(signal, false);
    }
    // SAFETY: numbers only.
    match unsafe { libc::raise(signal) } {
        0 => Outcome::Ok,
        _ => Outcome::Errno(errno::last()),
    }
}

/// Ignores a signal, or gives it back its default.
pub fn set_ignored(signal: i32, ignored: bool) -> Answer<()> {
    let handler = if ignored { libc::SIG_IGN } else { libc::SIG_DFL };
    // SAFETY: neither handler runs code of this program.
    if unsafe { libc::signal(signal, handler) } == libc::SIG_ERR { Err(errno::last().into()) } else { Ok(()) }
}

/// Gives every signal that ends an actor its default, and lets all of them through.
pub fn default_signals() {
    for signal in Signal::ALL {
        if !matches!(signal, Signal::SIGKILL | Signal::SIGPIPE) {
            let _ = set_ignored(errno::signal_number(*signal), false);
        }
    }
    let _ = nix::sys::signal::SigSet::empty().thread_set_mask();
}

/// Sets the file mode creation mask; answers the former one.
pub fn umask(mode: u32) -> u32 {
    #[allow(clippy::unnecessary_cast, clippy::useless_conversion, reason = "the width differs between systems")]
    u32::from(set_umask(Mode::from_bits_truncate(mode as libc::mode_t)).bits())
}

/// The file mode creation mask.
pub fn current_umask() -> u32 {
    let mask = umask(0o077);
    umask(mask);
    mask
}

/// Sets a soft limit; answers the former one.
#[allow(clippy::unnecessary_cast, clippy::useless_conversion, reason = "the widths differ between systems")]
#[allow(clippy::unnecessary_fallible_conversions, reason = "the widths differ between systems")]
pub fn set_soft_limit(resource: Resource, limit: u64) -> Answer<u64> {
    let resource = system::resource(resource)?;
    let mut limits = limits(resource)?;
    let before = limits.rlim_cur;
    limits.rlim_cur = limit.try_into().unwrap_or(libc::RLIM_INFINITY as _);
    set_limits(resource, &limits)?;
    Ok(before as u64)
}

fn limits(resource: c_int) -> Answer<system::c::rlimit> {
    // SAFETY: every field of a limit may be zero.
    let mut limits: system::c::rlimit = unsafe { std::mem::zeroed() };
    // SAFETY: the buffer is one limit.
    native::checked(unsafe { system::c::getrlimit(resource as _, &raw mut limits) })?;
    Ok(limits)
}

fn set_limits(resource: c_int, limits: &system::c::rlimit) -> Answer<()> {
    // SAFETY: the buffer is one limit.
    native::checked(unsafe { system::c::setrlimit(resource as _, limits) }).map(drop)
}

/// Lets this process and its children have as many descriptors and processes as scripts need, as far as the hard limits
/// allow: some systems give 128 of the one and 160 of the other unless asked for more.
pub fn raise_limits() {
    for resource in [Some(libc::RLIMIT_NOFILE as c_int), system::PROCESSES].into_iter().flatten() {
        let Ok(mut limits) = limits(resource) else { continue };
        let enough = limits.rlim_max.min(1024);
        if limits.rlim_cur < enough {
            limits.rlim_cur = enough;
            let _ = set_limits(resource, &limits);
        }
    }
}

/// Becomes a user and the group of the same number, for good, with no other group. The system's own list of groups has to
/// have one where macOS is not to ask its directory service which groups the user is in.
pub fn become_user(uid: u32) -> Answer<()> {
    // SAFETY: the list has one group.
    if unsafe { libc::setgroups(1, &raw const uid) } != 0 {
        return Err(errno::last().into());
    }
    setgid(Gid::from_raw(uid))?;
    Ok(setuid(Uid::from_raw(uid))?)
}

/// Why this process cannot become another user, if that is so.
pub fn not_root() -> Option<String> {
    let uid = geteuid();
    (!uid.is_root()).then(|| format!("this process is uid {uid}, not root"))
}

/// Makes a child; answers its process number in the parent and nothing in the child.
pub fn fork() -> Answer<Option<i32>> {
    // SAFETY: actors have one thread.
    match unsafe { libc::fork() } {
        -1 => Err(errno::last().into()),
        0 => Ok(None),
        pid => Ok(Some(pid)),
    }
}

/// Makes a child in a PID namespace of its own.
#[cfg(target_os = "linux")]
pub fn fork_in_pid_namespace() -> Answer<Option<i32>> {
    use nix::sched::{CloneFlags, setns, unshare};
    let own = std::fs::File::open("/proc/self/ns/pid")
        .map_err(|error| Refused::Unsupported(format!("cannot open /proc/self/ns/pid: {error}")))?;
    unshare(CloneFlags::CLONE_NEWPID)?;
    let forked = fork()?;
    if forked.is_some() {
        // Later children belong where the parent is.
        setns(own, CloneFlags::CLONE_NEWPID)?;
    }
    Ok(forked)
}
/// Makes a child in a PID namespace of its own, which this system lacks.
#[cfg(not(target_os = "linux"))]
pub fn fork_in_pid_namespace() -> Answer<Option<i32>> {
    Err(Refused::Unsupported("this system has no PID namespaces".to_owned()))
}

/// Gives the process a private directory of names with room for so many bytes.
#[cfg(target_os = "linux")]
pub fn limited_store(bytes: i64) -> Answer<()> {
    use nix::mount::{MsFlags, mount};
    use nix::sched::{CloneFlags, unshare};
    unshare(CloneFlags::CLONE_NEWNS)?;
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)?;
    let options = format!("size={bytes},mode=1777");
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    Ok(mount(Some("shmconf"), "/dev/shm", Some("tmpfs"), flags, Some(options.as_str()))?)
}
/// Gives the process a private store of objects, which this system cannot.
#[cfg(not(target_os = "linux"))]
pub fn limited_store(_bytes: i64) -> Answer<()> {
    Err(Refused::Unsupported("this system has no private mounts".to_owned()))
}

/// Why there is no child in a PID namespace of its own, if that is so.
pub fn no_pid_namespace() -> Option<String> {
    tried("a PID namespace", || fork_in_pid_namespace().map(|forked| forked.map_or_else(|| exit(0), drop)))
}

/// Why there is no private store, if that is so.
pub fn no_limited_store() -> Option<String> {
    tried("a private store", || limited_store(1 << 20))
}

/// Why the address space cannot be limited, if that is so. Whether a limit holds is for the scripts to see.
pub fn no_address_space_limit() -> Option<String> {
    tried("a limit of the address space", || set_soft_limit(Resource::As, 4 << 30).map(drop))
}

/// What a child of this process says of an attempt that would change the process for good.
fn tried(what: &str, attempt: impl FnOnce() -> Answer<()>) -> Option<String> {
    match fork() {
        Ok(None) => exit(i32::from(attempt().is_err())),
        Ok(Some(pid)) => {
            let status = nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(pid), None);
            let fine = matches!(status, Ok(nix::sys::wait::WaitStatus::Exited(_, 0)));
            (!fine).then(|| format!("this host does not let one have {what}"))
        }
        Err(_) => Some(format!("cannot fork to try {what}")),
    }
}

/// Has the system end this process when its parent ends, where it can.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn backstop() {
    // SAFETY: numbers only.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}
/// Has the system end this process when its parent ends, where it can.
#[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
pub fn backstop() {
    let own = std::process::id() as libc::id_t;
    let mut signal = libc::SIGKILL;
    // SAFETY: the request takes a signal's number.
    unsafe { libc::procctl(libc::P_PID, own, libc::PROC_PDEATHSIG_CTL, (&raw mut signal).cast()) };
}
/// Has the system end this process when its parent ends; here the end of the control socket must do.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "dragonfly")))]
pub fn backstop() {}
