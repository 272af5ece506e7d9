//! From cases and properties to tests, and from results to what `cargo test` says of them.

use crate::assess;
use crate::campaign::{Case, Plan, Session};
use crate::generator;
use crate::report::{CaseResult, Pretty};
use crate::subject::Spec;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use shmconf_model::catalogue;
use shmconf_model::script::Id;
use shmconf_model::verdict::Verdict;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

/// How wide a failure is shown: tests have no terminal of their own.
const WIDTH: usize = 100;

/// A case or property that is known to fail.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) why: String,
}

/// What all tests have in common.
pub(super) struct Suite {
    /// The subject, as failures call it.
    name: String,
    subject: Spec,
    plan: Plan,
    /// Why a case fails, where that is known.
    known: BTreeMap<String, String>,
    /// The processes, once the first test needs them.
    session: OnceLock<Result<Session, String>>,
}

impl Suite {
    /// The tests of a subject.
    ///
    /// # Errors
    ///
    /// What is known to fail is not there.
    pub(super) fn new(name: String, subject: Spec, plan: Plan, known: &[Known]) -> Result<Arc<Suite>, String> {
        let is_there = |id: &str| {
            let cases = catalogue::cases().iter().map(|case| &case.id);
            cases.chain(generator::properties().iter().map(|property| &property.id)).any(|other| other.as_str() == id)
        };
        if let Some(unknown) = known.iter().find(|known| !is_there(&known.id)) {
            let id = &unknown.id;
            return Err(format!("known: no case or property is called `{id}`; see `cargo test -- --list`"));
        }
        let known = known.iter().map(|known| (known.id.clone(), known.why.clone())).collect();
        Ok(Arc::new(Suite { name, subject, plan, known, session: OnceLock::new() }))
    }

    /// Runs one case or property, and says what its test says.
    fn test(&self, id: &Id, work: impl FnOnce(&Session) -> Result<CaseResult, String>) -> Result<Completion, Failed> {
        let session = self.session.get_or_init(|| Session::start(self.plan.clone(), &self.subject));
        let session = session.as_ref().map_err(|reason| format!("{} cannot be tested: {reason}", self.name))?;
        let mut result = work(session)?;
        if let Some(why) = self.known.get(id.as_str()) {
            result = assess::known_to_fail(result, self.plan.strict, why);
        }
        let reason = result.reason.clone().unwrap_or_default();
        match result.verdict {
            verdict if session.counts_against(verdict) => Err(self.shown(&result).into()),
            Verdict::Skip => Ok(Completion::ignored_with(reason)),
            Verdict::Xfail => Ok(Completion::ignored_with(format!("known to fail: {reason}"))),
            _ => Ok(Completion::Completed),
        }
    }

    /// A failure as the report shows it.
    fn shown(&self, result: &CaseResult) -> String {
        let mut text = Vec::new();
        // Memory takes whatever is written.
        let _ = Pretty { width: WIDTH }.result(&self.name, result, &mut text);
        anstream::adapter::strip_str(&String::from_utf8_lossy(&text)).to_string().trim_end().to_owned()
    }
}

/// Runs the tests that the arguments ask for.
pub(super) fn run(arguments: &Arguments, suite: Arc<Suite>, with_properties: bool) -> ExitCode {
    let mut trials: Vec<Trial> = catalogue::cases()
        .iter()
        .map(|script| {
            let suite = Arc::clone(&suite);
            let case = Case::from(script.clone());
            Trial::ignorable_test(script.id.as_str(), move || {
                suite.test(&case.script.id, |session| session.case(&case))
            })
        })
        .collect();
    if with_properties {
        trials.extend(generator::properties().iter().map(|property| {
            let suite = Arc::clone(&suite);
            Trial::ignorable_test(property.id.as_str(), move || {
                suite.test(&property.id, |session| session.property(property))
            })
            .with_kind("property")
        }));
    }
    let conclusion = libtest_mimic::run(arguments, trials);
    if let Some(Ok(session)) = suite.session.get() {
        for name in session.left_behind() {
            eprintln!("warning: the object {name} stays: it could not be removed");
        }
    }
    // The last one: with it end the processes.
    drop(suite);
    conclusion.exit_code()
}
