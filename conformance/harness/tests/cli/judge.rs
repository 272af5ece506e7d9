//! `shmconf judge`: stored traces, good and bad.

use super::{complaint, shmconf};
use rstest::rstest;
use shmconf::portability::platforms;
use std::fs;

/// A second exclusive create, and what came back from it.
fn trace(second: &str) -> String {
    format!(
        r#"{{"format":"shmconf-trace/1","case":"exclusive/existing-name","subject":"libc","seed":7,"platform":{{"os":"Linux","release":"6.18.44","arch":"x86_64","libc":"glibc 2.36","page_size":4096}},"actors":[{{"name":"a","uid":0,"gid":0,"umask":18}},{{"name":"b","uid":0,"gid":0,"umask":18}}]}}
{{"actor":"a","bind":["f"],"call":{{"call":"shm_open","name":"/sc4f2x9k1m0qa","flags":"RDWR|CREAT|EXCL","mode":384}},"outcome":{{"fd":5}},"start":1000,"end":2000}}
{{"actor":"a","call":{{"call":"ftruncate","fd":"f","size":4096}},"outcome":"ok","start":3000,"end":4000}}
{{"actor":"b","call":{{"call":"shm_open","name":"/sc4f2x9k1m0qa","flags":"RDWR|CREAT|EXCL","mode":384}},"outcome":{second},"start":5000,"end":6000}}
"#
    )
}

fn judged(text: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("trace.jsonl");
    fs::write(&path, text).expect("it can be written");
    let mut all = vec!["judge", path.to_str().expect("it is text")];
    all.extend(args);
    let output = shmconf(&all);
    let stdout = String::from_utf8_lossy(&output.stdout).replace(&*directory.path().to_string_lossy(), "DIR");
    (output.status.code(), stdout, complaint(&output, Some(&directory)))
}

/// Without the time, which differs.
fn timeless(text: &str) -> String {
    let line = |line: &str| line.split(", in ").next().unwrap_or_default().to_owned() + "\n";
    text.lines().map(line).collect()
}

