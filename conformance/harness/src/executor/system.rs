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
        return musl_version();
    } else if cfg!(target_os = "android") {
        "bionic"
    } else {
        "libc"
    };
    name.to_owned()
}

/// musl tells its version to nobody but who runs its loader, which a static program has not.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn musl_version() -> String {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let paths = maps.lines().filter_map(|line| line.split_whitespace().nth(5));
    let is_loader = |path: &&str| path.rsplit('/').next().is_some_and(|file| file.starts_with("ld-musl-"));
    let said = paths.into_iter().find(is_loader).and_then(|path| std::process::Command::new(path).output().ok());
    let said = said.map(|said| String::from_utf8_lossy(&said.stderr).into_owned()).unwrap_or_default();
    let version = said.lines().find_map(|line| line.strip_prefix("Version "));
    version.map_or_else(|| "musl".to_owned(), |version| format!("musl {}", version.trim()))
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

/// Tells a setting, given the directory of objects with names.
type ReadSetting = fn(Option<&'static str>) -> Option<String>;

/// What can be set on this system that its profile knows, by the name that it has there.
#[cfg(target_os = "linux")]
pub(super) const SETTINGS: &[(&str, ReadSetting)] = &[
    ("protected_regular", |directory| {
        use std::os::unix::fs::PermissionsExt;
        const STICKY: u32 = 0o1000;
        let mode = std::fs::metadata(directory?).ok()?.permissions().mode();
        if mode & STICKY == 0 { Some("0".to_owned()) } else { word_in("/proc/sys/fs/protected_regular") }
    }),
    ("noexec", |directory| {
        use nix::sys::statvfs::{FsFlags, statvfs};
        Some(statvfs(directory?).ok()?.flags().contains(FsFlags::ST_NOEXEC).to_string())
    }),
    ("memfd_noexec", |_| word_in("/proc/sys/vm/memfd_noexec")),
    ("selinux", |_| {
        // Without SELinux there is no such file, but without /sys neither.
        let enforces = word_in("/sys/fs/selinux/enforce").map(|word| word == "1");
        let is_known = enforces.or_else(|| std::path::Path::new("/sys/fs").is_dir().then_some(false));
        is_known.map(|enforces| enforces.to_string())
    }),
    ("apparmor", |_| Some((word_in("/sys/module/apparmor/parameters/enabled")? == "Y").to_string())),
    ("overcommit", |_| word_in("/proc/sys/vm/overcommit_memory")),
    ("huge_pages", |_| {
        let words = word_in("/sys/kernel/mm/transparent_hugepage/shmem_enabled")?;
        words.split_once('[')?.1.split_once(']').map(|(chosen, _)| chosen.to_owned())
    }),
    ("container", |_| {
        let marks = ["/run/systemd/container", "/.dockerenv", "/run/.containerenv"];
        Some(marks.iter().any(|mark| std::path::Path::new(mark).exists()).to_string())
    }),
    ("remove_ipc", |_| {
        // Where systemd does not run nobody removes anything; where it does, that is what it does unless it is told.
        let runs = std::path::Path::new("/run/systemd/system").is_dir();
        let told = std::fs::read_to_string("/etc/systemd/logind.conf").unwrap_or_default();
        let keeps = told.lines().any(|line| line.trim().eq_ignore_ascii_case("RemoveIPC=no"));
        Some((runs && !keeps).to_string())
    }),
];
/// What can be set on this system that its profile knows, by the name that it has there.
#[cfg(target_os = "freebsd")]
pub(super) const SETTINGS: &[(&str, ReadSetting)] = &[
    ("allow_wx", |_| {
        let is_64_bit = cfg!(target_pointer_width = "64");
        number_of(if is_64_bit { c"kern.elf64.allow_wx" } else { c"kern.elf32.allow_wx" })
    }),
    ("imply_prot_max", |_| number_of(c"vm.imply_prot_max")),
];
/// What can be set on this system that its profile knows: nothing that this program can tell.
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
pub(super) const SETTINGS: &[(&str, ReadSetting)] = &[];

/// A number that the kernel keeps under that name.
#[cfg(target_os = "freebsd")]
fn number_of(name: &std::ffi::CStr) -> Option<String> {
    let mut number: libc::c_int = 0;
    let mut size = size_of_val(&number);
    // SAFETY: the name ends with a zero, and the number has as many bytes as `size` says.
    let status =
        unsafe { libc::sysctlbyname(name.as_ptr(), (&raw mut number).cast(), &raw mut size, std::ptr::null(), 0) };
    (status == 0 && size == size_of_val(&number)).then(|| number.to_string())
}

/// The word that a file has.
#[cfg(target_os = "linux")]
fn word_in(path: &str) -> Option<String> {
    Some(std::fs::read_to_string(path).ok()?.trim().to_owned())
}

/// Has orphans among the descendants of this process become its children, where the system can. Answers whether it does.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn adopt_orphans() -> bool {
    // SAFETY: numbers only.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) == 0 }
}
/// Has orphans among the descendants of this process become its children, where the system can. Answers whether it does.
#[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
pub(super) fn adopt_orphans() -> bool {
    let own = std::process::id() as libc::id_t;
    // SAFETY: the request takes no data.
    unsafe { libc::procctl(libc::P_PID, own, libc::PROC_REAP_ACQUIRE, std::ptr::null_mut()) == 0 }
}
/// Has orphans among the descendants of this process become its children, which this system cannot: how they end, init is
/// told.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "dragonfly")))]
pub(super) fn adopt_orphans() -> bool {
    false
}

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

