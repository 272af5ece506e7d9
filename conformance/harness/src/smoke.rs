//! Is a subject sane? A few scripts tell in a second whether an adapter speaks the protocol, what it says that it cannot do,
//! whether it tells times, whether its processes can be used again, and whether descriptors really arrive.

use crate::assess::{Against, assess};
use crate::executor::{Ability, Config, Executor};
use shmconf_model::profile::Profile;
use shmconf_model::script::{Requirement, Script};
use shmconf_model::trace::{Event, Trace};
use shmconf_model::verdict::{Judgement, Verdict};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// What was looked at, what came of it, and how long that took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was looked at, in a word or two.
    pub what: &'static str,
    /// Is it as it should be?
    pub state: State,
    /// What was seen, in sentences.
    pub seen: String,
    /// How long it took.
    pub took: Duration,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is as it should be.
    Good,
    /// It will do, and something is left out or takes longer.
    Noted,
    /// It is wrong.
    Wrong,
}

/// Scripts of the usual calls. The first that the subject can do is taken.
const CALLS: &[&str] = &[
    "smoke/named
a: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)
a: ftruncate(f, 4096)
b: g = shm_open(@x, RDWR)
a: pwrite(f, 0, 0x41, 2)
b: pread(g, 0, 4)
b: fstat(g)
a: shm_unlink(@x)
b: shm_open(@x, RDWR)
a: close(f)
b: close(g)
",
    "smoke/anonymous
a: f = create(4096)
a: pwrite(f, 0, 0x41, 2)
a: pread(f, 0, 4)
a: fstat(f)
a: close(f)
",
];

const MAPPING: &str = "smoke/mapping
a: f = create(8192)
a: m = mmap(f, 0, 8192, READ|WRITE, SHARED)
a: store(m, 4096, 0x41, 2)
a: load(m, 4095, 4)
a: munmap(m)
";

const PASSING: &str = "smoke/passing
a: f = create(4096)
a: send(b, f)
b: g = recv(a)
a: pwrite(f, 0, 0x41, 2)
b: pread(g, 0, 4)
b: pwrite(g, 8, 0x42, 1)
a: pread(f, 8, 1)
";

/// Looks at a subject. Whatever is wrong is a step; after what makes the others pointless there are none.
pub fn smoke(config: &Config, profile: &Profile) -> Vec<Step> {
    let began = Instant::now();
    let mut executor = match Executor::start(config) {
        Ok(executor) => executor,
        Err(error) => return vec![step("start", began, (State::Wrong, error.to_string()))],
    };
    let mut steps = vec![step("start", began, (State::Good, "it says who it is".to_owned()))];
    let began = Instant::now();
    steps.push(step("abilities", began, abilities(&executor)));
    for (what, scripts) in [("calls", CALLS), ("mapping", &[MAPPING]), ("passing", &[PASSING])] {
        let began = Instant::now();
        let scripts = scripts.iter().filter_map(|text| format!("# {text}").parse::<Script>().ok());
        let mut able = scripts.filter(|script| executor.lacks(script.requirements()).is_none());
        let seen = match able.next() {
            Some(script) => judged(&mut executor, &script, profile),
            None => (State::Noted, "it cannot do this, as it says above".to_owned()),
        };
        steps.push(step(what, began, seen));
    }
    let began = Instant::now();
    steps.push(step("times", began, times(&executor)));
    let began = Instant::now();
    steps.push(step("reset", began, reset(&mut executor)));
    steps
}

fn step(what: &'static str, began: Instant, (state, seen): (State, String)) -> Step {
    Step { what, state, seen, took: began.elapsed() }
}

fn abilities(executor: &Executor) -> (State, String) {
    let cannot: Vec<String> = executor
        .abilities()
        .iter()
        .filter_map(|(requirement, ability)| match ability {
            Ability::Cannot(reason) => Some(format!("{requirement} ({reason})")),
            Ability::Can => None,
        })
        .collect();
    let makes_objects =
        executor.lacks([Requirement::Named]).is_none() || executor.lacks([Requirement::Anonymous]).is_none();
    let state = match (makes_objects, cannot.is_empty()) {
        (false, _) => State::Wrong,
        (true, true) => State::Good,
        (true, false) => State::Noted,
    };
    let can = executor.abilities().len() - cannot.len();
    let seen = format!("it can do {can} of {} things that cases need", executor.abilities().len());
    (state, if cannot.is_empty() { seen } else { format!("{seen}; it cannot: {}", cannot.join(", ")) })
}

/// Executes a script and judges it.
fn judged(executor: &mut Executor, script: &Script, profile: &Profile) -> (State, String) {
    let trace = match executor.execute(script, 0) {
        Ok(trace) => trace,
        Err(error) => return (State::Wrong, error.to_string()),
    };
    let against = Against { profile, others: &[], stop: &AtomicBool::new(false) };
    let Ok(assessment) = assess(&trace, against) else { return (State::Wrong, "interrupted".to_owned()) };
    match assessment.verdict() {
        Verdict::Fail => (State::Wrong, first_violation(&trace, &assessment.judgement)),
        Verdict::Inconclusive => {
            (State::Wrong, assessment.judgement.reason.unwrap_or_else(|| "nothing was tested".to_owned()))
        }
        _ => (State::Good, format!("{} calls did what {} says", trace.events.len(), profile.id)),
    }
}

/// Do answers tell when their calls began and ended?
fn times(executor: &Executor) -> (State, String) {
    match executor.timed() {
        (0, 0) => (State::Noted, "nothing was answered".to_owned()),
        (_, 0) => (State::Good, "it tells when each call began and when it had ended".to_owned()),
        (timed, _) => {
            let does_not = if timed == 0 { "it does not tell" } else { "it does not always tell" };
            let lacking = "when a call began and when it had ended (`start` and `end` of its answer)";
            (State::Noted, format!("{does_not} {lacking}: races are judged less sharply"))
        }
    }
}

/// Has the same processes serve one script after the other.
fn reset(executor: &mut Executor) -> (State, String) {
    const ROUNDS: u32 = 4;
    let Some(script) = [CALLS[1], CALLS[0]]
        .iter()
        .filter_map(|text| format!("# {text}").parse::<Script>().ok())
        .find(|script| executor.lacks(script.requirements()).is_none())
    else {
        return (State::Wrong, "it makes no objects".to_owned());
    };
    let began = Instant::now();
    for _ in 0..ROUNDS {
        if let Err(error) = executor.execute(&script, 0) {
            return (State::Wrong, error.to_string());
        }
    }
    let each = began.elapsed() / ROUNDS;
    match executor.resets() {
        (0, _) => (
            State::Noted,
            format!(
                "its processes are not clean after a script, so that each script starts others, and takes {each:.1?}"
            ),
        ),
        (clean, 0) => (State::Good, format!("its processes were clean {clean} times, and a script takes {each:.1?}")),
        (clean, unclean) => {
            (State::Noted, format!("its processes were clean {clean} times and not clean {unclean} times"))
        }
    }
}

fn first_violation(trace: &Trace, judgement: &Judgement) -> String {
    let Some(violation) = judgement.violations.first() else { return "it is not what the rules allow".to_owned() };
    let call = trace.events.get(violation.event).map(Event::line).unwrap_or_default();
    let allowed: Vec<&str> = violation.allowed.iter().map(|allowed| allowed.outcome.as_str()).collect();
    format!("`{call}` came out as {}; allowed is {}", violation.observed, allowed.join(", "))
}
