//! Every outcome that a script may have, as its reader meets it, and held against real executions.

use super::{complaint, shmconf};
use rstest::rstest;
use serde_json::Value;
use shmconf::executor::{Config, Executor};
use shmconf::judge::judge;
use shmconf::outcomes::FORMAT;
use shmconf::profile::{Circumstances, Profile};
use shmconf::schema::Published;
use shmconf::verdict::Verdict;
use shmconf::{catalogue, possible};

const ATTACH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/attach-before-sized.shm");

fn shown(args: &[&str]) -> String {
    let output = shmconf(args);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output, None));
    String::from_utf8(output.stdout).expect("it is text")
}

#[test]
fn who_attaches_before_the_object_has_its_size_sees_nothing_or_dies() {
    insta::assert_snapshot!(shown(&["outcomes", ATTACH, "-p", "linux-glibc"]));
}

#[test]
fn platforms_with_the_same_outcomes_share_a_line() {
    let text = shown(&["outcomes", "exclusive/lock-race", "-p", "all"]);
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(": outcome")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn how_large_a_page_is_stands_below_platforms_that_differ_in_it() {
    let text = shown(&["outcomes", "size/around-a-page", "-p", "all"]);
    assert!(text.contains("PAGE is 4096 bytes, and 65536 on cygwin."), "{text}");
    assert!(!shown(&["outcomes", "exclusive/existing-name", "-p", "all"]).contains("PAGE is"));
}

#[test]
fn what_is_the_same_whoever_does_it_is_shown_once() {
    insta::assert_snapshot!(shown(&["outcomes", "exclusive/creators-and-openers-race", "-p", "linux-glibc"]));
}

#[test]
fn a_list_that_is_not_whole_says_why() {
    let text = shown(&["outcomes", "exclusive/file-lock-race", "-p", "posix"]);
    assert!(text.starts_with("exclusive/file-lock-race by posix: at least 4096 outcomes"), "{}", &text[..200]);
    assert!(text.contains("\noutcomes may be missing by posix: there are 4096 outcomes or more\n"));
}

#[test]
fn what_programs_read_keeps_to_its_schema_and_counts_every_execution() {
    let text = shown(&["outcomes", ATTACH, "-p", "linux-glibc", "--observed", "50", "--format", "json"]);
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    let validator = jsonschema::validator_for(&super::schema(Published::Outcomes)).expect("it is a schema");
    assert_eq!(validator.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>(), [""; 0]);
    let seen: u64 = document["outcomes"].as_array().into_iter().flatten().filter_map(|o| o["seen"].as_u64()).sum();
    assert_eq!((document["format"].as_str(), seen), (Some(FORMAT), 50));
}

#[test]
fn a_seen_outcome_that_is_not_allowed_is_marked_and_exits_with_1() {
    let case = ["outcomes", "exclusive/existing-name", "-s", "mutant:excl-ignored", "-p", "linux-glibc"];
    let output = shmconf(&[&case[..], &["--observed", "3"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", complaint(&output, None));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_run_of_a_script_of_ones_own_counts_what_it_saw() {
    let text = shown(&["run", ATTACH, "-s", "libc", "--format", "json"]);
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    let result = &document["reports"][0]["results"][0];
    let counts =
        result["outcomes"].as_array().expect("it has outcomes").iter().filter_map(|seen| seen["count"].as_u64());
    assert_eq!((counts.sum::<u64>(), result["scripts"].as_u64()), (200, Some(200)));
}

#[rstest]
#[case::more_than_one(&["outcomes", "exclusive"], "cases and properties; name one case, or a file with a script")]
#[case::a_property(&["outcomes", "exclusive/any-interleaving-has-one-winner"], "is a property, which draws scripts at random")]
#[case::no_such_case(&["outcomes", "exclusive/lock-rac"], "did you mean `exclusive/lock-race`")]
#[case::no_processes(&["outcomes", ATTACH, "--observed", "2", "-s", "model:macos"], "starts no process")]
#[case::a_subject_without_executions(&["outcomes", ATTACH, "-s", "libc"], "--observed")]
fn a_mistake_exits_with_2(#[case] args: &[&str], #[case] says: &str) {
    let output = shmconf(args);
    assert_eq!(output.status.code(), Some(2));
    let complaint = complaint(&output, None);
    assert!(complaint.contains(says), "{complaint}");
}

/// What the judge accepts of a real execution is on the list.
#[test]
fn whatever_is_seen_of_a_race_of_the_catalogue_and_allowed_is_listed() {
    let program = Some(assert_cmd::cargo::cargo_bin!("shmconf").to_path_buf());
    let config = Config { program, ..Config::new("libc".parse().expect("it names a subject")) };
    let mut executor = Executor::start(&config).expect("libc starts");
    let circumstances = Circumstances::of(executor.platform(), &executor.machine());
    let profile = Profile::under(Profile::id_for(executor.platform()), &circumstances).expect("it is built in");
    let (mut held, mut skipped) = (0, Vec::new());
    for script in catalogue::cases().iter().filter(|case| case.has_race()) {
        if let Some((_, reason)) = executor.lacks(script.requirements()) {
            skipped.push(format!("{}: {reason}", script.id));
            continue;
        }
        let mut listed = None;
        for _ in 0..40 {
            let trace = executor.execute(script, 0).expect("it can be executed");
            if judge(&trace, &profile).verdict >= Verdict::Inconclusive {
                continue;
            }
            let listed = listed.get_or_insert_with(|| {
                possible::outcomes(script, &trace.header, &profile, possible::Bounds::default())
            });
            let found = listed.find(&trace);
            assert!(matches!(found, possible::Found::At(_)), "{}: {found:?} of {:?}", script.id, listed.bounded);
            held += 1;
        }
    }
    eprintln!("skipped: {skipped:?}");
    assert!(held > 1000, "only {held} executions were held; skipped: {skipped:?}");
}
