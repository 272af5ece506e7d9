//! `shmconf outcomes`

use super::Done;
use super::error::CliError;
use super::interrupt::Interrupt;
use super::output::Output;
use super::selection;
use crate::executor::{Config, Executor, ExecutorError};
use crate::exit::Exit;
use crate::outcomes::{Listing, Observing, Pretty, Said, observe};
use crate::subject::Spec;
use shmconf_model::naming::Token;
use shmconf_model::outcomes::{self as possible, Bounds};
use shmconf_model::profile::Profile;
use shmconf_model::script::{Requirement, Script};
use shmconf_model::simulation::Simulation;
use shmconf_model::trace::Header;
use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What the list of one platform may take.
const MOST_TIME: Duration = Duration::from_secs(20);

/// After which time it is said what takes so long.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The script: the ID of a case, a file of your own, or - for standard input
    #[arg(value_name = "CASE|FILE|-")]
    script: String,
    /// The rules to list by: a profile such as posix or macos@13, the file of one, or `all`, which shows every platform
    /// side by side [default: those of this platform]
    #[arg(short, long, value_name = "PROFILE|all")]
    profile: Option<String>,
    /// Executes the script so many times on the subject, and counts what is seen beside what may be
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    observed: Option<u64>,
    /// The implementation to execute it on, as kind[:argument]
    #[arg(short, long, value_name = "SUBJECT", default_value = "libc", requires = "observed")]
    subject: String,
    /// What is noted in the traces of the executions
    #[arg(long, value_name = "N", default_value_t = 0, requires = "observed")]
    seed: u64,
    /// How long a call may take before it counts as hanging, in seconds
    #[arg(long, value_name = "S", default_value = "5", value_parser = super::run::seconds, requires = "observed")]
    timeout: Duration,
    /// How to show it: pretty for people, json for programs, which `shmconf schema outcomes` describes
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
    /// Where it goes; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Shows every justification, and not only those of what fails or departs from POSIX
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum Format {
    #[default]
    Pretty,
    Json,
}

pub(super) fn outcomes(args: &Args) -> Done {
    let mut script = selection::one(&args.script)?;
    let output = Output::open(args.output.as_deref())?;
    let interrupt = Interrupt::listen().map_err(CliError::Signals)?;
    let listing = match args.observed {
        None => {
            interrupt.watch(|| ());
            let profiles = profiles(args, None)?;
            let of = |profile: &Profile| {
                let header = simulation(profile).header(&script, 0);
                list(&script, &header, profile, &interrupt)
            };
            Listing::of(script.id.clone(), profiles.iter().map(of).collect())
        }
        Some(runs) => {
            let mut executor = match start(args, &interrupt) {
                Err(Begun::Interrupted) => return interrupted(&interrupt),
                Err(Begun::Wrong(error)) => return Err(error),
                Ok(executor) => executor,
            };
            interrupt.watch(|| ());
            script = prepared(&executor, script)?;
            let profiles = profiles(args, Some(&executor))?;
            let [own, others @ ..] = &profiles[..] else { return Err(CliError::NothingSelected) };
            let stop = interrupt.flag();
            let observing =
                Observing { executor: &mut executor, script: &script, seed: args.seed, profile: own, stop: &stop };
            let mut header = None;
            let observed = observe(observing, runs, |first| {
                header = Some(first.header.clone());
                list(&script, &first.header, own, &interrupt).outcomes
            });
            let (found, observation) = match observed {
                Ok(observed) => observed,
                Err(ExecutorError::Interrupted) => return interrupted(&interrupt),
                Err(error) => return Err(CliError::Executor(error)),
            };
            let page_size = header.as_ref().map_or(0, |header: &Header| header.platform.page_size);
            let mut platforms = vec![Said { profile: own.name.clone(), page_size, outcomes: found }];
            for profile in others {
                let header = header.as_ref().map(|header| elsewhere(header, &script, profile));
                platforms.extend(header.map(|header| list(&script, &header, profile, &interrupt)));
            }
            Listing::of(script.id.clone(), platforms).with(observation)
        }
    };
    if interrupt.came() {
        return interrupted(&interrupt);
    }
    interrupt.done();
    let pretty = Pretty {
        width: output.width(),
        verbose: args.verbose,
        is_here: args.observed.is_some() && args.profile.is_none(),
    };
    output.write(|output| match args.format {
        Format::Pretty => pretty.write(&listing, output),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *output, &listing)?;
            output.write_all(b"\n")
        }
    })?;
    Ok(if listing.is_violated() { Exit::DoesNotConform } else { Exit::Conforms })
}

