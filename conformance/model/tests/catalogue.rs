//! The catalogue: every file can be read, is written as the script prints, and lies where its ID says.
#![allow(clippy::disallowed_methods, reason = "the test reads the folder of the catalogue")]

use shmconf_model::call::{Call, Name, OpenFlags};
use shmconf_model::catalogue;
use shmconf_model::script::Script;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const AREAS: [&str; 8] = ["access", "anonymous", "exclusive", "lifetime", "mapping", "names", "passing", "size"];

/// The files as they lie in the folder, with the ID that their path gives them.
fn files() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let list = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).expect("the catalogue is there").map(|entry| entry.expect("a file").path()).collect()
    };
    let id = |path: &Path| {
        path.strip_prefix(&root).expect("it lies below").with_extension("").to_string_lossy().into_owned()
    };
    list(&root).iter().flat_map(|area| list(area)).map(|path| (id(&path), path)).collect()
}

#[test]
fn every_file_is_embedded_in_the_order_of_its_id() {
    let mut on_disk: Vec<String> = files().into_iter().map(|(id, _)| id).collect();
    on_disk.sort();
    let embedded: Vec<&str> = catalogue::cases().iter().map(|case| case.id.as_str()).collect();
    assert_eq!(on_disk, embedded);
    assert!(on_disk.iter().all(|id| catalogue::case(id).is_some_and(|case| case.id.as_str() == id)));
}

#[test]
fn every_file_is_written_as_its_script_prints() {
    for (id, path) in files() {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let script: Script = text.parse().unwrap_or_else(|error| panic!("{}:{error}", path.display()));
        if text.contains("\nrepeat ") {
            // A repetition is shown with all that it has.
            assert_eq!(script.to_string().parse::<Script>().as_ref(), Ok(&script), "{id}");
        } else {
            assert_eq!(script.to_string(), text, "{id}");
        }
        assert_eq!(script.id.as_str(), id);
        assert_eq!(catalogue::text(&id), Some(text.as_str()));
    }
}

#[test]
fn every_case_says_what_it_is_about_in_sentences() {
    for case in catalogue::cases() {
        let about = case.about.join(" ");
        assert!(about.ends_with('.') && about.contains(' '), "{}: {about:?}", case.id);
    }
}

#[test]
fn the_areas_are_the_eight_that_are_promised() {
    let areas: BTreeSet<&str> = catalogue::cases().iter().map(|case| case.id.area()).collect();
    assert!(areas.into_iter().eq(AREAS));
}

#[test]
fn no_two_cases_make_the_same_calls() {
    let mut seen = BTreeSet::new();
    for case in catalogue::cases() {
        let calls: String = case.to_string().lines().filter(|line| !line.starts_with('#')).collect();
        assert!(seen.insert(calls), "{} repeats the calls of another case", case.id);
    }
}

#[test]
fn a_name_to_the_letter_is_never_created() {
    for case in catalogue::cases() {
        for line in case.lines() {
            if let Call::ShmOpen { name: Name::Literal(_), flags, .. } = &line.call {
                assert!(!flags.contains(OpenFlags::CREAT), "{}: {} could meet a name of others", case.id, line.call);
            }
        }
    }
}
