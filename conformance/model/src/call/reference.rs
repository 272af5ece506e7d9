//! The table of calls as documents show it.

use super::{Binds, Call, Entry, Parameter, Requirement};
use std::fmt::Write;

/// The calls in Markdown, a table for each group.
pub fn calls() -> String {
    let mut page = String::new();
    for group in Call::ENTRIES.chunk_by(|one, next| one.group == next.group) {
        let rows: String = group.iter().map(row).collect();
        let heading = group.first().map_or("", |entry| entry.group);
        let before = if page.is_empty() { "" } else { "\n" };
        page += &format!("{before}### {heading}\n\n| call | what it does | answers |\n|---|---|---|\n{rows}");
    }
    page
}

fn row(entry: &Entry) -> String {
    let answers = match entry.binds {
        Binds::Nothing => entry.answers,
        Binds::Descriptor => "binds a descriptor",
        Binds::Mapping => "binds a mapping",
        Binds::Pair => "binds two descriptors",
        Binds::Descriptors => "binds those that arrive",
    };
    let mut words = String::new();
    for parameter in entry.parameters.iter().filter(|parameter| (1..15).contains(&parameter.words.len())) {
        // A string takes everything.
        let _ = write!(words, " `{}`: `{}`.", parameter.name, parameter.words.join(" "));
    }
    format!("| `{}` | {}{words} | {answers} |\n", entry.signature(), entry.about.trim())
}

/// The requirements in Markdown, with the calls that ask for them.
pub fn requirements() -> String {
    let mut page = "| word | meaning | asked for by |\n|---|---|---|\n".to_owned();
    for (requirement, meaning) in Requirement::ALL {
        let asking = Call::ENTRIES.iter().filter(|entry| entry.requirements.contains(requirement));
        let mut asking: Vec<String> = asking
            .map(|entry| entry.command.map_or(entry.name.to_owned(), |command| format!("{}(…, {command})", entry.name)))
            .collect();
        // These depend on an argument.
        match requirement {
            Requirement::PidNamespace => asking.push("fork(…, NEWPID)".to_owned()),
            Requirement::CloseOnFork => asking.push("shm_open(…, CLOFORK)".to_owned()),
            Requirement::AddressSpace => asking.push("rlimit(AS, …)".to_owned()),
            Requirement::LockedMemory => asking.push("rlimit(MEMLOCK, …)".to_owned()),
            _ => {}
        }
        let meaning = meaning.trim().trim_end_matches('.');
        page += &format!("| `{requirement}` | {meaning} | `{}` |\n", asking.join("`, `"));
    }
    page
}

/// The calls as lines of the protocol have them, in Markdown.
pub fn wire() -> String {
    let rows = Call::ENTRIES.iter().map(|entry| {
        let members: Vec<String> = entry.parameters.iter().map(member).collect();
        let members = if members.is_empty() { "none".to_owned() } else { members.join(", ") };
        format!("| `{}` | {members} | {} |\n", entry.wire_name(), outcome(entry))
    });
    format!("| `call` | other members | outcome where it succeeds |\n|---|---|---|\n{}", rows.collect::<String>())
}

/// A member and what stands in it.
fn member(parameter: &Parameter) -> String {
    let kind = match parameter.member {
        "fd" | "onto" | "map" | "to" | "from" | "child" => "label",
        "fds" => "labels",
        "name" => "text",
        "cloexec" | "pid_namespace" => "true or false",
        "gids" => "numbers",
        "over" => "null or `{\"map\": label, \"at\": number}`",
        "range" => "null or `{\"offset\": number, \"len\": number}`",
        _ if !parameter.words.is_empty() => "words",
        _ => "number",
    };
    format!("`{}`: {kind}", parameter.member)
}

/// What an answer has as its outcome.
fn outcome(entry: &Entry) -> &'static str {
    match (entry.binds, entry.name, entry.command) {
        (Binds::Descriptor, ..) => "`{\"fd\": 5}`",
        (Binds::Pair | Binds::Descriptors, ..) => "`{\"received\": {\"fds\": [5, 6], \"truncated\": false}}`",
        (Binds::Mapping, ..) => "`\"ok\"`",
        (_, "fcntl", Some("GETFL")) => "`{\"access\": \"RDWR\"}`",
        (_, "fcntl", Some("GET_SEALS")) => "`{\"seals\": \"SHRINK\\|GROW\"}`",
        (_, "filetype", _) => "`{\"file_type\": \"REG\"}`",
        _ if ["a number", "`1` or `0`", "the former mask"].contains(&entry.answers) => "`{\"value\": 0}`",
        (_, "read" | "pread" | "load", _) => "`{\"bytes\": \"41*8 00*4088\"}`",
        (_, "fstat", _) => "`{\"stat\": {\"size\": 4096, \"mode\": 384, \"uid\": 0, \"gid\": 0}}`",
        (_, "names" | "unique_names" | "collide", _) => "`{\"names\": [\"/sc4f2x9k1m0qa\"]}`",
        (_, "exit", _) => "none: the process ends",
        _ => "`\"ok\"`",
    }
}
