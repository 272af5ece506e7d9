//! `shmconf merge`

use super::Done;
use super::error::CliError;
use super::{formats, stored};
use crate::exit::Exit;
use crate::report::Document;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The reports, as `shmconf run --format json=FILE` writes them; - is standard input
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<PathBuf>,
    #[command(flatten)]
    formats: formats::Args,
}

pub(super) fn merge(args: &Args) -> Done {
    let documents = args.reports.iter().map(|path| stored::read(path)).collect::<Result<Vec<_>, _>>()?;
    let document = Document::merge(documents).map_err(CliError::Merge)?;
    args.formats.open()?.write(&document)?;
    Ok(Exit::of(&document))
}
