//! What the traces of one case or property come to together.

use super::Assessment;
use crate::report::{CaseResult, Counterexample, Kind, SeenAnswer, SeenOutcome};
use shmconf_model::outcome::Outcome;
use shmconf_model::outcomes::{Counted, Counter};
use shmconf_model::portability::Other;
use shmconf_model::script::{Id, Script};
use shmconf_model::trace::Trace;
use shmconf_model::verdict::Verdict;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// A result that grows by a trace at a time.
#[derive(Debug, Clone)]
pub struct Tally {
    result: CaseResult,
    /// How many scripts had no more than their setup executed.
    setup_alone: u64,
    /// What was seen in the traces that were compared with other platforms.
    compared: HashSet<u64>,
    /// What was said of the first of those.
    reason: Option<String>,
    /// How often each outcome was seen, where that is asked for.
    counter: Option<Counter>,
}

impl Tally {
    /// Of a case or property of which no script was judged yet.
    pub fn of(id: Id, kind: Kind) -> Tally {
        Tally {
            result: CaseResult::of(id, kind),
            setup_alone: 0,
            compared: HashSet::new(),
            reason: None,
            counter: None,
        }
    }

    /// The result so far.
    pub fn result(&self) -> &CaseResult {
        &self.result
    }

    /// The platforms to compare a trace with: none, where the same calls had the same outcomes before.
    pub fn compared<'o>(&mut self, trace: &Trace, others: &'o [Other]) -> &'o [Other] {
        if others.is_empty() || !self.compared.insert(what_was_seen(trace)) { &[] } else { others }
    }

    /// Counts what was left out of a script, or a script that was left out, by the reason.
    pub fn leave_out(&mut self, reason: String) {
        *self.result.left_out.entry(reason).or_default() += 1;
    }

    /// Adds one more script; `show` makes the counterexample of the first one that fails.
    pub fn add(&mut self, assessment: Assessment, show: impl FnOnce(&Assessment) -> Counterexample) {
        let result = &mut self.result;
        let judgement = &assessment.judgement;
        // Of a program of which nothing can be judged nothing was judged.
        result.scripts += u64::from(!assessment.is_of_nothing());
        result.not_executed += assessment.not_executed;
        result.clauses.extend(judgement.clauses.iter());
        result.deviations.extend(judgement.deviations.iter().cloned());
        if judgement.verdict > result.verdict {
            result.verdict = judgement.verdict;
            result.reason.clone_from(&judgement.reason);
        }
        if judgement.verdict == Verdict::Fail && result.counterexample.is_none() {
            result.counterexample = Some(show(&assessment));
        }
        for elsewhere in assessment.portability {
            match result.portability.iter_mut().find(|known| known.profile == elsewhere.profile) {
                Some(known) => known.add(elsewhere.differences),
                None => result.portability.push(elsewhere),
            }
        }
        self.setup_alone += u64::from(assessment.setup_alone.is_some());
        self.reason = self.reason.take().or(assessment.setup_alone);
    }

    /// Counts the outcome of one execution of a script.
    pub fn count(&mut self, script: &Script, trace: &Trace) {
        self.counter.get_or_insert_with(|| Counter::of(script, &trace.header)).add(trace);
    }

    /// Records that a script could not be judged, and why: that is as bad as a script that could not be decided.
    pub fn undecided(&mut self, reason: String) {
        if self.result.verdict < Verdict::Inconclusive {
            self.result.verdict = Verdict::Inconclusive;
            self.result.reason = Some(reason);
        }
    }

    /// The result, with the time that it took. Where no script went beyond its setup, nothing was tested.
    pub fn finish(mut self, took: Duration) -> CaseResult {
        let nothing_tested = self.setup_alone > 0 && self.setup_alone >= self.result.scripts;
        if nothing_tested && self.result.verdict == Verdict::Pass {
            self.result.verdict = Verdict::Inconclusive;
            self.result.reason = self.reason;
        }
        self.result.outcomes = self.counter.iter().flat_map(Counter::counted).map(seen).collect();
        self.result.took(took)
    }
}

fn seen(counted: Counted) -> SeenOutcome {
    let answers = counted.answers.into_iter().map(|(line, outcome)| SeenAnswer { line, outcome });
    SeenOutcome { count: counted.count, answers: answers.collect() }
}

/// The calls and their outcomes, without names, which differ in every execution.
fn what_was_seen(trace: &Trace) -> u64 {
    let mut seen = DefaultHasher::new();
    for event in &trace.events {
        let call = event.call.resolve(trace.header.platform.page_size, &mut |_| String::new());
        let outcome = match &event.outcome {
            Outcome::Names(names) => names.len().to_string(),
            outcome => outcome.to_string(),
        };
        (event.actor, call.to_string(), outcome).hash(&mut seen);
    }
    seen.finish()
}
