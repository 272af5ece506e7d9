//! `shmconf run`

use super::error::CliError;
use super::formats::{self, Shown};
use super::interrupt::Interrupt;
use super::progress::{Bar, Telling};
use super::selection::{self, Selection, Shard};
use super::{Done, keep};
use crate::campaign::{self, Case, ChosenProfile, Compared, Plan};
use crate::exit::Exit;
use crate::report::{Document, Report};
use crate::subject::Spec;
use shmconf_model::portability::Other;
use shmconf_model::script::Requirement;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to run: an ID such as size/grow-zero-fills, an area such as size, a glob such as 'size/*', a script of your
    /// own, a folder with scripts, or - for standard input; everything, if nothing is given
    #[arg(value_name = "CASE|GLOB|FILE|DIR|-")]
    wanted: Vec<String>,
    /// The implementation to run it on, as kind[:argument], such as libc, shmfd:memfd, command:./adapter.py or
    /// model:freebsd; can be repeated; `shmconf explain subjects` shows every kind [default: libc and shmfd; of your own
    /// scripts that need names, libc alone]
    #[arg(short, long = "subject", value_name = "SUBJECT")]
    subjects: Vec<String>,
    /// The rules to judge by: a profile such as posix, macos@13 or linux-glibc@5.15+glibc-2.31,noexec=true, or the file
    /// of one [default: those of this release of this platform, as it is set, and posix for a command:]
    #[arg(short, long, value_name = "PROFILE[@RELEASE][,SETTING=VALUE]")]
    profile: Option<String>,
    /// What not to run, as an ID, an area or a glob; can be repeated
    #[arg(short = 'x', long = "exclude", value_name = "GLOB")]
    unwanted: Vec<String>,
    /// Runs one part of what is selected, such as 2/5, so that several machines share the work; `shmconf merge` joins their
    /// reports
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// What is known to fail, as `shmconf baseline` writes it: it counts as a failure only once it passes
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// How many scripts each property draws
    #[arg(long, value_name = "N", default_value_t = Plan::CASES_PER_PROPERTY, value_parser = number::<u32, 0, { u32::MAX as u64 }>)]
    cases: u32,
    /// Repeats a run: from the same seed the same scripts are drawn [default: a new one each time]
    #[arg(long, value_name = "N", value_parser = number::<u64, 0, { u64::MAX }>)]
    seed: Option<u64>,
    /// How many scripts may run at the same time, at most 4 for each processor [default: as many as there are
    /// processors]
    #[arg(short, long, value_name = "N", value_parser = number::<u16, 1, 1024>)]
    jobs: Option<u16>,
    /// How long a call may take before it counts as hanging, in seconds
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    timeout: Duration,
    /// Counts a known deviation as a failure
    #[arg(long)]
    strict: bool,
    /// Compares each case with the other platforms: which calls would have other outcomes there, and why. With names, such
    /// as macos@13,freebsd, with these alone, and a call that certainly has another outcome there is a failure
    #[arg(long, value_name = "PLATFORM,…", num_args = 0..=1, require_equals = true, value_delimiter = ',')]
    portability: Option<Vec<String>>,
    /// Keeps the trace of every script in this directory, which holds none yet
    #[arg(long, value_name = "DIR")]
    traces: Option<PathBuf>,
    /// Tells the last sentences alone
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Tells of each case and property as it is done, and shows every call of a case with its outcome
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    formats: formats::Args,
}

impl Args {
    fn telling(&self) -> Telling {
        match (self.quiet, self.verbose) {
            (true, _) => Telling::Nothing,
            (_, true) => Telling::Everything,
            _ => Telling::Failures,
        }
    }
}

pub(super) fn run(args: Args) -> Done {
    let mut subjects = args.subjects.iter().map(|subject| subject.parse()).collect::<Result<Vec<Spec>, _>>()?;
    let profile = args.profile.as_deref().map(chosen).transpose()?;
    let compared = compared(args.portability.as_deref())?;
    let mut selection = selection::select(&args.wanted, &args.unwanted)?;
    if let Some(shard) = args.shard {
        selection = shard.of(selection)?;
    }
    if subjects.is_empty() {
        subjects = usual_subjects(&selection)?;
    }
    let baseline = args.baseline.as_deref().map(super::baseline::read).transpose()?;
    let (shown, telling) = (args.formats.open()?.quiet(args.quiet), args.telling());
    if let Some(path) = &args.traces {
        for_traces(path)?;
    }
    let interrupt = Interrupt::listen().map_err(CliError::Signals)?;
    let plan = Plan {
        subjects,
        cases: selection.cases,
        properties: selection.properties,
        profile,
        seed: args.seed.unwrap_or_else(Plan::new_seed),
        cases_per_property: args.cases,
        jobs: jobs(args.jobs),
        timeout: args.timeout,
        strict: args.strict,
        compared,
        traces: args.traces,
        stop: interrupt.flag(),
    };
    let bar = Bar::new(interrupt.clone(), telling);
    let mut reports = campaign::run(&plan, &bar);
    bar.clear();
    if let Some(baseline) = &baseline {
        super::baseline::apply(baseline, &mut reports);
    }
    reports.iter_mut().for_each(keep::keep);
    if interrupt.came() {
        return interrupted(&interrupt, reports, shown);
    }
    let document = Document::of(reports);
    shown.write(&document)?;
    Ok(Exit::of(&document))
}

