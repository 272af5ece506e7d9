//! The examples for authors of adapters conform to the rules of this platform, as they make this system's own calls.

use super::{python, run, verdicts};
use rstest::rstest;
use serde_json::Value;
use shmconf::executor;
use shmconf::profile::Profile;
use std::path::Path;
use std::process::Command;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
const C: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../adapter/c");

/// The verdicts of every case of the catalogue, and of some scripts of each property.
fn conforms(subject: &str) -> Value {
    let profile = Profile::id_for(&executor::platform());
    let (code, mut reports) = run(&["-s", subject, "-p", profile, "--cases", "8", "--timeout", "20"]);
    let report = reports.remove(0);
    let results = report["results"].as_array().expect("it is a list");
    let bad =
        |result: &&Value| !["pass", "skip", "deviation"].contains(&result["verdict"].as_str().unwrap_or_default());
    let bad: Vec<&Value> = results.iter().filter(bad).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    assert_eq!(code, Some(0), "{:?}", report["gave_up"]);
    report
}

fn passes(report: &Value) -> u64 {
    report["summary"]["pass"].as_u64().unwrap_or_default()
}

/// The example in C, compiled, where there is a compiler.
fn compiled(directory: &Path) -> Option<String> {
    if Command::new("cc").arg("--version").output().is_err() {
        eprintln!("skipped: there is no cc");
        return None;
    }
    let program = directory.join("adapter");
    let source = format!("{C}/adapter.c");
    let warnings = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-O2"];
    let built = Command::new("cc").args(warnings).arg("-o").args([&program, Path::new(&source)]).output();
    let built = built.expect("it starts");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(format!("command:{}", program.display()))
}

#[test]
fn the_example_in_c_conforms() {
    let directory = tempfile::tempdir().expect("there is room");
    let Some(subject) = compiled(directory.path()) else { return };
    let report = conforms(&subject);
    assert!(passes(&report) > 200, "{:#?}", report["summary"]);
}

#[rstest]
#[case::the_system("adapter.py", 200)]
#[case::multiprocessing("shared_memory.py", 100)]
fn an_example_in_python_conforms(#[case] file: &str, #[case] least: u64) {
    let Some(python) = python() else { return };
    let report = conforms(&format!("command:{python} -S {EXAMPLES}/{file}"));
    assert!(passes(&report) > least, "{:#?}", report["summary"]);
}

/// Nobody knows of another program whose rules it follows, but that it should follow POSIX.
#[test]
fn another_program_is_held_to_posix_and_the_report_says_so() {
    let directory = tempfile::tempdir().expect("there is room");
    let Some(subject) = compiled(directory.path()) else { return };
    let (_, reports) = run(&["exclusive/existing-name", "-s", &subject, "-s", "libc"]);
    assert_eq!(reports[0]["profile"], "posix");
    assert_eq!(reports[1]["profile"], Profile::id_for(&executor::platform()));
    assert_eq!(verdicts(&reports[0]), ["pass"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    let text = command.args(["run", "exclusive/existing-name", "-s", &subject]).output().expect("it starts").stdout;
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(text.contains(&format!("{subject} conforms to posix")), "{text}");
}

#[test]
fn names_in_a_store_of_an_adapters_own_are_removed_by_it() {
    let Some(python) = python() else { return };
    let store = tempfile::tempdir().expect("there is room");
    let adapter = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign/own_store.py");
    let subject = format!("command:{python} -S {adapter} {}", store.path().display());
    let cases = ["exclusive/existing-name", "exclusive/after-unlink", "size/exact", "lifetime/unlink-missing"];
    let (code, reports) = run(&[&cases[..], &["-s", &subject, "-j", "1", "--timeout", "20"]].concat());
    assert_eq!(verdicts(&reports[0]), ["pass"; 4], "{:#?}", reports[0]["results"]);
    assert_eq!(code, Some(0), "{:#?}", reports[0]["results"]);
    let left: Vec<_> =
        std::fs::read_dir(&store).expect("it is there").map(|entry| entry.map(|entry| entry.file_name())).collect();
    assert!(left.is_empty(), "{left:?}");
}
