//! Runs a program under strace.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

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

/// The flags of strace that a log is best made with, beside the calls that it is about.
pub const FLAGS: &[&str] = &["-f", "-yy", "-ttt", "-T", "-v", "-e", "abbrev=execve", "-s", "0", "--seccomp-bpf"];

/// Why a program cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum StraceError {
    /// There is no strace.
    #[error("strace is not installed; it is a package of that name")]
    NoStrace,
    /// A file or a process cannot be made.
    #[error("cannot {doing}: {source}")]
    System {
        /// What cannot be done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// Runs a program to its end, and gives the log and how it ended.
///
/// # Errors
///
/// [`StraceError`] where there is no strace, or no room for the log.
pub fn run(program: &[OsString]) -> Result<(BufReader<File>, ExitStatus), StraceError> {
    let system = |doing| move |source| StraceError::System { doing, source };
    let directory = tempfile::tempdir().map_err(system("make a directory for the log"))?;
    let path: PathBuf = directory.path().join("log");
    let mut strace = Command::new("strace");
    // Structures are shown whole, but for the environment of a program.
    strace.args(["-f", "-yy", "-T", "-s", "0", "--seccomp-bpf", "-qq", "-e", "abbrev=execve,execveat"]);
    strace.args(["--absolute-timestamps=format:unix,precision:ns", "-e", "signal=SIGBUS,SIGSEGV"]);
    strace
        .arg("-e")
        .arg(format!("trace={}", CALLS.iter().map(|call| format!("?{call}")).collect::<Vec<_>>().join(",")));
    strace.arg("-o").arg(&path).arg("--").args(program);
    let status = strace.status().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => StraceError::NoStrace,
        _ => StraceError::System { doing: "start strace", source },
    })?;
    let log = File::open(&path).map_err(system("read the log of strace"))?;
    Ok((BufReader::new(log), status))
}
