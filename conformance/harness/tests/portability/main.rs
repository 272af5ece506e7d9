//! What the other platforms would have made of stored traces, and of real ones.

mod catalogue;
mod written;

use rstest::rstest;
use shmconf::portability::{differences, elsewhere, platforms_beside};
use shmconf::profile::Profile;
use shmconf::trace::Trace;
use shmconf::verdict::{Certainty, Difference};
use std::process::Command;

const QEMU: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/portability/qemu-sequence.jsonl");

fn stored(file: &str) -> Trace {
    let path = format!("{}/../model/golden/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
    Trace::read(std::fs::read(path).expect("it is there").as_slice()).expect("it is a trace")
}

/// A trace by an ordinary user.
fn trace(events: &[(&str, &str)]) -> Trace {
    written::trace("size/mine", 1000, events)
}

fn on(profile: &str, trace: &Trace) -> Vec<Difference> {
    differences(trace, &Profile::get(profile).expect("it is built in"))
}

const OPEN: &str =
    r#""bind":["f"],"call":{"call":"shm_open","name":"/sc4f2x9k1m0qa","flags":"RDWR|CREAT|EXCL","mode":384}"#;
const GROW: &str = r#""call":{"call":"ftruncate","fd":"f","size":8192}"#;
const RESERVE: &str = r#""call":{"call":"posix_fallocate","fd":"f","offset":0,"len":8192}"#;

/// What `shmconf judge -p all` says of it behind the verdicts.
#[test]
fn qemu_s_own_sequence_fails_where_a_mode_0_object_cannot_be_unlinked() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    let output = command.args(["judge", QEMU, "-p", "all"]).env("NO_COLOR", "1").output().expect("it starts");
    assert_eq!(output.status.code(), Some(0), "it conforms at home");
    let text = String::from_utf8(output.stdout).expect("it is text");
    let at = text.find("examples/qemu-sequence on the other platforms").expect("platforms differ");
    let timeless: Vec<&str> = text[at..].lines().map(|line| line.split(", in ").next().unwrap_or_default()).collect();
    insta::assert_snapshot!(timeless.join("\n"));
}

#[test]
fn a_platform_agrees_with_what_was_seen_on_itself() {
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (GROW, r#""ok""#)]);
    assert_eq!(on("linux-glibc", &trace), []);
}

#[test]
fn the_number_of_a_descriptor_is_no_difference() {
    let trace = trace(&[(OPEN, r#"{"fd":9}"#)]);
    assert_eq!(on("linux-glibc", &trace), []);
}

#[test]
fn the_replay_goes_on_as_the_platform_would() {
    let stat = r#""call":{"call":"fstat","fd":"f"}"#;
    let shrink = r#""call":{"call":"ftruncate","fd":"f","size":4096}"#;
    let seen = r#"{"stat":{"size":4096,"mode":384,"uid":1000,"gid":1000}}"#;
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (shrink, r#""ok""#), (stat, seen)]);
    let found: Vec<(usize, String)> =
        on("macos", &trace).iter().map(|found| (found.event, found.there[0].outcome.clone())).collect();
    assert_eq!(found, [(2, "EINVAL".to_owned()), (3, "size 8192 mode 0600 uid 1000 gid 1000".to_owned())]);
}

/// macOS before 10.14.6 does not let the owner unlink what the owner may not write; a memfd's mode is 0777 on any Linux.
#[rstest]
#[case::of_another_platform("macos", r#""call":{"call":"shm_unlink","name":"/sc4f2x9k1m0qa"}"#, r#""ok""#, 1)]
#[case::of_the_own_one_too("gvisor", r#""call":{"call":"fstat","fd":"g"}"#, NAMELESS, 0)]
fn what_happens_at_times_is_a_difference_unless_it_does_so_here(
    #[case] profile: &str,
    #[case] call: &str,
    #[case] outcome: &str,
    #[case] differences: usize,
) {
    let closed = OPEN.replace("384", "0");
    let create = r#""bind":["g"],"call":{"call":"create","size":4096}"#;
    let trace = trace(&[(&closed, r#"{"fd":4}"#), (create, r#"{"fd":5}"#), (call, outcome)]);
    let found = on(profile, &trace);
    assert_eq!(found.len(), differences, "{found:?}");
    assert!(found.iter().all(|found| found.certainty == Certainty::Possible), "{found:?}");
}

const NAMELESS: &str = r#"{"stat":{"size":4096,"mode":0,"uid":1000,"gid":1000}}"#;

#[test]
fn what_is_not_known_of_a_platform_is_told_apart() {
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (RESERVE, r#""ok""#)]);
    let found = on("dragonfly", &trace);
    assert!(found.iter().any(|found| found.event == 1), "{found:?}");
    assert!(found.iter().all(|found| found.certainty == Certainty::Unknown), "{found:?}");
}

#[rstest]
#[case("creators-race")]
#[case("unlink-race")]
fn an_order_of_overlapping_calls_that_exists_is_no_difference(#[case] file: &str) {
    assert_eq!(on("linux-glibc", &stored(file)), []);
}

#[test]
fn neither_the_own_platform_nor_posix_is_another_platform() {
    let trace = trace(&[(OPEN, r#"{"fd":4}"#), (GROW, r#""ok""#), (GROW, r#""ok""#)]);
    let platforms: Vec<String> = platforms_beside("linux-glibc").into_iter().map(|profile| profile.id).collect();
    assert!(!platforms.contains(&"linux-glibc".to_owned()) && !platforms.contains(&"posix".to_owned()));
    let found = elsewhere(&trace, &platforms_beside("linux-glibc"));
    let differing: Vec<&str> = found.iter().map(|elsewhere| elsewhere.profile.as_str()).collect();
    assert!(differing.contains(&"macos") && !differing.contains(&"linux-musl"), "{differing:?}");
}
