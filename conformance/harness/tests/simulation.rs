//! The model as a subject: a platform that is not at hand, held to its own rules and to those of POSIX.

use rstest::rstest;
use shmconf::campaign::{self, Case, Compared, Plan};
use shmconf::profile::Profile;
use shmconf::report::{CaseResult, Report};
use shmconf::script::Id;
use shmconf::verdict::{Certainty, Verdict};
use shmconf::{catalogue, generator};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

/// The whole catalogue, and a few scripts of each generator, as `subject` would do them.
fn plan(subject: &str, profile: &str) -> Plan {
    Plan {
        subjects: vec![subject.parse().expect("it names a subject")],
        cases: catalogue::cases().iter().cloned().map(Case::from).collect(),
        properties: generator::properties().to_vec(),
        profile: Some(Profile::get(profile).expect("it is built in").into()),
        seed: 7,
        cases_per_property: 8,
        jobs: NonZeroUsize::MIN,
        timeout: Duration::from_secs(5),
        strict: false,
        compared: Compared::Nothing,
        traces: None,
        stop: Arc::default(),
    }
}

fn report(subject: &str, profile: &str) -> Report {
    campaign::run(&plan(subject, profile), &()).remove(0)
}

fn failures(report: &Report) -> Vec<String> {
    let wrong = |result: &&CaseResult| matches!(result.verdict, Verdict::Fail | Verdict::Inconclusive);
    let describe = |result: &CaseResult| {
        let violation = result.counterexample.as_ref().and_then(|counterexample| {
            let violation = counterexample.violations.first()?;
            Some(format!("{} -> {}", counterexample.calls[violation.event].line, violation.observed))
        });
        format!("{}: {}", result.id, violation.or(result.reason.clone()).unwrap_or_default())
    };
    report.results.iter().filter(wrong).map(describe).collect()
}

#[test]
fn every_platform_conforms_to_its_own_rules() {
    let failing: BTreeMap<&str, Vec<String>> = Profile::ids()
        .map(|id| (id, failures(&report(&format!("model:{id}"), id))))
        .filter(|(_, failures)| !failures.is_empty())
        .collect();
    assert_eq!(failing, BTreeMap::new());
}

#[rstest]
#[case("macos")]
#[case("freebsd")]
#[case("openbsd")]
fn a_platform_fails_as_posix_precisely_where_it_departs_from_it(#[case] id: &str) {
    let subject = format!("model:{id}");
    let at_home = report(&subject, id);
    let as_posix = report(&subject, "posix");
    let cases = |report: &Report, verdict: Verdict| -> BTreeSet<String> {
        let is_meant = |result: &&CaseResult| result.verdict == verdict;
        report.results.iter().filter(is_meant).map(|result| result.id.to_string()).collect()
    };
    let departs = cases(&at_home, Verdict::Deviation);
    assert!(!departs.is_empty());
    assert_eq!(cases(&as_posix, Verdict::Fail), departs);
}

/// The deviations by which the calls of the catalogue part from what they do on Linux, with the cases that they reach.
fn reached() -> BTreeMap<String, BTreeSet<Id>> {
    let plan = Plan { compared: Compared::All, properties: Vec::new(), ..plan("model:linux-glibc", "linux-glibc") };
    let report = campaign::run(&plan, &()).remove(0);
    let mut reached: BTreeMap<String, BTreeSet<Id>> = BTreeMap::new();
    for result in &report.results {
        let differences = result.portability.iter().flat_map(|elsewhere| &elsewhere.differences);
        let known = differences.filter(|difference| difference.certainty != Certainty::Unknown);
        let allowed = known.flat_map(|difference| &difference.there);
        for deviation in allowed
            .flat_map(|allowed| &allowed.justifications)
            .filter_map(|justification| justification.deviation.as_ref())
        {
            reached.entry(deviation.clone()).or_default().insert(result.id.clone());
        }
    }
    reached
}

#[test]
fn the_catalogue_of_linux_meets_the_deviations_of_the_other_platforms() {
    let lines = reached().into_iter().map(|(deviation, ids)| format!("{deviation}  {}\n", ids.len()));
    insta::assert_snapshot!(lines.collect::<String>());
}

/// A platform that departs wherever it may does not show all: NetBSD without a tmpfs has no name to unlink.
#[test]
fn the_catalogue_shows_every_deviation_of_every_platform() {
    let mut seen: BTreeSet<String> = reached().into_keys().collect();
    let mut known = BTreeSet::new();
    for id in Profile::ids().chain(["netbsd,tmpfs=true"]) {
        let profile = Profile::get(id).expect("it is built in");
        let report = report(&format!("model:{id}"), id);
        seen.extend(report.results.into_iter().flat_map(|result| result.deviations));
        known.extend(profile.deviations.into_iter().map(|deviation| deviation.id));
    }
    assert_eq!(seen, known);
}
