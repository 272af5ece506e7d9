//! Markdown for the summary of a job: the outcome of each subject, failures first, the areas, deviations and skips.
//!
//! # References
//!
//! GitHub Flavored Markdown Spec. GitHub takes a summary of at most 1 MiB from a step.

mod section;
mod text;

use super::{Deviation, Document, Format, Report, Summary, areas, pretty};
use section::Section;
use shmconf_model::verdict::Verdict;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use text::{code, fenced};

pub(crate) use text::prose;

/// Markdown, as GitHub reads it; never more than 1 MiB.
#[derive(Debug, Clone, Copy)]
pub struct Markdown;

/// How many bytes each part of a summary may have. Together they stay below 1 MiB.
mod most {
    pub(super) const SUBJECTS: usize = 100_000;
    pub(super) const FAILURES: usize = 500_000;
    pub(super) const AREAS: usize = 150_000;
    pub(super) const DEVIATIONS: usize = 150_000;
    pub(super) const KNOWN: usize = 50_000;
    pub(super) const SKIPS: usize = 50_000;
}

/// How many cases are named for a deviation.
const NAMED: usize = 5;

impl Format for Markdown {
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        let reports = &document.reports;
        writeln!(output, "## shmconf\n")?;
        subjects(reports)?.write(output)?;
        failures(reports)?.write(output)?;
        tables(reports).write(output)?;
        deviations(reports).write(output)?;
        known_to_fail(reports).write(output)?;
        skips(reports).write(output)
    }
}

/// A sentence on each subject.
fn subjects(reports: &[Report]) -> io::Result<Section> {
    let mut section = Section::new("", "subjects", most::SUBJECTS);
    for report in reports {
        let is_done = report.is_tested() && report.gave_up.is_none() && !report.interrupted;
        let mark = match report.conforms() {
            true if is_done => "✅",
            true => "⚠️",
            false => "❌",
        };
        section.add(&format!("- {mark} {}\n", prose(&pretty::sentence(report)?)));
    }
    Ok(section)
}

/// What speaks against a subject, each to be unfolded.
fn failures(reports: &[Report]) -> io::Result<Section> {
    let mut section = Section::new("### What speaks against it", "failures", most::FAILURES);
    for report in reports {
        for result in report.results.iter().filter(|result| report.counts_against(result.verdict)) {
            section.add(&format!(
                "<details><summary><code>{}</code> {} on {}</summary>\n\n{}\n</details>\n",
                result.id,
                result.verdict,
                text::html(&report.subject),
                fenced(&pretty::in_full(report, result)?)
            ));
        }
    }
    Ok(section)
}

/// The areas of each subject with a count for each verdict.
fn tables(reports: &[Report]) -> Section {
    let mut section = Section::new("### Areas", "subjects", most::AREAS);
    for report in reports.iter().filter(|report| !report.results.is_empty()) {
        let verdicts: Vec<Verdict> =
            Summary::ORDER.into_iter().filter(|verdict| report.summary.count(*verdict) > 0).collect();
        let mut table = format!("{}\n\n| area |", code(&report.subject));
        verdicts.iter().for_each(|verdict| table.push_str(&format!(" {verdict} |")));
        table.push_str(&format!("\n|---|{}\n", "--:|".repeat(verdicts.len())));
        for area in areas::occurring(&report.results) {
            let summary = Summary::of(report.results.iter().filter(|result| areas::of(result) == area));
            table.push_str(&format!("| {area} |"));
            verdicts.iter().for_each(|verdict| match summary.count(*verdict) {
                0 => table.push_str(" |"),
                count => table.push_str(&format!(" {count} |")),
            });
            table.push('\n');
        }
        section.add(&format!("{table}\n"));
    }
    section
}

/// Each deviation that was met, with what to do instead.
fn deviations(reports: &[Report]) -> Section {
    let mut section = Section::new("### Known deviations from POSIX", "deviations", most::DEVIATIONS);
    let mut all: Vec<&Deviation> = reports.iter().flat_map(|report| &report.deviations).collect();
    all.sort_by_key(|known| (&known.id, &known.text));
    all.dedup();
    for known in all {
        let results = reports.iter().flat_map(|report| &report.results);
        let met: BTreeSet<&str> =
            results.filter(|result| result.deviations.contains(&known.id)).map(|result| result.id.as_str()).collect();
        let on: Vec<String> = reports
            .iter()
            .filter(|report| report.deviations.contains(known))
            .map(|report| code(&report.subject))
            .collect();
        let named: Vec<&str> = met.iter().copied().take(NAMED).collect();
        let more = met.len().checked_sub(NAMED).filter(|more| *more > 0);
        section.add(&format!(
            "- {} on {}: {} {} **Instead:** {} <sub>{}{}</sub>\n",
            code(&known.id),
            on.join(", "),
            prose(&known.text),
            prose(&known.trouble),
            prose(&known.instead),
            named.join(", "),
            more.map(|more| format!(" and {more} more")).unwrap_or_default()
        ));
    }
    section
}

/// What fails as the baseline says.
fn known_to_fail(reports: &[Report]) -> Section {
    let mut section = Section::new("### Known to fail", "results", most::KNOWN);
    for report in reports {
        for result in report.results.iter().filter(|result| result.verdict == Verdict::Xfail) {
            let reason = result.reason.as_deref().unwrap_or("no reason was given");
            section.add(&format!("- {} on {}: {}\n", code(result.id.as_str()), code(&report.subject), prose(reason)));
        }
    }
    section
}

/// How much was left out, by the reason.
fn skips(reports: &[Report]) -> Section {
    let mut section = Section::new("### Skipped", "reasons", most::SKIPS);
    for report in reports {
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        for result in report.results.iter().filter(|result| result.verdict == Verdict::Skip) {
            *reasons.entry(result.reason.as_deref().unwrap_or("no reason was given")).or_default() += 1;
        }
        for (reason, count) in report.results.iter().flat_map(|result| &result.left_out) {
            *reasons.entry(reason).or_default() += count;
        }
        for (reason, count) in reasons {
            section.add(&format!("- {count} × on {}: {}\n", code(&report.subject), prose(reason)));
        }
    }
    section
}
