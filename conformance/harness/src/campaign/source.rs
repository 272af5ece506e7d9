//! Where the traces of a run come from: processes on this system, or the model in their place.

use super::Plan;
use crate::executor::{Config, Executor, ExecutorError};
use crate::subject::Spec;
use shmconf_model::naming::Token;
use shmconf_model::profile::{Circumstances, Profile};
use shmconf_model::script::{Requirement, Script};
use shmconf_model::simulation::Simulation;
use shmconf_model::trace::{Platform, Trace};
use std::sync::Arc;

/// What makes traces of scripts.
pub(super) enum TraceSource {
    /// Processes that make calls.
    Processes(Box<Executor>),
    /// The model, as if it were a platform.
    Model(Box<Simulation>),
}

impl TraceSource {
    /// Starts the source number `share.0` of `share.1` for a subject.
    ///
    /// # Errors
    ///
    /// [`ExecutorError`], where its processes do not start or do not speak the protocol.
    pub(super) fn start(
        plan: &Plan,
        subject: &Spec,
        token: Token,
        share: (u32, u32),
    ) -> Result<TraceSource, ExecutorError> {
        if let Spec::Model(id) = subject
            && let Ok(profile) = Profile::get(id)
        {
            let simulation = Simulation::new(&subject.to_string(), profile, token, share);
            return Ok(TraceSource::Model(Box::new(simulation)));
        }
        let stop = Arc::clone(&plan.stop);
        let config = Config { timeout: plan.timeout, token, share, stop, ..Config::new(subject.clone()) };
        Ok(TraceSource::Processes(Box::new(Executor::start(&config)?)))
    }

    /// The system that the scripts run on.
    pub(super) fn platform(&self) -> &Platform {
        match self {
            TraceSource::Processes(executor) => executor.platform(),
            TraceSource::Model(simulation) => simulation.platform(),
        }
    }

    /// Under which circumstances they run.
    pub(super) fn circumstances(&self) -> Circumstances {
        match self {
            TraceSource::Processes(executor) => Circumstances::of(executor.platform(), &executor.machine()),
            TraceSource::Model(simulation) => simulation.profile().circumstances.clone(),
        }
    }

    /// The first of those requirements that cannot be met here, and why. The model can do everything.
    pub(super) fn lacks(&self, requirements: impl IntoIterator<Item = Requirement>) -> Option<(Requirement, &str)> {
        match self {
            TraceSource::Processes(executor) => executor.lacks(requirements),
            TraceSource::Model(_) => None,
        }
    }

    /// The names that scripts have left and that cannot be removed.
    pub(super) fn left_behind(&self) -> &[String] {
        match self {
            TraceSource::Processes(executor) => executor.left_behind(),
            TraceSource::Model(_) => &[],
        }
    }

    /// Executes a script once.
    pub(super) fn execute(&mut self, script: &Script, seed: u64) -> Result<Trace, ExecutorError> {
        match self {
            TraceSource::Processes(executor) => executor.execute(script, seed),
            TraceSource::Model(simulation) => Ok(simulation.execute(script, seed)),
        }
    }
}
