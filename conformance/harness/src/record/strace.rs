//! Runs a program under strace.

use super::watch::Watch;
use super::{ImportError, calls};
use nix::sys::signal::Signal;
use nix::unistd::{AccessFlags, access};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use std::ffi::OsString;
use std::fs::{File, Permissions};
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

/// How many of these pass before it is checked again which processes are left.
const PATIENCE: u32 = 100;

/// Why a program cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum StraceError {
    /// There is no strace.
    #[error("strace is not installed; it is a package of that name")]
    NoStrace,
    /// There is no such program.
    #[error("there is no program {}; {}", .0.display(), if is_here(.0) { "did you mean ./ in front of it?" } else { "check its name" })]
    NoProgram(PathBuf),
    /// The program is a file that this user cannot execute.
    #[error("{} cannot be executed by this user; give a program, or `chmod +x` it", .0.display())]
    NotExecutable(PathBuf),
    /// The program is a directory.
    #[error("{} is a directory; give a program", .0.display())]
    Directory(PathBuf),
    /// There is no place for the log.
    #[error("cannot make a directory for the log in {}: {why}; set TMPDIR to a directory that can be written", path.display())]
    NoPlace {
        /// Where it would be.
        path: PathBuf,
        /// What the system said.
        why: io::ErrorKind,
    },
    /// A file or a process cannot be made.
    #[error("cannot {doing}: {source}")]
    System {
        /// What cannot be done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The log is none.
    #[error("the log of strace cannot be read: {0}")]
    Log(#[from] ImportError),
    /// The log ends before the program does.
    #[error(
        "the log of strace in {} is cut short, as where there is no room; set TMPDIR to a directory that has some",
        .0.display()
    )]
    CutShort(PathBuf),
}

/// Is a program that PATH does not have in the directory of the user?
fn is_here(program: &Path) -> bool {
    program.components().count() == 1 && program.is_file()
}

/// Where such a program is: at its path, or in one of the directories where programs are looked for.
fn find(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.exists().then(|| program.to_owned());
    }
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let files = std::env::split_paths(&paths).map(|directory| directory.join(program)).filter(|path| path.is_file());
    let files: Vec<PathBuf> = files.collect();
    let executable = files.iter().find(|path| access(*path, AccessFlags::X_OK).is_ok());
    executable.or(files.first()).cloned()
}

/// Runs a program to its end, and gives the log and how it ended. With `quiet` what the program prints goes to standard error.
///
/// ^C does not end the recording: the program gets that signal from the terminal, too, and what it does then is recorded. A second ^C
/// ends the program, or what it left behind, by SIGTERM, and a third one by SIGKILL.
///
/// # Errors
///
/// [`StraceError`] where there is no strace, or no room for the log.
pub fn run(program: &[OsString], quiet: bool) -> Result<(BufReader<File>, ExitStatus), StraceError> {
    let system = |doing| move |source| StraceError::System { doing, source };
    let name = program.first().map(PathBuf::from).unwrap_or_default();
    let found = find(&name).ok_or_else(|| StraceError::NoProgram(name.clone()))?;
    if found.is_dir() {
        return Err(StraceError::Directory(found));
    }
    if access(&found, AccessFlags::X_OK).is_err() {
        return Err(StraceError::NotExecutable(found));
    }
    let private = Permissions::from_mode(0o700);
    let directory = tempfile::Builder::new().prefix("shmconf-").permissions(private).tempdir();
    let directory =
        directory.map_err(|error| StraceError::NoPlace { path: std::env::temp_dir(), why: error.kind() })?;
    let path: PathBuf = directory.path().join("log");
    let mut strace = Command::new("strace");
    // Structures are shown whole, but for the environment of a program.
    strace.args(["-f", "-yy", "-T", "-s", "0", "--seccomp-bpf", "-q", "-e", "abbrev=execve,execveat"]);
    strace.args(["--absolute-timestamps=format:unix,precision:ns", "-e", "signal=all"]);
    strace
        .arg("-e")
        .arg(format!("trace={}", calls::all().map(|call| format!("?{call}")).collect::<Vec<_>>().join(",")));
    strace.arg("-o").arg(&path).arg("--").args(program);
    if quiet {
        strace.stdout(io::stderr());
    }
    let came = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        flag::register(signal, Arc::clone(&came)).map_err(system("listen for signals"))?;
    }
    let mut watch = Watch::new(&path).map_err(system("make the log"))?;
    let mut strace = strace.spawn().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => StraceError::NoStrace,
        _ => StraceError::System { doing: "start strace", source },
    })?;
    let (mut signals, mut ticks, mut is_said) = (0, 0, false);
    let status = loop {
        if let Some(status) = strace.try_wait().map_err(system("wait for strace"))? {
            break status;
        }
        ticks += 1;
        let has_come = came.swap(false, Ordering::Relaxed);
        if has_come || ticks % PATIENCE == 0 {
            watch.look().map_err(system("read the log of strace"))?;
        }
        if has_come {
            signals += 1;
            answer(&watch, signals);
        }
        if ticks % PATIENCE == 0 && !watch.has_first() && !is_said {
            is_said = true;
            let left = watch.left().join(", ");
            anstream::eprintln!("the program has ended, and what it started has not: {left}. ^C ends that");
        }
        thread::sleep(TICK);
    };
    let log = File::open(&path).map_err(system("read the log of strace"))?;
    if !is_whole(&log).map_err(system("read the log of strace"))? {
        return Err(StraceError::CutShort(std::env::temp_dir()));
    }
    Ok((BufReader::new(log), status))
}

/// What a signal does: the first one is for the program itself, as long as it is there.
fn answer(watch: &Watch, signals: usize) {
    match (watch.has_first(), signals) {
        (true, 1) => anstream::eprintln!("waiting for the program to end; ^C once more ends it"),
        (true, 2) | (false, 1) => watch.end(Signal::SIGTERM),
        _ => watch.end(Signal::SIGKILL),
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
