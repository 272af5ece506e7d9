//! Executes scripts: starts actors, has them make the calls, and writes down what came back. Expects nothing.
//!
//! A process of its own, the spawner, forks the actors and waits for them. It is this program started anew, so that it is small
//! and has one thread whatever the caller has become. The caller speaks to the actors directly.

mod error;
mod execution;
mod link;
mod machine;
mod plan;
mod platform;
mod pool;
mod processors;
mod spawner;
mod sweep;
mod sweeper;
mod system;

pub use error::ExecutorError;
pub(crate) use machine::in_words;

use crate::subject::Spec;
use pool::Pool;
use processors::Processors;
use shmconf_adapter::subject::{host, listing};
use shmconf_model::call::Resource;
use shmconf_model::naming::{Naming, Token};
use shmconf_model::script::{Requirement, Script};
use shmconf_model::trace::{Machine, Platform, Privilege, Trace};
use spawner::Spawner;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use sweeper::Sweeper;

/// How scripts are to be executed.
#[derive(Debug, Clone)]
pub struct Config {
    /// The implementation under test.
    pub subject: Spec,
    /// How long an actor may take for one call.
    pub timeout: Duration,
    /// What the names of this run have in common.
    pub token: Token,
    /// This executor's number among those of the run, from 0, and how many there are.
    pub share: (u32, u32),
    /// May an actor that is still clean serve another script?
    pub reuse: bool,
    /// The program that actors are processes of: one that begins `main` with [`resume`], such as the command `shmconf`, in
    /// this version. Without it, this very program, which then has to do so.
    pub program: Option<PathBuf>,
    /// Set from elsewhere to end the execution of a script early, with [`ExecutorError::Interrupted`].
    pub stop: Arc<AtomicBool>,
}

impl Config {
    /// The usual configuration for a subject.
    pub fn new(subject: Spec) -> Config {
        Config {
            subject,
            timeout: Duration::from_secs(5),
            token: random_token(),
            share: (0, 1),
            reuse: true,
            program: None,
            stop: Arc::default(),
        }
    }
}

/// A token that another run hardly has.
pub fn random_token() -> Token {
    // The standard library seeds every hasher at random.
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.write_u64(shmconf_adapter::wire::now());
    Token::of(hasher.finish())
}

/// Can the subject on this host do something?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ability {
    /// It can.
    Can,
    /// It cannot, and why.
    Cannot(String),
}

/// Executes scripts, one after the other. When it is dropped everything that it started or made is gone.
#[derive(Debug)]
pub struct Executor {
    config: Config,
    platform: Platform,
    /// What has been set on the machine, as its profile calls it.
    settings: BTreeMap<String, String>,
    naming: Naming,
    processors: Processors,
    spawner: Spawner,
    pool: Pool,
    abilities: BTreeMap<Requirement, Ability>,
    /// The limits of actors.
    limits: BTreeMap<Resource, u64>,
    /// What actors may do though a mode forbids it, where they have told.
    privilege: Option<Privilege>,
    /// Do objects that the subject makes without a name take room where those with names do?
    nameless_in_store: bool,
    /// Do names lie in a store of the subject's own?
    own_store: bool,
    /// What removes names there, once it is needed.
    sweeper: Sweeper,
    /// How many answers told when the call began and when it had ended, and how many did not.
    timed: (u64, u64),
    /// Names of scripts that could not be removed.
    left_behind: Vec<String>,
    /// Can names be listed, so that they can be swept without being known?
    lists: bool,
}

impl Executor {
    /// Starts the spawner, and one actor to ask what the subject can do.
    ///
    /// The spawner is a program of its own, [`Config::program`] or this one, so that this process may have threads.
    ///
    /// # Errors
    ///
    /// [`ExecutorError`] where no process can be made, or the subject's actor does not answer as it should.
    pub fn start(config: &Config) -> Result<Executor, ExecutorError> {
        let naming = Naming::new(config.token, config.share);
        let processors = Processors::choose(config.token, config.share);
        let spawner = Spawner::start(config, &naming, &processors)?;
        let mut executor = Executor {
            config: config.clone(),
            platform: platform::this(spawner.pid()),
            settings: machine::settings(),
            naming,
            processors,
            spawner,
            pool: Pool::default(),
            abilities: BTreeMap::new(),
            limits: host::limits_now(),
            privilege: None,
            nameless_in_store: true,
            own_store: false,
            sweeper: Sweeper::default(),
            timed: (0, 0),
            left_behind: Vec::new(),
            lists: listing::all().is_ok(),
        };
        executor.abilities = execution::probe(&mut executor)?;
        Ok(executor)
    }

    /// What the subject on this host can and cannot do.
    pub fn abilities(&self) -> &BTreeMap<Requirement, Ability> {
        &self.abilities
    }

    /// The first of those needs that cannot be met here, with the reason.
    pub fn lacks(&self, requirements: impl IntoIterator<Item = Requirement>) -> Option<(Requirement, &str)> {
        requirements.into_iter().find_map(|requirement| match self.abilities.get(&requirement) {
            Some(Ability::Cannot(reason)) => Some((requirement, reason.as_str())),
            _ => None,
        })
    }

    /// The names of scripts that stay: those that the system does not let this user remove, as those of FreeBSD that nobody may
    /// write, and those that a store of the subject's own keeps.
    pub fn left_behind(&self) -> &[String] {
        &self.left_behind
    }

    /// How many processes were clean when they were to serve another script, and how many were not.
    pub fn resets(&self) -> (u32, u32) {
        self.pool.asked()
    }

    /// How many answers told when the call began and when it had ended, and how many did not.
    pub fn timed(&self) -> (u64, u64) {
        self.timed
    }

    /// The system that scripts run on.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// What has been set on the machine.
    pub fn machine(&self) -> Machine {
        Machine { store: None, settings: self.settings.clone() }
    }

    /// Executes a script once. `seed` is noted in the trace.
    ///
    /// # Errors
    ///
    /// [`ExecutorError`] where a name of the script is not free, an actor does not speak the protocol, or the harness
    /// itself cannot go on. What a call does to its actor is no error but an outcome.
    pub fn execute(&mut self, script: &Script, seed: u64) -> Result<Trace, ExecutorError> {
        execution::execute(self, script, seed)
    }
}

/// This system, as traces tell of it.
pub fn platform() -> Platform {
    platform::this(nix::unistd::Pid::this())
}

/// This machine at the moment, as traces tell of it.
pub fn machine() -> Machine {
    machine::with(&machine::settings())
}

/// Goes on as an actor, or as the process that starts them, if that is what this process was started for. To be called before
/// anything else in `main` of a program that executes scripts.
pub fn resume() {
    shmconf_adapter::actor::resume(|subject| subject.parse::<Spec>().ok()?.make().ok()?);
    spawner::serve_if_asked();
}

/// Removes every name of a run whose executors are gone, where names can be listed.
pub fn sweep(token: Token) {
    sweep::sweep_prefix(&format!("{}{token}", shmconf_model::call::name::PREFIX));
}

impl Drop for Executor {
    fn drop(&mut self) {
        Processors::release();
        self.pool.clear();
        self.sweeper = Sweeper::default();
        self.spawner.end();
        sweep::sweep_prefix(&self.naming.own_prefix());
    }
}
