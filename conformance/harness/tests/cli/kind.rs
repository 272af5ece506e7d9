//! A file that another verb reads: which it is, and which verb that is.

use super::{complaint, shmconf};
use rstest::rstest;
use std::fs;

const TRACE: &str = r#"{"format":"shmconf-trace/1","case":"names/dot","subject":"libc","seed":7,"platform":{"os":"Linux","release":"6.18.44","arch":"x86_64","libc":"glibc 2.36","page_size":4096},"actors":[{"name":"a","uid":0,"gid":0,"umask":18}]}
{"actor":"a","call":{"call":"shm_unlink","name":"/."},"outcome":{"errno":"EINVAL"},"start":1000,"end":2000}
"#;
const REPORT: &str = r#"{ "format": "shmconf-report/1", "tool": {} }"#;
const LOG: &str =
    "7 execve(\"/bin/true\", [\"true\"], 0x7ffe /* 9 vars */) = 0\n7 close(3) = 0\n7 +++ exited with 0 +++\n";
const SCRIPT: &str = "a: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)\n";

#[rstest]
#[case::a_log_is_imported(&["judge"], LOG, "is a log of strace, and a trace is needed here; `shmconf import` reads it")]
#[case::a_report_is_compared(&["judge"], REPORT, "is a report, and a trace is needed here; `shmconf diff`, ")]
#[case::a_script_is_run(&["judge"], SCRIPT, "is a script, and a trace is needed here; `shmconf run`, ")]
#[case::a_trace_is_shown(&["import"], TRACE, "is a trace, and a log of strace is needed here; `shmconf show` and ")]
#[case::a_trace_has_no_outcomes(&["outcomes"], TRACE, "is a trace, and a script is needed here; `shmconf show` and ")]
#[case::a_trace_is_not_run(&["run"], TRACE, "is a trace, and a script is needed here; `shmconf show` and ")]
#[case::a_log_is_not_shown(&["show"], LOG, "is a log of strace, and a script is needed here; `shmconf import` reads it")]
#[case::a_trace_is_no_report(&["baseline"], TRACE, "is a trace, and a report is needed here; `shmconf show` and ")]
#[case::no_log_at_all(&["import"], "hello\n", "is no log of strace: none of the lines is one that strace writes; `strace -f ")]
#[case::an_empty_log(&["import"], "", "is no log of strace: none of the lines is one that strace writes; `strace -f ")]
fn a_file_for_another_verb_says_which(#[case] verb: &[&str], #[case] text: &str, #[case] message: &str) {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("file");
    fs::write(&path, text).expect("it can be written");
    let output = shmconf(&[verb, &[path.to_str().expect("it is text")]].concat());
    let said = complaint(&output, Some(&directory));
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: DIR/file ") && said.contains(message), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_case_is_no_trace_and_is_known_by_its_name() {
    let said = complaint(&shmconf(&["judge", "names/dot"]), None);
    let known = "error: names/dot is a case of the suite, and a trace is needed here; `shmconf run`, `shmconf show` and `shmconf outcomes` take it\n";
    assert_eq!(said, known);
}

#[test]
fn a_trace_is_shown_whatever_its_file_is_called() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("trace.txt");
    fs::write(&path, TRACE).expect("it can be written");
    let output = shmconf(&["show", path.to_str().expect("it is text")]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("names/dot "), "{said}{}", complaint(&output, None));
}
