//! The way from a trace to a verdict: what was not executed, and what that means.

#[path = "portability/written.rs"]
mod written;

use rstest::rstest;
use shmconf::assess::{Against, Assessment, Stopped, Tally, assess};
use shmconf::profile::Profile;
use shmconf::report::Kind;
use shmconf::trace::Trace;
use shmconf::verdict::Verdict;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const CREATE: &str = r#""bind":["f"],"call":{"call":"shm_open","name":"/scx","flags":"RDWR|CREAT|EXCL","mode":384}"#;
/// What no machine has room for.
const HUGE: &str = r#""bind":["f"],"call":{"call":"create","size":1125899906842624}"#;
const REFUSED: &str = r#""bind":["f"],"call":{"call":"shm_open","name":"/a/b","flags":"RDWR|CREAT|EXCL","mode":384}"#;
const SIZE: &str = r#""call":{"call":"ftruncate","fd":"f","size":4096}"#;
const STAT: &str = r#""call":{"call":"fstat","fd":"f"}"#;
const GONE: &str = r#"{"not_executed":"the actor is gone"}"#;

/// A trace by root.
fn trace(events: &[(&str, &str)]) -> Trace {
    written::trace("my/case", 0, events)
}

fn assessed(events: &[(&str, &str)]) -> Assessment {
    let profile = Profile::get("linux-glibc").expect("it is built in");
    assess(&trace(events), Against { profile: &profile, others: &[], stop: &AtomicBool::new(false) }).expect("no stop")
}

#[rstest]
#[case::all_was_executed(&[(CREATE, r#"{"fd":4}"#), (SIZE, r#""ok""#)], 0, Verdict::Pass)]
#[case::nothing_behind_the_setup(&[(HUGE, r#"{"errno":"ENOSPC"}"#), (SIZE, GONE), (STAT, GONE)], 2, Verdict::Inconclusive)]
#[case::a_refusal_of_the_arguments_is_a_result(&[(REFUSED, r#"{"errno":"EINVAL"}"#), (STAT, GONE)], 1, Verdict::Pass)]
#[case::what_is_not_allowed_fails_all_the_same(&[(CREATE, r#"{"errno":"EIO"}"#), (STAT, GONE)], 1, Verdict::Fail)]
fn a_trace_with_no_more_than_its_setup_is_no_pass(
    #[case] events: &[(&str, &str)],
    #[case] not_executed: u64,
    #[case] verdict: Verdict,
) {
    let assessment = assessed(events);
    assert_eq!((assessment.not_executed, assessment.verdict()), (not_executed, verdict));
}

#[rstest]
#[case::waits(r#""hang""#)]
#[case::has_ended(r#"{"received":{"fds":[]}}"#)]
#[case::is_not_served(GONE)]
fn whoever_listens_to_a_child_that_could_not_be_forked_is_not_at_fault(#[case] heard: &str) {
    const FORK: &str = r#""call":{"call":"fork","child":"c"}"#;
    const RECEIVE: &str = r#""bind":["g"],"call":{"call":"recv","from":"c"}"#;
    let assessment = assessed(&[(FORK, r#"{"unsupported":"no"}"#), (RECEIVE, heard)]);
    assert_eq!(assessment.verdict(), Verdict::Inconclusive);
}

#[test]
fn the_reason_counts_the_calls_and_names_the_first() {
    let assessment = assessed(&[(HUGE, r#"{"errno":"ENOMEM"}"#), (SIZE, GONE), (STAT, GONE)]);
    let mut tally = Tally::of("my/case".parse().expect("it is an ID"), Kind::Case);
    tally.add(assessment, |_| unreachable!("nothing fails"));
    let result = tally.finish(Duration::ZERO);
    assert_eq!(result.verdict, Verdict::Inconclusive);
    assert_eq!(
        result.reason.as_deref(),
        Some(
            "only its setup was executed: 2 of 3 calls were not executed, the first of them `a: ftruncate(f, 4096)` \
             (the actor is gone)"
        )
    );
}

#[test]
fn one_execution_that_went_further_is_enough() {
    let mut tally = Tally::of("my/case".parse().expect("it is an ID"), Kind::Case);
    let stat = r#"{"stat":{"size":0,"mode":384,"uid":0,"gid":0}}"#;
    tally.add(assessed(&[(HUGE, r#"{"errno":"ENOMEM"}"#), (STAT, GONE)]), |_| unreachable!("nothing fails"));
    tally.add(assessed(&[(CREATE, r#"{"fd":4}"#), (STAT, stat)]), |_| unreachable!("nothing fails"));
    let result = tally.finish(Duration::ZERO);
    assert_eq!((result.verdict, result.not_executed, result.reason), (Verdict::Pass, 1, None));
}

#[test]
fn nobody_waits_for_an_assessment_that_was_stopped() {
    let profile = Profile::get("posix").expect("it is built in");
    let stopped = assess(&trace(&[]), Against { profile: &profile, others: &[], stop: &AtomicBool::new(true) });
    assert_eq!(stopped, Err(Stopped));
}

#[test]
fn one_trace_has_one_assessment() {
    let fails = &[(CREATE, r#"{"fd":9}"#), (SIZE, r#"{"errno":"EIO"}"#), (STAT, r#"{"errno":"EIO"}"#)];
    let first = assessed(fails);
    assert_eq!(first.verdict(), Verdict::Fail);
    for _ in 0..20 {
        assert_eq!(assessed(fails), first);
    }
}
