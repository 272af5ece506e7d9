//! What an actor asks of the system for itself, beside the calls of the subject.

use super::refused::{CallResult, Refused};
use super::{errno, native, system};
use nix::sys::stat::{Mode, umask as set_umask};
use shmconf_model::call::Resource;
use shmconf_model::outcome::Outcome;
use std::collections::BTreeMap;
use std::ffi::c_int;
use std::os::fd::OwnedFd;
use std::sync::OnceLock;

/// Page size in bytes.
pub fn page_size() -> usize {
    static PAGE: OnceLock<usize> = OnceLock::new();
    *PAGE.get_or_init(|| {
        let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE);
        page.ok().flatten().and_then(|page| usize::try_from(page).ok()).unwrap_or(4096)
    })
}

/// A path of the program that this process runs. On Linux it leads to the very file, also once another stands in its place.
pub fn own_program() -> Option<std::path::PathBuf> {
    const OWN: &str = "/proc/self/exe";
    if cfg!(any(target_os = "linux", target_os = "android")) && std::fs::metadata(OWN).is_ok() {
        return Some(OWN.into());
    }
    // Without /proc what the program was called has to do, where that is a path.
    let called = || std::env::args_os().next().map(std::path::PathBuf::from).filter(|path| path.is_file());
    std::env::current_exe().ok().filter(|path| path.is_file()).or_else(called)
}

/// Ends the process at once, without running anything of the program that it was forked from.
pub fn exit(code: i32) -> ! {
    // SAFETY: no condition.
    unsafe { libc::_exit(code) }
}

/// Waits for a time of the monotonic clock, awake, so that it is met.
pub(crate) fn wait_until(at: u64) {
    while crate::wire::now() < at {
        std::thread::yield_now();
    }
}

/// Sends a signal to this process; it goes on if the signal is ignored.
pub fn kill_self(signal: i32, ignored: bool) -> Outcome {
    if !ignored {
        // Rust programs start with SIGPIPE ignored and with handlers of SIGBUS and SIGSEGV, actors of other languages do not.
        let _ = set_ignored(signal, false);
    }
    // SAFETY: numbers only.
    match unsafe { libc::raise(signal) } {
        0 => Outcome::Ok,
        _ => Outcome::Errno(errno::last()),
    }
}

/// Ignores a signal, or gives it back its default.
pub(crate) fn set_ignored(signal: i32, ignored: bool) -> CallResult<()> {
    let handler = if ignored { libc::SIG_IGN } else { libc::SIG_DFL };
    // SAFETY: neither handler runs code of this program.
    if unsafe { libc::signal(signal, handler) } == libc::SIG_ERR { Err(Refused::last()) } else { Ok(()) }
}

