//! Runs a program under strace.

use super::calls;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How often it is looked whether the program has ended.
const TICK: Duration = Duration::from_millis(20);

/// After how many of these it is said who is waited for, once the program has ended.
const PATIENCE: u32 = 100;

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
    /// The log ends before the program does.
    #[error(
        "the log of strace in {} is cut short, as where there is no room; set TMPDIR to a directory that has some",
        .0.display()
    )]
    CutShort(PathBuf),
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
        .arg(format!("trace={}", calls::all().map(|call| format!("?{call}")).collect::<Vec<_>>().join(",")));
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
    let (mut is_cut_off, mut waits) = (false, 0);
    let status = loop {
        if let Some(status) = strace.try_wait().map_err(system("wait for strace"))? {
            break status;
        }
        if ended.swap(false, Ordering::Relaxed) {
            let pid = Pid::from_raw(strace.id().cast_signed());
            // It has ended by itself where there is none any more.
            let _ = kill(pid, Signal::SIGTERM);
            is_cut_off = true;
        }
        waits = if has_child(strace.id()) { 0 } else { waits + 1 };
        if waits == PATIENCE {
            say_who_is_left(&path);
        }
        thread::sleep(TICK);
    };
    let log = File::open(&path).map_err(system("read the log of strace"))?;
    if !is_cut_off && !is_whole(&log).map_err(system("read the log of strace"))? {
        return Err(StraceError::CutShort(std::env::temp_dir()));
    }
    Ok((BufReader::new(log), status))
}

/// Has the program not ended yet? strace makes no other process.
fn has_child(strace: u32) -> bool {
    let children = fs::read_to_string(format!("/proc/{strace}/task/{strace}/children"));
    children.map_or(true, |children| !children.trim().is_empty())
}

/// The program has ended, and processes that it made have not.
fn say_who_is_left(log: &Path) {
    let Ok(log) = fs::read(log) else { return };
    let mut left = BTreeSet::new();
    for line in String::from_utf8_lossy(&log).lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        if rest.contains(" +++ ") {
            left.remove(thread);
        } else {
            left.insert(thread.to_owned());
        }
    }
    if !left.is_empty() {
        let left: Vec<String> = left.into_iter().collect();
        anstream::eprintln!(
            "the program has ended; what it started has not: {}. ^C ends the recording, and leaves them alone",
            left.join(", ")
        );
    }
}

/// The last thing that strace writes is how a process ended.
fn is_whole(mut log: &File) -> io::Result<bool> {
    const ENDS: &str = " +++\n";
    let length = log.seek(SeekFrom::End(0))?;
    log.seek(SeekFrom::Start(length.saturating_sub(ENDS.len() as u64)))?;
    let mut end = Vec::new();
    log.read_to_end(&mut end)?;
    log.rewind()?;
    Ok(end == ENDS.as_bytes())
}
