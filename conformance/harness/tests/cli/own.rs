//! Scripts of the user's own: what they are called, where they may lie, and how mistakes in them are told.

use super::{complaint, shmconf};
use assert_cmd::Command;
use rstest::rstest;
use serde_json::Value;
use std::fs;
use std::process::Output;

/// The IDs and verdicts of a report in JSON.
fn results(output: &Output) -> Vec<String> {
    let document: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", complaint(output, None)));
    let text = document.to_string();
    let report = if document["results"].is_array() { &document } else { &document["reports"][0] };
    let results = report["results"].as_array().unwrap_or_else(|| panic!("{text}"));
    let shown = |result: &Value| {
        format!("{} {}", result["id"].as_str().unwrap_or(""), result["verdict"].as_str().unwrap_or(""))
    };
    results.iter().map(shown).collect()
}

fn run(word: &str, input: &str) -> Output {
    let mut command = Command::cargo_bin("shmconf").expect("cargo builds it");
    command.args(["run", word, "-s", "model:posix", "-p", "posix", "--format", "json"]);
    command.write_stdin(input).output().expect("it starts")
}

#[test]
fn a_file_without_a_head_is_called_as_it_is_itself() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("My script.shm");
    fs::write(&path, "a: f = create(4096)\na: fstat(f)\n").expect("it can be written");
    let output = run(&path.to_string_lossy(), "");
    assert_eq!(results(&output), ["my-script pass"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn standard_input_is_a_script() {
    let output = run("-", "a: f = create(4096)\na: fstat(f)\n");
    assert_eq!(results(&output), ["stdin pass"]);
    assert_eq!(results(&run("-", "# size/mine\na: create(1)\n")), ["size/mine pass"]);
}

#[test]
fn a_folder_stands_for_the_scripts_below_it() {
    let directory = tempfile::tempdir().expect("there is room");
    let root = directory.path();
    fs::create_dir_all(root.join("deeper/still")).expect("it can be made");
    std::os::unix::fs::symlink(root, root.join("deeper/back")).expect("it can be made");
    for (path, text) in [
        ("b.shm", "a: create(1)\n"),
        ("deeper/still/a.shm", "a: create(2)\n"),
        ("deeper/c.shm", "# mine/c\na: create(3)\n"),
        ("notes.txt", "no script\n"),
    ] {
        fs::write(root.join(path), text).expect("it can be written");
    }
    assert_eq!(results(&run(&root.to_string_lossy(), "")), ["b pass", "deeper/still/a pass", "mine/c pass"]);
}

#[test]
fn a_folder_without_scripts_selects_nothing() {
    let directory = tempfile::tempdir().expect("there is room");
    let output = shmconf(&["run", &directory.path().to_string_lossy()]);
    let said = complaint(&output, Some(&directory));
    assert_eq!(said, "error: there is no script below DIR: their names end in .shm, and those of traces in .jsonl\n");
    assert_eq!(output.status.code(), Some(2));
}

#[rstest]
#[case::label(
    "a: file = create(1)\na: fstat(flie)\n",
    "2:10: found `flie`, which no call binds, expected the label of a descriptor that an earlier call of a binds; did you \
     mean `file`?"
)]
#[case::call(
    "a: f = shmopen(@x, RDWR)\n",
    "1:8: found `shmopen`, expected a call, such as `shm_open(`; did you mean `shm_open`?"
)]
#[case::nobody(
    "a: f = create(1)\na: send(b, f)\n",
    "2:9: found `b`, who makes no call, expected another actor, who makes calls or is a child"
)]
#[case::nothing(
    "# What I want to know.\n",
    "1:1: found the end of the script, expected a call, such as `a: f = create(4096)`"
)]
#[case::no_head("", "1:1: found the end of the script, expected a call, such as `a: f = create(4096)`")]
fn a_mistake_in_a_script_exits_with_2_before_anything_runs(#[case] text: &str, #[case] message: &str) {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("mine.shm");
    fs::write(&path, text).expect("it can be written");
    let output = shmconf(&["run", &path.to_string_lossy()]);
    assert_eq!(complaint(&output, Some(&directory)), format!("error: DIR/mine.shm:{message}\n"));
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let from_input = run("-", text);
    assert_eq!(complaint(&from_input, None), format!("error: standard input:{message}\n"));
    assert_eq!(from_input.status.code(), Some(2));
}

/// What has no end is read as far as a script may go, and refused.
#[test]
fn a_device_without_an_end_is_refused() {
    let output = shmconf(&["run", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint(&output, None).contains("a script of 67108865 bytes, expected at most 64 MiB"));
}

#[test]
fn an_annotation_of_github_names_the_file_that_fails() {
    let directory = tempfile::tempdir().expect("there is room");
    let script = "a: f = shm_open(\"/x\", RDWR|CREAT|EXCL, 0600)\nb: shm_open(\"/x\", RDWR|CREAT|EXCL, 0600)\n";
    fs::write(directory.path().join("mine.shm"), script).expect("it can be written");
    let mut command = Command::cargo_bin("shmconf").expect("cargo builds it");
    command.current_dir(&directory).args(["run", "mine.shm", "exclusive/existing-name", "--format", "github"]);
    let output = command.args(["-s", "mutant:excl-ignored"]).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("::error ")).collect();
    let heads: Vec<&str> = errors.iter().filter_map(|line| line.split(" on ").next()).collect();
    assert_eq!(heads, ["::error title=exclusive/existing-name fail", "::error title=mine fail"], "{text}");
    assert!(!errors[0].contains(",file=") && errors[1].contains(",file=mine.shm::"), "{text}");
}

#[rstest]
#[case::that_needs_names("a: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)\na: shm_unlink(@x)\n", &["libc"])]
#[case::that_needs_none("a: f = create(4096)\n", &["libc", "shmfd"])]
fn a_script_is_run_on_what_can_have_it(#[case] script: &str, #[case] subjects: &[&str]) {
    let mut command = Command::cargo_bin("shmconf").expect("cargo builds it");
    let output = command.args(["run", "-", "--format", "json"]).write_stdin(script).output().expect("it starts");
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let reports = document["reports"].as_array().map_or_else(|| vec![document.clone()], Clone::clone);
    let run: Vec<&str> = reports.iter().filter_map(|report| report["subject"].as_str()).collect();
    assert_eq!(run, subjects);
}
