//! Adapters that do not do as the protocol asks: they cost their own case, and nobody else anything.

use super::{complaint, shmconf};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An adapter that supports nothing, and answers the removal of a name with what is no reply.
const ADAPTER: &str = r#"
import json, os, sys
rest = b""
def say(reply): os.write(3, reply + b"\n")
while True:
    while b"\n" not in rest:
        more = os.read(3, 65536)
        if not more: sys.exit()
        rest += more
    line, rest = rest.split(b"\n", 1)
    request = json.loads(line)
    if request["type"] == "start":
        say(b'{"type":"started","protocol":"shmconf-protocol/1","uid":0,"gid":0,"umask":18}')
    elif request["type"] == "call" and request["call"]["call"] == "shm_unlink":
        os.write(2, b"what shall I do?\n")
        say(b"what?")
    elif request["type"] == "call":
        reply = {"type": "answer", "seq": request["seq"], "outcome": {"unsupported": "nothing is"}}
        say(json.dumps(reply).encode())
    elif request["type"] == "stop": sys.exit()
    else: say(b'{"type":"reset","clean":false}')
"#;

/// The adapter as a subject, where there is a Python to run it.
fn adapter(directory: &Path) -> Option<String> {
    if Command::new("python3").arg("-V").output().is_err() {
        eprintln!("skipped: there is no python3");
        return None;
    }
    let path = directory.join("adapter.py");
    std::fs::write(&path, ADAPTER).expect("it can be written");
    Some(format!("command:python3 {}", path.display()))
}

fn reports(args: &[&str]) -> (Option<i32>, Vec<Value>, String) {
    let output = shmconf(&[args, &["--format", "json"]].concat());
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let reports = document["reports"].as_array().expect("it is a list").clone();
    (output.status.code(), reports, complaint(&output, None))
}

#[test]
fn one_bad_reply_costs_its_case_and_no_other() {
    let directory = tempfile::tempdir().expect("there is room");
    let Some(subject) = adapter(directory.path()) else { return };
    let cases = ["exclusive/existing-name", "lifetime/unlink-missing"];
    let (code, reports, _) = reports(&["run", cases[0], cases[1], "-s", &subject, "-s", "libc", "-j", "1"]);
    assert_eq!(code, Some(1), "{reports:#?}");
    let verdicts = |report: &Value| {
        let results = report["results"].as_array().expect("it is a list");
        results.iter().map(|result| result["verdict"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&reports[0]), ["inconclusive", "inconclusive"], "{reports:#?}");
    assert_eq!(verdicts(&reports[1]), ["pass", "pass"], "{reports:#?}");
    let reason = |at: usize| reports[0]["results"][at]["reason"].as_str().unwrap_or_default().to_owned();
    // The case that unlinks nothing was judged.
    assert!(reason(0).starts_with("the subject does not support `a: f = shm_open("), "{}", reason(0));
    assert!(reason(1).contains("what?") && reason(1).contains("what shall I do?"), "{}", reason(1));
    assert_eq!(reports[0]["gave_up"], Value::Null);
}

#[test]
fn a_subject_that_does_not_start_leaves_the_others_their_results() {
    let args = ["run", "exclusive/existing-name", "-s", "command:/nonexistent/adapter", "-s", "libc"];
    let (code, reports, _) = reports(&args);
    assert_eq!(code, Some(3));
    let reason = reports[0]["gave_up"].as_str().expect("it says why");
    assert!(reason.contains("cannot run \"/nonexistent/adapter\": ENOENT"), "{reason}");
    assert_eq!(reports[0]["results"], Value::Array(Vec::new()));
    assert_eq!(reports[1]["summary"]["pass"], 1);
    let text = String::from_utf8_lossy(&shmconf(&args).stdout).into_owned();
    assert!(text.contains("\ncommand:/nonexistent/adapter could not be tested: an actor of "), "{text}");
    assert!(text.contains("\nlibc conforms to "), "{text}");
}

#[test]
fn a_trace_that_cannot_be_kept_gives_the_subject_up() {
    let directory = tempfile::tempdir().expect("there is room");
    let traces: PathBuf = directory.path().join("traces");
    // What stands in the way of the file is a directory of its name.
    std::fs::create_dir_all(traces.join("model.posix.exclusive.existing-name.0.jsonl")).expect("there is room");
    let traces = traces.to_str().expect("it is text");
    let (code, reports, _) = reports(&["run", "exclusive/existing-name", "-s", "model:posix", "--traces", traces]);
    assert_eq!(code, Some(3));
    let reason = reports[0]["gave_up"].as_str().expect("it says why");
    assert!(reason.starts_with("cannot write the trace ") && reason.contains("Is a directory"), "{reason}");
}
