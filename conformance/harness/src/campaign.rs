//! One whole run: scripts to traces to verdicts to reports. The only place that knows both halves.

mod stage;
mod workbench;

use crate::executor::{self, ExecutorError};
use crate::generator::Property;
use crate::report::{CaseResult, Report, Run};
use shmconf_model::naming::Token;
use shmconf_model::portability;
use shmconf_model::profile::Profile;
use shmconf_model::script::{Id, Script};
use stage::Stage;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::thread;
use std::time::{Duration, Instant};
use workbench::Workbench;

/// What is to be run, on what, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The implementations, as `kind[:argument]`; at least one.
    pub subjects: Vec<String>,
    /// The scripts by hand.
    pub cases: Vec<Script>,
    /// The generators of scripts.
    pub properties: Vec<Property>,
    /// The rules to hold the subjects to; without it, those of this platform.
    pub profile: Option<Profile>,
    /// Makes the run repeat itself.
    pub seed: u64,
    /// How many scripts each property draws.
    pub cases_per_property: u32,
    /// How many scripts may be executed at the same time.
    pub jobs: NonZeroUsize,
    /// How long a call may take.
    pub timeout: Duration,
    /// Is a known deviation a failure?
    pub strict: bool,
    /// Is it asked what the other platforms would have made of each case?
    pub portability: bool,
    /// The directory, which exists, where every trace is kept.
    pub traces: Option<PathBuf>,
    /// Set from elsewhere when the run is to end as soon as it can, with what it has.
    pub stop: Arc<AtomicBool>,
}

/// Hears what a run does.
pub trait Progress: Sync {
    /// A subject begins, with so many cases and properties. May start a thread, so that whoever forks has to do so before.
    fn begin(&self, subject: &str, results: usize);
    /// So many more scripts were executed for that case or property.
    fn executed(&self, id: &Id, scripts: u64);
    /// A case or a property is done.
    fn done(&self, result: &CaseResult);
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The plan asks for something that is not there, such as an unknown subject; the text says what to do.
    #[error("{0}")]
    Plan(String),
    /// The harness failed.
    #[error("{0}")]
    Harness(String),
}

/// Runs the plan: one report a subject, in the plan's order. A run that was stopped has the results until then.
///
/// # Errors
///
/// [`CampaignError`], when nothing can be said of a subject.
pub fn run(plan: &Plan, progress: &dyn Progress) -> Result<Vec<Report>, CampaignError> {
    let token = executor::random_token();
    let reports = reports(plan, progress, token);
    executor::sweep(token);
    reports
}

fn reports(plan: &Plan, progress: &dyn Progress, token: Token) -> Result<Vec<Report>, CampaignError> {
    // All processes are forked before the first thread is started.
    let crews: Vec<Crew> =
        plan.subjects.iter().map(|subject| Crew::start(plan, subject, token)).collect::<Result<_, _>>()?;
    let mut reports = Vec::with_capacity(crews.len());
    for crew in crews {
        progress.begin(&crew.subject, plan.cases.len() + plan.properties.len());
        reports.push(crew.work(plan, progress)?);
    }
    Ok(reports)
}

/// What works on one subject at the same time.
struct Crew {
    subject: String,
    profile: Profile,
    /// The platforms to compare with.
    others: Vec<Profile>,
    stages: Vec<Stage>,
}

impl Crew {
    fn start(plan: &Plan, subject: &str, token: Token) -> Result<Crew, CampaignError> {
        let jobs = u32::try_from(plan.jobs.get()).unwrap_or(u32::MAX);
        let start = |share| Stage::start(plan, subject, token, (share, jobs));
        let stages: Vec<Stage> = (0..jobs).map(start).collect::<Result<_, _>>()?;
        let profile = match &plan.profile {
            Some(profile) => profile.clone(),
            None => Profile::get(Profile::id_for(stages[0].platform()))
                .map_err(|error| CampaignError::Harness(error.to_string()))?,
        };
        let others = match plan.portability {
            true => portability::platforms_beside(Profile::id_for(stages[0].platform())),
            false => Vec::new(),
        };
        Ok(Crew { subject: subject.to_owned(), profile, others, stages })
    }

    /// Does everything of the plan, each case and property once.
    fn work(self, plan: &Plan, progress: &dyn Progress) -> Result<Report, CampaignError> {
        let began = Instant::now();
        let Crew { subject, profile, others, stages } = self;
        let platform = stages[0].platform().clone();
        let next = AtomicUsize::new(0);
        let bench = |stage: Stage| -> Result<(Vec<CaseResult>, Vec<String>), CampaignError> {
            let mut workbench = Workbench::new(plan, &subject, (&profile, &others), stage, progress);
            let mut results = Vec::new();
            while !plan.stop.load(Relaxed) {
                let at = next.fetch_add(1, Relaxed);
                // Properties take longest, so they come first.
                let result = match (plan.properties.get(at), plan.cases.get(at.wrapping_sub(plan.properties.len()))) {
                    (Some(property), _) => workbench.property(property),
                    (None, Some(case)) => workbench.case(case),
                    (None, None) => break,
                };
                match result {
                    Ok(result) => {
                        progress.done(&result);
                        results.push(result);
                    }
                    Err(ExecutorError::Interrupted) => break,
                    Err(error) => {
                        next.store(usize::MAX / 2, Relaxed);
                        return Err(CampaignError::Harness(format!("{subject}: {error}")));
                    }
                }
            }
            Ok((results, workbench.left_behind().to_vec()))
        };
        let done: Vec<_> = thread::scope(|scope| {
            let workers: Vec<_> = stages.into_iter().map(|stage| scope.spawn(|| bench(stage))).collect();
            workers.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        let (mut results, mut left_behind) = (Vec::new(), Vec::new());
        for done in done {
            let (found, left) = done.map_err(|_| CampaignError::Harness(format!("{subject}: a worker panicked")))??;
            results.extend(found);
            left_behind.extend(left);
        }
        let beside = others.into_iter().map(|profile| profile.id).collect();
        let run = Run { platform, subject, profile: profile.id, seed: plan.seed, strict: plan.strict, beside };
        Ok(Report { left_behind, ..Report::new(run, results, began.elapsed()) })
    }
}
