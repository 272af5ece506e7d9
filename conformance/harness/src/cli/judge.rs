//! `shmconf judge`

use super::Done;
use super::error::CliError;
use super::interrupt::Interrupt;
use super::{formats, traces};
use crate::assess::{self, Against, Stopped, Tally};
use crate::exit::Exit;
use crate::report::{Conditions, Counterexample, Document, Kind, Report};
use shmconf_model::portability::{self, Other};
use shmconf_model::profile::{Circumstances, Profile};
use shmconf_model::trace::{Header, Trace};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The traces, or directories with traces below them, as `shmconf run --traces DIR` keeps them
    #[arg(value_name = "TRACE|DIR", required = true)]
    traces: Vec<PathBuf>,
    /// The rules to judge by: a profile such as posix, the file of one, or `all`, which judges by those of the trace's
    /// platform and compares with every other platform [default: those of the trace's platform]
    #[arg(short, long)]
    profile: Option<String>,
    /// Counts a known deviation as a failure
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    formats: formats::Args,
}

/// The traces of one subject on one platform, judged by one profile.
struct TraceGroup {
    header: Header,
    profile: Profile,
    /// The ID of the profile, or the path of its file.
    profile_argument: String,
    /// The platforms to compare with.
    others: Vec<Other>,
    /// What is said so far of each case, and how long its calls took, in the order in which its first trace was read.
    tallies: Vec<(Tally, Duration)>,
}

pub(super) fn judge(args: &Args) -> Done {
    let shown = args.formats.open()?;
    let interrupt = Interrupt::listen().map_err(CliError::Signals)?;
    interrupt.watch(|| ());
    let stop = interrupt.flag();
    let mut groups: Vec<TraceGroup> = Vec::new();
    for path in traces::files(&args.traces)? {
        let trace = traces::read(&path)?;
        let group = match groups.iter().position(|group| group.holds(&trace.header)) {
            Some(at) => &mut groups[at],
            None => {
                groups.push(TraceGroup::of(&trace.header, args.profile.as_deref())?);
                groups.last_mut().expect("one was pushed")
            }
        };
        if group.add(&path, &trace, &stop).is_err() {
            interrupt.die_of_it();
            return Ok(Exit::Harness);
        }
    }
    interrupt.done();
    let reports = groups.into_iter().map(|group| {
        let Header { subject, platform, seed, .. } = group.header;
        let beside = group.others.iter().map(|other| other.name().to_owned()).collect();
        let deviations = assess::deviations(&group.profile);
        let profile = group.profile.name;
        let conditions = Conditions { platform, subject, profile, seed, strict: args.strict, deviations, beside };
        // What judging takes differs from time to time, and a report of the same traces does not.
        let took = group.tallies.iter().map(|(_, took)| *took).sum();
        let results = group.tallies.into_iter().map(|(tally, took)| tally.finish(took)).collect();
        Report::new(conditions, results, took)
    });
    let document = Document::of(reports.collect());
    shown.write(&document)?;
    Ok(Exit::of(&document))
}

impl TraceGroup {
    /// Of the traces that are like the one with this header, by the rules that are wanted.
    fn of(header: &Header, wanted: Option<&str>) -> Result<TraceGroup, CliError> {
        let home = Profile::id_for(&header.platform);
        let others = match wanted {
            Some("all") => portability::platforms().map_err(CliError::UnknownProfile)?,
            _ => Vec::new(),
        };
        let profile_argument = wanted.filter(|wanted| *wanted != "all").unwrap_or(home).to_owned();
        let profile = match profile_argument == home {
            true => Profile::under(home, &Circumstances::of(&header.platform, &header.machine))
                .map_err(CliError::UnknownProfile)?,
            false => super::profile::find(&profile_argument)?,
        };
        Ok(TraceGroup { header: header.clone(), profile, profile_argument, others, tallies: Vec::new() })
    }

    fn holds(&self, header: &Header) -> bool {
        let same_run = self.header.subject == header.subject && self.header.platform == header.platform;
        same_run && self.header.seed == header.seed && self.header.machine.settings == header.machine.settings
    }

    fn add(&mut self, path: &Path, trace: &Trace, stop: &AtomicBool) -> Result<(), Stopped> {
        let id = &trace.header.case;
        let at = self.tallies.iter().position(|(tally, _)| tally.result().id == *id).unwrap_or_else(|| {
            self.tallies.push((Tally::of(id.clone(), Kind::Case), Duration::ZERO));
            self.tallies.len() - 1
        });
        let (tally, took) = &mut self.tallies[at];
        *took += span(trace);
        let others = tally.compared(trace, &self.others);
        let assessment = assess::assess(trace, Against { profile: &self.profile, others, stop })?;
        tally.add(assessment, |assessment| {
            let script: String = trace.events.iter().map(|event| format!("{}\n", event.line())).collect();
            let quote = |text: &str| shell_words::quote(text).into_owned();
            let path = quote(&path.to_string_lossy());
            let again = format!("shmconf judge {path} -p {}", quote(&self.profile_argument));
            let violations = assessment.judgement.violations.clone();
            Counterexample::new(format!("# {id}\n{script}"), trace, violations, again)
        });
        Ok(())
    }
}

/// From the beginning of the first call to the end of the last.
fn span(trace: &Trace) -> Duration {
    let first = trace.events.iter().map(|event| event.start).min().unwrap_or(0);
    let last = trace.events.iter().map(|event| event.end).max().unwrap_or(0);
    Duration::from_nanos(last.saturating_sub(first))
}
