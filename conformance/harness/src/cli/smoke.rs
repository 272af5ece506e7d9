//! `shmconf smoke`

use super::Done;
use super::error::CliError;
use super::output::Output;
use crate::executor::{self, Config};
use crate::exit::Exit;
use crate::report::wrapped;
use crate::smoke::{self, State, Step};
use crate::subject::Spec;
use anstyle::AnsiColor;
use shmconf_model::profile::Profile;
use std::io::{self, Write};
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The implementation to look at, as kind[:argument], such as command:./adapter or library:./libmine.so
    #[arg(short, long, value_name = "SUBJECT")]
    subject: String,
    /// The rules to judge by [default: those of this platform, and posix for a subject that is not this system's own]
    #[arg(short, long, value_name = "PROFILE[@RELEASE][,SETTING=VALUE]")]
    profile: Option<String>,
    /// How long a call may take before it counts as hanging, in seconds
    #[arg(long, value_name = "S", default_value = "5", value_parser = super::run::seconds)]
    timeout: Duration,
}

pub(super) fn smoke(args: &Args) -> Done {
    let subject: Spec = args.subject.parse()?;
    let profile = match &args.profile {
        Some(named) => super::profile::find(named)?,
        None if subject.is_foreign() => Profile::get("posix").map_err(CliError::from)?,
        None => Profile::get(Profile::id_for(&executor::platform())).map_err(CliError::from)?,
    };
    if let Spec::Model(_) = subject {
        return Err(CliError::NoProcesses(args.subject.clone()));
    }
    let output = Output::open(None)?;
    let width = output.width();
    let steps = smoke::smoke(&Config { timeout: args.timeout, ..Config::new(subject) }, &profile);
    let is_sane = steps.iter().all(|step| step.state != State::Wrong);
    output.write(|output| {
        steps.iter().try_for_each(|step| write_step(output, width, step))?;
        let is = if is_sane { "is sane" } else { "is not sane" };
        let next = if is_sane {
            format!("; next: shmconf run -s {}", shell_words::quote(&args.subject))
        } else {
            String::new()
        };
        writeln!(output, "\n{} {is}{next}", args.subject)
    })?;
    Ok(if is_sane { Exit::Conforms } else { Exit::DoesNotConform })
}

fn write_step(output: &mut dyn Write, width: usize, step: &Step) -> io::Result<()> {
    let (style, word) = match step.state {
        State::Good => (AnsiColor::Green.on_default(), "good "),
        State::Noted => (AnsiColor::Yellow.on_default(), "noted"),
        State::Wrong => (AnsiColor::Red.on_default().bold(), "WRONG"),
    };
    let head = format!("{style}{word}{style:#}  {:9} {:>5} ms  ", step.what, step.took.as_millis());
    let indent = " ".repeat("good   abilities 12345 ms  ".len());
    let text = step.seen.replace(|c: char| c.is_control() && c != '\n', " ");
    let options = wrapped(width.min(100)).subsequent_indent(&indent).initial_indent(&indent);
    let filled = textwrap::fill(&text, options);
    writeln!(output, "{head}{}", filled.trim_start())
}
