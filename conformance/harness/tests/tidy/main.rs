//! Holds what ARCHITECTURE.md promises of the source and no compiler checks: where code may differ by system, what uses
//! what, and how files look.

mod arrows;
mod dependencies;
mod links;
mod sources;

use shmconf::profile::Profile;
use sources::Source;

/// The crates of the harness.
const CRATES: &[&str] = &["model", "adapter", "harness"];

/// Where code may differ by system.
const BY_SYSTEM: &[&str] = &[
    "backend/src/sys",
    "conformance/adapter/src/subject/errno.rs",
    "conformance/adapter/src/subject/host.rs",
    "conformance/adapter/src/subject/descriptors.rs",
    "conformance/adapter/src/subject/listing.rs",
    "conformance/adapter/src/subject/system.rs",
    "conformance/harness/src/executor/system.rs",
    "conformance/harness/src/subject/qemu.rs",
];

#[test]
fn code_differs_by_system_in_a_few_places_alone() {
    let elsewhere = |source: &Source| !BY_SYSTEM.iter().any(|place| source.path.starts_with(place));
    let sources = sources::of("backend/src")
        .into_iter()
        .chain(CRATES.iter().flat_map(|name| sources::of(&format!("conformance/{name}/src"))));
    let breaches = breaches(sources.filter(elsewhere), |line| {
        let words = ["target_os", "target_env", "target_vendor", "target_arch"];
        words.into_iter().find(|word| code(line).contains(word)).map(|word| format!("`{word}`"))
    });
    assert_eq!(breaches, Vec::<String>::new());
}

/// Platforms are data: the model and the judge read rules, and never ask whose they are.
#[test]
fn the_model_names_no_platform() {
    let platforms: Vec<String> = Profile::platforms().map(|id| format!("\"{id}\"")).collect();
    let is_meant = |source: &Source| {
        ["model.rs", "model/", "judge.rs", "judge/"]
            .iter()
            .any(|name| source.path.strip_prefix("conformance/model/src/").is_some_and(|path| path.starts_with(name)))
    };
    let sources: Vec<Source> = sources::of("conformance/model/src").into_iter().filter(is_meant).collect();
    assert!(sources.len() > 10, "the model lies elsewhere");
    let breaches = breaches(sources.into_iter(), |line| {
        platforms.iter().find(|platform| code(line).contains(platform.as_str())).cloned()
    });
    assert_eq!(breaches, Vec::<String>::new());
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources::all()
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long = |source: &Source| source.text.lines().count() > 400;
    let long: Vec<String> = sources::all().into_iter().filter(long).map(|source| source.path).collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn no_module_is_a_drawer_for_leftovers() {
    const DRAWERS: &[&str] = &["util", "utils", "helper", "helpers", "common", "types", "imp", "misc", "stuff"];
    let is_drawer = |source: &Source| source.path.split(['/', '.']).any(|word| DRAWERS.contains(&word));
    let drawers: Vec<String> = sources::all().into_iter().filter(is_drawer).map(|source| source.path).collect();
    assert_eq!(drawers, Vec::<String>::new());
}

#[test]
fn nothing_is_left_to_do_later() {
    let others = sources::all().into_iter().filter(|source| !source.path.starts_with("conformance/harness/tests/tidy"));
    let breaches = breaches(others, |line| {
        ["TODO", "FIXME"].into_iter().find(|word| line.contains(word)).map(|word| format!("`{word}`"))
    });
    assert_eq!(breaches, Vec::<String>::new());
}

/// `path:line: what`, for each line in which `find` finds something.
fn breaches(sources: impl Iterator<Item = Source>, find: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            breaches.extend(find(line).map(|what| format!("{}:{}: {what}", source.path, number + 1)));
        }
    }
    breaches
}

/// A line without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}
