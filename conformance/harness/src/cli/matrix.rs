//! `shmconf matrix`

use super::Done;
use super::error::CliError;
use super::output::Output;
use super::stored;
use crate::exit::Exit;
use crate::report::{Document, Format, Html};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The reports, as `shmconf run --format json=FILE` writes them, of any systems; - is standard input
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<PathBuf>,
    /// Where the page goes; - is standard output
    #[arg(short, long, value_name = "FILE.html")]
    output: Option<PathBuf>,
}

pub(super) fn matrix(args: &Args) -> Done {
    let output = Output::open(args.output.as_deref())?;
    let mut reports = Vec::new();
    let mut left_out = 0;
    for path in &args.reports {
        match stored::read(path) {
            Ok(document) => reports.extend(document.reports),
            Err(error) => {
                anstream::eprintln!("left out: {}", error.to_string().replace(char::is_control, " "));
                left_out += 1;
            }
        }
    }
    if left_out == args.reports.len() {
        return Err(CliError::NoReports);
    }
    let document = Document::of(reports);
    output.write(|output| Html.render(&document, output))?;
    Ok(if left_out == 0 { Exit::Conforms } else { Exit::DoesNotConform })
}
