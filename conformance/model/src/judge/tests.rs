//! The search for an order held against trying every order, and what it costs.

use super::{Bounds, Orders, judge_in};
use crate::drawn;
use crate::naming::Token;
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::script::Script;
use crate::simulation::Simulation;
use crate::trace::Event;
use crate::verdict::Verdict;
use proptest::prelude::*;
use rstest::rstest;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(1000)))]

    #[test]
    fn leaving_out_orders_changes_no_verdict((id, trace) in drawn::traces(7)) {
        let profile = Profile::get(id).unwrap();
        let bounds = Bounds { steps: 5_000_000, states: 100_000, stop: None };
        let enough = judge_in(&trace, &profile, bounds, Orders::Enough);
        let every = judge_in(&trace, &profile, bounds, Orders::Every);
        let events: Vec<String> = trace.events.iter().map(|event| format!("{}..{} {event}", event.start, event.end)).collect();
        prop_assert_eq!(enough.verdict, every.verdict, "by {}:\n{}\n{:#?}\n{:#?}", id, events.join("\n"), enough, every);
    }
}

#[test]
fn times_that_are_asked_for_again_and_again_leave_few_states() {
    let asked = [
        "timestamp(f, ATIME)",
        "timestamp(f, MTIME)",
        "timestamp(f, CTIME)",
        "pwrite(f, 0, 0x41, 1)",
        "pread(f, 0, 1)",
    ];
    let calls: Vec<&str> = ["f = create(1)"].into_iter().chain(asked.into_iter().cycle().take(250)).collect();
    let script: Script = format!("# drawn/times\na: {}", calls.join("\na: ")).parse().expect("it is a script");
    for id in Profile::ids() {
        let profile = Profile::get(id).unwrap();
        let trace = Simulation::new("model", profile.clone(), Token::of(1), (0, 1)).execute(&script, 0);
        let bounds = Bounds { states: 16, ..Bounds::default() };
        let judgement = judge_in(&trace, &profile, bounds, Orders::Enough);
        assert!(judgement.verdict < Verdict::Inconclusive, "by {id}: {judgement:?}");
    }
}

#[rstest]
#[case::creators("f = shm_open(\"/scx\", RDWR|CREAT|EXCL, 0600)")]
#[case::openers_of_nothing("f = shm_open(\"/scx\", RDWR, 0600)")]
#[case::unlinkers("shm_unlink(\"/scx\")")]
#[case::makers_of_nameless_objects("f = create(4096)")]
#[case::listings("names()")]
fn a_race_of_many_that_make_one_call_is_searched_to_the_end_in_few_steps_for_each(#[case] call: &str) {
    const ACTORS: usize = 64;
    let calls: Vec<String> = (0..ACTORS).map(|number| format!("a{number}: {call}")).collect();
    for id in Profile::ids() {
        let profile = Profile::get(id).unwrap();
        let mut trace = drawn::race(&profile, &calls);
        // Only where no order was left out is a later call that is not allowed certainly wrong.
        let wrong = Event { outcome: Outcome::Ok, start: 10_000, end: 10_000, ..trace.events[0].clone() };
        trace.events.push(wrong);
        let bounds = Bounds { steps: 100 * ACTORS, ..Bounds::default() };
        let judgement = judge_in(&trace, &profile, bounds, Orders::Enough);
        let found: Vec<usize> = judgement.violations.iter().map(|violation| violation.event).collect();
        assert_eq!((judgement.verdict, found), (Verdict::Fail, vec![ACTORS]), "by {id}: {:?}", judgement.reason);
    }
}
