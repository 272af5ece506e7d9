//! What people read of a run, from reports made by hand.

mod documents;
mod github;
mod html;
mod junit;
mod markdown;
mod samples;
mod tap;

use documents::document;
use samples::{deviation, exclusive_fails, passes, property_fails, report, skipped};
use shmconf::exit::Exit;
use shmconf::report::{Document, Format, Json, Portability, Pretty, Report};
use shmconf::verdict::Verdict;

fn pretty(reports: Vec<Report>) -> String {
    let mut output = anstream::StripStream::new(Vec::new());
    Pretty { width: 80 }.render(&document(reports), &mut output).expect("a vector takes everything");
    String::from_utf8(output.into_inner()).expect("it is text")
}

#[test]
fn a_run_that_conforms_ends_in_one_calm_table() {
    let results = vec![passes("names/round-trip"), passes("names/empty"), passes("exclusive/existing-name")];
    insta::assert_snapshot!(pretty(vec![report("libc", results)]));
}

#[test]
fn a_known_deviation_is_named_with_the_cases_that_saw_it() {
    let results = vec![
        passes("size/set"),
        deviation("size/grow-after-store-past-end", "linux/stale-bytes-past-end"),
        deviation("size/regrow", "linux/stale-bytes-past-end"),
        deviation("size/grow-again-and-again", "linux/stale-bytes-past-end"),
        deviation("size/grow-from-nothing", "linux/stale-bytes-past-end"),
    ];
    insta::assert_snapshot!(pretty(vec![report("libc", results)]));
}

#[test]
fn a_failure_shows_the_call_and_what_was_allowed() {
    let results = vec![passes("names/empty"), exclusive_fails()];
    insta::assert_snapshot!(pretty(vec![report("mutant:excl-ignored", results)]));
}

#[test]
fn a_race_shows_which_calls_overlapped() {
    insta::assert_snapshot!(pretty(vec![report("mutant:two-winners", vec![property_fails()])]));
}

#[test]
fn skips_are_counted_by_their_reason() {
    let results = vec![
        passes("names/empty"),
        skipped("access/other-user", "requires the right to become another user; this user is not root"),
        skipped("access/other-group", "requires the right to become another user; this user is not root"),
        skipped("passing/across-pid-namespace", "requires a PID namespace of its own; the system has none"),
    ];
    insta::assert_snapshot!(pretty(vec![report("libc", results)]));
}

#[test]
fn several_subjects_stand_beside_each_other() {
    let both =
        || vec![passes("names/empty"), passes("size/set"), deviation("size/regrow", "linux/stale-bytes-past-end")];
    let mut shmfd = both();
    shmfd[0] = skipped("names/empty", "requires named objects (shm_open); shmfd makes anonymous objects only");
    let reports = vec![
        report("libc", both()),
        report("shmfd:posix", shmfd),
        report("command:python3 conformance/harness/examples/adapter.py", vec![exclusive_fails()]),
        report("memfd", both()),
    ];
    insta::assert_snapshot!(pretty(reports));
}

#[test]
fn a_strict_run_counts_a_known_deviation_as_a_failure() {
    let mut strict = report("libc", vec![deviation("size/regrow", "linux/stale-bytes-past-end")]);
    assert!(strict.conforms());
    strict.strict = true;
    assert!(!strict.conforms());
    assert!(pretty(vec![strict]).contains("libc does not conform to linux-glibc: 1 deviation"));
}

#[test]
fn what_a_subject_says_cannot_move_the_cursor() {
    let mut result = passes("names/empty");
    result.verdict = Verdict::Inconclusive;
    result.reason = Some("unsupported: \u{1b}[2Jgone\u{7}".to_owned());
    let text = pretty(vec![report("command:\u{1b}c", vec![result])]);
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    assert!(text.contains(r"unsupported: \u{1b}[2Jgone\u{7}"), "{text}");
}

#[test]
fn nothing_is_wider_than_the_terminal_where_that_is_possible() {
    let results = vec![passes("names/empty"), exclusive_fails(), property_fails()];
    let text = pretty(vec![report("libc", results)]);
    let is_command = |line: &str| line.trim_start().starts_with("again");
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80 && !is_command(line)).collect();
    assert_eq!(wide, Vec::<&str>::new());
}

#[test]
fn json_reads_back_as_it_was() {
    let one = Document::of(vec![report("libc", vec![exclusive_fails()])]);
    let two = Document::of(vec![report("libc", vec![passes("names/empty")]), report("memfd", vec![property_fails()])]);
    for document in [one, two] {
        let mut output = Vec::new();
        Json.render(&document, &mut output).expect("a vector takes everything");
        assert_eq!(document, serde_json::from_slice(&output).expect("it is a report"));
    }
}

#[test]
fn each_other_platform_is_summed_up() {
    let other = |profile: &str, differ, deviations: &[(&str, u64)], choices, unknown| Portability {
        profile: profile.to_owned(),
        compared: 383,
        differ,
        deviations: deviations.iter().map(|(id, count)| ((*id).to_owned(), *count)).collect(),
        choices,
        possible: if unknown == 1 { [("haiku/sometimes".to_owned(), 2)].into() } else { Default::default() },
        unknown,
        ..Portability::default()
    };
    let mut libc = report("libc", vec![passes("names/empty")]);
    libc.portability = vec![
        other("macos", 218, &[("macos/size-in-pages", 9), ("macos/size-once", 40)], 120, 3),
        other("gvisor", 0, &[], 0, 0),
        other("haiku", 0, &[], 0, 1),
    ];
    insta::assert_snapshot!(pretty(vec![libc]));
}

#[test]
fn a_run_in_which_nearly_everything_was_skipped_says_nothing_of_the_subject() {
    let skips = |count: u32| (0..count).map(|number| skipped(&format!("names/n{number}"), "requires named objects"));
    let run = |skipped: u32| report("libc", skips(skipped).chain([passes("anonymous/two-of-one-name")]).collect());
    assert!(
        pretty(vec![run(19)])
            .ends_with("libc was tested too little to say that it conforms to linux-glibc: 19 of 20 cases and properties were skipped, in 3.2 s\n")
    );
    assert_eq!(Exit::of(&document(vec![run(19)])), Exit::Usage);
    assert_eq!(Exit::of(&document(vec![run(8)])), Exit::Conforms);
}
