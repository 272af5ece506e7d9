//! Runs a program under strace.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use std::ffi::OsString;
use std::fs::{File, Permissions};
use std::io::{self, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How often it is looked whether the program has ended.
const TICK: Duration = Duration::from_millis(20);

/// The calls that say something about shared memory.
pub(super) const CALLS: &[&str] = &[
    "open",
    "openat",
    "creat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "truncate",
    "chmod",
    "fchmodat",
    "chown",
    "fchownat",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "memfd_create",
    "ftruncate",
    "fallocate",
    "fstat",
    "newfstatat",
    "statx",
    "fchmod",
    "fchown",
    "mmap",
    "mmap2",
    "mprotect",
    "munmap",
    "mremap",
    "msync",
    "madvise",
    "mlock",
    "munlock",
    "read",
    "write",
    "pread64",
    "pwrite64",
    "readv",
    "writev",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "lseek",
    "sendfile",
    "copy_file_range",
    "splice",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "flock",
    "close",
    "close_range",
    "sendmsg",
    "recvmsg",
    "sendmmsg",
    "recvmmsg",
    "pidfd_getfd",
    "fork",
    "vfork",
    "clone",
    "clone3",
    "execve",
    "execveat",
    "exit",
    "exit_group",
    "umask",
    "setrlimit",
    "prlimit64",
    "setuid",
    "setgid",
    "setgroups",
    "setresuid",
    "setreuid",
    "setresgid",
    "setregid",
    "unshare",
    "chroot",
    "pivot_root",
    "setns",
];

/// Why a program cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum StraceError {
    /// There is no strace.
    #[error("strace is not installed; it is a package of that name")]
    NoStrace,
    /// There is no such program.
    #[error("there is no program {}; check its name", .0.display())]
    NoProgram(PathBuf),
    /// A file or a process cannot be made.
    #[error("cannot {doing}: {source}")]
    System {
        /// What cannot be done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// Is there such a program, at its path or in one of the directories where programs are looked for?
fn is_there(program: &Path) -> bool {
    if program.components().count() > 1 {
        return program.exists();
    }
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|directory| directory.join(program).is_file())
}

/// Runs a program to its end, and gives the log and how it ended. With `quiet` what the program prints goes to standard error.
///
/// A signal that would end this process, such as that of ^C, ends strace, which leaves the program to itself, and what was
/// recorded until then is what there is.
///
/// # Errors
///
/// [`StraceError`] where there is no strace, or no room for the log.
pub fn run(program: &[OsString], quiet: bool) -> Result<(BufReader<File>, ExitStatus), StraceError> {
    let system = |doing| move |source| StraceError::System { doing, source };
    let name = program.first().map(PathBuf::from).unwrap_or_default();
    if !is_there(&name) {
        return Err(StraceError::NoProgram(name));
    }
    let private = Permissions::from_mode(0o700);
    let directory = tempfile::Builder::new().prefix("shmconf-").permissions(private).tempdir();
    let directory = directory.map_err(system("make a directory for the log"))?;
    let path: PathBuf = directory.path().join("log");
    let mut strace = Command::new("strace");
    // Structures are shown whole, but for the environment of a program.
    strace.args(["-f", "-yy", "-T", "-s", "0", "--seccomp-bpf", "-q", "-e", "abbrev=execve,execveat"]);
    strace.args(["--absolute-timestamps=format:unix,precision:ns", "-e", "signal=SIGBUS"]);
    strace
        .arg("-e")
        .arg(format!("trace={}", CALLS.iter().map(|call| format!("?{call}")).collect::<Vec<_>>().join(",")));
    strace.arg("-o").arg(&path).arg("--").args(program);
    if quiet {
        strace.stdout(io::stderr());
    }
    // What ends the program ends the recording, and not this process, which goes on with what was recorded.
    let ended = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        flag::register(signal, Arc::clone(&ended)).map_err(system("listen for signals"))?;
    }
    let mut strace = strace.spawn().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => StraceError::NoStrace,
        _ => StraceError::System { doing: "start strace", source },
    })?;
    let status = loop {
        if let Some(status) = strace.try_wait().map_err(system("wait for strace"))? {
            break status;
        }
        if ended.swap(false, Ordering::Relaxed) {
            let pid = Pid::from_raw(strace.id().cast_signed());
            // It has ended by itself where there is none any more.
            let _ = kill(pid, Signal::SIGTERM);
        }
        thread::sleep(TICK);
    };
    let log = File::open(&path).map_err(system("read the log of strace"))?;
    Ok((BufReader::new(log), status))
}
