//! What documents say of the table of calls is generated from it, and what one says of rules speaks of rules that are there.
//!
//! `SHMCONF_UPDATE_DOCS=1 cargo test -p shmconf-model --test documents` writes it anew.
#![allow(clippy::disallowed_methods, reason = "the test reads and writes a document")]

use rstest::rstest;
use shmconf_model::call::{Call, reference};
use shmconf_model::profile::{Orders, Profile, Rules};
use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

/// The text with what stands between the two marks of a part replaced.
fn with_part(text: &str, part: &str, content: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- generated: {part} -->\n"), "<!-- end -->\n");
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n{content}\n{end}{after}"))
}

#[rstest]
#[case::scripts("docs/scripts.md", &[("requirements", reference::requirements()), ("calls", reference::calls())])]
#[case::protocol("docs/protocol.md", &[("calls", reference::wire())])]
fn a_page_has_the_tables_that_are_generated(#[case] file: &str, #[case] generated: &[(&str, String)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    let page = fs::read_to_string(&path).expect("it is there");
    let new = generated.iter().fold(page.clone(), |page, (part, content)| {
        with_part(&page, part, content).unwrap_or_else(|| panic!("{file} has no part {part:?}"))
    });
    if env::var_os("SHMCONF_UPDATE_DOCS").is_some() {
        fs::write(&path, &new).expect("it can be written");
    } else {
        assert!(page == new, "{file} is old: SHMCONF_UPDATE_DOCS=1 cargo test -p shmconf-model --test documents");
    }
}

/// The last cell of a row names rules, calls and settings.
#[test]
fn what_the_audit_names_is_there() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/audit.md");
    let page = fs::read_to_string(&path).expect("it is there");
    let settings: BTreeSet<String> =
        Profile::ids().flat_map(|id| Profile::get(id).expect("it is built in").settings.into_keys()).collect();
    let is_word = |text: &&str| text.chars().all(|char| char.is_ascii_lowercase() || char == '_');
    let rows = page.lines().filter_map(|line| line.strip_suffix(" |")?.rsplit_once(" | "));
    let words = rows.flat_map(|(_, cell)| cell.split('`').skip(1).step_by(2).filter(is_word));
    let unknown: BTreeSet<&str> = words
        .filter(|word| !Rules::KEYS.contains(word) && !Orders::CALLS.contains(word) && !settings.contains(*word))
        .collect();
    assert_eq!(unknown, BTreeSet::new());
}

#[test]
fn every_call_is_a_row_of_its_own() {
    let signatures: Vec<String> = Call::ENTRIES.iter().map(|entry| entry.signature()).collect();
    let different: BTreeSet<&String> = signatures.iter().collect();
    assert_eq!(different.len(), Call::ENTRIES.len(), "{signatures:?}");
    let page = reference::calls();
    assert!(signatures.iter().all(|signature| page.contains(&format!("| `{signature}` | "))));
    assert!(Call::ENTRIES.iter().all(|entry| !entry.about.trim().is_empty()));
}

#[rstest]
#[case("shm_open", "shm_open(name, flags[, mode])")]
#[case("munmap", "munmap(map[, offset, len])")]
#[case("send", "send(to, fd, …)")]
#[case("names", "names()")]
fn a_signature_shows_what_can_be_left_out(#[case] name: &str, #[case] signature: &str) {
    let entry = Call::ENTRIES.iter().find(|entry| entry.name == name).expect("there is such a call");
    assert_eq!(entry.signature(), signature);
}
