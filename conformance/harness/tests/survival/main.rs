//! Nothing is left behind, however a run ends.

#[cfg(target_os = "linux")]
mod adapters;
#[cfg(target_os = "linux")]
mod doctor;
#[cfg(target_os = "linux")]
mod environments;
mod hostile;
mod inherited;
#[cfg(target_os = "linux")]
mod kills;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(target_os = "linux")]
mod own_store;
#[path = "../cli/signals.rs"]
mod signals;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use shmconf::subject::{Libc, Subject};
use std::ffi::CString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A script whose names are there for a minute.
const HELD: &str = "# my/held\na: shm_open(@x, RDWR|CREAT, 0600)\nb: recv(a)\n";

/// What becomes of names on every system, whether it lists them or not.
#[test]
fn the_names_of_a_run_that_is_killed_are_removed() {
    let directory = tempfile::tempdir().expect("there is room");
    let (traces, held) = (directory.path().join("traces"), directory.path().join("held.shm"));
    fs::write(&held, HELD).expect("it can be written");
    let mut run = Command::new(env!("CARGO_BIN_EXE_shmconf"))
        .args(["run", "exclusive/existing-name", "-s", "libc", "-j", "1", "--timeout", "60", "--traces"])
        .args([&traces, &held])
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let first = wait_for("a trace", || first_name(&traces));
    // The names of a run end in four digits for the script and one for the name.
    let run_s_own = first.strip_suffix("00000").expect("the first name of the first script");
    let name = CString::new(format!("{run_s_own}00010")).expect("no zero byte");
    wait_for("the second script's name", || exists(&name).then_some(()));
    kill(Pid::from_raw(run.id().cast_signed()), Signal::SIGKILL).expect("it is there");
    run.wait().expect("it ends");
    wait_for("the end of the name", || (!exists(&name)).then_some(()));
}

fn exists(name: &CString) -> bool {
    Libc.shm_open(name, libc::O_RDWR, 0).is_ok()
}

/// The first name in the trace that is there.
fn first_name(traces: &Path) -> Option<String> {
    let trace = fs::read_dir(traces).ok()?.next()?.ok()?.path();
    let text = fs::read_to_string(trace).ok()?;
    let (_, after) = text.split_once("\"name\":\"/")?;
    Some(format!("/{}", after.split_once('"')?.0))
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{what} did not come in half a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(not(target_os = "linux"))]
#[test]
fn a_run_leaves_nothing_in_a_store_of_its_own() {
    eprintln!("skipped: this system has no private mounts, so that no run can have a store of its own");
}
