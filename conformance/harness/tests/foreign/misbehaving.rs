//! Adapters that do one thing wrong: the case in which they do it is inconclusive, with the reason and the end of standard
//! error, and everything else has its result.

use super::{python, reason, run, verdicts};
use rstest::rstest;
use serde_json::Value;
use std::time::{Duration, Instant};

const ADAPTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign/misbehaves.py");
/// The second removes names.
const CASES: [&str; 3] = ["exclusive/existing-name", "lifetime/unlink-missing", "size/new-object-is-empty"];
/// How long a call may take here, in seconds: an interpreter has to start meanwhile.
const TIMEOUT: &str = "3";

fn misbehaving(kind: &str) -> Option<(Option<i32>, Vec<Value>)> {
    let subject = format!("command:{} -S {ADAPTER} {kind}", python()?);
    Some(run(&[&CASES[..], &["-s", &subject, "-s", "libc", "-p", "posix", "-j", "1", "--timeout", TIMEOUT]].concat()))
}

#[rstest]
#[case::half_a_line("half-a-line", "with half a line: {\"type\": \"answer\"")]
#[case::endless_line("endless-line", "with what is no reply: a line of more than 16 MiB")]
#[case::invalid_utf8("invalid-utf8", "with what is no reply: {\"type\": \"an")]
#[case::zero_bytes("zero-bytes", "with what is no reply: ")]
#[case::deep("deep", "with what is no reply: [[[[")]
#[case::empty_line("empty-line", "with what is no reply: : EOF")]
#[case::wrong_sequence("wrong-sequence", "with what answers another request: {")]
#[case::sequence_as_text("sequence-as-text", "with what is no reply: ")]
#[case::two_answers("two-answers", "answers call 2 (")]
#[case::unknown_outcome("unknown-outcome", "unknown variant `smile`")]
#[case::unknown_error("unknown-error", "with what is no reply: ")]
#[case::number_too_large("number-too-large", "with what is no reply: ")]
#[case::no_outcome("no-outcome", "missing field `outcome`")]
#[case::other_reply("other-reply", "with what answers another request: {\"type\":\"reset\"")]
#[case::gives_up("gives-up", "gives up: I give up")]
#[case::clock_backwards("clock-backwards", "which ends before it begins")]
#[case::other_clock("other-clock", "which begins before it was asked for")]
#[case::clock_of_the_future("clock-of-the-future", "which ends after its answer came")]
#[case::stderr_flood("stderr-flood", "with what is no reply: what?")]
#[case::daemon("daemon", "(exit 0), and something keeps its socket")]
#[case::exit("exit", "ends instead of answering call 1 (shm_unlink(")]
#[case::exception("exception", "ZeroDivisionError")]
#[case::closes_socket("closes-socket", "closes its socket before it has answered call 1")]
fn what_an_adapter_does_wrong_costs_that_case(#[case] kind: &str, #[case] what: &str) {
    let Some((code, reports)) = misbehaving(kind) else { return };
    assert_eq!(verdicts(&reports[0]), ["pass", "inconclusive", "pass"], "{reports:#?}");
    assert_eq!(verdicts(&reports[1]), ["pass", "pass", "pass"], "{reports:#?}");
    let reason = reason(&reports[0], 1);
    assert!(reason.contains(what), "{reason}");
    assert!(reason.contains("the last words"), "{reason}");
    assert!(reason.len() < 70_000, "{} bytes", reason.len());
    assert_eq!(code, Some(1));
    assert_eq!(reports[0]["gave_up"], Value::Null);
}

/// What an adapter says of itself at the start is wrong, so that nothing is known of it.
#[rstest]
#[case::wrong_version("wrong-version", "speaks \"shmconf-protocol/9\"")]
#[case::unknown_need("unknown-need", "answers `start` with what is no reply: ")]
fn an_adapter_that_cannot_start_leaves_the_others_their_results(#[case] kind: &str, #[case] what: &str) {
    let Some((code, reports)) = misbehaving(kind) else { return };
    let reason = reports[0]["gave_up"].as_str().expect("it says why");
    assert!(reason.contains(what), "{reason}");
    assert_eq!(verdicts(&reports[1]), ["pass", "pass", "pass"], "{reports:#?}");
    assert_eq!(code, Some(3));
}

#[rstest]
#[case::not_executable("/etc/passwd", "EACCES")]
#[case::a_directory("/", "EACCES")]
fn a_program_that_cannot_be_run_is_named(#[case] path: &str, #[case] error: &str) {
    let subject = format!("command:{path}");
    let (code, reports) = run(&[CASES[0], "-s", &subject, "-s", "libc"]);
    let reason = reports[0]["gave_up"].as_str().expect("it says why");
    assert!(reason.contains(&format!("cannot run \"{path}\": {error}")), "{reason}");
    assert_eq!(verdicts(&reports[1]), ["pass"]);
    assert_eq!(code, Some(3));
}

