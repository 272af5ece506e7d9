//! `shmconf profiles`

mod markdown;
mod table;

use super::Done;
use super::error::CliError;
use super::output::Output;
use crate::exit::Exit;
use clap::ValueEnum;
use shmconf_model::profile::{Profile, RuleInfo};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which platforms, such as macos, or files of profiles; all that are built in, if nothing is given
    #[arg(value_name = "PROFILE")]
    wanted: Vec<String>,
    /// How to show them
    #[arg(long, value_enum, default_value_t = PageFormat::Pretty)]
    format: PageFormat,
    /// Where to write them; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A format, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PageFormat {
    /// A table for people
    Pretty,
    /// A page with sources and deviations, as docs/platforms.md is
    Markdown,
}

/// A platform with its rules as people read them.
struct Column {
    profile: Profile,
    rules: Vec<RuleInfo>,
}

/// What stands where a rule and a platform meet.
enum Cell<'a> {
    /// Nothing is known of it.
    Unknown,
    /// Its choices.
    Choices(Vec<Shown<'a>>),
}

/// One choice.
struct Shown<'a> {
    text: &'a str,
    /// Of which releases and settings; empty where it is always one.
    when: &'a str,
    /// Which deviation it is, if it is one.
    deviation: Option<&'a str>,
}

pub(super) fn profiles(args: &Args) -> Done {
    let wanted: Vec<&str> = match &args.wanted[..] {
        [] => Profile::ids().collect(),
        wanted => wanted.iter().map(String::as_str).collect(),
    };
    let profiles = wanted.into_iter().map(super::profile::find).collect::<Result<Vec<_>, CliError>>()?;
    let columns: Vec<Column> = profiles.into_iter().map(Column::of).collect();
    let output = Output::open(args.output.as_deref())?;
    let width = output.width();
    output.write(|output| match args.format {
        PageFormat::Pretty => table::write(&columns, width, output),
        PageFormat::Markdown => markdown::write(&columns, output),
    })?;
    Ok(Exit::Conforms)
}

impl Column {
    fn of(profile: Profile) -> Column {
        Column { rules: profile.rules.list(), profile }
    }

    /// The standard allows; a platform does.
    fn is_standard(&self) -> bool {
        self.profile.id == "posix"
    }

    fn cell(&self, row: usize) -> Cell<'_> {
        let rule = &self.rules[row];
        if rule.source.is_empty() && !self.is_standard() {
            return Cell::Unknown;
        }
        let deviation = |justification| self.profile.deviation(justification).map(|deviation| deviation.id.as_str());
        let when = |at: usize| rule.when.get(at).map_or("", String::as_str);
        let choices = rule.choices.iter().enumerate();
        Cell::Choices(
            choices
                .map(|(at, (text, justification))| Shown { text, when: when(at), deviation: deviation(*justification) })
                .collect(),
        )
    }
}