#[test]
fn a_good_trace_passes() {
    let (code, report, _) = judged(&trace(r#"{"errno":"EEXIST"}"#), &[]);
    assert_eq!(code, Some(0), "{report}");
    assert!(report.contains("libc conforms to linux-glibc"), "{report}");
}

#[test]
fn a_bad_trace_fails_and_says_what_was_allowed() {
    let (code, report, _) = judged(&trace(r#"{"fd":5}"#), &["-p", "posix"]);
    assert_eq!(code, Some(1), "{report}");
    insta::assert_snapshot!(timeless(&report));
}

#[test]
fn every_other_platform_has_its_say_and_the_own_one_decides() {
    let (code, report, _) = judged(&trace(r#"{"errno":"EEXIST"}"#), &["-p", "all"]);
    assert_eq!(code, Some(0), "{report}");
    assert!(report.contains("libc conforms to linux-glibc"), "{report}");
    let at = report.find("elsewhere").expect("the other platforms are there");
    let elsewhere = report[at..].split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(elsewhere.contains("freebsd, openbsd, illumos"), "who does the same is named together: {report}");
    for other in platforms().expect("they are built in") {
        // Android has no shm_open at all.
        let says = match other.name() {
            "android" => "android: other outcomes in 1 of 1 result: android/no-shm-open (1)".to_owned(),
            "netbsd" => {
                "netbsd: possibly other outcomes, by version, settings or chance: netbsd/needs-a-tmpfs (1)".to_owned()
            }
            same => same.to_owned(),
        };
        assert!(elsewhere.contains(&says), "{says}: {report}");
    }
}

#[test]
fn who_asks_by_no_platform_is_told_how_to_compare_them() {
    let trace = trace(r#""ok""#);
    let hint = "what the same calls would do on the other platforms: add -p all\n";
    assert!(judged(&trace, &[]).2.contains(hint));
    assert!(!judged(&trace, &["-p", "all"]).2.contains(hint));
    assert!(!judged(&trace, &["--format", "json"]).2.contains(hint));
}

#[test]
fn a_directory_is_judged_and_the_same_traces_give_the_same_report_to_the_byte() {
    let directory = tempfile::tempdir().expect("there is room");
    for (file, second) in [("b.jsonl", r#"{"fd":5}"#), ("a.jsonl", r#"{"errno":"EIO"}"#), ("c.jsonl", r#"{"fd":7}"#)] {
        fs::write(directory.path().join(file), trace(second)).expect("it can be written");
    }
    fs::write(directory.path().join("read.me"), "no trace").expect("it can be written");
    let path = directory.path().to_str().expect("it is text");
    let judged = || shmconf(&["judge", path, "-p", "all", "--format", "json"]);
    let first = judged();
    assert_eq!(first.status.code(), Some(1), "{}", complaint(&first, None));
    let document: serde_json::Value = serde_json::from_slice(&first.stdout).expect("it is JSON");
    let result = &document["reports"][0]["results"][0];
    assert_eq!(result["scripts"], 3);
    let again = result["counterexample"]["again"].as_str().expect("it is text");
    assert!(again.contains("a.jsonl"), "the first by name: {again}");
    for _ in 0..10 {
        assert!(judged().stdout == first.stdout, "the report differs");
    }
}

#[test]
fn a_directory_without_traces_is_a_mistake() {
    let directory = tempfile::tempdir().expect("there is room");
    let output = shmconf(&["judge", directory.path().to_str().expect("it is text")]);
    let message =
        "error: DIR holds no traces (*.jsonl); `shmconf run --traces DIR` and `shmconf record -o FILE.jsonl` keep some";
    assert_eq!(complaint(&output, Some(&directory)).trim_end(), message);
    assert_eq!(output.status.code(), Some(2));
}

#[rstest]
#[case::empty("", "1: found the end of the file, expected a header with \"format\": \"shmconf-trace/1\"")]
#[case::another_format(
    "{\"format\":\"shmconf-trace/9\"}\n",
    "1: found \"format\": \"shmconf-trace/9\", expected \"shmconf-trace/1\""
)]
#[case::no_json(
    "what came back\n",
    "1: this is no line of a trace, which `shmconf schema trace` describes: expected value at column 1"
)]
fn a_malformed_trace_names_its_line(#[case] text: &str, #[case] problem: &str) {
    let (code, _, complaint) = judged(text, &[]);
    assert_eq!(complaint.trim_end(), format!("error: DIR/trace.jsonl:{problem}"));
    assert_eq!(code, Some(2));
}

#[test]
fn a_broken_event_names_its_line() {
    let text = trace(r#"{"fd":5}"#).replace("ftruncate", "ftrancute");
    let (code, _, complaint) = judged(&text, &[]);
    assert!(complaint.starts_with("error: DIR/trace.jsonl:3: this is no line of a trace"), "{complaint}");
    assert!(complaint.contains("there is no call `ftrancute`; did you mean `ftruncate`?"), "{complaint}");
    assert_eq!(code, Some(2));
}

#[test]
fn an_unknown_profile_is_a_mistake() {
    let (code, _, complaint) = judged(&trace(r#"{"fd":5}"#), &["-p", "plan9"]);
    assert!(complaint.starts_with("error: no profile is called `plan9`; there are posix, linux-glibc"), "{complaint}");
    assert_eq!(code, Some(2));
}

#[test]
fn a_missing_trace_is_unreadable_input() {
    let output = shmconf(&["judge", "/nonexistent/trace.jsonl"]);
    let expected = "error: cannot read /nonexistent/trace.jsonl: No such file or directory (os error 2); check the path and \
                    its permissions";
    assert_eq!(complaint(&output, None).trim_end(), expected);
    assert_eq!(output.status.code(), Some(2));
}
