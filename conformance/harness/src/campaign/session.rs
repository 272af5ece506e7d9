//! One subject, of which cases and properties are asked for one by one, by any thread.

use super::crew::Crew;
use super::plan::{Case, Plan};
use super::source::TraceSource;
use super::unassessed::Unassessed;
use super::workbench::Workbench;
use crate::executor;
use crate::generator::Property;
use crate::report::CaseResult;
use crate::subject::Spec;
use shmconf_model::naming::Token;
use shmconf_model::profile::Profile;
use shmconf_model::verdict::Verdict;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// A subject whose processes wait for cases and properties. When it is dropped everything that they made is gone.
pub struct Session {
    plan: Plan,
    token: Token,
    crew: Crew,
    /// Sources that are not at work.
    idle: Mutex<Vec<TraceSource>>,
    /// Why nothing more is tried.
    gave_up: OnceLock<String>,
}

impl Session {
    /// Starts the processes of a subject, for as many threads as the plan has jobs. What the plan says of subjects, cases and
    /// properties is not looked at.
    ///
    /// # Errors
    ///
    /// Why the subject does not start, in a sentence.
    pub fn start(plan: Plan, subject: &Spec) -> Result<Session, String> {
        let token = executor::random_token();
        let mut crew = Crew::start(&plan, subject, token).map_err(|reason| reason.to_string())?;
        let idle = Mutex::new(std::mem::take(&mut crew.sources));
        Ok(Session { plan, token, crew, idle, gave_up: OnceLock::new() })
    }

    /// The rules that the subject is held to.
    pub fn profile(&self) -> &Profile {
        &self.crew.profile
    }

    /// What comes of a case.
    ///
    /// # Errors
    ///
    /// Why nothing can be tried with the subject any more, in a sentence.
    pub fn case(&self, case: &Case) -> Result<CaseResult, String> {
        self.work(|workbench| workbench.case(case))
    }

    /// What comes of a property.
    ///
    /// # Errors
    ///
    /// As of [`Session::case`].
    pub fn property(&self, property: &Property) -> Result<CaseResult, String> {
        self.work(|workbench| workbench.property(property))
    }

    /// Does that verdict keep the subject from conforming?
    pub fn counts_against(&self, verdict: Verdict) -> bool {
        crate::report::counts_against(verdict, self.plan.strict)
    }

    /// The names that scripts have left and that cannot be removed, as far as the sources are not at work.
    pub fn left_behind(&self) -> Vec<String> {
        self.idle().iter().flat_map(TraceSource::left_behind).cloned().collect()
    }

    fn work(
        &self,
        work: impl FnOnce(&mut Workbench<'_>) -> Result<CaseResult, Unassessed>,
    ) -> Result<CaseResult, String> {
        if let Some(reason) = self.gave_up.get() {
            return Err(reason.clone());
        }
        let source = self.idle().pop().ok_or("more cases are asked for at the same time than the plan has jobs")?;
        let Crew { subject, profile, others, .. } = &self.crew;
        let mut workbench =
            Workbench { plan: &self.plan, subject, profile, others, source, progress: &(), failures: 0 };
        let done = work(&mut workbench);
        let source = workbench.source;
        match done {
            Ok(result) => {
                self.idle().push(source);
                Ok(result)
            }
            Err(Unassessed::GiveUp(reason)) => Err(self.gave_up.get_or_init(|| reason.to_string()).clone()),
            Err(Unassessed::Skip(reason) | Unassessed::Undecided(reason)) => Err(reason),
            Err(Unassessed::Stopped) => Err("the run was ended".to_owned()),
        }
    }

    /// They are whole even if a thread panicked: each change is one step.
    fn idle(&self) -> MutexGuard<'_, Vec<TraceSource>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.idle().clear();
        executor::sweep(self.token);
    }
}
