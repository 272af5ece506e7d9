//! What each platform makes of a name, as its reader meets it, and held against the header and the library.

use super::{complaint, shmconf};
use rstest::rstest;
use shmconf::names::FORMAT;
use shmconf::profile::Profile;
use shmconf::schema::Published;
use shmconf_model::names;
use std::fs;
use std::process::Command;

fn shown(args: &[&str], code: i32) -> String {
    let output = shmconf(args);
    assert_eq!(output.status.code(), Some(code), "{}", complaint(&output, None));
    String::from_utf8(output.stdout).expect("it is text")
}

#[test]
fn a_name_that_is_right_everywhere_exits_with_0() {
    insta::assert_snapshot!(shown(&["name", "/mine"], 0));
}

#[test]
fn names_that_some_platform_refuses_exit_with_1_and_are_put_right() {
    let args = ["name", "mine", "/the/cache", "/.", "/the-shared-memory-of-my-program", "/"];
    insta::assert_snapshot!(shown(&args, 1));
}

#[test]
fn programs_read_it_as_json() {
    let document: serde_json::Value =
        serde_json::from_str(&shown(&["name", "mine", "--format", "json"], 1)).expect("it is JSON");
    let validator = jsonschema::validator_for(&super::schema(Published::Name)).expect("it is a schema");
    assert_eq!(validator.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>(), [""; 0]);
    let name = &document["names"][0];
    assert_eq!((document["format"].as_str(), name["instead"]["name"].as_str()), (Some(FORMAT), Some("/mine")));
    let macos = name["platforms"].as_array().into_iter().flatten().find(|there| there["profile"] == "macos");
    assert_eq!(macos.expect("it is there")["another_object_than"], "/mine");
}

#[test]
fn the_header_says_what_the_profiles_say() {
    insta::assert_snapshot!(shown(&["name", "--header"], 0));
}

/// Where there is no C compiler nothing is held, and the test says so.
#[rstest]
#[case::of_30_bytes(30, true)]
#[case::of_31_bytes(31, false)]
#[case::of_32_bytes(32, false)]
fn a_literal_that_is_too_long_ends_compilation(#[case] bytes: usize, #[case] compiles: bool) {
    let directory = tempfile::tempdir().expect("there is room");
    let header = directory.path().join("shm_name.h");
    shown(&["name", "--header", "-o", &header.to_string_lossy()], 0);
    let source = directory.path().join("main.c");
    let name = format!("/{}", "n".repeat(bytes - 1));
    let text = format!("#include \"shm_name.h\"\nSHM_NAME_CHECK(\"{name}\");\nint main(void) {{ return 0; }}\n");
    fs::write(&source, text).expect("it can be written");
    let compiled = Command::new("cc").args(["-std=c11", "-Wall", "-Werror", "-fsyntax-only"]).arg(&source).output();
    let Ok(compiled) = compiled else {
        eprintln!("skipped: there is no C compiler called cc");
        return;
    };
    let said = String::from_utf8_lossy(&compiled.stderr);
    assert_eq!(compiled.status.success(), compiles, "{said}");
    assert_eq!(said.contains("the name has more than 30 bytes"), !compiles, "{said}");
}

#[rstest]
#[case("cygwin", shmfd::name::limits::CYGWIN)]
#[case("freebsd", shmfd::name::limits::FREEBSD)]
#[case("haiku", shmfd::name::limits::HAIKU)]
#[case("illumos", shmfd::name::limits::ILLUMOS)]
#[case("linux-glibc", shmfd::name::limits::LINUX)]
#[case("linux-musl", shmfd::name::limits::LINUX)]
#[case("macos", shmfd::name::limits::MACOS)]
#[case("netbsd", shmfd::name::limits::NETBSD)]
fn the_library_has_the_limits_of_the_profiles(#[case] id: &str, #[case] bytes: usize) {
    assert_eq!(names::most_bytes(&Profile::get(id).expect("it is built in")), Some(bytes));
}

#[rstest]
fn the_library_takes_a_name_where_every_platform_does(
    #[values("/a", "a", "/", "", "/.", "/..", "/...", "//a", "/a/", "/a/b", "/ä")] name: &str,
) {
    held(name);
}

#[rstest]
fn the_library_takes_names_as_long_as_every_platform_does(#[values(2, 29, 30, 31, 32, 255, 256)] bytes: usize) {
    held(&format!("/{}", "n".repeat(bytes - 1)));
}

fn held(name: &str) {
    let right = names::mended(name).expect("the profiles are built in").is_some_and(|mended| mended.changes.is_empty());
    assert_eq!(shmfd::name::limits::is_portable(name), right, "{name}");
    assert_eq!(shmfd::name::limits::EVERYWHERE, names::portable_bytes().expect("the profiles are built in"));
}
