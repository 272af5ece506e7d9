//! JUnit's XML: as it looks, and as a validator that is not ours takes it.

use crate::documents::{HOSTILE, document, every_verdict, hostile, rendered};
use rstest::rstest;
use shmconf::report::{Document, Junit};
use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

#[test]
fn each_area_of_each_subject_is_a_suite() {
    insta::assert_snapshot!(rendered(&Junit, &every_verdict()));
}

/// The schema is that of Jenkins. Without the program xmllint nothing is said here.
#[rstest]
#[case::of_every_verdict(every_verdict())]
#[case::of_hostile_text(hostile())]
#[case::of_nothing(document(Vec::new()))]
fn its_schema_accepts_the_document(#[case] document: Document) {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/junit/junit-10.xsd");
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--nonet", "--schema", schema, "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut validator = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("skipped: xmllint is not on this machine; it is in the package libxml2-utils");
            return;
        }
        validator => validator.expect("xmllint starts"),
    };
    let text = rendered(&Junit, &document);
    validator.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("xmllint reads");
    let output = validator.wait_with_output().expect("xmllint ends");
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn hostile_text_is_text_and_no_markup() {
    let text = rendered(&Junit, &hostile());
    assert!(HOSTILE.contains("<script>") && !text.contains("<script>"), "{text}");
    assert!(text.contains("&lt;script&gt;") && text.contains(r"\u{1b}[2J"), "{text}");
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    assert!(!text.contains("]]>"), "{text}");
}
