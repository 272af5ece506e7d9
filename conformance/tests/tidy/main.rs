//! Holds what ARCHITECTURE.md promises of the source: who may use whom, what stays pure, and how files look.

mod sources;

use sources::Source;

/// Plain data that every part shares.
const VOCABULARY: &[&str] = &["call", "outcome", "script", "trace", "clause", "profile", "verdict", "text"];
/// Runs scripts; knows nothing of what should happen.
const EXECUTION: &[&str] = &["wire", "subject", "actor", "executor"];
/// Says what should have happened; touches nothing.
const JUDGEMENT: &[&str] = &["model", "judge", "portability"];
/// Where scripts come from.
const SCRIPTS: &[&str] = &["catalogue", "generator"];
/// What stays the same on every machine: no I/O, no clock, no choice by system, no `unsafe`.
const PURE: &[&str] =
    &["call", "outcome", "script", "clause", "profile", "verdict", "text", "model", "judge", "portability"];

/// Where code may differ by system.
const BY_SYSTEM: &[&str] = &[
    "backend/src/sys",
    "conformance/src/subject/host.rs",
    "conformance/src/subject/descriptors.rs",
    "conformance/src/subject/listing.rs",
    "conformance/src/subject/system.rs",
    "conformance/src/executor/system.rs",
];

/// What the modules of `module` may use beside themselves.
fn may_use(module: &str) -> Vec<&'static str> {
    let layers: &[&[&str]] = match module {
        "call" | "outcome" => &[&["call", "outcome", "text"]],
        "script" => &[&["call", "outcome", "text"]],
        "trace" => &[&["call", "outcome", "script", "text"]],
        "clause" => &[&["text"]],
        "profile" => &[&["call", "outcome", "clause", "trace", "text"]],
        "verdict" => &[&["call", "outcome", "clause", "text"]],
        "catalogue" => &[&["script"]],
        "generator" => &[&["call", "outcome", "script", "catalogue"]],
        "wire" | "subject" | "actor" | "executor" => &[&["call", "outcome", "script", "trace", "text"], EXECUTION],
        "model" | "judge" | "portability" => &[VOCABULARY, JUDGEMENT],
        "report" => &[VOCABULARY],
        "exit" => &[&["report"]],
        "schema" => &[VOCABULARY, &["report", "wire"]],
        "campaign" => &[VOCABULARY, SCRIPTS, EXECUTION, JUDGEMENT, &["report"]],
        "cli" => &[VOCABULARY, SCRIPTS, JUDGEMENT, &["actor", "campaign", "exit", "report", "schema"]],
        "lib" | "main" => &[&["cli"]],
        _ => &[],
    };
    layers.concat()
}

#[test]
fn every_module_uses_only_what_lies_above_it() {
    let mut breaches = Vec::new();
    for source in sources::of("conformance/src") {
        let module = source.module();
        let allowed = may_use(&module);
        for used in source.modules_used() {
            if used != module && !allowed.contains(&used.as_str()) {
                breaches.push(format!("{} uses `{used}`, which `{module}` must not know", source.path));
            }
        }
    }
    assert_eq!(breaches, Vec::<String>::new());
}

#[test]
fn judgement_is_pure() {
    const IMPURE: &[&str] = &[
        "unsafe",
        "cfg!",
        "#[cfg",
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "std::thread",
        "std::time",
        "std::os",
        "println!",
        "Instant",
        "SystemTime",
        "RandomState",
        "libc::",
        "nix::",
    ];
    let is_pure = |source: &Source| PURE.contains(&source.module().as_str());
    let breaches = breaches(sources::of("conformance/src").into_iter().filter(is_pure), |line| {
        let line = code(line).replace("#[cfg(test)]", "");
        IMPURE.iter().find(|word| line.contains(**word)).map(|word| format!("`{word}`"))
    });
    assert_eq!(breaches, Vec::<String>::new());
}

#[test]
fn code_differs_by_system_in_a_few_places_alone() {
    let elsewhere = |source: &Source| !BY_SYSTEM.iter().any(|place| source.path.starts_with(place));
    let sources = sources::of("backend/src").into_iter().chain(sources::of("conformance/src"));
    let breaches = breaches(sources.filter(elsewhere), |line| {
        let words = ["target_os", "target_env", "target_vendor", "target_arch"];
        words.into_iter().find(|word| code(line).contains(word)).map(|word| format!("`{word}`"))
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
    let others = sources::all().into_iter().filter(|source| !source.path.starts_with("conformance/tests/tidy"));
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
