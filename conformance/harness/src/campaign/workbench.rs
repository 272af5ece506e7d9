//! Where one stage meets the judge: a case, or the scripts of a property, from script to result.

use super::stage::Stage;
use super::{Plan, Progress};
use crate::executor::ExecutorError;
use crate::generator::Property;
use crate::report::{CaseResult, Counterexample, Kind};
use shmconf_model::judge;
use shmconf_model::portability;
use shmconf_model::profile::Profile;
use shmconf_model::script::{Id, Requirement, Script};
use shmconf_model::trace::Trace;
use shmconf_model::verdict::{Judgement, Verdict};
use std::borrow::Cow;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

/// How many smaller scripts are tried in the place of one that failed.
const SHRINKS: u32 = 300;

pub(super) struct Workbench<'a> {
    plan: &'a Plan,
    subject: &'a str,
    profile: &'a Profile,
    others: &'a [Profile],
    stage: Stage,
    progress: &'a dyn Progress,
}

impl<'a> Workbench<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        subject: &'a str,
        (profile, others): (&'a Profile, &'a [Profile]),
        stage: Stage,
        progress: &'a dyn Progress,
    ) -> Workbench<'a> {
        Workbench { plan, subject, profile, others, stage, progress }
    }

    /// The names that scripts have left and that cannot be removed.
    pub(super) fn left_behind(&self) -> &[String] {
        self.stage.left_behind()
    }

    /// A script by hand, as often as it asks for.
    pub(super) fn case(&mut self, script: &Script) -> Result<CaseResult, ExecutorError> {
        let began = Instant::now();
        let (script, left_out) = match self.prepared(script) {
            Ok(prepared) => prepared,
            Err(reason) => return Ok(CaseResult::skipped(script.id.clone(), Kind::Case, reason)),
        };
        let script = &*script;
        let mut result = CaseResult::of(script.id.clone(), Kind::Case);
        result.left_out.extend(left_out.map(|reason| (reason, 1)));
        for round in 0..script.repeat {
            let (trace, judgement) = match self.judged(script, round) {
                Err(ExecutorError::NameTaken(name)) => {
                    let reason = format!("an object {name:?} exists already, and is somebody else's");
                    return Ok(CaseResult::skipped(script.id.clone(), Kind::Case, reason));
                }
                other => other?,
            };
            result.add(&judgement, || {
                Counterexample::new(script.to_string(), &trace, judgement.violations.clone(), self.again(&script.id))
            });
            if result.portability.is_empty() {
                result.portability = portability::elsewhere(&trace, self.others);
            }
            self.progress.executed(&script.id, 1);
            if result.verdict == Verdict::Fail {
                break;
            }
        }
        Ok(result.took(began.elapsed()))
    }

    /// The script as it can be run here, with what is left out of it; or why it cannot be run.
    fn prepared<'s>(&self, script: &'s Script) -> Result<(Cow<'s, Script>, Option<String>), String> {
        let lacked = |script: &Script| {
            let lacked = self.stage.lacks(script.requirements());
            lacked.map(|(requirement, reason)| (requirement, format!("needs {requirement}: {reason}")))
        };
        let Some((requirement, reason)) = lacked(script) else { return Ok((Cow::Borrowed(script), None)) };
        // Most cases that list names ask by the way whether there is one too many.
        let rest = script.without(requirement).filter(|_| requirement == Requirement::Listing);
        match rest.map(|rest| (lacked(&rest), rest)) {
            Some((None, rest)) => Ok((Cow::Owned(rest), Some(format!("left out names(): {reason}")))),
            Some((Some((_, reason)), _)) => Err(reason),
            None => Err(reason),
        }
    }

    /// As many scripts of a generator as the plan asks for, until one fails; that one is made smaller.
    pub(super) fn property(&mut self, property: &Property) -> Result<CaseResult, ExecutorError> {
        let began = Instant::now();
        if let Some((requirement, reason)) = self.stage.lacks(property.requirements.iter().copied()) {
            return Ok(CaseResult::skipped(
                property.id.clone(),
                Kind::Property,
                format!("needs {requirement}: {reason}"),
            ));
        }
        let mut result = CaseResult::of(property.id.clone(), Kind::Property);
        let mut draws = property.draws(self.plan.seed);
        for number in 0..self.plan.cases_per_property {
            let mut drawn = draws.draw();
            let script = drawn.script();
            if let Some((requirement, reason)) = self.stage.lacks(script.requirements()) {
                *result.left_out.entry(format!("drawn scripts: needs {requirement}: {reason}")).or_default() += 1;
                continue;
            }
            let (trace, judgement) = self.judged(&script, number)?;
            self.progress.executed(&script.id, 1);
            if judgement.verdict != Verdict::Fail {
                result.add(&judgement, || unreachable!("only a failure is shown"));
                continue;
            }
            let mut smallest = (script, trace, judgement);
            let mut fails = true;
            for _ in 0..SHRINKS {
                let smaller = if fails { drawn.simplify() } else { drawn.complicate() };
                if !smaller {
                    break;
                }
                let script = drawn.script();
                let (trace, judgement) = self.judged(&script, number)?;
                fails = judgement.verdict == Verdict::Fail;
                if fails {
                    smallest = (script, trace, judgement);
                }
            }
            let (script, trace, judgement) = smallest;
            result.add(&judgement, || {
                let again = self.again(&script.id);
                Counterexample::new(script.to_string(), &trace, judgement.violations.clone(), again)
            });
            break;
        }
        if result.scripts == 0 {
            let reason = "nothing that it draws can be run here".to_owned();
            return Ok(CaseResult::skipped(property.id.clone(), Kind::Property, reason));
        }
        Ok(result.took(began.elapsed()))
    }

    fn judged(&mut self, script: &Script, number: u32) -> Result<(Trace, Judgement), ExecutorError> {
        if self.plan.stop.load(Relaxed) {
            return Err(ExecutorError::Interrupted);
        }
        let mut trace = self.stage.execute(script, self.plan.seed)?;
        trace.events.sort_by_key(|event| event.start);
        if let Some(directory) = &self.plan.traces {
            self.keep(&trace, directory, number)?;
        }
        let judgement = judge::judge(&trace, self.profile);
        Ok((trace, judgement))
    }

    fn keep(&self, trace: &Trace, directory: &Path, number: u32) -> Result<(), ExecutorError> {
        let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', ".");
        let file = format!("{}.{}.{number}.jsonl", plain(self.subject), plain(trace.header.case.as_str()));
        let written = File::create(directory.join(file)).and_then(|file| trace.write(BufWriter::new(file)));
        written.map_err(|source| ExecutorError::System { what: "write a trace", source })
    }

    /// The command that does it again.
    fn again(&self, id: &Id) -> String {
        let Workbench { subject, profile, plan, .. } = self;
        let subject = shell_words::quote(subject);
        format!("shmconf run {id} -s {subject} -p {} --seed {}", profile.id, plan.seed)
    }
}
