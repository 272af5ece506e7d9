//! What the traces of one case or property come to together.

use super::Assessment;
use crate::report::{CaseResult, Counterexample, Kind};
use shmconf_model::script::Id;
use shmconf_model::verdict::Verdict;
use std::time::Duration;

/// A result that grows by a trace at a time.
#[derive(Debug, Clone)]
pub struct Tally {
    result: CaseResult,
    /// How many scripts had no more than their setup executed.
    setup_alone: u64,
    /// What was said of the first of those.
    reason: Option<String>,
}

impl Tally {
    /// Of a case or property of which no script was judged yet.
    pub fn of(id: Id, kind: Kind) -> Tally {
        Tally { result: CaseResult::of(id, kind), setup_alone: 0, reason: None }
    }

    /// The result so far.
    pub fn result(&self) -> &CaseResult {
        &self.result
    }

    /// Counts what was left out of a script, or a script that was left out, by the reason.
    pub fn leave_out(&mut self, reason: String) {
        *self.result.left_out.entry(reason).or_default() += 1;
    }

    /// Adds one more script; `show` makes the counterexample of the first one that fails.
    pub fn add(&mut self, assessment: Assessment, show: impl FnOnce(&Assessment) -> Counterexample) {
        let result = &mut self.result;
        let judgement = &assessment.judgement;
        result.scripts += 1;
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
        if result.portability.is_empty() {
            result.portability = assessment.portability;
        }
        self.setup_alone += u64::from(assessment.setup_alone.is_some());
        self.reason = self.reason.take().or(assessment.setup_alone);
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
        let nothing_tested = self.setup_alone > 0 && self.setup_alone == self.result.scripts;
        if nothing_tested && self.result.verdict == Verdict::Pass {
            self.result.verdict = Verdict::Inconclusive;
            self.result.reason = self.reason;
        }
        self.result.took(took)
    }
}
