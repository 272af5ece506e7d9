//! The command as its user meets it: exit codes, messages, and what is written where.

mod action;
mod again;
mod compare;
mod doctor;
mod explain;
mod judge;
mod kind;
mod library;
mod manual;
mod matrix;
mod misbehaving;
mod mutants;
mod name;
mod outcomes;
mod own;
mod profiles;
mod run;
mod show;
mod signals;
mod smoke;

use assert_cmd::Command;
use rstest::rstest;
use serde_json::Value;
use shmconf::schema::Published;
use std::fs;
use std::process::{Output, Stdio};

fn shmconf(args: &[&str]) -> Output {
    Command::cargo_bin("shmconf").expect("cargo builds it").args(args).output().expect("it starts")
}

/// A published schema.
fn schema(format: Published) -> Value {
    serde_json::from_str(format.text()).expect("it is JSON")
}

/// The command with nobody who reads what it writes.
fn unread(args: &[&str]) -> Output {
    let program = assert_cmd::cargo::cargo_bin!("shmconf");
    let mut command = std::process::Command::new(program);
    command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    drop(child.stdout.take());
    child.wait_with_output().expect("it ends")
}

/// What was written to standard error, without the name of the directory that the test made.
fn complaint(output: &Output, directory: Option<&tempfile::TempDir>) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    directory.map_or(text.clone(), |directory| text.replace(&*directory.path().to_string_lossy(), "DIR"))
}

#[rstest]
#[case::no_verb(&[])]
#[case::unknown_verb(&["frob"])]
#[case::unknown_flag(&["run", "--frob"])]
#[case::timeout_of_nothing(&["run", "--timeout", "0"])]
#[case::jobs_of_nothing(&["run", "-j", "0"])]
#[case::jobs_of_nonsense(&["run", "-j", "18446744073709551615"])]
#[case::cases_beyond_what_is_counted(&["run", "--cases", "4294967296"])]
#[case::seed_below_nothing(&["run", "--seed=-1"])]
#[case::timeout_that_is_no_number(&["run", "--timeout", "NaN"])]
#[case::unknown_format(&["run", "--format", "xls"])]
#[case::unknown_schema(&["schema", "frob"])]
fn wrong_usage_exits_with_2_and_says_so(#[case] args: &[&str]) {
    let output = shmconf(args);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(!output.stderr.is_empty());
}

