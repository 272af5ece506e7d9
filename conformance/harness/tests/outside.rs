//! A crate outside of this workspace: it is a subject, and the suite is its tests.

use shmconf::executor::{Config, Executor};
use shmconf::script::Script;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

const OUTSIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapter/tests/outside");
const TARGET: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/outside");

/// Runs cargo in that crate, with a place for temporary files that everybody may use.
fn cargo(arguments: &[&str], temporary: &Path) -> Output {
    // What the workspace was built with is there without a network.
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock"), format!("{OUTSIDE}/Cargo.lock"))
        .expect("the lock file is there");
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(OUTSIDE).env("CARGO_TARGET_DIR", TARGET).env("OUTSIDE", temporary);
    command.output().expect("cargo is there")
}

/// A directory in which other users have their objects too.
fn everybodys() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("there is room");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o1777);
    std::fs::set_permissions(&directory, mode).expect("it is ours");
    directory
}

fn left_in(directory: &Path) -> usize {
    std::fs::read_dir(directory).expect("it is there").count()
}

#[test]
fn a_crate_without_unsafe_can_implement_the_calls() {
    let directory = everybodys();
    // As the tests are built, so that nothing is built twice.
    let built = cargo(&["test", "--offline", "--quiet", "--no-run"], directory.path());
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let subject = format!("command:{TARGET}/debug/outside {}", directory.path().display());
    let config = Config::new(subject.parse().expect("it names a subject"));
    let program = Some(env!("CARGO_BIN_EXE_shmconf").into());
    let mut executor =
        Executor::start(&Config { timeout: Duration::from_secs(5), program, ..config }).expect("it starts");
    let script: Script = "# test/case
a: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)
b: shm_open(@x, RDWR|CREAT|EXCL, 0600)
a: m = mmap(f, 0, 4096, READ|WRITE, SHARED)
a: ftruncate(f, 4096)
a: store(m, 0, 0x41, 1)
b: g = shm_open(@x, RDONLY)
b: pread(g, 0, 2)
a: close(f)
a: close(f)
b: shm_unlink(@x)
a: shm_open(@x, RDWR)
"
    .parse()
    .expect("the script is valid");
    for _ in 0..3 {
        let trace = executor.execute(&script, 0).expect("the script is executed");
        let seen: Vec<String> = trace.events.iter().map(|event| event.outcome.to_string()).collect();
        let descriptor = format!("descriptor {}", trace.header.actors[0].fds.as_ref().map_or(0, Vec::len));
        let expected =
            [&descriptor, "EEXIST", "ok", "ok", "ok", &descriptor, "41*1 00*1", "ok", "EBADF", "ok", "ENOENT"];
        assert_eq!(seen, expected);
    }
    drop(executor);
    assert_eq!(left_in(directory.path()), 0);
    // Its store is not the system's, and that is no failure. The system's `mlock` departs from POSIX on Linux, whoever calls it.
    let arguments = ["run", "--cases", "8", "-x", "mapping/refused-memory-counts", "-s", &subject];
    let run = Command::new(env!("CARGO_BIN_EXE_shmconf")).args(arguments).output();
    let run = run.expect("it starts");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    assert_eq!(left_in(directory.path()), 0);
}

/// What the tests of a file say, without what differs from run to run, from machine to machine and with every new case; and whether
/// they pass.
fn tests(file: &str, arguments: &[&str]) -> (bool, String) {
    let directory = everybodys();
    let own = ["test", "--offline", "--quiet", "--test", file, "--", "--test-threads", "1"];
    let output = cargo(&[&own, arguments].concat(), directory.path());
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("test result"), "{text}{error}");
    assert_eq!(left_in(&directory.path().join("outside")), 0, "objects are left");
    let line = |line: &str| match (line.split_once("command:"), line.split_once("; 0 measured")) {
        (Some((before, after)), _) => {
            let (_, after) = after.split_once('\'').unwrap_or(("", after));
            format!("{before}command:PROGRAM'{after}\n")
        }
        (None, Some((before, _))) => format!("{before}\n"),
        (None, None) => format!("{}\n", line.trim_end()),
    };
    (output.status.success(), text.lines().map(line).map(|line| without_token(&line)).collect())
}

/// The same, with names that have always the same token.
fn without_token(line: &str) -> String {
    const TOKEN: &str = "RANDOM";
    let mut parts = line.split("\"/sc");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| format!("{text}\"/sc{TOKEN}{}", part.get(TOKEN.len()..).unwrap_or_default()))
}

#[test]
fn the_suite_is_the_tests_of_a_crate() {
    let (passes, text) = tests("conformance", &["exclusive/existing-name"]);
    assert!(passes, "{text}");
    insta::assert_snapshot!("tests_that_pass", text);
}

#[test]
fn a_case_that_needs_what_the_crate_lacks_is_ignored_with_the_reason() {
    let (passes, text) = tests("conformance", &["names/unique-across-threads"]);
    assert!(passes, "{text}");
    insta::assert_snapshot!("tests_that_are_ignored", text);
}

#[test]
fn a_fault_fails_the_tests_that_see_it() {
    let (passes, text) = tests("faulty", &["--exact", "exclusive/existing-name-without-references"]);
    assert!(!passes, "{text}");
    insta::assert_snapshot!("tests_that_fail", text);
}

#[test]
fn what_is_known_to_fail_is_ignored_until_it_passes() {
    let (passes, text) = tests("faulty", &["exclusive/o"]);
    assert!(!passes, "{text}");
    insta::assert_snapshot!("tests_of_what_is_known", text);
}

/// All but what the system's `mlock` does on Linux, whoever calls it.
#[test]
fn a_crate_without_faults_passes_every_test() {
    let (passes, text) = tests("conformance", &["--skip", "mapping/refused-memory-counts"]);
    assert!(passes, "{text}");
    assert!(text.contains(" 0 failed"), "{text}");
}
