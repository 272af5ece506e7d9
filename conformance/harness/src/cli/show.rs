//! How a report is shown, and where.

use super::error::CliError;
use super::output::Output;
use crate::report::{Document, Format, Json, Pretty};
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// How to show the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Pretty)]
    format: ReportFormat,
    /// Where to write the report; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A format, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people
    Pretty,
    /// For programs; `shmconf schema report` describes it
    Json,
}

/// A place for a report, ready before the work begins.
pub(super) struct Shown {
    format: ReportFormat,
    output: Output,
}

impl Args {
    /// Opens the output.
    pub(super) fn open(&self) -> Result<Shown, CliError> {
        Ok(Shown { format: self.format, output: Output::open(self.output.as_deref())? })
    }
}

impl Shown {
    /// Is the report for a person who sits there?
    pub(super) fn is_for_people(&self) -> bool {
        self.format == ReportFormat::Pretty && !self.output.is_file()
    }

    /// Writes the report. If it goes to a file, the person who started the run still hears its last sentence.
    pub(super) fn write(self, document: &Document) -> Result<(), CliError> {
        let (width, is_file) = (self.output.width(), self.output.is_file());
        let format: Box<dyn Format> = match self.format {
            ReportFormat::Pretty => Box::new(Pretty { width }),
            ReportFormat::Json => Box::new(Json),
        };
        self.output.write(|output| format.render(document, output))?;
        if is_file {
            // Nobody may be there to hear it.
            let _ = Pretty { width }.closing(document, &mut anstream::stderr());
        }
        Ok(())
    }
}
