//! Annotations of GitHub: commands to its runner, one a line, that put what was found beside the code.
//!
//! # References
//!
//! "Workflow commands for GitHub Actions", and `escapeData` and `escapeProperty` of `@actions/core`.

use super::brief::brief;
use super::{CaseResult, Document, Format, Report, pretty};
use std::io::{self, Write};

/// Commands to the runner of GitHub Actions.
#[derive(Debug, Clone, Copy)]
pub struct Github;

impl Github {
    /// How many annotations of each kind GitHub shows for a step.
    pub const MOST: usize = 10;
}

/// What is said of one matter.
struct Annotation {
    title: String,
    file: Option<String>,
    message: String,
}

impl Format for Github {
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        let reports = &document.reports;
        let mut errors: Vec<Annotation> = Vec::new();
        for report in reports {
            errors.extend(report.gave_up.as_deref().map(|reason| gave_up(report, reason)));
            let against = report.results.iter().filter(|result| report.counts_against(result.verdict));
            errors.extend(against.map(|result| failure(report, result)));
        }
        write("error", "failures", errors, output)?;
        write(
            "warning",
            "deviations",
            reports.iter().filter(|report| !report.strict).flat_map(deviations).collect(),
            output,
        )?;
        let sentences = reports.iter().map(sentence).collect::<Result<_, _>>()?;
        write("notice", "subjects", sentences, output)
    }
}

fn failure(report: &Report, result: &CaseResult) -> Annotation {
    let again = result.counterexample.as_ref().map(|found| format!("\nagain: {}", found.again));
    Annotation {
        title: format!("{} {} on {}", result.id, result.verdict, report.subject),
        file: result.file.clone(),
        message: format!("{}{}", brief(report, result), again.unwrap_or_default()),
    }
}

fn gave_up(report: &Report, reason: &str) -> Annotation {
    Annotation { title: format!("{} given up", report.subject), file: None, message: reason.to_owned() }
}

/// Each known deviation that was met, with what to do instead.
fn deviations(report: &Report) -> impl Iterator<Item = Annotation> {
    report.deviations.iter().map(|known| {
        let met = report.results.iter().filter(|result| result.deviations.contains(&known.id)).count();
        let cases = if met == 1 { "1 case".to_owned() } else { format!("{met} cases") };
        Annotation {
            title: format!("{} in {cases} on {}", known.id, report.subject),
            file: None,
            message: format!("{}\nInstead: {}", known.text, known.instead),
        }
    })
}

fn sentence(report: &Report) -> io::Result<Annotation> {
    Ok(Annotation { title: "shmconf".to_owned(), file: None, message: pretty::sentence(report)? })
}

/// As many commands as GitHub shows; the last one says how many annotations there are beyond.
fn write(kind: &str, what: &str, annotations: Vec<Annotation>, output: &mut dyn Write) -> io::Result<()> {
    let beyond = annotations.len().saturating_sub(Github::MOST);
    for (at, annotation) in annotations.into_iter().take(Github::MOST).enumerate() {
        let Annotation { title, file, mut message } = annotation;
        if beyond > 0 && at + 1 == Github::MOST {
            message.push_str(&format!("\nThere are {beyond} more {what}; see the whole report."));
        }
        let file = file.map(|file| format!(",file={}", property(&file))).unwrap_or_default();
        writeln!(output, "::{kind} title={}{file}::{}", property(&title), data(&message))?;
    }
    Ok(())
}

/// Text behind the command.
fn data(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(pretty::clean).collect();
    lines.join("\n").replace('%', "%25").replace('\n', "%0A")
}

/// The value of a property, which `:` and `,` would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
