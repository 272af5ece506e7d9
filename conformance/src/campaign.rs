//! One whole run: scripts to traces to verdicts to reports. The only place that knows both halves.

use crate::report::{CaseResult, Report};
use crate::script::{Id, Script};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

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
    pub profile: Option<String>,
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
    /// The directory, which exists, where every trace is kept.
    pub traces: Option<PathBuf>,
    /// Set from elsewhere when the run is to end as soon as it can, with what it has.
    pub stop: Arc<AtomicBool>,
}

/// A named generator of scripts.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its ID.
    pub id: Id,
    /// What always holds, in a sentence.
    pub about: &'static str,
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

/// Every property, by ID.
pub fn properties() -> &'static [Property] {
    &[]
}

/// Runs the plan: one report a subject, in the plan's order. A run that was stopped has the results until then.
///
/// # Errors
///
/// [`CampaignError`], when nothing can be said of a subject.
pub fn run(_plan: &Plan, _progress: &dyn Progress) -> Result<Vec<Report>, CampaignError> {
    Err(CampaignError::Harness("this build has no executor".to_owned()))
}
