//! `shmconf mutants`: the matrix of planted faults and what catches them.

use super::{complaint, shmconf};
use shmconf::subject::mutant;
use std::fs;

/// Everything but one case is left out, so that it is known what catches what.
fn with_one_case(arguments: &[&str]) -> std::process::Output {
    let others = ["names", "access", "lifetime", "size", "mapping", "passing", "anonymous", "exclusive/*race*"];
    let left_out = others.iter().flat_map(|area| ["-x", area]);
    let arguments: Vec<&str> = ["mutants"].into_iter().chain(arguments.iter().copied()).chain(left_out).collect();
    shmconf(&arguments)
}

#[test]
fn the_matrix_says_how_many_cases_catch_a_fault_and_which_fault_none_does() {
    let output = with_one_case(&["excl-ignored", "offset-ignored", "--cases", "4", "--seed", "1"]);
    let text = String::from_utf8_lossy(&output.stdout);
    let row = |name: &str| text.lines().find(|line| line.trim_start().starts_with(name)).expect("it has a row");
    assert!(row("excl-ignored").contains("exclusive/"), "{text}");
    assert!(row("offset-ignored").ends_with("SURVIVES"), "{text}");
    assert!(text.contains("1 of 2 planted faults are caught"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_fault_that_there_is_not_is_told_with_what_was_meant() {
    let output = shmconf(&["mutants", "excl-ignord"]);
    assert!(complaint(&output, None).contains("did you mean `excl-ignored`?"), "{}", complaint(&output, None));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_published_matrix_has_every_fault_and_each_is_caught() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mutants.md");
    let page = fs::read_to_string(page).expect("it is there");
    let missing: Vec<&str> =
        mutant::ALL.iter().map(|mutant| mutant.name).filter(|name| !page.contains(&format!("| `{name}` |"))).collect();
    assert!(missing.is_empty(), "run `shmconf mutants --format markdown -o docs/mutants.md` for {missing:?}");
    assert!(!page.contains("survives"), "docs/mutants.md has a fault that nothing catches");
}
