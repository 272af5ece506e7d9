//! Executes a script again and again, and counts which of its outcomes are seen.

use super::{Unlisted, rests};
use crate::assess::{self, Against, Stopped};
use crate::executor::{Executor, ExecutorError};
use shmconf_model::outcomes::{Found, Outcomes, short};
use shmconf_model::profile::Profile;
use shmconf_model::script::Script;
use shmconf_model::trace::Trace;
use shmconf_model::verdict::Verdict;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// What is held against what.
#[derive(Debug)]
pub struct Observing<'a> {
    /// What executes the script.
    pub executor: &'a mut Executor,
    /// The script.
    pub script: &'a Script,
    /// What is noted in its traces.
    pub seed: u64,
    /// The rules that it is held to.
    pub profile: &'a Profile,
    /// Set from elsewhere when nobody waits any more.
    pub stop: &'a AtomicBool,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The implementation.
    pub subject: String,
    /// How often the script was executed.
    pub runs: u64,
    /// How often each outcome was seen, by its index in [`Outcomes::found`].
    pub counts: BTreeMap<usize, u64>,
    /// What was seen beside them.
    pub unlisted: Vec<Unlisted>,
}

impl From<Stopped> for ExecutorError {
    fn from(_: Stopped) -> ExecutorError {
        ExecutorError::Interrupted
    }
}

/// Executes the script `runs` times, at least once, and counts. `list` makes the list of outcomes from the first trace, which
/// tells what the system and the actors are like.
///
/// # Errors
///
/// [`ExecutorError`], where a script cannot be executed, or the work is interrupted.
pub fn observe(
    mut observing: Observing<'_>,
    runs: u64,
    list: impl FnOnce(&Trace) -> Outcomes,
) -> Result<(Outcomes, Observation), ExecutorError> {
    let first = observing.execute()?;
    let outcomes = list(&first);
    let subject = first.header.subject.clone();
    let mut observation = Observation { subject, runs: 0, counts: BTreeMap::new(), unlisted: Vec::new() };
    observing.count(&first, &outcomes, &mut observation)?;
    while observation.runs < runs {
        let trace = observing.execute()?;
        observing.count(&trace, &outcomes, &mut observation)?;
    }
    Ok((outcomes, observation))
}

impl Observing<'_> {
    fn execute(&mut self) -> Result<Trace, ExecutorError> {
        let mut trace = self.executor.execute(self.script, self.seed)?;
        trace.events.sort_by_key(|event| event.start);
        Ok(trace)
    }

    fn count(&self, trace: &Trace, outcomes: &Outcomes, observation: &mut Observation) -> Result<(), Stopped> {
        let against = Against { profile: self.profile, others: &[], stop: self.stop };
        let allowed = assess::assess(trace, against)?.judgement.verdict != Verdict::Fail;
        observation.runs += 1;
        match outcomes.find(trace) {
            Found::At(found) if allowed => *observation.counts.entry(found).or_default() += 1,
            found => {
                let answers = match found {
                    Found::Nowhere(answers) => answers,
                    Found::At(_) => outcomes.seen(trace),
                };
                let rests = rests(outcomes);
                let shorter =
                    |(at, answer): (usize, String)| short(&answer, rests.get(at).copied().flatten()).to_owned();
                let answers: Vec<String> = answers.into_iter().enumerate().map(shorter).collect();
                let is_same = |known: &&mut Unlisted| known.answers == answers && known.allowed == allowed;
                match observation.unlisted.iter_mut().find(is_same) {
                    Some(known) => known.seen += 1,
                    None => observation.unlisted.push(Unlisted { answers, seen: 1, allowed }),
                }
            }
        }
        Ok(())
    }
}
