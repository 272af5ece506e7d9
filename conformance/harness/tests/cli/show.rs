//! `shmconf show`: traces, cases and scripts, looked at call by call.

use super::{complaint, shmconf};
use rstest::rstest;
use std::fs;
use std::path::Path;

/// A trace of a case that meets a deviation of Linux.
const TRACE: &str = r#"{"format":"shmconf-trace/1","case":"names/dot","subject":"libc","seed":7,"platform":{"os":"Linux","release":"6.18.44","arch":"x86_64","libc":"glibc 2.36","page_size":4096},"actors":[{"name":"a","uid":0,"gid":0,"umask":18}]}
{"actor":"a","bind":["f"],"call":{"call":"shm_open","name":"/.","flags":"RDWR","mode":0},"outcome":{"errno":"EINVAL"},"start":1000,"end":2000}
{"actor":"a","bind":["g"],"call":{"call":"shm_open","name":"/.","flags":"RDONLY","mode":0},"outcome":{"fd":4},"start":3000,"end":4000}
"#;

/// A trace of an object whose size macOS rounds up, which is asked for twice.
const SIZED: &str = r#"{"format":"shmconf-trace/1","case":"recorded/program","subject":"program:program","seed":7,"platform":{"os":"Linux","release":"6.18.44","arch":"x86_64","libc":"glibc 2.36","page_size":4096},"actors":[{"name":"a","uid":0,"gid":0,"umask":18}]}
{"actor":"a","bind":["f"],"call":{"call":"shm_open","name":"/x","flags":"RDWR|CREAT|EXCL","mode":384},"outcome":{"fd":3},"start":1000,"end":2000}
{"actor":"a","call":{"call":"ftruncate","fd":"f","size":5000},"outcome":"ok","start":3000,"end":4000}
{"actor":"a","call":{"call":"fstat","fd":"f"},"outcome":{"stat":{"size":5000,"mode":384,"uid":0,"gid":0}},"start":5000,"end":6000}
{"actor":"a","call":{"call":"fstat","fd":"f"},"outcome":{"stat":{"size":5000,"mode":384,"uid":0,"gid":0}},"start":7000,"end":8000}
"#;

fn said(args: &[&str]) -> (Option<i32>, String) {
    let output = shmconf(args);
    assert_eq!(complaint(&output, None), "", "{args:?}");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A directory with two traces, one of them in a directory below.
fn two_traces(second: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("there is room");
    let below = directory.path().join("below");
    fs::create_dir(&below).expect("it can be made");
    fs::write(directory.path().join("one.jsonl"), TRACE).expect("it can be written");
    fs::write(below.join("two.jsonl"), second).expect("it can be written");
    directory
}

fn text(path: &Path) -> &str {
    path.to_str().expect("it is text")
}

#[test]
fn a_recording_by_the_rules_of_others_says_whose_outcomes_it_has_and_tells_once_what_is_allowed() {
    let directory = tempfile::tempdir().expect("there is room");
    let file = directory.path().join("sized.jsonl");
    fs::write(&file, SIZED).expect("it can be written");
    let file = text(&file);
    let (code, shown) = said(&["show", file, "-p", "macos", "-p", "freebsd"]);
    assert_eq!(code, Some(1));
    assert!(shown.contains("A marked call comes out otherwise on macos,"), "{shown}");
    assert!(shown.contains("compared with freebsd"), "{shown}");
    let (code, all) = said(&["show", file, "-p", "all"]);
    assert_eq!(code, Some(1));
    assert_eq!(all.matches("compared with").count() + all.matches("by the rules of").count(), 13, "{all}");
}

#[test]
fn a_recording_that_another_platform_would_answer_alike_says_so_and_marks_nothing() {
    let directory = two_traces(TRACE);
    let file = directory.path().join("one.jsonl");
    let (code, shown) = said(&["show", text(&file), "-p", "linux-glibc@6.1"]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains("These are the outcomes of"), "{shown}");
    let (code, shown) = said(&["show", text(&file), "-p", "qemu-user"]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("These are the outcomes of Linux. qemu-user may have the same ones."), "{shown}");
}

#[rstest]
#[case("netbsd", "-> descriptor", "pax_mprotect=true, tmpfs=true.")]
#[case("netbsd,tmpfs=false", "-> ENOTSUP", "pax_mprotect=true.")]
#[case("dragonfly", "-> descriptor", "store=/var/run/shm.")]
fn a_platform_does_as_it_is_usually_set(#[case] profile: &str, #[case] first: &str, #[case] settings: &str) {
    let (_, shown) = said(&["show", "exclusive/existing-name", "-p", profile]);
    assert!(shown.lines().nth(1).is_some_and(|line| line.contains(first)), "{shown}");
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("This is {profile} as it is usually set: {settings}")), "{shown}");
}