/// Why a subject did not start.
enum Begun {
    Interrupted,
    Wrong(CliError),
}

fn start(args: &Args, interrupt: &Interrupt) -> Result<Executor, Begun> {
    let subject: Spec = args.subject.parse().map_err(|error| Begun::Wrong(CliError::from(error)))?;
    if let Spec::Model(_) = subject {
        return Err(Begun::Wrong(CliError::NoProcesses(args.subject.clone())));
    }
    let config = Config { timeout: args.timeout, stop: interrupt.flag(), ..Config::new(subject) };
    Executor::start(&config).map_err(|error| match error {
        ExecutorError::Interrupted => Begun::Interrupted,
        error => Begun::Wrong(CliError::Executor(error)),
    })
}

fn interrupted(interrupt: &Interrupt) -> Done {
    interrupt.die_of_it();
    Ok(Exit::Harness)
}

/// The script as it can be executed here: without its `names()`, where the system lists none.
fn prepared(executor: &Executor, script: Script) -> Result<Script, CliError> {
    let Some((requirement, reason)) = executor.lacks(script.requirements()) else { return Ok(script) };
    let cannot = |reason: &str| CliError::CannotExecute { script: script.id.to_string(), reason: reason.to_owned() };
    let rest = script.without(requirement).filter(|_| requirement == Requirement::Listing);
    match rest {
        Some(rest) => match executor.lacks(rest.requirements()) {
            None => Ok(rest),
            Some((_, reason)) => Err(cannot(reason)),
        },
        None => Err(cannot(reason)),
    }
}

/// The profiles that are asked for; the first one is what executions are held to.
fn profiles(args: &Args, executor: Option<&Executor>) -> Result<Vec<Profile>, CliError> {
    let platform = executor.map_or_else(crate::executor::platform, |executor| executor.platform().clone());
    let is_foreign = args.subject.parse::<Spec>().is_ok_and(|subject| subject.is_foreign());
    let own = || match executor {
        Some(_) if is_foreign => Profile::get(Profile::POSIX),
        Some(executor) => Profile::of(&platform, &executor.machine()),
        None => Profile::get(Profile::id_for(&platform)),
    };
    match args.profile.as_deref() {
        None => Ok(vec![own().map_err(CliError::from)?]),
        Some("all") => {
            let first = own().map_err(CliError::from)?;
            let others = Profile::platforms().filter(|id| *id != first.id).map(Profile::get);
            let others: Result<Vec<Profile>, _> = others.collect();
            Ok([first].into_iter().chain(others.map_err(CliError::from)?).collect())
        }
        Some(named) => Ok(vec![super::profile::find(named)?]),
    }
}

/// The platform of a profile, which nobody has at hand.
fn simulation(profile: &Profile) -> Simulation {
    Simulation::new(&format!("model:{}", profile.id), profile.clone(), Token::of(0), (0, 1))
}

/// What the actors of a real execution would begin with on another platform.
fn elsewhere(header: &Header, script: &Script, profile: &Profile) -> Header {
    Header { actors: header.actors.clone(), ..simulation(profile).header(script, header.seed) }
}

fn list(script: &Script, header: &Header, profile: &Profile, interrupt: &Interrupt) -> Said {
    let began = Instant::now();
    let is_late = || began.elapsed() > MOST_TIME;
    let is_said = Cell::new(false);
    let stop = || {
        if began.elapsed() > PATIENCE && !is_said.replace(true) {
            let (platform, most) = (&profile.name, MOST_TIME.as_secs());
            anstream::eprintln!("still looking for outcomes on {platform}; the search ends after {most} s");
        }
        interrupt.came() || is_late()
    };
    let mut outcomes = possible::outcomes(script, header, profile, Bounds { stop: Some(&stop), ..Bounds::default() });
    if is_late() {
        let why = format!("it takes more than {} s to look for them all", MOST_TIME.as_secs());
        outcomes.bounded = outcomes.bounded.map(|_| why);
    }
    Said { profile: profile.name.clone(), page_size: header.platform.page_size, outcomes }
}