/// The system and the library. The library has no names, so that scripts which need them say nothing of it.
fn usual_subjects(selection: &Selection) -> Result<Vec<Spec>, CliError> {
    let is_for_names = |case: &Case| case.is_own() && case.script.requirements().contains(&Requirement::Named);
    let names_alone = selection.properties.is_empty() && selection.cases.iter().all(is_for_names);
    let words: &[&str] = if names_alone { &["libc"] } else { &["libc", "shmfd"] };
    Ok(words.iter().map(|word| word.parse()).collect::<Result<_, _>>()?)
}

/// Shows a person what was found until then. A file or a program gets nothing, since half a report looks like a whole one.
fn interrupted(interrupt: &Interrupt, mut reports: Vec<Report>, shown: Shown) -> Done {
    reports.retain(|report| !report.results.is_empty());
    reports.iter_mut().for_each(|report| report.interrupted = true);
    let done: usize = reports.iter().map(|report| report.results.len()).sum();
    if shown.is_for_people() && done > 0 {
        shown.write(&Document::of(reports))?;
    }
    let results = if done == 1 { "1 result is" } else { &*format!("{done} results are") };
    anstream::eprintln!("interrupted: {results} complete, the others are missing");
    interrupt.die_of_it();
    Ok(Exit::Harness)
}

/// Makes the directory for traces. One that holds some already would mix those of two runs.
fn for_traces(path: &Path) -> Result<(), CliError> {
    let unusable = |source| CliError::Directory { path: path.to_owned(), source };
    fs::create_dir_all(path).map_err(unusable)?;
    for entry in fs::read_dir(path).map_err(unusable)? {
        let there = entry.map_err(unusable)?.path();
        if there.is_file() && there.extension().is_some_and(|extension| extension == "jsonl") {
            return Err(CliError::OlderTraces(path.to_owned()));
        }
    }
    Ok(())
}

/// The platforms that were asked for: none, or every one where none is named.
fn compared(named: Option<&[String]>) -> Result<Compared, CliError> {
    match named {
        None => Ok(Compared::Nothing),
        Some([]) => Ok(Compared::All),
        Some(words) => {
            let mut named: Vec<String> = Vec::new();
            for word in words {
                match named.last_mut() {
                    // A comma stands between platforms, and between a platform and what is set there.
                    Some(platform) if word.contains('=') => *platform = format!("{platform},{word}"),
                    _ => named.push(word.clone()),
                }
            }
            let other = |named: &String| Other::new(super::profile::find(named)?).map_err(CliError::from);
            Ok(Compared::Named(named.iter().map(other).collect::<Result<_, _>>()?))
        }
    }
}

fn chosen(argument: &str) -> Result<ChosenProfile, CliError> {
    Ok(ChosenProfile { profile: super::profile::find(argument)?, argument: argument.to_owned() })
}

/// As many as were asked for, or as there are processors; more than a few for each processor only wait for each other.
pub(super) fn jobs(asked: Option<u16>) -> NonZeroUsize {
    const PER_PROCESSOR: usize = 4;
    let processors = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let most = processors.saturating_mul(NonZeroUsize::MIN.saturating_add(PER_PROCESSOR - 1));
    asked.and_then(|asked| NonZeroUsize::new(asked.into())).map_or(processors, |asked| asked.min(most))
}

/// A whole number from `LEAST` to `MOST`.
fn number<N: TryFrom<u64>, const LEAST: u64, const MOST: u64>(text: &str) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| (LEAST..=MOST).contains(number));
    number
        .and_then(|number| N::try_from(number).ok())
        .ok_or_else(|| format!("give a whole number from {LEAST} to {MOST}"))
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let range = Duration::from_millis(1)..=Duration::from_secs(3600);
    seconds.filter(|seconds| range.contains(seconds)).ok_or_else(|| "give seconds from 0.001 to 3600".to_owned())
}
