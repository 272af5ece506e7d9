//! `shmconf judge`

use super::Done;
use super::error::CliError;
use super::interrupt::Interrupt;
use super::judged::TraceGroup;
use super::{formats, recorded, traces};
use crate::exit::Exit;
use crate::report::Document;
use shmconf_model::trace::program_of;
use std::path::PathBuf;

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
        if program_of(&trace.header.subject).is_some() {
            // Nobody is left to hear of an error of the standard error.
            let _ = recorded::write_doubts(&trace, &mut anstream::stderr());
        }
        if group.add(Some(&path), &trace, &stop).is_err() {
            interrupt.die_of_it();
            return Ok(Exit::Harness);
        }
    }
    interrupt.done();
    let reports = groups.into_iter().map(|group| group.report(args.strict));
    let document = Document::of(reports.collect());
    let is_for_people = shown.is_for_people();
    shown.write(&document)?;
    if args.profile.is_none() && is_for_people {
        anstream::eprintln!("what the same calls would do on the other platforms: add -p all");
    }
    Ok(Exit::of(&document))
}
