//! The walk held against a walk through every order, and against the judge.

use super::{Bounds, Found, Outcomes, outcomes, outcomes_in, seen};
use crate::catalogue;
use crate::drawn;
use crate::judge::{Orders, judge};
use crate::naming::Token;
use crate::profile::Profile;
use crate::script::Script;
use crate::simulation::Simulation;
use crate::trace::Header;
use crate::verdict::Verdict;
use proptest::prelude::*;
use rstest::rstest;
use std::collections::BTreeSet;

const BOUNDS: Bounds<'static> = Bounds { outcomes: 20_000, steps: 200_000, stop: None };

fn races() -> impl Iterator<Item = &'static Script> {
    catalogue::cases().iter().filter(|case| case.has_race())
}

fn header(script: &Script, profile: &Profile) -> Header {
    Simulation::new("model", profile.clone(), Token::of(1), (0, 1)).header(script, 0)
}

/// What may come back, each once, whichever of those that are alike is which.
fn texts(outcomes: &Outcomes) -> BTreeSet<Vec<String>> {
    let of = |answers: &[super::Answer]| answers.iter().map(|answer| answer.text.clone()).collect::<Vec<_>>();
    outcomes.found.iter().map(|found| seen::sorted(&outcomes.calls, &outcomes.alike, &of(&found.answers))).collect()
}

/// What is wrong with the outcomes of a script: some that the judge refuses, or that cannot be told from others.
fn mistakes(script: &Script, profile: &Profile) -> Vec<String> {
    let header = header(script, profile);
    let all = outcomes(script, &header, profile, BOUNDS);
    let mut wrong = Vec::new();
    for (at, outcome) in all.found.iter().enumerate().take(500) {
        let trace = all.trace(outcome, &header);
        let judgement = judge(&trace, profile);
        if judgement.verdict >= Verdict::Inconclusive {
            wrong.push(format!("the judge refuses outcome {at}: {judgement:?}"));
        }
        if !matches!(all.find(&trace), Found::At(found) if found <= at) {
            wrong.push(format!("outcome {at} is not found again"));
        }
    }
    wrong
}

#[test]
fn every_outcome_of_a_race_is_allowed_by_the_judge_and_found_again() {
    for id in ["linux-glibc", "macos", "openbsd"] {
        let profile = Profile::get(id).unwrap();
        for script in races() {
            assert_eq!(mistakes(script, &profile), Vec::<String>::new(), "{} by {id}", script.id);
        }
    }
}

#[test]
fn orders_that_are_left_out_and_actors_that_are_alike_hide_no_outcome_of_the_catalogue() {
    let profile = Profile::get("linux-glibc").unwrap();
    let mut compared = 0;
    for script in races() {
        let header = header(script, &profile);
        let every = outcomes_in(script, &header, &profile, BOUNDS, Orders::Every);
        if every.bounded.is_none() {
            let enough = outcomes(script, &header, &profile, BOUNDS);
            assert_eq!(texts(&enough), texts(&every), "{}", script.id);
            compared += 1;
        }
    }
    assert!(compared > 30, "only {compared} are small enough");
}

#[test]
fn what_waits_for_a_message_that_comes_does_not_hang() {
    let script: Script = "# own/waits\na: f = create(10)\nrace {\n b: g = recv(a)\n a: send(b, f)\n}".parse().unwrap();
    let profile = Profile::get("posix").unwrap();
    let all = outcomes(&script, &header(&script, &profile), &profile, BOUNDS);
    let hangs = all.found.iter().filter(|outcome| outcome.answers[1].text == "no answer").count();
    assert_eq!((all.found.is_empty(), hangs), (false, 0));
}

#[test]
fn a_search_that_is_given_up_says_so_and_keeps_what_it_found() {
    let script = races().find(|case| case.id.as_str() == "size/grown-in-one-step").unwrap();
    let profile = Profile::get("linux-glibc").unwrap();
    let header = header(script, &profile);
    let whole = texts(&outcomes(script, &header, &profile, BOUNDS));
    let few = outcomes(script, &header, &profile, Bounds { steps: 500, ..BOUNDS });
    assert_eq!(few.bounded.as_deref(), Some("not every order could be tried in 500 steps"));
    assert!(!few.found.is_empty() && texts(&few).is_subset(&whole));
    let stop = || true;
    let stopped = outcomes(script, &header, &profile, Bounds { stop: Some(&stop), ..BOUNDS });
    assert_eq!(stopped.bounded.as_deref(), Some("the search was asked to stop"));
}

#[rstest]
#[case::a_release("macos", "m = mmap(f, 0, 4096, READ|EXEC, SHARED)", [["EINVAL", "EINVAL"], ["ok", "ok"]])]
#[case::a_missing_store("netbsd", "shm_unlink(@x)", [["ENOENT", "ENOENT"], ["ENOTSUP", "ENOTSUP"]])]
fn what_a_call_meets_once_it_meets_again(#[case] id: &str, #[case] call: &str, #[case] expected: [[&str; 2]; 2]) {
    let profile = Profile::get(id).unwrap();
    let script: Script = format!("# own/twice\na: f = create(4096)\na: {call}\na: {call}").parse().unwrap();
    let all = outcomes(&script, &header(&script, &profile), &profile, BOUNDS);
    let found: BTreeSet<[&str; 2]> =
        all.found.iter().map(|outcome| [&*outcome.answers[1].text, &*outcome.answers[2].text]).collect();
    assert_eq!(found, BTreeSet::from(expected));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(300)))]

    #[test]
    fn leaving_out_orders_hides_no_outcome_and_invents_none((id, script) in drawn::races(5)) {
        let profile = Profile::get(id).unwrap();
        let header = header(&script, &profile);
        let every = outcomes_in(&script, &header, &profile, BOUNDS, Orders::Every);
        prop_assume!(every.bounded.is_none());
        let enough = outcomes(&script, &header, &profile, BOUNDS);
        prop_assert_eq!(texts(&enough), texts(&every), "by {}:\n{}", id, script);
        prop_assert_eq!(mistakes(&script, &profile), Vec::<String>::new(), "by {}:\n{}", id, script);
    }
}
