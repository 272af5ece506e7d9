//! The published schemas are those of the types, and what the program writes keeps to them.
//!
//! `SHMCONF_UPDATE_SCHEMAS=1 cargo test -p shmconf --test schemas` writes the files anew.

#[path = "../report/samples.rs"]
mod samples;

use jsonschema::Validator;
use rstest::rstest;
use serde_json::{Value, json};
use shmconf::report::{Document, Format, Json};
use shmconf::schema::Published;
use shmconf::wire::{Reply, Request};
use std::path::Path;
use std::{env, fs};

fn validator(format: Published) -> Validator {
    let schema = serde_json::from_str(format.text()).expect("it is JSON");
    jsonschema::validator_for(&schema).expect("it is a schema")
}

/// What the validator says, as one text; empty if nothing.
fn complaints(format: Published, document: &Value) -> String {
    let complaints: Vec<String> = validator(format).iter_errors(document).map(|error| error.to_string()).collect();
    complaints.join("; ")
}

#[test]
fn the_files_are_those_of_the_types() {
    for format in Published::ALL {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(format.word()).with_extension("json");
        if env::var_os("SHMCONF_UPDATE_SCHEMAS").is_some() {
            fs::write(&path, format.generated()).expect("the file can be written");
        }
        let stored = fs::read_to_string(&path).unwrap_or_default();
        let advice = "SHMCONF_UPDATE_SCHEMAS=1 cargo test -p shmconf --test schemas";
        assert!(stored == format.generated(), "{} is old: {advice}", path.display());
    }
}

#[test]
fn reports_keep_to_their_schema() {
    let one = vec![samples::report("libc", vec![samples::exclusive_fails()])];
    let skipped =
        samples::skipped("access/other-user", "requires the right to become another user; this user is not root");
    let known = samples::deviation("size/regrow", "linux/stale-bytes-past-end");
    let two = vec![
        samples::report("libc", vec![samples::passes("names/empty"), skipped, known]),
        samples::report("memfd", vec![samples::property_fails()]),
    ];
    let mut partial = samples::passes("names/many");
    partial
        .left_out
        .insert("without its names() calls: requires a list of the names that exist; there is none".to_owned(), 1);
    let untidy = shmconf::report::Report {
        left_behind: vec!["/sc".to_owned()],
        gave_up: Some("it does not start".to_owned()),
        ..samples::report("libc", vec![partial])
    };
    for reports in [one, two, vec![untidy]] {
        let mut output = Vec::new();
        Json.render(&Document::of(reports), &mut output).expect("a vector takes everything");
        let document = serde_json::from_slice(&output).expect("it is JSON");
        assert_eq!(complaints(Published::Report, &document), "");
    }
}

#[test]
fn a_report_without_results_breaks_its_schema() {
    let reports = vec![samples::report("libc", Vec::new())];
    let mut document = serde_json::to_value(Document::of(reports)).expect("it is JSON");
    document["reports"][0].as_object_mut().expect("it is an object").remove("results");
    assert!(!validator(Published::Report).is_valid(&document));
}

#[rstest]
#[case(json!({
    "format": "shmconf-trace/1", "case": "exclusive/existing-name", "subject": "libc", "seed": 7,
    "platform": { "os": "Linux", "release": "6.18", "arch": "x86_64", "libc": "glibc 2.36", "page_size": 4096 },
    "actors": [{ "name": "a", "uid": 0, "gid": 0, "umask": 18, "fds": [0, 1, 2] }]
}))]
#[case(json!({
    "actor": "a", "bind": ["f"], "outcome": { "fd": 3 }, "start": 1, "end": 2,
    "call": { "call": "shm_open", "name": "/sc-4f2x", "flags": "RDWR|CREAT|EXCL", "mode": 384 }
}))]
#[case(json!({
    "actor": "a", "outcome": { "errno": "EINVAL" }, "start": 1, "end": 2,
    "call": { "call": "ftruncate", "fd": "f", "size": -1 }
}))]
#[case(json!({
    "actor": "a", "outcome": { "bytes": "41*8 00*4088" }, "start": 1, "end": 2,
    "call": { "call": "load", "map": "m", "offset": 0, "len": 4096 }
}))]
#[case(json!({ "actor": "a", "outcome": "ok", "start": 1, "end": 2, "call": { "call": "exec" } }))]
fn lines_of_traces_keep_to_their_schema(#[case] line: Value) {
    assert_eq!(complaints(Published::Trace, &line), "");
}

#[rstest]
#[case::an_unknown_call(json!({ "actor": "a", "outcome": "ok", "start": 1, "end": 2, "call": { "call": "frob" } }))]
#[case::no_time(json!({ "actor": "a", "outcome": "ok", "call": { "call": "exec" } }))]
#[case::a_label_in_capitals(json!({ "actor": "A", "outcome": "ok", "start": 1, "end": 2, "call": { "call": "exec" } }))]
#[case::an_unknown_flag(json!({
    "actor": "a", "outcome": { "fd": 3 }, "start": 1, "end": 2,
    "call": { "call": "shm_open", "name": "/sc", "flags": "RDWR|CREATE", "mode": 384 }
}))]
fn other_lines_break_it(#[case] line: Value) {
    assert!(!validator(Published::Trace).is_valid(&line));
}

/// A line of each type is written as the harness and its actors write it, and keeps to the schema.
#[rstest]
#[case(
    r#"{"type":"start","protocol":"shmconf-protocol/1","actor":"a","prefix":"/sc4f2x","peers":{"b":5},"probe":true}"#
)]
#[case(r#"{"type":"call","seq":1,"bind":["f"],"call":{"call":"create","size":4096}}"#)]
#[case(r#"{"type":"stop"}"#)]
#[case(
    r#"{"type":"started","protocol":"shmconf-protocol/1","uid":0,"gid":0,"umask":18,"cannot":{"root":"no right to"}}"#
)]
#[case(r#"{"type":"answer","seq":1,"outcome":{"fd":4},"start":17,"end":23}"#)]
#[case(r#"{"type":"error","message":"the protocol is of another version"}"#)]
fn lines_of_the_protocol_keep_to_their_schema(#[case] line: &str) {
    let value: Value = serde_json::from_str(line).expect("it is JSON");
    assert_eq!(complaints(Published::Protocol, &value), "");
    let request =
        serde_json::from_str::<Request>(line).map(|request| serde_json::to_value(request).expect("it is JSON"));
    let reply = serde_json::from_str::<Reply>(line).map(|reply| serde_json::to_value(reply).expect("it is JSON"));
    assert_eq!(request.or(reply).expect("it is one of both"), value);
}