#[test]
fn of_the_profile_of_a_file_nobody_knows_what_is_usual() {
    let directory = tempfile::tempdir().expect("there is room");
    let netbsd = concat!(env!("CARGO_MANIFEST_DIR"), "/../model/profiles/netbsd.toml");
    let rules = fs::read_to_string(netbsd).expect("it is there").replace("id = \"netbsd\"", "id = \"mine\"");
    let file = directory.path().join("mine.toml");
    fs::write(&file, rules).expect("it can be written");
    let (_, shown) = said(&["show", "exclusive/existing-name", "-p", text(&file)]);
    assert!(shown.contains("as mine does it") && !shown.contains("usually set"), "{shown}");
    assert!(!shown.contains("These are the outcomes"), "{shown}");
}

#[test]
fn a_trace_is_shown_whatever_its_verdict_and_with_v_it_says_why() {
    let directory = two_traces(TRACE);
    let file = directory.path().join("one.jsonl");
    let (code, shown) = said(&["show", text(&file)]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!("deviating_trace", shown);
    let (code, shown) = said(&["show", "-v", text(&file)]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!("deviating_trace_with_justifications", shown);
}

#[test]
fn a_trace_that_is_not_allowed_is_shown_with_what_would_have_been() {
    let directory = two_traces(TRACE);
    let (code, shown) = said(&["show", text(&directory.path().join("one.jsonl")), "-p", "posix"]);
    assert_eq!(code, Some(1));
    assert!(shown.contains(" > 2  a: g = shm_open") && shown.contains("allowed"), "{shown}");
}

#[test]
fn everything_below_a_directory_is_judged_and_shown() {
    let directory = two_traces(&TRACE.replace("names/dot", "names/elsewhere"));
    let (code, shown) = said(&["show", text(directory.path())]);
    assert_eq!((code, shown.matches("DEVIATION").count()), (Some(0), 2), "{shown}");
    let (code, report) = said(&["judge", text(directory.path()), "--format", "json"]);
    assert_eq!(code, Some(0), "{report}");
    let report: serde_json::Value = serde_json::from_str(&report).expect("it is JSON");
    let results = report["reports"][0]["results"].as_array().expect("it is a list");
    assert_eq!(results.len(), 2, "{results:?}");
}

#[test]
fn a_case_is_shown_as_it_is_and_as_a_platform_would_have_it() {
    let (code, shown) = said(&["show", "size/grow-zero-fills"]);
    assert_eq!(code, Some(0));
    assert!(shown.starts_with("size/grow-zero-fills  case\n") && shown.contains("a: ftruncate(f"), "{shown}");
    let (code, shown) = said(&["show", "size/grow-zero-fills", "-p", "macos"]);
    assert_eq!(code, Some(0));
    assert!(
        shown.starts_with("size/grow-zero-fills  as macos does it for an ordinary user, which departs from POSIX\n"),
        "{shown}"
    );
    assert!(shown.contains("`shmconf outcomes size/grow-zero-fills -p macos` shows all that may be."), "{shown}");
    assert!(shown.contains("-> EINVAL") && shown.contains("deviation  macos/size-once, from ftruncate:1"), "{shown}");
}

#[test]
fn a_property_has_no_script_to_show() {
    let output = shmconf(&["list", "*/any-mode-and-mask"]);
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let id = listed.split_whitespace().next().expect("there is one");
    let output = shmconf(&["show", id]);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint(&output, None).contains("is a property, which draws scripts"), "{output:?}");
}

#[test]
fn a_verbose_run_shows_every_call_of_a_case() {
    let output = shmconf(&["run", "-v", "exclusive/existing-name", "-s", "model:linux-glibc"]);
    let told = complaint(&output, None);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("pass         exclusive/existing-name"), "{told}");
    assert!(told.contains("   2  a: ftruncate(f, 4096)") && told.contains("-> EEXIST"), "{told}");
}