/// A reset that does not succeed is allowed, and costs another process; one that is not answered costs one deadline.
#[rstest]
#[case::unclean("reset-unclean")]
#[case::exits("reset-exits")]
#[case::unclean_and_exits("reset-unclean-exits")]
#[case::clean_and_exits("reset-clean-exits")]
fn an_adapter_that_is_not_clean_is_replaced_at_once(#[case] kind: &str) {
    let Some(python) = python() else { return };
    let subject = |kind| format!("command:{python} -S {ADAPTER} {kind}");
    let time = |kind| {
        let began = Instant::now();
        let selected = ["lifetime/*", "-x", "*race*", "-x", "*any-calls*", "--cases", "8"];
        let (code, reports) = run(&[&selected[..], &["-s", &subject(kind), "-j", "1", "--timeout", "20"]].concat());
        assert_eq!(code, Some(0), "{reports:#?}");
        (began.elapsed(), verdicts(&reports[0]).len() as u32)
    };
    let (usual, _) = time("nothing");
    let (elapsed, cases) = time(kind);
    // A few starts of an interpreter for a case, and no deadline, of which eight would come first.
    let most = usual * 4 + Duration::from_secs(20);
    assert!(elapsed < most, "{elapsed:?} for {cases} cases, and {usual:?} where every reset is clean");
}

/// The harness starts a process for each actor then, as it does where there is no template.
#[rstest]
#[case::is_silent("template-silent")]
#[case::exits("template-exits")]
#[case::forks_without_a_word("template-mute")]
#[case::names_a_process_of_others("template-lies")]
#[case::names_no_process("template-nonsense")]
fn a_template_that_forks_nobody_costs_no_result(#[case] kind: &str) {
    let Some((code, reports)) = misbehaving(kind) else { return };
    assert_eq!(verdicts(&reports[0]), ["pass", "pass", "pass"], "{reports:#?}");
    assert_eq!(verdicts(&reports[1]), ["pass", "pass", "pass"], "{reports:#?}");
    assert_eq!(code, Some(0));
}

/// It has read what the actor was told, so that what it was asked is lost.
#[test]
fn a_template_that_stays_the_parent_of_an_actor_costs_what_that_actor_was_asked() {
    let Some((_, reports)) = misbehaving("template-keeps") else { return };
    assert!(verdicts(&reports[0]).iter().all(|verdict| ["pass", "inconclusive"].contains(verdict)), "{reports:#?}");
    assert_eq!(verdicts(&reports[1]), ["pass", "pass", "pass"], "{reports:#?}");
}

#[test]
fn a_reset_without_an_answer_costs_one_deadline() {
    let Some((code, reports)) = misbehaving("reset-hangs") else { return };
    assert_eq!(verdicts(&reports[0]), ["pass", "pass", "pass"], "{reports:#?}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_reset_answered_with_nonsense_is_told() {
    let Some((_, reports)) = misbehaving("reset-nonsense") else { return };
    assert!(reports[0].to_string().contains("answers `reset` with what is no reply: what?"), "{reports:#?}");
    assert_eq!(verdicts(&reports[1]), ["pass", "pass", "pass"], "{reports:#?}");
}

#[test]
fn who_introduces_itself_twice_is_told() {
    let Some((_, reports)) = misbehaving("started-twice") else { return };
    assert!(reports[0].to_string().contains("with what answers another request: "), "{reports:#?}");
    assert_eq!(verdicts(&reports[1]), ["pass", "pass", "pass"], "{reports:#?}");
}

/// The call did not come back: that is what it did, and the rules do not allow it.
#[test]
fn a_call_without_an_answer_hangs() {
    let Some((code, reports)) = misbehaving("no-answer") else { return };
    assert_eq!(verdicts(&reports[0]), ["pass", "fail", "pass"], "{reports:#?}");
    assert_eq!(code, Some(1));
}

#[test]
fn an_adapter_may_take_most_of_the_time_that_there_is() {
    let Some((code, reports)) = misbehaving("slow 2.5") else { return };
    assert_eq!(verdicts(&reports[0]), ["pass", "pass", "pass"], "{reports:#?}");
    assert_eq!(code, Some(0));
}

#[test]
fn an_ability_that_is_not_there_is_no_failure() {
    let Some((_, reports)) = misbehaving("claims-everything") else { return };
    assert_eq!(verdicts(&reports[0]), ["pass", "inconclusive", "pass"], "{reports:#?}");
    assert!(reason(&reports[0], 1).contains("I only said so"), "{reports:#?}");
}

#[test]
fn an_adapter_that_can_nothing_has_every_case_skipped() {
    let Some((_, reports)) = misbehaving("none-at-all") else { return };
    assert_eq!(verdicts(&reports[0]), ["skip", "skip", "skip"], "{reports:#?}");
    assert_eq!(verdicts(&reports[1]), ["pass", "pass", "pass"], "{reports:#?}");
}
