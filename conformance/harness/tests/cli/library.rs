//! What the documentation of `shmfd` says of other systems: generated from the profiles, a page for each operation.

use shmconf::profile::{Profile, RuleInfo};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Set to anything, it writes the pages anew instead of comparing them.
const UPDATE: &str = "SHMCONF_UPDATE_DOCS";

/// The systems that `shmfd` is for.
const SYSTEMS: &[&str] =
    &["linux-glibc", "linux-musl", "android", "macos", "freebsd", "openbsd", "netbsd", "dragonfly", "illumos"];

/// A page, the file of the library that has it among its documentation, and the rules that its operation meets.
const PAGES: &[(&str, &str, &[&str])] = &[
    ("create", "builder.rs", &["named", "memfd", "resize", "size_rounding", "size_beyond_room", "size_limited"]),
    ("final-mode", "builder.rs", &["create_mode", "fchmod", "fchmod_bits", "reopen"]),
    ("facts", "memory.rs", &["size_rounding", "resize", "lseek", "shm_seals"]),
    ("expect", "expect.rs", &["size_rounding", "file_type", "resize"]),
    ("commit", "commit.rs", &["size_beyond_room", "fallocate", "fallocate_beyond_room"]),
    ("prealloc", "prealloc.rs", &["fallocate", "size_beyond_room", "write_beyond_room"]),
    ("map", "mapping/options.rs", &["map_beyond_end", "map_unaligned", "map_limited", "map_sealed_reading"]),
    ("mapping", "mapping.rs", &["access_beyond_end", "shrink_mapped", "map_grows", "io_coherent", "tail"]),
    ("freeze", "size.rs", &["resize", "shm_seals", "seal_future_known"]),
    ("read-at", "size.rs", &["read", "positioned", "read_too_far", "io_coherent"]),
    ("named-create", "named.rs", &["named", "name_length", "open_mode_bits", "fchmod", "fchmod_bits", "size_rounding"]),
    ("named-open", "named.rs", &["name_length", "open_of_others", "owner_class_alone", "open_root", "open_link"]),
    ("named-unlink", "named.rs", &["unlink_right", "unlink_denied", "unlink_other"]),
    ("send", "passing.rs", &["send_always", "send_most", "send_too_many", "send_in_flight"]),
    (
        "receive",
        "passing.rs",
        &["recv_padded", "recv_rest", "recv_none", "recv_full", "recv_marks_lost", "recv_unread"],
    ),
];

/// What a deviation says, and the IDs that it has on several systems.
type Departure = (String, Vec<String>);

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../backend")
}

#[test]
fn the_pages_of_the_library_are_what_the_profiles_say() {
    let profiles: Vec<Profile> = SYSTEMS.iter().map(|id| Profile::get(id).expect("it is built in")).collect();
    for (name, _, rules) in PAGES {
        let path = library().join(format!("docs/{name}.md"));
        let page = page(&profiles, rules);
        if std::env::var_os(UPDATE).is_some() {
            fs::create_dir_all(library().join("docs")).expect("it can be made");
            fs::write(&path, &page).expect("it can be written");
        }
        let stored = fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == page, "{} is out of date: run this test with {UPDATE}=1", path.display());
    }
}

#[test]
fn each_page_of_the_library_is_part_of_its_documentation() {
    for (name, source, _) in PAGES {
        let text = fs::read_to_string(library().join("src").join(source)).expect("it is there");
        assert!(text.contains(&format!("docs/{name}.md\")]")), "{source} does not include docs/{name}.md");
    }
    let known: BTreeSet<String> = PAGES.iter().map(|(name, ..)| format!("{name}.md")).collect();
    let files = fs::read_dir(library().join("docs")).expect("it is there");
    let files: BTreeSet<String> =
        files.map(|file| file.expect("it is there").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(files, known);
}

/// What differs, as a table, and the deviations from POSIX among it.
fn page(profiles: &[Profile], keys: &[&str]) -> String {
    let mut page =
        "\n# Systems\n\nWhat the calls of each system do, on which this rests; `shmconf explain SYSTEM` has the \
                    sources.\n\n| what differs | does | systems |\n|---|---|---|\n"
            .to_owned();
    let (mut alike, mut departures): (Vec<&str>, Vec<Departure>) = (Vec::new(), Vec::new());
    for key in keys {
        let (about, rows) = rows(profiles, key, &mut departures);
        if rows.len() < 2 {
            alike.push(about);
            continue;
        }
        for (at, (does, systems)) in rows.iter().enumerate() {
            let about = if at == 0 { about.trim_end_matches('.') } else { "" };
            page += &format!("| {about} | {does} | {} |\n", systems.join(", "));
        }
    }
    assert!(alike.len() < keys.len(), "nothing differs in {keys:?}");
    if !departures.is_empty() {
        page += "\nNot as POSIX says:\n\n";
        for (text, ids) in departures {
            page += &format!("- `{}`: {text}\n", ids.join("`, `"));
        }
    }
    page
}

/// What a rule is about, and what is done in the matter by which systems. Those of which nothing is known are left out.
fn rows<'p>(
    profiles: &'p [Profile],
    key: &str,
    departures: &mut Vec<Departure>,
) -> (&'static str, Vec<(String, Vec<&'p str>)>) {
    let (mut about, mut rows): (&str, Vec<(String, Vec<&str>)>) = ("", Vec::new());
    for profile in profiles {
        let RuleInfo { about: of, choices, when, source, .. } =
            profile.rules.list().into_iter().find(|rule| rule.key == key).unwrap_or_else(|| panic!("no rule {key}"));
        about = of;
        if source.is_empty() {
            continue;
        }
        let mut does = Vec::new();
        for (at, (choice, justification)) in choices.iter().enumerate() {
            let when = when.get(at).filter(|when| !when.is_empty()).map(|when| format!(" ({when})"));
            let choice = match choice.as_str() {
                "true" => "yes",
                "false" => "no",
                choice => choice,
            };
            does.push(format!("{choice}{}", when.unwrap_or_default()));
            if let Some(deviation) = profile.deviation(*justification) {
                match departures.iter_mut().find(|(text, _)| *text == deviation.text) {
                    Some((_, ids)) if ids.contains(&deviation.id) => {}
                    Some((_, ids)) => ids.push(deviation.id.clone()),
                    None => departures.push((deviation.text.clone(), vec![deviation.id.clone()])),
                }
            }
        }
        let does = does.join(" or ").replace('|', "\\|");
        match rows.iter_mut().find(|(known, _)| *known == does) {
            Some((_, systems)) => systems.push(&profile.id),
            None => rows.push((does, vec![&profile.id])),
        }
    }
    (about, rows)
}
