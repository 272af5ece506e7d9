//! One whole run: scripts to traces to verdicts to reports. The only place that knows both halves.

mod crew;
mod plan;
mod requires;
mod session;
mod source;
mod unassessed;
mod workbench;

pub use plan::{Case, ChosenProfile, Compared, Plan, Progress};
pub use session::Session;

use crate::executor;
use crate::report::Report;
use crate::subject::Spec;
use crew::Crew;
use shmconf_model::profile::Profile;
use std::time::Duration;
use unassessed::GiveUp;

/// Runs the plan: one report a subject, in the plan's order.
///
/// A run that was stopped has the results until then. A subject that the harness gave up has those until then, and says
/// why; the other subjects have theirs.
pub fn run(plan: &Plan, progress: &dyn Progress) -> Vec<Report> {
    let token = executor::random_token();
    // Every subject starts before the first one is at work, so that what does not start is known early.
    let crews: Vec<_> = plan.subjects.iter().map(|subject| (subject, Crew::start(plan, subject, token))).collect();
    let work = |(subject, crew): (_, Result<Crew, _>)| match crew {
        Ok(crew) => crew.work(plan, progress),
        Err(reason) => not_started(plan, subject, reason),
    };
    let reports = crews.into_iter().map(work).collect();
    executor::sweep(token);
    reports
}

/// The report on a subject that does not start.
fn not_started(plan: &Plan, subject: &Spec, reason: GiveUp) -> Report {
    let platform = executor::platform();
    let profile = plan.profile.as_ref().map_or(Profile::id_for(&platform), |chosen| &chosen.profile.name).to_owned();
    let conditions = crew::conditions(plan, subject, platform, profile, Vec::new());
    let report = Report::new(conditions, Vec::new(), Duration::ZERO);
    // Whoever ended the run knows.
    let gave_up = (!reason.is_interruption()).then(|| reason.to_string());
    Report { gave_up, ..report }
}
