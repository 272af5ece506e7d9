//! What a person reads: a table of areas, what was seen beside it, failures in full, and a last sentence.
//!
//! Colours are always written; the caller strips them where they are not wanted.

mod closing;
mod counts;
mod failure;
mod notes;
mod paint;
mod portability;
mod shown;
mod table;

use super::{CaseResult, Document, Format, Report, Summary, Tool};
use anstream::StripStream;
use shmconf_model::verdict::Verdict;
use std::io::{self, Write};

pub(crate) use failure::reason;
pub(super) use paint::escaped;
pub(crate) use paint::{clean, numbers, one_line, paint, style, wrapped};
pub use shown::Shown;

/// Text for people.
#[derive(Debug, Clone, Copy)]
pub struct Pretty {
    /// How many columns there are to fill.
    pub width: usize,
}

/// Fewer columns than these are treated as these.
const NARROWEST: usize = 40;
/// How many failures of a subject are shown in full: of more, nobody reads each.
const IN_FULL: usize = 10;
/// The columns of text within another format.
const WITHIN: usize = 100;

impl Pretty {
    /// Writes the last sentence about each subject alone.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn closing(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        closing::write(&document.reports, output)
    }

    /// Writes what came of one case or property in full: the script with what came back, and what would have been allowed.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn result(&self, subject: &str, result: &CaseResult, output: &mut dyn Write) -> io::Result<()> {
        failure::write(subject, result, self.width.max(NARROWEST), output)
    }
}

impl Format for Pretty {
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        let width = self.width.max(NARROWEST);
        let reports = &document.reports[..];
        let Some(first) = reports.first() else { return Ok(()) };
        header(&document.tool, first, width, output)?;
        table::write(reports, width, output)?;
        notes::write(reports, width, output)?;
        counts::write(reports, width, output)?;
        for report in reports {
            failure::gave_up(report, width, output)?;
            let against =
                |result: &&CaseResult| matches!(result.verdict, Verdict::Fail | Verdict::Inconclusive | Verdict::Xpass);
            let mut failures = report.results.iter().filter(against);
            for result in failures.by_ref().take(IN_FULL) {
                failure::write(&report.subject, result, width, output)?;
            }
            failure::in_short(report, &failures.collect::<Vec<_>>(), width, output)?;
        }
        portability::write(reports, width, output)?;
        closing::write(reports, output)
    }
}

/// `shmconf 0.1.0 · Linux 6.18 x86_64 · glibc 2.36 · profile linux-glibc · seed 7`, on as many lines as it takes.
fn header(tool: &Tool, report: &Report, width: usize, output: &mut dyn Write) -> io::Result<()> {
    let platform = &report.platform;
    let words = [
        format!("{} {}", tool.name, tool.version),
        format!("{} {} {}", platform.os, platform.release, platform.arch),
        platform.libc.clone(),
        if platform.stand_in.is_empty() { String::new() } else { format!("under {}", platform.stand_in) },
        format!("profile {}", report.profile),
        // Nothing of a recorded program is drawn.
        if report.program().is_some() { String::new() } else { format!("seed {}", report.seed) },
    ];
    let mut column = 0;
    for word in words.iter().map(|word| clean(word.trim())).filter(|word| !word.is_empty()) {
        let len = word.chars().count();
        let before = match column {
            0 => "",
            _ if column + 3 + len <= width => " · ",
            _ => {
                column = 0;
                "\n  "
            }
        };
        write!(output, "{before}{}", if before.is_empty() { paint(style::STRONG, &word) } else { word.into_owned() })?;
        column += before.chars().count() + len;
    }
    writeln!(output)
}

/// The last sentence about a subject, without colours, as other formats quote it.
pub(super) fn sentence(report: &Report) -> io::Result<String> {
    without_colours(|output| closing::write(std::slice::from_ref(report), output))
}

/// One case or property in full, without colours, as other formats quote it.
pub(super) fn in_full(report: &Report, result: &CaseResult) -> io::Result<String> {
    without_colours(|output| failure::write(&report.subject, result, WITHIN, output))
}

fn without_colours(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<String> {
    let mut output = StripStream::new(Vec::new());
    write(&mut output)?;
    Ok(String::from_utf8_lossy(&output.into_inner()).trim_end().to_owned())
}
