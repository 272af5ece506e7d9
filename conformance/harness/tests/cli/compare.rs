//! What is made of reports: baselines, what changed, and one report of the parts of a run.

use super::{complaint, shmconf};
use rstest::rstest;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const FAULT: &str = "mutant:excl-ignored";
/// The fault shows in the first.
const CASES: [&str; 2] = ["exclusive/existing-name", "size/grow-zero-fills"];

fn folder() -> TempDir {
    tempfile::tempdir().expect("there is room")
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_string_lossy().into_owned()
}

/// Runs a subject, and answers the path of the report.
fn run(folder: &TempDir, name: &str, subject: &str, more: &[&str]) -> String {
    let file = path(folder, name);
    let format = format!("json={file}");
    shmconf(&[&["run", "-s", subject, "--seed", "1", "--format", &format], &CASES[..], more].concat());
    file
}

fn verdicts(file: &str) -> Vec<String> {
    let text = fs::read_to_string(file).expect("it was written");
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    let results = document["reports"][0]["results"].as_array().expect("there are results");
    results.iter().map(|result| result["verdict"].as_str().expect("it is a word").to_owned()).collect()
}

/// A baseline of a report.
fn baseline(folder: &TempDir, report: &str) -> String {
    let file = path(folder, "baseline.toml");
    let output = shmconf(&["baseline", report, "--reason", "https://bugs.example/7", "-o", &file]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output, None));
    file
}

#[test]
fn what_fails_as_the_baseline_says_does_not_fail_the_run() {
    let folder = folder();
    let baseline = baseline(&folder, &run(&folder, "one.json", FAULT, &[]));
    let again = path(&folder, "again.json");
    let format = format!("json={again}");
    let args = ["run", CASES[0], CASES[1], "-s", FAULT, "--baseline", &baseline, "--format", &format];
    let output = shmconf(&args);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output, None));
    assert_eq!(verdicts(&again), ["xfail", "pass"]);
}

#[test]
fn what_passes_against_the_baseline_fails_the_run() {
    let folder = folder();
    let file = baseline(&folder, &run(&folder, "one.json", FAULT, &[]));
    let text = fs::read_to_string(&file).expect("it was written");
    fs::write(&file, text.replace(FAULT, "libc")).expect("it can be written");
    let again = run(&folder, "again.json", "libc", &["--baseline", &file]);
    assert_eq!(verdicts(&again)[0], "xpass");
}

/// A property draws something else each time.
#[test]
fn what_fails_by_chance_may_pass() {
    let folder = folder();
    let text = "format = \"shmconf-baseline/1\"\n[[entry]]\nid = \"size/grow-zero-fills\"\nsometimes = true\nreason = \"it races\"\n";
    let file = path(&folder, "baseline.toml");
    fs::write(&file, text).expect("it can be written");
    let report = run(&folder, "one.json", "libc", &["--baseline", &file]);
    assert!(!verdicts(&report).contains(&"xpass".to_owned()), "{:?}", verdicts(&report));
}

#[rstest]
#[case::other_subject("subject = \"shmfd\"")]
#[case::other_system("os = \"Plan 9\"")]
#[case::other_machine("arch = \"pdp11\"")]
#[case::later_release("since = \"900\"")]
#[case::earlier_release("until = \"1.0\"")]
fn an_entry_holds_under_its_conditions_alone(#[case] condition: &str) {
    let folder = folder();
    let file = path(&folder, "baseline.toml");
    let entry = format!("id = \"exclusive/existing-name\"\n{condition}\nreason = \"known\"\n");
    fs::write(&file, format!("format = \"shmconf-baseline/1\"\n[[entry]]\n{entry}")).expect("it can be written");
    let report = run(&folder, "one.json", FAULT, &["--baseline", &file]);
    assert_eq!(verdicts(&report)[0], "fail");
}

#[test]
fn an_entry_that_matches_nothing_is_told() {
    let folder = folder();
    let file = path(&folder, "baseline.toml");
    let text = "format = \"shmconf-baseline/1\"\n[[entry]]\nid = \"size/gone\"\nreason = \"known\"\n";
    fs::write(&file, text).expect("it can be written");
    let output = shmconf(&["run", CASES[1], "-s", "libc", "--baseline", &file]);
    let told = "warning: entries of the baseline match nothing, as no such case or subject is there: size/gone";
    assert!(complaint(&output, None).contains(told), "{}", complaint(&output, None));
}

#[test]
fn an_older_baseline_keeps_its_reasons_and_loses_what_passes() {
    let folder = folder();
    let report = run(&folder, "one.json", FAULT, &[]);
    let older = path(&folder, "older.toml");
    let entry = |id: &str| format!("[[entry]]\nid = \"{id}\"\nreason = \"of {id}\"\n");
    let entries: String = [CASES[0], CASES[1], "mapping/elsewhere"].into_iter().map(entry).collect();
    fs::write(&older, format!("format = \"shmconf-baseline/1\"\n{entries}")).expect("it can be written");
    let output = shmconf(&["baseline", &report, "--older", &older]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("of exclusive/existing-name"), "{text}");
    assert!(text.contains("of mapping/elsewhere"), "{text}");
    assert!(!text.contains("size/grow-zero-fills"), "{text}");
}