/// Gives every signal its default but the one that Rust programs ignore, and lets all of them through. A caller may have
/// ignored or blocked any.
pub fn default_signals() {
    /// The signals that every system has by these numbers or fewer.
    const LAST: i32 = 31;
    for signal in 1..=LAST {
        if ![libc::SIGKILL, libc::SIGSTOP, libc::SIGPIPE].contains(&signal) {
            let _ = set_ignored(signal, false);
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
pub(crate) fn current_umask() -> u32 {
    let mask = umask(0o077);
    umask(mask);
    mask
}

/// Sets a soft limit; answers the former one.
#[allow(clippy::unnecessary_cast, clippy::useless_conversion, reason = "the widths differ between systems")]
#[allow(clippy::unnecessary_fallible_conversions, reason = "the widths differ between systems")]
pub(crate) fn set_soft_limit(resource: Resource, limit: u64) -> CallResult<u64> {
    let resource = system::resource(resource)?;
    let mut limits = limits(resource)?;
    let before = limits.rlim_cur;
    limits.rlim_cur = limit.try_into().unwrap_or(libc::RLIM_INFINITY as _);
    set_limits(resource, &limits)?;
    Ok(before as u64)
}

fn limits(resource: c_int) -> CallResult<system::c::rlimit> {
    // SAFETY: every field of a limit may be zero.
    let mut limits: system::c::rlimit = unsafe { std::mem::zeroed() };
    // SAFETY: the buffer is one limit.
    native::checked(unsafe { system::c::getrlimit(resource as _, &raw mut limits) })?;
    Ok(limits)
}

fn set_limits(resource: c_int, limits: &system::c::rlimit) -> CallResult<()> {
    // SAFETY: the buffer is one limit.
    native::checked(unsafe { system::c::setrlimit(resource as _, limits) }).map(drop)
}

/// The descriptors, and the processes, that scripts need.
const ENOUGH: u16 = 1024;

/// Lets this process and its children have as many descriptors and processes as scripts need, as far as the hard limits
/// allow: some systems give 128 of the one and 160 of the other unless asked for more.
pub fn raise_limits() {
    for resource in [Some(libc::RLIMIT_NOFILE as c_int), system::PROCESSES].into_iter().flatten() {
        let Ok(mut limits) = limits(resource) else { continue };
        let enough = limits.rlim_max.min(ENOUGH.into());
        if limits.rlim_cur < enough {
            limits.rlim_cur = enough;
            let _ = set_limits(resource, &limits);
        }
    }
}

/// Lets this process and its children have files and address space as large as the hard limits allow.
pub fn lift_limits() {
    for resource in LIFTED.into_iter().filter_map(|resource| system::resource(resource).ok()) {
        let Ok(limits) = limits(resource) else { continue };
        if limits.rlim_cur != limits.rlim_max {
            let _ = set_limits(resource, &system::c::rlimit { rlim_cur: limits.rlim_max, ..limits });
        }
    }
}

/// The limits that [`lift_limits`] lifts.
const LIFTED: [Resource; 2] = [Resource::Fsize, Resource::As];

/// The limits of processes whose limits were raised and lifted: that of descriptors, that of what is kept in memory, and those
/// of sizes where there are any.
#[allow(clippy::unnecessary_cast, reason = "the widths differ between systems")]
pub fn limits_now() -> BTreeMap<Resource, u64> {
    let hard = |resource| Some(limits(system::resource(resource).ok()?).ok()?.rlim_max);
    let is_none = |limit: u64| limit == libc::RLIM_INFINITY as u64;
    let finite = LIFTED.into_iter().filter_map(|resource| Some((resource, hard(resource)?)));
    let finite = finite.filter(|(_, limit)| !is_none(*limit as u64));
    let soft = |resource| Some(limits(system::resource(resource).ok()?).ok()?.rlim_cur);
    let few = soft(Resource::Nofile).map(|limit| (Resource::Nofile, limit));
    let kept = soft(Resource::Memlock).map(|limit| (Resource::Memlock, limit.min(i64::MAX as _)));
    finite.chain(few).chain(kept).map(|(resource, limit)| (resource, limit as u64)).collect()
}

/// The soft and the hard limit of this process; nothing where the system has no such limit.
#[allow(clippy::unnecessary_cast, reason = "the widths differ between systems")]
pub fn limits_of(resource: Resource) -> Option<(Option<u64>, Option<u64>)> {
    let limits = limits(system::resource(resource).ok()?).ok()?;
    let finite = |limit: u64| (limit != libc::RLIM_INFINITY as u64).then_some(limit);
    Some((finite(limits.rlim_cur as u64), finite(limits.rlim_max as u64)))
}

/// Does something that takes descriptors which are not the script's, whatever number of them it has limited this process to.
pub fn with_spare_descriptors<T>(what: impl FnOnce() -> T) -> T {
    const RESOURCE: c_int = libc::RLIMIT_NOFILE as c_int;
    let Ok(before) = limits(RESOURCE) else { return what() };
    let enough = before.rlim_max.min(ENOUGH.into());
    if before.rlim_cur >= enough {
        return what();
    }
    let raised = set_limits(RESOURCE, &system::c::rlimit { rlim_cur: enough, ..before });
    let done = what();
    if raised.is_ok() {
        let _ = set_limits(RESOURCE, &before);
    }
    done
}

/// Makes a pipe.
pub(crate) fn pipe() -> CallResult<(OwnedFd, OwnedFd)> {
    Ok(nix::unistd::pipe()?)
}

/// Makes two sockets that are connected to each other.
pub(crate) fn socketpair() -> CallResult<(OwnedFd, OwnedFd)> {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType};
    Ok(nix::sys::socket::socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::empty())?)
}

/// Makes a child; answers its process number in the parent and nothing in the child.
///
/// # Safety
///
/// This process has one thread, or its child does nothing but what may be done in a signal handler.
pub unsafe fn fork() -> CallResult<Option<i32>> {
    // SAFETY: the caller's promise.
    match unsafe { libc::fork() } {
        -1 => Err(Refused::last()),
        0 => Ok(None),
        pid => Ok(Some(pid)),
    }
}

/// Has this process more threads than one? Nothing where that cannot be told.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn has_threads() -> Option<bool> {
    use std::time::{Duration, Instant};
    /// How long a thread that was joined may take until the kernel has put it away.
    const LEAVING: Duration = Duration::from_millis(500);
    let began = Instant::now();
    loop {
        let several = match tasks()? {
            0 | 1 => false,
            tasks => tasks > tasks_of_one_thread(),
        };
        if !several || began.elapsed() > LEAVING {
            return Some(several);
        }
        std::thread::sleep(Duration::from_micros(100));
    }
}
/// How many tasks this process has.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn tasks() -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    // The directory has one for each task, and links to itself and from its parent.
    Some(std::fs::metadata("/proc/self/task").ok()?.nlink().saturating_sub(2))
}
/// How many tasks a process has whose program has one thread: where a processor is emulated, the emulator may have its own.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn tasks_of_one_thread() -> u64 {
    static TASKS: OnceLock<u64> = OnceLock::new();
    *TASKS.get_or_init(|| {
        let shown = || tasks().map_or(1, |tasks| tasks.clamp(1, 100) as i32);
        // SAFETY: the child makes two system calls, and takes no lock for them.
        unsafe { code_of_a_child(shown) }.ok().flatten().map_or(1, |tasks| tasks as u64)
    })
}
/// Has this process more threads than one? That cannot be told here.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn has_threads() -> Option<bool> {
    None
}