#[rstest]
#[case::mistyped_id(
    &["run", "exclusive/existing-nam"],
    "error: no case, property or file is called `exclusive/existing-nam`; did you mean `exclusive/existing-name`?"
)]
#[case::unknown_id(
    &["list", "qqqq"],
    "error: no case, property or file is called `qqqq`; `shmconf list` shows all cases and properties"
)]
#[case::glob_without_match(
    &["list", "qqqq/*"],
    "error: `qqqq/*` matches no case and no property; `shmconf list` shows them all"
)]
#[case::broken_glob(
    &["run", "[a"],
    "error: `[a` is not a pattern: `[` without `]`; use * ? [] {} as in size/*"
)]
#[case::nothing_left(
    &["run", "exclusive", "-x", "*"],
    "error: nothing is selected: the exclusions leave no case and no property; drop an -x"
)]
#[case::mistyped_exclusion(
    &["run", "-x", "exclusiv"],
    "error: no case, property or file is called `exclusiv`; did you mean `exclusive`?"
)]
#[case::a_deviation_is_no_case(
    &["run", "macos/size-once"],
    "error: `macos/size-once` is a deviation, and no case; `shmconf explain macos/size-once` explains it"
)]
#[case::a_platform_is_no_case(&["show", "macos"], "error: `macos` is a platform, and no case; `shmconf explain macos` explains it")]
#[case::unknown_explanation(
    &["explain", "shm_open:99"],
    "error: nothing is called `shm_open:99` that could be explained; did you mean `shm_open:19`, `shm_open:29` or `shm_open:39`?"
)]
#[case::missing_script(
    &["run", "/nonexistent/mine.shm"],
    "error: cannot read /nonexistent/mine.shm: No such file or directory (os error 2); check the path and its \
     permissions"
)]
#[case::missing_folder(
    &["run", "nonexistent/"],
    "error: cannot read nonexistent/: No such file or directory (os error 2); check the path and its permissions"
)]
#[case::output_without_directory(
    &["run", "exclusive/existing-name", "-o", "/nonexistent/report.json"],
    "error: cannot write to /nonexistent/report.json: No such file or directory (os error 2); choose another path, or - \
     for standard output"
)]
#[case::traces_in_a_file(
    &["run", "exclusive/existing-name", "--traces", "/dev/null/traces"],
    "error: cannot keep traces in /dev/null/traces: Not a directory (os error 20); choose another directory"
)]
fn a_mistake_exits_with_2_and_one_message(#[case] args: &[&str], #[case] message: &str) {
    let output = shmconf(args);
    assert_eq!(complaint(&output, None).trim_end(), message);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_malformed_script_names_its_line_and_column() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("mine.shm");
    fs::write(&path, "# my/script\na: f = shm_open(@x, RDWR|CREATE)\n").expect("it can be written");
    let output = shmconf(&["run", path.to_str().expect("it is text")]);
    insta::assert_snapshot!(complaint(&output, Some(&directory)), @"error: DIR/mine.shm:2:21: found `RDWR|CREATE`, expected open flags, such as RDWR|CREAT|EXCL, or 0; did you mean `RDWR|CREAT`?");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_script_that_is_not_text_is_unreadable_input() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("mine.shm");
    fs::write(&path, b"# my/script\n\xff\xfe").expect("it can be written");
    let output = shmconf(&["run", path.to_str().expect("it is text")]);
    insta::assert_snapshot!(complaint(&output, Some(&directory)), @"error: cannot read DIR/mine.shm: stream did not contain valid UTF-8; check the path and its permissions");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn list_has_a_line_for_each_case() {
    let output = shmconf(&["list"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("it is text");
    let line = text.lines().find(|line| line.starts_with("exclusive/existing-name "));
    let about = line.and_then(|line| line.split_once("  ")).map(|(_, about)| about.trim());
    assert_eq!(about, Some("A second exclusive create of a name that exists fails, and the object stays as it was"));
    assert!(!text.contains('\u{1b}'), "there are no colours in a pipe");
}

#[test]
fn an_area_and_a_glob_mean_the_same() {
    assert_eq!(shmconf(&["list", "exclusive"]).stdout, shmconf(&["list", "exclusive/*"]).stdout);
}

#[test]
fn a_case_is_explained_with_its_script() {
    let output = shmconf(&["explain", "exclusive/existing-name"]);
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_clause_is_explained_with_its_source() {
    let output = shmconf(&["explain", "shm_open:22"]);
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout));
}

#[test]
fn every_kind_of_subject_is_explained_with_an_example() {
    let output = shmconf(&["explain", "subjects"]);
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout));
}

#[rstest]
#[case("shmfd", "shmfd[:STRATEGY]  subject")]
#[case("model:freebsd", "model:PROFILE  subject")]
#[case("mutant:excl-ignored", "mutant:excl-ignored  subject")]
fn a_subject_is_explained(#[case] id: &str, #[case] title: &str) {
    let output = shmconf(&["explain", id]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().next(), Some(title));
}

#[test]
fn all_clauses_can_be_explained_at_once() {
    let output = shmconf(&["explain", "clauses"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success());
    assert!(text.contains("  shm_open:22  shall  "), "{text}");
    assert!(text.contains("  shm_unlink:1  "), "{text}");
}

#[rstest]
#[case("report")]
#[case("trace")]
#[case("protocol")]
#[case("doctor")]
fn a_schema_is_json(#[case] format: &str) {
    let output = shmconf(&["schema", format]);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(schema["title"], format!("shmconf-{format}/1"));
}

#[rstest]
#[case(&["list"])]
#[case(&["explain", "clauses"])]
#[case(&["schema", "trace"])]
fn a_reader_who_goes_away_is_no_error(#[case] args: &[&str]) {
    let output = unread(args);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(complaint(&output, None), "");
}

#[test]
fn help_names_the_exit_codes() {
    let output = shmconf(&["--help"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("Exit codes: 0 conforms, 1 does not or"));
}
