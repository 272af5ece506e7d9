//! Programs of this machine, recorded as they run. What is not installed is skipped, and said to be.

use assert_cmd::Command;
use std::process;

/// Are all of these there?
fn are_there(programs: &[&str]) -> bool {
    let lacks = programs.iter().find(|program| process::Command::new(program).arg("--version").output().is_err());
    if let Some(program) = lacks {
        println!("skipped: there is no {program}");
    }
    lacks.is_none()
}

const SHARES: &str = "
from multiprocessing import shared_memory, Process
def child(name):
    s = shared_memory.SharedMemory(name=name)
    s.buf[0] = 7
    s.close()
s = shared_memory.SharedMemory(create=True, size=4096)
p = Process(target=child, args=(s.name,)); p.start(); p.join()
assert s.buf[0] == 7
s.close(); s.unlink()
";

#[test]
fn a_program_of_two_processes_conforms_and_hears_of_macos_at_the_right_call() {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) || !are_there(&["strace", "python3"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory can be made");
    let trace = directory.path().join("trace.jsonl");
    let mut record = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    record.args(["record", "-o"]).arg(&trace).args(["--", "python3", "-c", SHARES]);
    let output = record.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    if String::from_utf8_lossy(&output.stderr).contains("PTRACE") {
        println!("skipped: this user may not trace processes");
        return;
    }
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Linux did what linux-glibc says, in all that was judged of python3"), "{said}");
    let about_macos =
        said.lines().position(|line| line.contains("macos with pages of 16384 bytes")).expect("macOS is told of");
    assert!(said.lines().nth(about_macos - 1).is_some_and(|line| line.contains("fstat(d")), "{said}");
    assert!(said.lines().nth(about_macos + 1).is_some_and(|line| line.contains("size 16384")), "{said}");
    assert!(std::fs::read_to_string(&trace).expect("the trace is kept").lines().count() > 10);
}

#[test]
fn a_program_that_a_signal_kills_is_recorded_to_its_end() {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) || !are_there(&["strace", "python3"]) {
        return;
    }
    let dies =
        "import os, signal\nfd = os.memfd_create('a')\nos.ftruncate(fd, 100)\nos.kill(os.getpid(), signal.SIGKILL)";
    let mut record = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    let output = record.args(["record", "--", "python3", "-c", dies]).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("PTRACE") {
        println!("skipped: this user may not trace processes");
        return;
    }
    assert!(output.status.success() && said.contains("SIGKILL"), "{said}{}", String::from_utf8_lossy(&output.stdout));
}

/// In a mount namespace of its own, where the log has 16 KiB.
#[test]
fn a_log_that_is_cut_short_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let script = "mount -t tmpfs -o size=16k none \"$0\" && export TMPDIR=\"$0\" && exec \"$1\" record -- \
        sh -c 'i=0; while [ $i -lt 200 ]; do : </dev/null; i=$((i+1)); done'";
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "sh", "-c", script]).arg(directory.path()).arg(env!("CARGO_BIN_EXE_shmconf"));
    let Ok(output) = unshare.output() else {
        println!("skipped: there is no unshare");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    if ["unshare:", "mount:", "strace is not installed", "PTRACE"].iter().any(|lacks| said.contains(lacks)) {
        println!("skipped: {said}");
        return;
    }
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cut short") && said.contains("TMPDIR"), "{said}");
}
