//! Where scripts become traces: processes on this system, or the model in their place.

use super::{CampaignError, Plan};
use crate::executor::{Config, Executor, ExecutorError};
use crate::subject::{Spec, SpecError};
use shmconf_model::naming::Token;
use shmconf_model::profile::Profile;
use shmconf_model::script::{Requirement, Script};
use shmconf_model::simulation::Simulation;
use shmconf_model::trace::{Platform, Trace};
use std::sync::Arc;

/// What executes the scripts of a run.
pub(super) enum Stage {
    /// Processes that make calls.
    Real(Box<Executor>),
    /// The model, as if it were a platform.
    Simulated(Box<Simulation>),
}

impl Stage {
    /// Starts the stage number `share.0` of `share.1` for a subject; `model:PROFILE` is one without processes.
    ///
    /// # Errors
    ///
    /// [`CampaignError`], where there is no such subject, or its processes do not start.
    pub(super) fn start(plan: &Plan, subject: &str, token: Token, share: (u32, u32)) -> Result<Stage, CampaignError> {
        if let Some(id) = subject.strip_prefix("model:") {
            let profile = Profile::get(id).map_err(|error| CampaignError::Plan(format!("{subject}: {error}")))?;
            return Ok(Stage::Simulated(Box::new(Simulation::new(subject, profile, token, share))));
        }
        let spec: Spec = subject.parse().map_err(|error: SpecError| CampaignError::Plan(error.to_string()))?;
        let config = Config { timeout: plan.timeout, token, share, stop: Arc::clone(&plan.stop), ..Config::new(spec) };
        let started = Executor::start(&config);
        let executor = started.map_err(|error| CampaignError::Harness(format!("{subject}: {error}")))?;
        Ok(Stage::Real(Box::new(executor)))
    }

    /// The system that the scripts run on.
    pub(super) fn platform(&self) -> &Platform {
        match self {
            Stage::Real(executor) => executor.platform(),
            Stage::Simulated(simulation) => simulation.platform(),
        }
    }

    /// The first of those needs that cannot be met here. The model can do everything.
    pub(super) fn lacks(&self, requirements: impl IntoIterator<Item = Requirement>) -> Option<(Requirement, &str)> {
        match self {
            Stage::Real(executor) => executor.lacks(requirements),
            Stage::Simulated(_) => None,
        }
    }

    /// The names that scripts have left and that cannot be removed.
    pub(super) fn left_behind(&self) -> &[String] {
        match self {
            Stage::Real(executor) => executor.left_behind(),
            Stage::Simulated(_) => &[],
        }
    }

    /// Executes a script once.
    pub(super) fn execute(&mut self, script: &Script, seed: u64) -> Result<Trace, ExecutorError> {
        match self {
            Stage::Real(executor) => executor.execute(script, seed),
            Stage::Simulated(simulation) => Ok(simulation.execute(script, seed)),
        }
    }
}
