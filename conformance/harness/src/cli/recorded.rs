//! What is said of a recorded program: what was seen, what was left out, and the verdict.

use super::Done;
use super::error::CliError;
use super::formats::{self, Shown, Wanted};
use super::interrupt::Interrupt;
use super::judged::TraceGroup;
use super::output::Output;
use super::profile;
use crate::exit::Exit;
use crate::record::{self, Recording, path_of};
use crate::report::{self, Document, clean, numbers, wrapped};
use shmconf_model::call::Call;
use shmconf_model::judge;
use shmconf_model::outcome::Outcome;
use shmconf_model::profile::Profile;
use shmconf_model::trace::{Event, Trace, program_of};
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

/// What is done with a recording.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Where the trace is kept, such as program.jsonl; without it none is
    #[arg(short, long, value_name = "TRACE")]
    output: Option<PathBuf>,
    /// The rules to judge by: a profile such as posix, or `all`, which judges by those of the platform on which the program
    /// ran, and compares with every other platform
    #[arg(short, long, default_value = "all")]
    profile: String,
    /// Replaces names of objects by others of the same length
    #[arg(long)]
    pub(super) anonymize: bool,
    /// How to show what was found, and in which file: pretty, html, json, junit, tap, markdown or github; can be repeated
    #[arg(long = "format", value_name = "FORMAT[=FILE]", default_values = ["pretty"])]
    formats: Vec<Wanted>,
}

/// Where things go, which was tried before the program is run.
pub(super) struct Ready {
    shown: Shown,
    trace: Option<Output>,
}

impl Args {
    /// Makes sure that there is such a profile, and that every place can be written to.
    pub(super) fn open(&self) -> Result<Ready, CliError> {
        if self.profile != "all" {
            profile::find(&self.profile)?;
        }
        let trace = self.output.as_deref().map(|path| Output::open(Some(path))).transpose()?;
        Ok(Ready { shown: formats::Args::of(&self.formats).open()?, trace })
    }

    /// Is standard output read by a program?
    pub(super) fn is_for_programs(&self) -> bool {
        self.formats.iter().any(Wanted::is_for_programs)
    }
}

/// Says what was recorded, judges it, and keeps the trace.
pub(super) fn judge(mut recording: Recording, args: &Args, ready: Ready) -> Done {
    let nothing = |why: &str| Err(CliError::NothingRecorded(why.to_owned()));
    if recording.trace.events.is_empty() {
        tell(&recording, args.anonymize);
        return nothing(
            "no call of shm_open or memfd_create was recorded; other shared memory, of shmget or of mmap alone, is not looked at",
        );
    }
    let interrupt = Interrupt::listen().map_err(CliError::Signals)?;
    interrupt.watch(|| ());
    let flag = interrupt.flag();
    let path = args.output.as_deref();
    let judged = |trace: &Trace| -> Result<Option<(TraceGroup, Vec<usize>)>, CliError> {
        let mut group = TraceGroup::of(&trace.header, Some(&args.profile))?;
        Ok(group.add(path, trace, &flag).ok().map(|violated| (group, violated)))
    };
    let (mut found, mut open) = (judged(&recording.trace)?, None);
    // By the rules of another platform an outcome has no need of a stranger: it is that of the system that it was recorded on.
    let is_own = found.as_ref().is_some_and(|(group, _)| group.is_of_its_platform());
    while let Some(why) = found.as_ref().filter(|_| is_own).and_then(|(_, violated)| recording.take_out(violated)) {
        open.get_or_insert(why);
        found = judged(&recording.trace)?;
    }
    if let (Some((group, _)), Some(why)) = (&mut found, open) {
        group.undecided(&why);
    }
    let Some((found, _)) = found else {
        interrupt.die_of_it();
        return Ok(Exit::Harness);
    };
    interrupt.done();
    tell(&recording, args.anonymize);
    let trace = &recording.trace;
    if let Some(output) = ready.trace {
        let is_file = output.is_file();
        output.write(|output| trace.write(output))?;
        if let Some(path) = path.filter(|_| is_file) {
            let path = shell_words::quote(&path.to_string_lossy()).into_owned();
            anstream::eprintln!("  every call: shmconf show {path}; by another platform's rules: add -p macos");
        }
    }
    if found.is_empty() {
        return nothing("nothing of what was recorded can be judged, for the reasons above");
    }
    let deaths = deaths(&recording.trace, found.profile());
    let document = Document::of(vec![found.report(false)]);
    ready.shown.write(&document)?;
    for death in deaths {
        let _ = write_line(&mut anstream::stderr(), &death);
    }
    Ok(Exit::of(&document))
}

