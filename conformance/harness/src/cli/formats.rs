//! How a report is shown, and where.

use super::error::CliError;
use super::output::Output;
use crate::report::{Document, Format, Github, Html, Json, Junit, Markdown, Pretty, Tap};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// How to show the report, and in which file: pretty for people; html for people with a browser; json for programs,
    /// which `shmconf schema report` describes; junit or tap for what reads the results of tests; markdown for the summary
    /// of a job; github for annotations there; can be repeated, as in --format pretty --format json=report.json
    #[arg(long = "format", value_name = "FORMAT[=FILE]", default_values = ["pretty"])]
    formats: Vec<Wanted>,
    /// Where a format goes that has no file; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The last sentence about each subject.
struct Closing;

impl Format for Closing {
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        Pretty { width: 100 }.closing(document, output)
    }
}

/// A format, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReportFormat {
    Pretty,
    Json,
    Html,
    Junit,
    Tap,
    Markdown,
    Github,
}

impl ReportFormat {
    const ALL: [(&str, ReportFormat); 7] = [
        ("pretty", ReportFormat::Pretty),
        ("json", ReportFormat::Json),
        ("html", ReportFormat::Html),
        ("junit", ReportFormat::Junit),
        ("tap", ReportFormat::Tap),
        ("markdown", ReportFormat::Markdown),
        ("github", ReportFormat::Github),
    ];

    fn renderer(self, width: usize, quiet: bool) -> Box<dyn Format> {
        match self {
            ReportFormat::Pretty if quiet => Box::new(Closing),
            ReportFormat::Pretty => Box::new(Pretty { width }),
            ReportFormat::Json => Box::new(Json),
            ReportFormat::Html => Box::new(Html),
            ReportFormat::Junit => Box::new(Junit),
            ReportFormat::Tap => Box::new(Tap),
            ReportFormat::Markdown => Box::new(Markdown),
            ReportFormat::Github => Box::new(Github),
        }
    }
}

/// A format, and perhaps the file for it.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    format: ReportFormat,
    file: Option<PathBuf>,
}

impl Wanted {
    /// Does it go to standard output, for a program to read?
    pub(super) fn is_for_programs(&self) -> bool {
        self.file.is_none() && self.format != ReportFormat::Pretty
    }
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Wanted, String> {
        let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(PathBuf::from(file))));
        if file.as_deref() == Some(Path::new("")) {
            return Err(format!("name a file behind `{name}=`"));
        }
        let found = ReportFormat::ALL.iter().find(|(known, _)| *known == name);
        let (_, format) = found.ok_or_else(|| {
            let names: Vec<&str> = ReportFormat::ALL.iter().map(|(name, _)| *name).collect();
            format!("the formats are {}", names.join(", "))
        })?;
        Ok(Wanted { format: *format, file })
    }
}

/// Places for a report, ready before the work begins.
pub(super) struct Shown {
    formats: Vec<(ReportFormat, Output)>,
    /// Are people told the last sentences alone?
    quiet: bool,
}

impl Args {
    /// Formats that go to standard output, or each to a file of its own.
    pub(super) fn of(formats: &[Wanted]) -> Args {
        Args { formats: formats.to_vec(), output: None }
    }

    /// Makes sure that every place can be written to.
    pub(super) fn open(&self) -> Result<Shown, CliError> {
        let without = self.formats.iter().filter(|wanted| wanted.file.is_none()).count();
        if without > 1 || (without == 0 && self.output.is_some()) {
            return Err(CliError::Formats { without });
        }
        let mut places: Vec<&Path> = Vec::new();
        let mut shown = Vec::new();
        for wanted in &self.formats {
            let place = wanted.file.as_deref().or(self.output.as_deref());
            if let Some(place) = place {
                if places.contains(&place) {
                    return Err(CliError::SamePlace(place.to_owned()));
                }
                places.push(place);
            }
            shown.push((wanted.format, Output::open(place)?));
        }
        Ok(Shown { formats: shown, quiet: false })
    }
}

impl Shown {
    /// With the last sentences alone for people, if that is wanted.
    pub(super) fn quiet(self, quiet: bool) -> Shown {
        Shown { quiet, ..self }
    }

    /// Is the report for a person who sits there?
    pub(super) fn is_for_people(&self) -> bool {
        self.formats.iter().any(|(format, output)| *format == ReportFormat::Pretty && !output.is_file())
    }

    /// Writes the report. If it goes to files alone, the person who started the run still hears its last sentence.
    pub(super) fn write(self, document: &Document) -> Result<(), CliError> {
        let only_files = self.formats.iter().all(|(_, output)| output.is_file());
        for (format, output) in self.formats {
            let renderer = format.renderer(output.width(), self.quiet);
            output.write(|output| renderer.render(document, output))?;
        }
        if only_files {
            // Nobody may be there to hear it.
            let _ = Closing.render(document, &mut anstream::stderr());
        }
        Ok(())
    }
}