/// Makes a child in a PID namespace of its own.
///
/// # Safety
///
/// As for [`fork`].
#[cfg(target_os = "linux")]
pub(crate) unsafe fn fork_in_pid_namespace() -> CallResult<Option<i32>> {
    use nix::sched::{CloneFlags, setns, unshare};
    let own = std::fs::File::open("/proc/self/ns/pid")
        .map_err(|error| Refused::Unsupported(format!("cannot open /proc/self/ns/pid: {error}")))?;
    unshare(CloneFlags::CLONE_NEWPID)?;
    // SAFETY: the caller's promise.
    let forked = unsafe { fork() }?;
    if forked.is_some() {
        // Later children belong where the parent is.
        setns(own, CloneFlags::CLONE_NEWPID)?;
    }
    Ok(forked)
}
/// Makes a child in a PID namespace of its own, which this system lacks.
///
/// # Safety
///
/// None; as elsewhere.
#[cfg(not(target_os = "linux"))]
pub(crate) unsafe fn fork_in_pid_namespace() -> CallResult<Option<i32>> {
    Err(Refused::Unsupported("this system has no PID namespaces".to_owned()))
}

/// Gives the process a private directory of names with room for so many bytes.
#[cfg(target_os = "linux")]
pub(crate) fn limited_store(bytes: i64) -> CallResult<()> {
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
pub(crate) fn limited_store(_bytes: i64) -> CallResult<()> {
    Err(Refused::Unsupported("this system has no private mounts".to_owned()))
}

/// Why there is no child in a PID namespace of its own, if that is so.
pub(crate) fn no_pid_namespace() -> Option<String> {
    tried("a PID namespace", || {
        // SAFETY: the child of an attempt has one thread.
        unsafe { fork_in_pid_namespace() }.map(|forked| forked.map_or_else(|| exit(0), drop))
    })
}

/// Why there is no private store, if that is so.
pub(crate) fn no_limited_store() -> Option<String> {
    tried("a private store", || limited_store(1 << 20))
}

/// Why the address space cannot be limited, if that is so. Whether a limit holds is for the scripts to see.
pub(crate) fn no_address_space_limit() -> Option<String> {
    tried("a limit of the address space", || set_soft_limit(Resource::As, 4 << 30).map(drop))
}

/// Why what is kept in memory cannot be limited, if that is so.
pub(crate) fn no_memory_lock_limit() -> Option<String> {
    tried("a limit of what is kept in memory", || set_soft_limit(Resource::Memlock, 0).map(drop))
}

/// What a child of this process says of an attempt that would change the process for good.
pub(crate) fn tried(what: &str, attempt: impl FnOnce() -> CallResult<()>) -> Option<String> {
    if has_threads() == Some(true) {
        return Some(format!("a subject with threads cannot be forked to try {what}"));
    }
    // SAFETY: this process has one thread as far as can be told; a subject that has others does not share its locks with an
    // attempt.
    match unsafe { code_of_a_child(|| i32::from(attempt().is_err())) } {
        Ok(Some(0)) => None,
        Ok(_) => Some(format!("this host does not let one have {what}")),
        Err(_) => Some(format!("cannot fork to try {what}")),
    }
}

/// The exit code of a child that ends with what `run` answers; nothing where it ended otherwise.
///
/// # Safety
///
/// As for [`fork`].
unsafe fn code_of_a_child(run: impl FnOnce() -> i32) -> CallResult<Option<i32>> {
    use nix::errno::Errno;
    use nix::sys::wait::{WaitStatus, waitpid};
    // SAFETY: the caller's promise.
    let Some(pid) = (unsafe { fork() })? else { exit(run()) };
    loop {
        match waitpid(nix::unistd::Pid::from_raw(pid), None) {
            Ok(WaitStatus::Exited(_, code)) => return Ok(Some(code)),
            Err(Errno::EINTR) => {}
            _ => return Ok(None),
        }
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