/// What was seen and what was left out, for the person who waits. Nobody is left to hear of an error of the standard error.
fn tell(recording: &Recording, is_anonymous: bool) {
    let _ = write_recording(recording, is_anonymous, &mut anstream::stderr());
}

fn write_recording(recording: &Recording, is_anonymous: bool, output: &mut dyn Write) -> io::Result<()> {
    let Recording { trace, processes, objects, left_out, lacks, remarks, left_behind, .. } = recording;
    let program = program_of(&trace.header.subject).unwrap_or_default();
    let processes = count(*processes as u64, "process", "processes");
    let objects = count(*objects as u64, "object", "objects");
    let calls = count(trace.events.len() as u64, "call", "calls");
    writeln!(output, "{}: {processes}, {objects}, {calls}", clean(program))?;
    write_doubts(trace, output)?;
    for (what, calls) in left_out {
        write_line(output, &format!("left out: {} {what}", count(*calls, "call", "calls")))?;
    }
    for lack in lacks {
        write_line(output, &format!("missing in the log: {lack}"))?;
    }
    if !lacks.is_empty() {
        write_line(output, &format!("`{}` writes a log with all of it", record::COMMAND))?;
    }
    for remark in remarks {
        write_line(output, remark)?;
    }
    for name in left_behind {
        let path = path_of(name);
        let name = name.escape_debug();
        let text = "which the program made and did not unlink; it stays until somebody does";
        write_line(output, &format!("left behind: {name}, {text}"))?;
        // A command that nobody can paste is no help.
        if !is_anonymous && !path.contains(char::is_control) {
            writeln!(output, "    rm {}", shell_words::quote(&path))?;
        }
    }
    Ok(())
}

/// A line of what is told, wrapped as everything is.
fn write_line(output: &mut dyn Write, text: &str) -> io::Result<()> {
    const WIDTH: usize = 100;
    let options = wrapped(WIDTH).initial_indent("  ").subsequent_indent("    ");
    writeln!(output, "{}", textwrap::fill(&clean(text), options))
}

/// Who died of what it did to memory, and why, which judges as a pass where the platform allows it.
fn deaths(trace: &Trace, profile: &Profile) -> Vec<String> {
    let justified = LazyCell::new(|| judge::justified(trace, profile));
    let death = |(at, event): (usize, &Event)| match (&event.call, &event.outcome) {
        (Call::Load { map, offset, .. } | Call::Store { map, offset, .. }, Outcome::Signal(signal)) => {
            let why = justified.get(&at).and_then(|why| why.first());
            let why = why.map(|why| format!(" ({})", report::reason(why))).unwrap_or_default();
            let (actor, call) = (event.actor, at + 1);
            Some(format!(
                "{actor} died of {signal} in call {call}, when it read or wrote at byte {offset} of the mapping {map}{why}"
            ))
        }
        _ => None,
    };
    trace.events.iter().enumerate().filter_map(death).collect()
}

/// What of a recorded program has no verdict, and why.
pub(super) fn write_doubts(trace: &Trace, output: &mut dyn Write) -> io::Result<()> {
    const MOST: usize = 5;
    let mut unjudged: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (call, event) in (1..).zip(&trace.events) {
        if let Some(why) = &event.unjudged {
            unjudged.entry(why).or_default().push(call);
        }
    }
    let mut line = |text: &str| write_line(output, text);
    for (why, calls) in unjudged {
        let count = count(calls.len() as u64, "call", "calls");
        line(&format!("not judged: {count} ({}), as {why}", numbers(&calls)))?;
    }
    for other in trace.others.iter().take(MOST) {
        let before = trace.events.iter().filter(|event| event.start <= other.start).count();
        let place = if before == 0 { "before call 1".to_owned() } else { format!("behind call {before}") };
        line(&format!("without a model, {place}: {other}"))?;
    }
    if trace.others.len() > MOST {
        line(&format!("and {} more of these, which the trace has", trace.others.len() - MOST))?;
    }
    let elsewhere = trace.others.iter().filter_map(|other| record::elsewhere(&other.other));
    let mut said: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    elsewhere.for_each(|(what, there)| {
        said.entry(there).or_default().insert(what);
    });
    for (there, what) in said {
        line(&format!("{}: {there}", Vec::from_iter(what).join(", ")))?;
    }
    Ok(())
}

/// `1 call`, `2 calls`
fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
