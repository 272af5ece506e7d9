//! Where one source of traces meets the judge: a case, or the scripts of a property, from script to result.

use super::plan::{Case, Plan, Progress};
use super::requires;
use super::source::TraceSource;
use super::unassessed::{GiveUp, Unassessed};
use crate::assess::{self, Against, Assessment, Tally};
use crate::executor::ExecutorError;
use crate::generator::{Drawn, Property};
use crate::report::{CaseResult, Counterexample, Kind};
use crate::subject::Spec;
use crate::whole;
use shmconf_model::portability::Other;
use shmconf_model::profile::Profile;
use shmconf_model::script::{Requirement, Script};
use shmconf_model::trace::Trace;
use shmconf_model::verdict::Verdict;
use std::borrow::Cow;
use std::io::BufWriter;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

/// How many smaller scripts are tried in the place of one that failed.
const SHRINKS: u32 = 300;
/// How many scripts in a row the system may keep from being executed before the subject is given up.
const MOST_FAILURES: u32 = 3;

/// A script with its trace and what is said of it.
type Failing = (Script, Trace, Assessment);

pub(super) struct Workbench<'a> {
    pub(super) plan: &'a Plan,
    pub(super) subject: &'a Spec,
    pub(super) profile: &'a Profile,
    /// The platforms to compare with.
    pub(super) others: &'a [Other],
    pub(super) source: TraceSource,
    pub(super) progress: &'a dyn Progress,
    /// How many scripts in a row could not be executed.
    pub(super) failures: u32,
}

