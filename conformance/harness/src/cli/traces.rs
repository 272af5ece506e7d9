//! Traces of files, and of everything below a directory.

use super::error::CliError;
use super::kind::Kind;
use shmconf_model::trace::Trace;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// How the name of a trace's file ends.
pub(super) const EXTENSION: &str = "jsonl";
/// How deep the directories below a directory are looked into.
const DEPTH: usize = 16;

/// The files that are meant: those named, and of a directory all traces below it, by path.
pub(super) fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut traces = Vec::new();
        collect(path, DEPTH, &mut traces)?;
        if traces.is_empty() {
            return Err(CliError::NoTraces(path.clone()));
        }
        traces.sort();
        files.extend(traces);
    }
    Ok(files)
}

/// Adds the traces below a directory. A link to a directory is not followed, as it may lead back.
fn collect(directory: &Path, depth: usize, traces: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let unreadable = |source| CliError::Read { path: directory.to_owned(), source };
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        match entry.file_type().map_err(unreadable)?.is_dir() {
            true if depth > 0 => collect(&path, depth - 1, traces)?,
            false if path.extension().is_some_and(|extension| extension == EXTENSION) => traces.push(path),
            _ => {}
        }
    }
    Ok(())
}

/// Reads a trace.
pub(super) fn read(path: &Path) -> Result<Trace, CliError> {
    let unreadable = |source| CliError::Read { path: path.to_owned(), source };
    let no_trace = |source| CliError::Trace { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable);
    let trace = file.and_then(|file| Trace::read(BufReader::new(file)).map_err(no_trace));
    trace.map_err(|error| Kind::Trace.instead(path, error))
}