#[rstest]
#[case::no_toml("not = = toml", "TOML parse error at line 1")]
#[case::other_version("format = \"shmconf-baseline/9\"", "its format is `shmconf-baseline/9`")]
#[case::no_reason(
    "format = \"shmconf-baseline/1\"\n[[entry]]\nid = \"size/x\"\nreason = \" \"",
    "size/x has no reason"
)]
#[case::no_release(
    "format = \"shmconf-baseline/1\"\n[[entry]]\nid = \"size/x\"\nreason = \"r\"\nsince = \"new\"",
    "expected a release such as 14"
)]
#[case::unknown_word("format = \"shmconf-baseline/1\"\n[[entry]]\nid = \"size/x\"\nwhy = \"r\"", "unknown field `why`")]
fn a_file_that_is_no_baseline_is_refused(#[case] text: &str, #[case] part: &str) {
    let folder = folder();
    let file = path(&folder, "baseline.toml");
    fs::write(&file, text).expect("it can be written");
    let output = shmconf(&["run", CASES[1], "--baseline", &file]);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint(&output, None).contains(part), "{}", complaint(&output, None));
}

#[test]
fn what_got_worse_is_told_and_exits_with_1() {
    let folder = folder();
    let (good, bad) = (run(&folder, "good.json", "libc", &[]), run(&folder, "bad.json", FAULT, &[]));
    let output = shmconf(&["diff", &good, &bad]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("  1 new failures\n    exclusive/existing-name\n      before  pass\n      now     fail: "),
        "{text}"
    );
    assert!(text.contains("Something got worse."), "{text}");
    let back = shmconf(&["diff", &bad, &good, "--format", "markdown"]);
    assert_eq!(back.status.code(), Some(0));
    let text = String::from_utf8_lossy(&back.stdout).into_owned();
    assert!(text.contains("**1 fixed**"), "{text}");
    let same = shmconf(&["diff", &bad, &bad]);
    assert_eq!(same.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&same.stdout).contains("Nothing changed."));
}

#[test]
fn a_case_that_is_not_run_any_more_is_worse() {
    let folder = folder();
    let (all, part) = (run(&folder, "all.json", "libc", &[]), run(&folder, "part.json", "libc", &["-x", "size/*"]));
    let output = shmconf(&["diff", &all, &part]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("  1 gone\n    size/grow-zero-fills\n"));
}

#[test]
fn the_shards_of_a_run_make_up_the_whole() {
    let folder = folder();
    let shards = ["1/3", "2/3", "3/3"].map(|shard| {
        let file = path(&folder, &shard.replace('/', "-"));
        let format = format!("json={file}");
        shmconf(&["run", "exclusive/*", "-s", "libc", "--cases", "2", "--shard", shard, "--format", &format]);
        file
    });
    let each: usize = shards.iter().map(|file| verdicts(file).len()).sum();
    let merged = path(&folder, "merged.json");
    let format = format!("json={merged}");
    let output = shmconf(&[&["merge"], &shards.each_ref().map(|file| &**file)[..], &["--format", &format]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output, None));
    let whole = path(&folder, "whole.json");
    let format = format!("json={whole}");
    shmconf(&["run", "exclusive/*", "-s", "libc", "--cases", "2", "--format", &format]);
    assert_eq!(verdicts(&merged).len(), each);
    assert_eq!(verdicts(&merged), verdicts(&whole));
}

#[test]
fn different_results_of_one_case_are_not_joined() {
    let folder = folder();
    let good = run(&folder, "good.json", "libc", &[]);
    let bad = run(&folder, "bad.json", FAULT, &[]);
    let text = fs::read_to_string(&bad).expect("it was written");
    fs::write(&bad, text.replace(FAULT, "libc")).expect("it can be written");
    let output = shmconf(&["merge", &good, &bad]);
    assert_eq!(output.status.code(), Some(2));
    let told = "two reports on libc both have a result of exclusive/existing-name, and not the same one";
    assert!(complaint(&output, None).contains(told), "{}", complaint(&output, None));
}

#[rstest]
#[case::more_than_there_are("3/2", "there is no part 3 of 2")]
#[case::nothing("0/2", "such as 2/5")]
#[case::no_part("two", "such as 2/5")]
#[case::nothing_left("9/9", "shard 9/9 has none of the 2 cases and properties that are selected; use at most 2 shards")]
fn a_shard_that_is_none_is_refused(#[case] shard: &str, #[case] part: &str) {
    let output = shmconf(&["run", CASES[0], CASES[1], "--shard", shard]);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint(&output, None).contains(part), "{}", complaint(&output, None));
}

#[rstest]
#[case::no_json("what?", "it is no report: ")]
#[case::other_version("{\"format\": \"shmconf-report/9\"}", "its format is `shmconf-report/9`")]
#[case::half("{\"format\": \"shmconf-report/1\"}", "it is no whole report: ")]
fn a_file_that_is_no_report_is_refused(#[case] text: &str, #[case] part: &str) {
    let folder = folder();
    let file = path(&folder, "report.json");
    fs::write(&file, text).expect("it can be written");
    for args in [&["merge", &file][..], &["diff", &file, &file], &["baseline", &file]] {
        let output = shmconf(args);
        assert_eq!(output.status.code(), Some(2));
        assert!(complaint(&output, None).contains(part), "{}", complaint(&output, None));
    }
}

/// What was there before stays, as it is replaced only by what is whole.
#[test]
fn a_report_that_cannot_be_made_leaves_the_file_as_it_was() {
    let folder = folder();
    let file = path(&folder, "report.json");
    fs::write(&file, "as it was").expect("it can be written");
    let format = format!("json={file}");
    let output = shmconf(&["run", "size/unknown", "--format", &format]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "as it was");
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 1);
}
