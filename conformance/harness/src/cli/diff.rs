//! `shmconf diff`

use super::Done;
use super::output::Output;
use super::stored;
use crate::diff::{self, Diff};
use crate::exit::Exit;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The report from before, as `shmconf run --format json=FILE` writes it
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The report from now
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// How to show what changed
    #[arg(long, value_enum, default_value_t = DiffFormat::Pretty)]
    format: DiffFormat,
    /// Where to write it; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A format, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// For people
    Pretty,
    /// For a pull request
    Markdown,
}

pub(super) fn diff(args: &Args) -> Done {
    let diff = Diff::between(&stored::read(&args.old)?, &stored::read(&args.new)?);
    let output = Output::open(args.output.as_deref())?;
    output.write(|output| match args.format {
        DiffFormat::Pretty => diff::write_text(&diff, output),
        DiffFormat::Markdown => diff::write_markdown(&diff, output),
    })?;
    Ok(if diff.is_worse() { Exit::DoesNotConform } else { Exit::Conforms })
}