#[cfg(any(target_os = "linux", target_os = "android"))]
use libc::cpu_set_t as ProcessorSet;
#[cfg(target_os = "freebsd")]
use libc::cpuset_t as ProcessorSet;

/// How many processors a set can name: a bit each.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const PROCESSORS_OF_A_SET: usize = 8 * size_of::<ProcessorSet>();

/// The processors that this thread may run on, in order; none where that cannot be told.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(super) fn allowed_processors() -> Vec<usize> {
    // SAFETY: a set of processors may be all zeros.
    let mut set: ProcessorSet = unsafe { std::mem::zeroed() };
    if !read_affinity(&mut set) {
        return Vec::new();
    }
    // SAFETY: the numbers are less than the set has.
    (0..PROCESSORS_OF_A_SET).filter(|&at| unsafe { libc::CPU_ISSET(at, &set) }).collect()
}

/// Has this thread run on those processors alone; answers whether the system does.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(super) fn run_on(processors: &[usize]) -> bool {
    // SAFETY: a set of processors may be all zeros.
    let mut set: ProcessorSet = unsafe { std::mem::zeroed() };
    for &at in processors.iter().filter(|&&at| at < PROCESSORS_OF_A_SET) {
        // SAFETY: the number is less than the set has.
        unsafe { libc::CPU_SET(at, &mut set) };
    }
    set_affinity(&set)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn read_affinity(set: &mut ProcessorSet) -> bool {
    // SAFETY: the buffer is one set.
    unsafe { libc::sched_getaffinity(0, size_of::<ProcessorSet>(), set) == 0 }
}
#[cfg(target_os = "freebsd")]
fn read_affinity(set: &mut ProcessorSet) -> bool {
    let (level, which, size) = (libc::CPU_LEVEL_WHICH, libc::CPU_WHICH_TID, size_of::<ProcessorSet>());
    // SAFETY: the buffer is one set.
    unsafe { libc::cpuset_getaffinity(level, which, -1, size, set) == 0 }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn set_affinity(set: &ProcessorSet) -> bool {
    // SAFETY: the buffer is one set.
    unsafe { libc::sched_setaffinity(0, size_of::<ProcessorSet>(), set) == 0 }
}
#[cfg(target_os = "freebsd")]
fn set_affinity(set: &ProcessorSet) -> bool {
    let (level, which, size) = (libc::CPU_LEVEL_WHICH, libc::CPU_WHICH_TID, size_of::<ProcessorSet>());
    // SAFETY: the buffer is one set.
    unsafe { libc::cpuset_setaffinity(level, which, -1, size, set) == 0 }
}

/// The processor that this thread runs on now.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn current_processor() -> Option<usize> {
    // SAFETY: no condition.
    usize::try_from(unsafe { libc::sched_getcpu() }).ok()
}
/// The processor that this thread runs on now, which is not asked for here.
#[cfg(target_os = "freebsd")]
pub(super) fn current_processor() -> Option<usize> {
    None
}

