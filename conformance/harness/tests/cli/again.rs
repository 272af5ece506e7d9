//! The line that says how to see a failure again: it is a command that does so.

use super::shmconf;
use rstest::rstest;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What a mutant does not do: a name that is missing is no EINVAL.
const MINE: &str = "# my/script\na: f = shm_open(@x, RDWR)\na: g = shm_open(@x, RDWR|CREAT|EXCL, 0600)\na: fstat(g)\n";
const SUBJECT: &str = "mutant:wrong-errno";

fn again(args: &[&str]) -> String {
    let output = shmconf(&[args, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let result = document["reports"][0]["results"].as_array().expect("it is a list").iter();
    let failing = result.filter(|result| result["verdict"] == "fail").collect::<Vec<_>>();
    assert_eq!(failing.len(), 1, "{document:#}");
    failing[0]["counterexample"]["again"].as_str().expect("it is text").to_owned()
}

fn written(directory: &Path, file: &str) -> String {
    let path = directory.join(file);
    fs::create_dir_all(path.parent().expect("it lies in a directory")).expect("there is room");
    fs::write(&path, MINE).expect("it can be written");
    path.to_str().expect("it is text").to_owned()
}

#[rstest]
#[case::plain("mine.shm")]
#[case::blanks_and_quotes("my own/it's mine.shm")]
fn a_file_of_ones_own_is_named_as_it_was(#[case] file: &str) {
    let directory = tempfile::tempdir().expect("there is room");
    let path = written(directory.path(), file);
    let line = again(&["run", &path, "-s", SUBJECT, "-p", "posix", "--seed", "7", "--timeout", "2.5"]);
    let words = shell_words::split(&line).expect("a shell can read it");
    let expected = ["shmconf", "run", &path, "-s", SUBJECT, "-p", "posix", "--seed", "7", "--timeout", "2.5"];
    assert_eq!(words, expected);
    let rerun: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    assert_eq!(again(&rerun), line, "the command does it again");
}

#[test]
fn a_profile_of_ones_own_is_named_by_its_file() {
    let directory = tempfile::tempdir().expect("there is room");
    let profile = directory.path().join("my rules.toml");
    let built_in = concat!(env!("CARGO_MANIFEST_DIR"), "/../model/profiles/linux-musl.toml");
    fs::copy(built_in, &profile).expect("there is room");
    let profile = profile.to_str().expect("it is text");
    let line = again(&["run", "exclusive/without-create-missing", "-s", SUBJECT, "-p", profile]);
    let words = shell_words::split(&line).expect("a shell can read it");
    assert_eq!(words[..6], ["shmconf", "run", "exclusive/without-create-missing", "-s", SUBJECT, "-p"]);
    assert_eq!(words[6], profile);
}

#[test]
fn a_property_is_drawn_again_as_far_as_it_was() {
    let property = "exclusive/any-interleaving-has-one-winner";
    let line = again(&["run", property, "-s", "mutant:excl-ignored", "-p", "posix", "--cases", "999", "--seed", "7"]);
    let expected = format!("shmconf run {property} -s mutant:excl-ignored -p posix --seed 7 --cases 999");
    assert_eq!(line, expected);
}

#[test]
fn a_stored_trace_is_judged_again_by_the_same_rules() {
    let directory = tempfile::tempdir().expect("there is room");
    let traces = directory.path().join("my traces");
    let path = written(directory.path(), "mine.shm");
    let run = ["run", &path, "-s", SUBJECT, "--traces", traces.to_str().expect("it is text")];
    assert_eq!(shmconf(&run).status.code(), Some(1));
    let line = again(&["judge", traces.to_str().expect("it is text"), "-p", "posix"]);
    let words = shell_words::split(&line).expect("a shell can read it");
    assert_eq!(words[1], "judge");
    assert!(words[2].starts_with(traces.to_str().expect("it is text")), "{line}");
    assert_eq!(words[3..], ["-p", "posix"]);
}
