//! Runs that end at a random moment by a signal: nothing is left, whatever the moment.
//!
//! They run in mount and PID namespaces of their own, with a private /dev/shm and a private directory for temporary files.
//! `SHMCONF_KILLS=1000 cargo test -p shmconf --test survival kills -- --nocapture` does it so often.

use super::namespaces;
use super::signals::heed_signals;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpid};
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The test that runs within the namespaces, by its name.
const WITHIN: &str = "kills::within_namespaces";
/// How many kills a usual test takes, in seconds at most.
const USUAL: (u32, Duration) = (40, Duration::from_secs(45));
/// How long after its end something of a run may still be there.
const GRACE: Duration = Duration::from_secs(8);

/// The ways to end a run: the signals, one after the other.
const ENDS: &[&[Signal]] =
    &[&[Signal::SIGKILL], &[Signal::SIGINT], &[Signal::SIGINT, Signal::SIGINT], &[Signal::SIGTERM], &[Signal::SIGHUP]];

/// What is run. The model starts no process.
const SUBJECTS: &[&[&str]] = &[
    &["libc"],
    &["shmfd"],
    &["shmfd:memfd"],
    &["shmfd:posix"],
    &["memfd"],
    &["mutant:excl-racy"],
    &["model:freebsd"],
    &["libc", "shmfd"],
];

#[test]
fn nothing_is_left_by_runs_that_are_killed_at_random_moments() {
    let Some(mut command) = namespaces::command() else { return };
    let this = std::env::current_exe().expect("this is a program");
    command.arg(this).args(["--exact", WITHIN, "--ignored", "--nocapture"]);
    let output = command.output().expect("it starts");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.contains("kills survived"), "{said}");
    let summary = said.lines().find(|line| line.contains("kills survived")).unwrap_or_default();
    eprintln!("{summary}");
}

#[test]
#[ignore = "runs in namespaces of its own, which the other test makes"]
fn within_namespaces() {
    heed_signals();
    assert_eq!(getpid(), Pid::from_raw(1), "a PID namespace of its own, as processes are looked for");
    let asked: Option<u32> = std::env::var("SHMCONF_KILLS").ok().and_then(|kills| kills.parse().ok());
    let time = if asked.is_some() { Duration::MAX } else { USUAL.1 };
    let stores = tempfile::tempdir().expect("there is room");
    let temporary = stores.path().join("temporary");
    fs::create_dir(&temporary).expect("there is room");
    mount_store(Path::new("/dev/shm"));
    let mut dice = Dice(RandomState::new().build_hasher().finish());
    eprintln!("the dice begin at {}", dice.0);
    let (began, mut kills, mut longest) = (Instant::now(), 0, Duration::ZERO);
    while kills < asked.unwrap_or(USUAL.0) && began.elapsed() < time {
        let subjects = SUBJECTS[dice.throw(SUBJECTS.len() as u64) as usize];
        let signals = ENDS[dice.throw(ENDS.len() as u64) as usize];
        // As often at its start as in the midst.
        let moment = Duration::from_micros(match dice.throw(3) {
            0 => dice.throw(60_000),
            _ => dice.throw(1_500_000),
        });
        let between = Duration::from_micros(dice.throw(100_000));
        let told = format!("kill {kills}: {subjects:?} by {signals:?} after {moment:?}, {between:?} between");
        let took = end_one(subjects, signals, (moment, between), &temporary, &told);
        longest = longest.max(took);
        kills += 1;
    }
    eprintln!(
        "{kills} kills survived with nothing left in {:?}; a run took at most {longest:?} to end",
        began.elapsed()
    );
}

/// Starts a run, ends it, and looks what is left. Answers how long it took to end.
fn end_one(
    subjects: &[&str],
    signals: &[Signal],
    (moment, between): (Duration, Duration),
    temporary: &Path,
    told: &str,
) -> Duration {
    let mut run = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    run.args(["run", "--cases", "1000000", "-j", "2"]).args(subjects.iter().flat_map(|subject| ["-s", subject]));
    run.current_dir(temporary).env("TMPDIR", temporary);
    let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    std::thread::sleep(moment);
    for (nth, signal) in signals.iter().enumerate() {
        if nth > 0 {
            std::thread::sleep(between);
        }
        let _ = kill(Pid::from_raw(run.id().cast_signed()), *signal);
    }
    let began = Instant::now();
    let ended = wait(&mut run, told);
    let took = began.elapsed();
    assert!(signals.iter().any(|signal| ended == Some(*signal as i32)), "{told}: it ended by {ended:?}");
    while let left @ Some(_) = left(temporary) {
        assert!(began.elapsed() < GRACE, "{told}: left {left:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
    took
}

/// The signal that the run ends by.
fn wait(run: &mut Child, told: &str) -> Option<i32> {
    let began = Instant::now();
    loop {
        if let Some(status) = run.try_wait().expect("it is a child") {
            return status.signal();
        }
        assert!(began.elapsed() < GRACE, "{told}: it does not end");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What is there of a run that has ended: processes, names, files.
fn left(temporary: &Path) -> Option<String> {
    // What has no parent any more is a child of this process.
    while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        if status == WaitStatus::StillAlive {
            break;
        }
    }
    let names = |directory: &Path| -> Vec<String> {
        let entries = fs::read_dir(directory).expect("it is there");
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect()
    };
    let is_process = |name: &String| name.parse().is_ok_and(|pid: i32| pid != 1);
    let processes: Vec<String> = names(Path::new("/proc")).into_iter().filter(is_process).collect();
    let (objects, files) = (names(Path::new("/dev/shm")), names(temporary));
    let nothing = processes.is_empty() && objects.is_empty() && files.is_empty();
    (!nothing).then(|| format!("processes {processes:?}, objects {objects:?}, files {files:?}"))
}

fn mount_store(at: &Path) {
    let status = Command::new("mount").args(["-t", "tmpfs", "-o", "mode=1777", "test"]).arg(at).status();
    assert!(status.is_ok_and(|status| status.success()), "a private {} can be mounted", at.display());
}

/// Random numbers that can be had again.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn throw(&mut self, sides: u64) -> u64 {
        // Marsaglia's xorshift, which is never zero unless it begins so.
        self.0 |= 1;
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}
