//! `shmconf baseline`

use super::Done;
use super::error::CliError;
use super::output::Output;
use super::{selection, stored};
use crate::baseline::Baseline;
use crate::exit::Exit;
use crate::report::Report;
use shmconf_model::script::Id;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The report, as `shmconf run --format json=FILE` writes it; - is standard input
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// Why they fail, or a link to where that is told; needed for what no older baseline has
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The baseline until now: what still fails keeps its entry, and what passes loses it
    #[arg(long, value_name = "FILE")]
    older: Option<PathBuf>,
    /// Where to write it; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn baseline(args: &Args) -> Done {
    let document = stored::read(&args.report)?;
    let older = args.older.as_deref().map(read).transpose()?.unwrap_or_default();
    let reason = args.reason.as_deref().unwrap_or_default().trim();
    let baseline = Baseline::of(&document, reason, &older);
    if let Some(entry) = baseline.entries().iter().find(|entry| entry.reason.is_empty()) {
        return Err(CliError::NoReason(entry.id.to_string()));
    }
    Output::open(args.output.as_deref())?.write(|output| output.write_all(baseline.text().as_bytes()))?;
    Ok(Exit::Conforms)
}

/// Has reports say what was known to fail, and warns of entries that match nothing.
pub(super) fn apply(baseline: &Baseline, reports: &mut [Report]) {
    reports.iter_mut().for_each(|report| baseline.apply(report));
    let is_known = |id: &Id| selection::ids().any(|known| known == id);
    let unmatched: Vec<&str> = baseline.unmatched(reports, is_known).map(|entry| entry.id.as_str()).collect();
    if !unmatched.is_empty() {
        let entries = unmatched.join(", ");
        anstream::eprintln!(
            "warning: entries of the baseline match nothing, as no such case or subject is there: {entries}"
        );
    }
}

/// Reads a baseline.
pub(super) fn read(path: &Path) -> Result<Baseline, CliError> {
    let text = fs::read_to_string(path).map_err(|source| CliError::Read { path: path.to_owned(), source })?;
    Baseline::read(&text).map_err(|source| CliError::Baseline { path: path.to_owned(), source })
}
