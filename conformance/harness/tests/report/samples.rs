//! Reports made by hand.

use shmconf::clause::{ClauseId, Level, shm_open, shm_unlink};
use shmconf::outcome::{Errno, Outcome};
use shmconf::report::{CaseResult, Counterexample, Coverage, Deviation, Kind, Report, Summary};
use shmconf::script::Script;
use shmconf::trace::{Event, Header, Platform, Trace};
use shmconf::verdict::{Allowed, Explanation, Verdict, Violation};
use std::collections::BTreeSet;

pub(crate) fn report(subject: &str, results: Vec<CaseResult>) -> Report {
    let exercised: BTreeSet<ClauseId> = results.iter().flat_map(|result| result.clauses.clone()).collect();
    let coverage = |(number, level)| {
        let clause = shm_open(number);
        let by = results.iter().filter(|result| result.clauses.contains(&clause)).map(|result| result.id.clone());
        Coverage { clause, level, exercised: exercised.contains(&clause), by: by.collect(), reason: None }
    };
    let levels = [(1, Level::Shall), (2, Level::May), (3, Level::ImplementationDefined), (22, Level::Shall)];
    Report {
        platform: Platform {
            os: "Linux".to_owned(),
            release: "6.18.44".to_owned(),
            arch: "x86_64".to_owned(),
            libc: "glibc 2.36".to_owned(),
            stand_in: String::new(),
            page_size: 4096,
        },
        subject: subject.to_owned(),
        profile: "linux-glibc".to_owned(),
        seed: 7,
        must_be_portable: false,
        is_compared: false,
        strict: false,
        interrupted: false,
        gave_up: None,
        left_behind: Vec::new(),
        duration_ms: 3217,
        deviations: Deviation::met(known_deviations(), &results),
        portability: Vec::new(),
        coverage: levels.into_iter().map(coverage).collect(),
        summary: Summary::of(&results),
        results,
    }
}

/// What the profile of the sample knows.
fn known_deviations() -> Vec<Deviation> {
    vec![Deviation {
        id: "linux/stale-bytes-past-end".to_owned(),
        clause: shm_open(3),
        text: "bytes that were stored behind the end of an object show up when it grows.".to_owned(),
        trouble: "a reader finds data where zeros should be".to_owned(),
        instead: "Clear the tail of the last page before the object grows.".to_owned(),
        versions: String::new(),
    }]
}

pub(crate) fn passes(id: &str) -> CaseResult {
    CaseResult {
        id: id.parse().expect("it is an ID"),
        kind: Kind::Case,
        file: None,
        verdict: Verdict::Pass,
        reason: None,
        clauses: BTreeSet::from([shm_open(1)]),
        deviations: BTreeSet::new(),
        scripts: 1,
        not_executed: 0,
        left_out: Default::default(),
        outcomes: Vec::new(),
        duration_ms: 2,
        counterexample: None,
        portability: Vec::new(),
    }
}

pub(crate) fn deviation(id: &str, deviation: &str) -> CaseResult {
    let deviations = BTreeSet::from([deviation.to_owned()]);
    CaseResult { verdict: Verdict::Deviation, deviations, ..passes(id) }
}

pub(crate) fn skipped(id: &str, reason: &str) -> CaseResult {
    let (reason, clauses) = (Some(reason.to_owned()), BTreeSet::new());
    CaseResult { verdict: Verdict::Skip, reason, clauses, scripts: 0, ..passes(id) }
}

