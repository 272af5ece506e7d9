//! What works on one subject: as many sources of traces as the plan has jobs, each with a thread.

use super::plan::{Compared, Plan, Progress};
use super::source::TraceSource;
use super::unassessed::{GiveUp, Unassessed};
use super::workbench::Workbench;
use crate::assess;
use crate::executor::ExecutorError;
use crate::report::{CaseResult, Conditions, Report};
use crate::subject::Spec;
use shmconf_model::naming::Token;
use shmconf_model::portability::{self, Other};
use shmconf_model::profile::Profile;
use shmconf_model::trace::Platform;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// A number that no case or property has, so far below the last one that it can be counted on.
const NO_MORE: usize = usize::MAX / 2;

/// One subject, ready to begin.
pub(super) struct Crew {
    pub(super) subject: Spec,
    pub(super) profile: Profile,
    /// The platforms to compare with.
    pub(super) others: Vec<Other>,
    pub(super) sources: Vec<TraceSource>,
}

/// What the workers of a crew have found so far.
#[derive(Default)]
struct SoFar {
    results: Vec<CaseResult>,
    left_behind: Vec<String>,
    gave_up: Option<GiveUp>,
}

impl Crew {
    /// Starts the processes of a subject.
    ///
    /// # Errors
    ///
    /// [`GiveUp`], where the subject does not start.
    pub(super) fn start(plan: &Plan, subject: &Spec, token: Token) -> Result<Crew, GiveUp> {
        let jobs = u32::try_from(plan.jobs.get()).unwrap_or(u32::MAX);
        let start = |share| TraceSource::start(plan, subject, token, (share, jobs));
        let sources: Vec<TraceSource> = (0..jobs).map(start).collect::<Result<_, _>>()?;
        let home = Profile::id_for(sources[0].platform());
        let profile = match &plan.profile {
            Some(chosen) => chosen.profile.clone(),
            None if subject.is_foreign() => Profile::get("posix")?,
            None => Profile::under(home, &sources[0].circumstances())?,
        };
        let others = match &plan.compared {
            Compared::Nothing => Vec::new(),
            Compared::All => portability::platforms()?,
            Compared::Named(platforms) => platforms.clone(),
        };
        Ok(Crew { subject: subject.clone(), profile, others, sources })
    }

    /// Does everything of the plan, each case and property once.
    pub(super) fn work(self, plan: &Plan, progress: &dyn Progress) -> Report {
        let began = Instant::now();
        let Crew { subject, profile, others, sources } = self;
        progress.begin(&subject.to_string(), plan.cases.len() + plan.properties.len());
        let platform = sources[0].platform().clone();
        let (next, found) = (AtomicUsize::new(0), Mutex::new(SoFar::default()));
        let bench = |source: TraceSource| {
            let (subject, profile, others) = (&subject, &profile, &*others);
            let mut workbench = Workbench { plan, subject, profile, others, source, progress, failures: 0 };
            work_through(&mut workbench, &next, &found);
            let left_behind = workbench.source.left_behind().to_vec();
            locked(&found).left_behind.extend(left_behind);
        };
        let panicked = thread::scope(|scope| {
            let begin = |source| thread::Builder::new().spawn_scoped(scope, || bench(source));
            let (workers, refused): (Vec<_>, Vec<_>) = sources.into_iter().map(begin).partition(Result::is_ok);
            if let Some(Err(source)) = refused.into_iter().next() {
                let what = "start a thread for each script that may run at the same time (`-j`)";
                next.store(NO_MORE, Relaxed);
                locked(&found).gave_up.get_or_insert(ExecutorError::System { what, source }.into());
            }
            // Every worker is waited for, whatever came of the others.
            workers.into_iter().flatten().filter_map(|worker| worker.join().err()).count() > 0
        });
        let SoFar { results, left_behind, gave_up } = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let gave_up = gave_up.or(panicked.then_some(GiveUp::Panic));
        let beside = others.iter().map(|other| other.name().to_owned()).collect();
        let deviations = assess::deviations(&profile);
        let conditions = conditions(plan, &subject, platform, profile.name, beside);
        let conditions = Conditions { deviations, ..conditions };
        let report = Report::new(conditions, results, began.elapsed());
        Report { left_behind, gave_up: gave_up.map(|reason| reason.to_string()), ..report }
    }
}

/// Takes one case or property after the other, until none is left, the run is stopped, or the subject is given up.
fn work_through(workbench: &mut Workbench<'_>, next: &AtomicUsize, found: &Mutex<SoFar>) {
    let (plan, progress) = (workbench.plan, workbench.progress);
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
                locked(found).results.push(result);
            }
            Err(Unassessed::GiveUp(reason)) => {
                next.store(NO_MORE, Relaxed);
                locked(found).gave_up.get_or_insert(reason);
                break;
            }
            Err(Unassessed::Stopped | Unassessed::Skip(_) | Unassessed::Undecided(_)) => break,
        }
    }
}

/// What is known of the run of a subject before it begins, the deviations of its profile left aside.
pub(super) fn conditions(
    plan: &Plan,
    subject: &Spec,
    platform: Platform,
    profile: String,
    beside: Vec<String>,
) -> Conditions {
    let subject = subject.to_string();
    let Plan { seed, strict, .. } = *plan;
    let must_be_portable = matches!(plan.compared, Compared::Named(_));
    Conditions { platform, subject, profile, seed, strict, must_be_portable, deviations: Vec::new(), beside }
}

/// What was found is whole even if a worker panicked: each change is one step.
fn locked(found: &Mutex<SoFar>) -> std::sync::MutexGuard<'_, SoFar> {
    found.lock().unwrap_or_else(PoisonError::into_inner)
}