impl Workbench<'_> {
    /// A script by hand, as often as it asks for.
    pub(super) fn case(&mut self, case: &Case) -> Result<CaseResult, Unassessed> {
        self.tried(case).map(|result| CaseResult { file: case.file(), ..result })
    }

    fn tried(&mut self, case: &Case) -> Result<CaseResult, Unassessed> {
        let began = Instant::now();
        let id = &case.script.id;
        let (script, left_out) = match self.prepared(&case.script) {
            Ok(prepared) => prepared,
            Err(reason) => return Ok(CaseResult::skipped(id.clone(), Kind::Case, reason)),
        };
        let mut tally = Tally::of(id.clone(), Kind::Case);
        left_out.into_iter().for_each(|reason| tally.leave_out(reason));
        for round in 0..script.repeat {
            let (trace, assessment) = match self.assessed(&script, round, Some(&mut tally)) {
                Ok(assessed) => assessed,
                Err(Unassessed::Skip(reason)) => return Ok(CaseResult::skipped(id.clone(), Kind::Case, reason)),
                Err(Unassessed::Undecided(reason)) => {
                    tally.undecided(reason);
                    break;
                }
                Err(reason) => return Err(reason),
            };
            self.progress.assessed(&trace, self.profile, &assessment);
            if case.is_own() && script.has_race() {
                tally.count(&script, &trace);
            }
            let (argument, kind) = (&*case.argument, Kind::Case);
            tally.add(assessment, |assessment| self.counterexample(&script, (argument, kind), &trace, assessment));
            self.progress.executed(id, 1);
            if tally.result().verdict == Verdict::Fail {
                break;
            }
        }
        Ok(tally.finish(began.elapsed()))
    }

    /// The script as it can be run here, with what is left out of it; or why it cannot be run.
    fn prepared<'s>(&self, script: &'s Script) -> Result<(Cow<'s, Script>, Option<String>), String> {
        let lacked = |script: &Script| {
            let lacked = self.source.lacks(script.requirements());
            lacked.map(|(requirement, reason)| (requirement, requires::but(requirement, reason)))
        };
        let Some((requirement, reason)) = lacked(script) else { return Ok((Cow::Borrowed(script), None)) };
        // Most cases that list names ask by the way whether there is one too many.
        let rest = script.without(requirement).filter(|_| requirement == Requirement::Listing);
        match rest.map(|rest| (lacked(&rest), rest)) {
            Some((None, rest)) => Ok((Cow::Owned(rest), Some(format!("without its names() calls: {reason}")))),
            Some((Some((_, reason)), _)) => Err(reason),
            None => Err(reason),
        }
    }

    /// As many scripts of a generator as the plan asks for, until one fails; that one is made smaller.
    pub(super) fn property(&mut self, property: &Property) -> Result<CaseResult, Unassessed> {
        let began = Instant::now();
        let id = &property.id;
        if let Some((requirement, reason)) = self.source.lacks(property.requirements.iter().copied()) {
            return Ok(CaseResult::skipped(id.clone(), Kind::Property, requires::but(requirement, reason)));
        }
        let mut tally = Tally::of(id.clone(), Kind::Property);
        let mut draws = property.draws(self.plan.seed);
        for number in 0..self.plan.cases_per_property {
            let drawn = draws.draw();
            let script = drawn.script();
            if let Some((requirement, reason)) = self.source.lacks(script.requirements()) {
                tally.leave_out(format!("drawn scripts: {}", requires::but(requirement, reason)));
                continue;
            }
            let (trace, assessment) = match self.assessed(&script, number, None) {
                Ok(assessed) => assessed,
                Err(Unassessed::Skip(reason)) => {
                    tally.leave_out(format!("drawn scripts: {reason}"));
                    continue;
                }
                Err(Unassessed::Undecided(reason)) => {
                    tally.undecided(reason);
                    break;
                }
                Err(reason) => return Err(reason),
            };
            self.progress.executed(&script.id, 1);
            let mut smallest = (script, trace, assessment);
            let fails = smallest.2.verdict() == Verdict::Fail;
            if fails {
                smallest = self.shrunk(drawn, number, smallest);
            }
            let (script, trace, assessment) = smallest;
            let (argument, kind) = (id.as_str(), Kind::Property);
            tally.add(assessment, |assessment| self.counterexample(&script, (argument, kind), &trace, assessment));
            if fails {
                break;
            }
        }
        if tally.result().scripts == 0 && tally.result().verdict == Verdict::Pass {
            let reason = match self.plan.cases_per_property {
                0 => "no script was drawn (--cases 0)",
                _ => "none of the scripts that it draws can be run here",
            };
            return Ok(CaseResult::skipped(id.clone(), Kind::Property, reason.to_owned()));
        }
        Ok(tally.finish(began.elapsed()))
    }

    /// The smallest script that is found to fail in the place of one that does. What ends the search early leaves the
    /// smallest until then.
    fn shrunk(&mut self, mut drawn: Drawn, number: u32, mut smallest: Failing) -> Failing {
        let mut fails = true;
        for _ in 0..SHRINKS {
            let smaller = if fails { drawn.simplify() } else { drawn.complicate() };
            if !smaller {
                break;
            }
            let script = drawn.script();
            match self.assessed(&script, number, None) {
                Ok((trace, assessment)) => {
                    fails = assessment.verdict() == Verdict::Fail;
                    if fails {
                        smallest = (script, trace, assessment);
                    }
                }
                Err(Unassessed::Skip(_) | Unassessed::Undecided(_)) => fails = false,
                Err(Unassessed::Stopped | Unassessed::GiveUp(_)) => break,
            }
        }
        smallest
    }

    /// Executes a script and assesses its trace, compared with the other platforms as far as the tally asks for it.
    fn assessed(
        &mut self,
        script: &Script,
        number: u32,
        compared: Option<&mut Tally>,
    ) -> Result<(Trace, Assessment), Unassessed> {
        if self.plan.stop.load(Relaxed) {
            return Err(Unassessed::Stopped);
        }
        let mut trace = self.source.execute(script, self.plan.seed).map_err(|error| self.unassessed(error))?;
        self.failures = 0;
        trace.events.sort_by_key(|event| event.start);
        if let Some(directory) = &self.plan.traces {
            self.keep(&trace, directory, number)?;
        }
        let others = compared.map_or(&[][..], |tally| tally.compared(&trace, self.others));
        let assessment = assess::assess(&trace, Against { profile: self.profile, others, stop: &self.plan.stop })?;
        Ok((trace, assessment))
    }

    /// What a script that was not executed means for the run.
    fn unassessed(&mut self, error: ExecutorError) -> Unassessed {
        match error {
            ExecutorError::Interrupted => Unassessed::Stopped,
            ExecutorError::NameTaken(_) | ExecutorError::TooManySockets(_) | ExecutorError::NoRoom(_) => {
                Unassessed::Skip(error.to_string())
            }
            error if error.costs_one_script() => Unassessed::Undecided(error.to_string()),
            ExecutorError::System { .. } if self.failures + 1 < MOST_FAILURES => {
                self.failures += 1;
                Unassessed::Undecided(format!("the harness {error}"))
            }
            ExecutorError::System { .. } => {
                Unassessed::GiveUp(GiveUp::Again { count: self.failures + 1, source: error })
            }
            error => Unassessed::GiveUp(error.into()),
        }
    }

    fn keep(&self, trace: &Trace, directory: &Path, number: u32) -> Result<(), GiveUp> {
        let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', ".");
        let file = format!("{}.{}.{number}.jsonl", plain(&self.subject.to_string()), plain(trace.header.case.as_str()));
        let path = directory.join(file);
        let written = whole::write(&path, |file| trace.write(BufWriter::new(file)));
        written.map_err(|source| GiveUp::Trace { path, source })
    }

    fn counterexample(
        &self,
        script: &Script,
        (argument, kind): (&str, Kind),
        trace: &Trace,
        assessment: &Assessment,
    ) -> Counterexample {
        let again = self.plan.again(argument, kind, self.subject, self.profile);
        Counterexample::new(script.to_string(), trace, assessment.judgement.violations.clone(), again)
    }
}
