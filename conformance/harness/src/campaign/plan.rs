//! What a run is asked to do.

use crate::assess::Assessment;
use crate::generator::Property;
use crate::report::{CaseResult, Kind};
use crate::subject::Spec;
use shmconf_model::portability::Other;
use shmconf_model::profile::Profile;
use shmconf_model::script::{Id, Script};
use shmconf_model::trace::Trace;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What is to be run, on what, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The implementations; at least one.
    pub subjects: Vec<Spec>,
    /// The scripts by hand.
    pub cases: Vec<Case>,
    /// The generators of scripts.
    pub properties: Vec<Property>,
    /// The rules to hold the subjects to; without it, those of this platform.
    pub profile: Option<ChosenProfile>,
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
    /// Which platforms each case is compared with.
    pub compared: Compared,
    /// The directory, which exists, where every trace is kept.
    pub traces: Option<PathBuf>,
    /// Set from elsewhere when the run is to end as soon as it can, with what it has.
    pub stop: Arc<AtomicBool>,
}

/// Platforms that the same calls are held against.
#[derive(Debug, Clone, Default)]
pub enum Compared {
    /// None.
    #[default]
    Nothing,
    /// Every one that is known, that of the subject in other releases and with other settings among them.
    All,
    /// These.
    Named(Vec<Other>),
}

/// A script by hand, and how `shmconf run` is told to run it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The script.
    pub script: Script,
    /// The ID of a case, the path of a file, or `-` for standard input.
    pub argument: String,
}

/// A profile, and how `-p` named it.
#[derive(Debug, Clone)]
pub struct ChosenProfile {
    /// The profile.
    pub profile: Profile,
    /// Its ID, or the path of its file.
    pub argument: String,
}

impl Plan {
    /// How many scripts each property draws unless it is told otherwise.
    pub const CASES_PER_PROPERTY: u32 = 256;
    /// How long a call may take unless it is told otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// A seed that another run hardly has: nine digits at most, since people type it.
    pub fn new_seed() -> u64 {
        RandomState::new().build_hasher().finish() % 1_000_000_000
    }

    /// The command that does it again: what was run, on which subject, by which rules.
    pub(super) fn again(&self, argument: &str, kind: Kind, subject: &Spec, profile: &Profile) -> String {
        let quote = |text: &str| shell_words::quote(text).into_owned();
        let profile = self.profile.as_ref().map_or(profile.id.as_str(), |chosen| &chosen.argument);
        let mut command = format!(
            "shmconf run {} -s {} -p {} --seed {}",
            quote(argument),
            quote(&subject.to_string()),
            quote(profile),
            self.seed
        );
        if kind == Kind::Property && self.cases_per_property != Plan::CASES_PER_PROPERTY {
            command.push_str(&format!(" --cases {}", self.cases_per_property));
        }
        if self.timeout != Plan::TIMEOUT {
            command.push_str(&format!(" --timeout {}", self.timeout.as_secs_f64()));
        }
        if argument == "-" {
            command.push_str("  # with the script on standard input again");
        }
        command
    }
}

impl Case {
    /// The file that it stands in, if it is not of the catalogue or from standard input.
    pub(super) fn file(&self) -> Option<String> {
        (self.is_own() && self.argument != "-").then(|| self.argument.clone())
    }

    /// Is it a script of the user's own, and not one of the catalogue?
    pub(crate) fn is_own(&self) -> bool {
        self.argument != self.script.id.as_str()
    }
}

impl From<Script> for Case {
    /// A case of the catalogue.
    fn from(script: Script) -> Case {
        Case { argument: script.id.to_string(), script }
    }
}

impl From<Profile> for ChosenProfile {
    /// A profile that is built in.
    fn from(profile: Profile) -> ChosenProfile {
        ChosenProfile { argument: profile.id.clone(), profile }
    }
}

/// Hears what a run does.
pub trait Progress: Sync {
    /// A subject begins, with so many cases and properties. May start a thread, so that whoever forks has to do so before.
    fn begin(&self, subject: &str, results: usize);
    /// So many more scripts were executed for that case or property.
    fn executed(&self, id: &Id, scripts: u64);
    /// A script by hand was executed, and judged by that profile.
    fn assessed(&self, trace: &Trace, profile: &Profile, assessment: &Assessment);
    /// A case or a property is done.
    fn done(&self, result: &CaseResult);
}

/// Hears nothing.
impl Progress for () {
    fn begin(&self, _: &str, _: usize) {}
    fn executed(&self, _: &Id, _: u64) {}
    fn assessed(&self, _: &Trace, _: &Profile, _: &Assessment) {}
    fn done(&self, _: &CaseResult) {}
}