/// A second exclusive create gets a descriptor.
pub(crate) fn exclusive_fails() -> CaseResult {
    let script = "# exclusive/existing-name\n\
        # A second exclusive create of a name that exists fails, and the object stays as it was.\n\
        # needs: named\n\
        a: f = shm_open(\"/sc-4f2x\", RDWR|CREAT|EXCL, 0600)\n\
        a: ftruncate(f, 4096)\n\
        b: g = shm_open(\"/sc-4f2x\", RDWR|CREAT|EXCL, 0600)\n\
        b: fstat(g)\n";
    let outcomes =
        [Outcome::Fd(3), Outcome::Ok, Outcome::Fd(3), Outcome::NotExecuted("g stands for nothing".to_owned())];
    let allowed = |outcome: Errno, number, text: &str| Allowed {
        outcome: outcome.to_string(),
        justifications: vec![Explanation {
            clause: shm_open(number),
            level: Level::Shall,
            deviation: None,
            text: text.to_owned(),
            instead: String::new(),
            versions: String::new(),
            general: false,
        }],
    };
    let violations = vec![Violation {
        event: 2,
        observed: Outcome::Fd(3),
        allowed: vec![
            allowed(
                Errno::EEXIST,
                22,
                "O_CREAT with O_EXCL fails where the object exists, and it makes no difference who made it",
            ),
            allowed(Errno::EMFILE, 37, "all descriptors that the process may have are open"),
        ],
    }];
    let times = [(0, 900), (1000, 1500), (1600, 1900), (2000, 2010)];
    fails("exclusive/existing-name", Kind::Case, script, &outcomes, &times, violations)
}

/// Two of three racing unlinks succeed.
pub(crate) fn property_fails() -> CaseResult {
    let script = "# exclusive/one-winner\n\
        a: shm_open(\"/sc-4f2x\", RDWR|CREAT, 0600)\n\
        race {\n\
        a: shm_unlink(\"/sc-4f2x\")\n\
        b: shm_unlink(\"/sc-4f2x\")\n\
        c: shm_unlink(\"/sc-4f2x\")\n\
        }\n\
        c: names()\n";
    let outcomes =
        [Outcome::Fd(3), Outcome::Ok, Outcome::Errno(Errno::ENOENT), Outcome::Ok, Outcome::Names(Vec::new())];
    let times = [(0, 15_300), (20_000, 61_250), (20_400, 58_000), (33_000, 90_800), (100_000, 110_000)];
    let departs = Explanation {
        clause: shm_unlink(4),
        level: Level::Shall,
        deviation: Some("plan9/unlink-is-polite".to_owned()),
        text: "a name that is gone can be removed again where the remover asks politely".to_owned(),
        instead: String::new(),
        versions: "the fourth edition".to_owned(),
        general: false,
    };
    let gone = Explanation {
        clause: shm_unlink(11),
        level: Level::Shall,
        deviation: None,
        text: "the name does not exist".to_owned(),
        instead: String::new(),
        versions: String::new(),
        general: false,
    };
    let violations = vec![Violation {
        event: 3,
        observed: Outcome::Ok,
        allowed: vec![Allowed { outcome: Errno::ENOENT.to_string(), justifications: vec![gone, departs] }],
    }];
    let result = fails("exclusive/one-winner", Kind::Property, script, &outcomes, &times, violations);
    CaseResult { scripts: 256, ..result }
}

fn fails(
    id: &str,
    kind: Kind,
    script: &str,
    outcomes: &[Outcome],
    times: &[(u64, u64)],
    violations: Vec<Violation>,
) -> CaseResult {
    let parsed: Script = script.parse().expect("it is a script");
    let event = |((line, outcome), (start, end)): ((&shmconf::script::Line, &Outcome), &(u64, u64))| Event {
        actor: line.who.stem,
        bind: line.bind.clone(),
        call: line.call.resolve(4096, &mut |name| name.literal().unwrap_or_default().to_owned()),
        outcome: outcome.clone(),
        fds: None,
        unjudged: None,
        waits: false,
        start: 5_000_000 + start,
        end: 5_000_000 + end,
    };
    let trace = Trace {
        header: header(id),
        events: parsed.lines().zip(outcomes).zip(times).map(event).collect(),
        others: Vec::new(),
    };
    let again = format!("shmconf run {id} -s mutant:sample --seed 7");
    CaseResult {
        kind,
        verdict: Verdict::Fail,
        counterexample: Some(Counterexample::new(script.to_owned(), &trace, violations, again)),
        ..passes(id)
    }
}

fn header(id: &str) -> Header {
    Header {
        format: shmconf::trace::FORMAT.to_owned(),
        case: id.parse().expect("it is an ID"),
        subject: "libc".to_owned(),
        platform: Platform::default(),
        machine: shmconf::trace::Machine::default(),
        seed: 7,
        in_pages: false,
        actors: Vec::new(),
    }
}
