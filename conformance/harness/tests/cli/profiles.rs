//! `shmconf profiles`: the rules side by side, and the page that is generated from them.

use super::shmconf;
use std::fs;
use std::path::Path;

/// Set to anything, it writes the page anew instead of comparing it.
const UPDATE: &str = "SHMCONF_UPDATE_DOCS";

#[test]
fn the_page_of_platforms_is_what_the_profiles_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/platforms.md");
    let output = shmconf(&["profiles", "--format", "markdown"]);
    assert_eq!(output.status.code(), Some(0));
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, &output.stdout).expect("it can be written");
    }
    let page = fs::read(&path).expect("it is there");
    assert!(page == output.stdout, "docs/platforms.md is out of date: run this test with {UPDATE}=1");
}

#[test]
fn two_platforms_stand_side_by_side() {
    let output = shmconf(&["profiles", "posix", "macos", "openbsd"]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout));
}

#[test]
fn every_platform_is_shown_within_the_width() {
    let output = shmconf(&["profiles"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for id in shmconf::profile::Profile::ids() {
        assert!(text.lines().any(|line| line.starts_with(' ') && line.contains(id)), "{id} is missing");
    }
    let wide = text.lines().filter(|line| line.chars().count() > 100).collect::<Vec<_>>();
    assert_eq!(wide, Vec::<&str>::new());
}

#[test]
fn an_unknown_platform_is_refused() {
    let output = shmconf(&["profiles", "beos"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no profile is called `beos`"));
}