/// The processors that this thread may run on, among which this system lets nobody choose.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(super) fn allowed_processors() -> Vec<usize> {
    Vec::new()
}
/// Has this thread run on those processors alone, which this system cannot.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(super) fn run_on(_processors: &[usize]) -> bool {
    false
}
/// The processor that this thread runs on now.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(super) fn current_processor() -> Option<usize> {
    None
}

/// Kills a process if it is one that may be killed, such that no other one can have taken its number between the question and
/// the signal.
#[cfg(target_os = "linux")]
pub(super) fn kill_if(pid: nix::unistd::Pid, may_be_killed: impl FnOnce() -> bool) {
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
    // SAFETY: numbers only.
    let opened = unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) };
    let Some(opened) = i32::try_from(opened).ok().filter(|fd| *fd >= 0) else {
        // A kernel without them, or a filter.
        if may_be_killed() {
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
        }
        return;
    };
    // SAFETY: the system has just made it, for this caller.
    let process = unsafe { OwnedFd::from_raw_fd(opened) };
    if may_be_killed() {
        let none = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: numbers only, and no further information.
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, process.as_raw_fd(), libc::SIGKILL, none, 0) };
    }
}
/// Kills a process if it is one that may be killed.
#[cfg(not(target_os = "linux"))]
pub(super) fn kill_if(pid: nix::unistd::Pid, may_be_killed: impl FnOnce() -> bool) {
    if may_be_killed() {
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
    }
}

/// The children of this process, where the system lists them.
#[cfg(target_os = "linux")]
pub(super) fn children() -> Vec<i32> {
    let own = std::process::id();
    let listed = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
    listed.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}
/// The children of this process, which this system does not list.
#[cfg(not(target_os = "linux"))]
pub(super) fn children() -> Vec<i32> {
    Vec::new()
}

/// Is the directory on another file system than the one in which this system keeps objects?
#[cfg(target_os = "linux")]
pub(super) fn is_foreign(directory: &str) -> bool {
    use nix::sys::statfs::{TMPFS_MAGIC, statfs};
    statfs(directory).is_ok_and(|found| found.filesystem_type() != TMPFS_MAGIC)
}
/// Is the directory on another file system than the one in which this system keeps objects? That is not known here.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_foreign(_directory: &str) -> bool {
    false
}

/// What kind of file system a directory is on; empty where that cannot be told.
#[cfg(target_os = "linux")]
pub(super) fn file_system(directory: &str) -> String {
    use nix::sys::statfs::{EXT4_SUPER_MAGIC, FsType, OVERLAYFS_SUPER_MAGIC, TMPFS_MAGIC, statfs};
    const KINDS: &[(FsType, &str)] =
        &[(TMPFS_MAGIC, "tmpfs"), (EXT4_SUPER_MAGIC, "ext4"), (OVERLAYFS_SUPER_MAGIC, "overlay")];
    let Ok(found) = statfs(directory) else { return String::new() };
    let known = KINDS.iter().find(|(kind, _)| *kind == found.filesystem_type());
    known.map_or_else(|| format!("{:#x}", found.filesystem_type().0), |(_, word)| (*word).to_owned())
}
/// What kind of file system a directory is on, which is not asked here.
#[cfg(not(target_os = "linux"))]
pub(super) fn file_system(_directory: &str) -> String {
    String::new()
}
