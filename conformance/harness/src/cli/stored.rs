//! Reading reports that a run has written as JSON.

use super::error::CliError;
use super::kind::Kind;
use crate::report::{Document, FORMAT};
use serde::Deserialize;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// Reads a report; - is standard input.
pub(super) fn read(path: &Path) -> Result<Document, CliError> {
    let unreadable = |source| CliError::Read { path: path.to_owned(), source };
    let text = if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map_err(unreadable)?;
        text
    } else {
        fs::read_to_string(path).map_err(unreadable)?
    };
    let no_report = |problem| CliError::Report { path: path.to_owned(), problem };
    parse(&text).map_err(|problem| Kind::Report.instead(path, no_report(problem)))
}

fn parse(text: &str) -> Result<Document, String> {
    /// What every version says of itself.
    #[derive(Deserialize)]
    struct Versioned {
        format: String,
    }
    let advice = "`shmconf run --format json=FILE` writes one";
    let Versioned { format } =
        serde_json::from_str(text).map_err(|error| format!("it is no report: {error}; {advice}"))?;
    if format != FORMAT {
        return Err(format!("its format is `{format}`, and this program reads `{FORMAT}`; run the suite again"));
    }
    serde_json::from_str(text).map_err(|error| format!("it is no whole report: {error}; {advice}"))
}
