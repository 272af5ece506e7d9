//! Keeps the scripts that generators found, so that they can be run again, read and sent to somebody.

use crate::report::{CaseResult, Kind, Report};
use crate::whole;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Where they go, below the working directory.
const FOLDER: &str = "shmconf-counterexamples";

/// Writes a file for each property that failed, and notes it in the report. That there is no room for one is no reason
/// to hide the report: the script is in there too.
pub(super) fn keep(report: &mut Report) {
    let subject = plain(&report.subject);
    let found = report.results.iter_mut().filter(|result| result.kind == Kind::Property);
    for result in found {
        if let Err(error) = keep_one(result, &subject) {
            anstream::eprintln!("warning: the counterexample of {} cannot be kept in {FOLDER}: {error}", result.id);
        }
    }
}

fn keep_one(result: &mut CaseResult, subject: &str) -> io::Result<()> {
    let Some(counterexample) = &mut result.counterexample else { return Ok(()) };
    let folder = Path::new(FOLDER);
    fs::create_dir_all(folder)?;
    let path: PathBuf = folder.join(format!("{}.{subject}.shm", plain(result.id.as_str())));
    whole::write(&path, |file| file.write_all(counterexample.script.as_bytes()))?;
    counterexample.file = Some(path.to_string_lossy().into_owned());
    Ok(())
}

/// The text as a part of a file's name.
fn plain(text: &str) -> String {
    text.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', ".")
}
