//! What was seen beside the verdicts: scripts, deviations, clauses and skips.

use super::super::{Kind, Portability, Report};
use super::paint::{clean, paint, style, wrapped};
use shmconf_model::clause::Level;
use shmconf_model::verdict::Verdict;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Wide enough for the longest label.
const LABEL: usize = 10;
/// How many cases are named for a deviation.
const NAMED: usize = 3;

pub(super) fn write(reports: &[Report], width: usize, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output)?;
    note("scripts", &[scripts(reports)], width, output)?;
    note("deviations", &deviations(reports), width, output)?;
    note("clauses", &[clauses(reports)], width, output)?;
    note("skips", &skips(reports), width, output)?;
    note("left", &left_behind(reports), width, output)?;
    note("elsewhere", &elsewhere(reports), width, output)?;
    writeln!(output)
}

/// A label and its entries, wrapped and set under each other.
fn note(label: &str, entries: &[String], width: usize, output: &mut dyn Write) -> io::Result<()> {
    let indent = " ".repeat(LABEL + 4);
    let options = wrapped(width.saturating_sub(indent.len()).max(20)).subsequent_indent("  ");
    let lines = entries.iter().flat_map(|entry| textwrap::wrap(entry, &options));
    for (at, line) in lines.enumerate() {
        match at {
            0 => writeln!(output, "  {}{:pad$}  {line}", paint(style::FAINT, label), "", pad = LABEL - label.len())?,
            _ => writeln!(output, "{indent}{line}")?,
        }
    }
    Ok(())
}

fn scripts(reports: &[Report]) -> String {
    let results = || reports.iter().flat_map(|report| &report.results);
    let all: u64 = results().map(|result| result.scripts).sum();
    let drawn: u64 = results().filter(|result| result.kind == Kind::Property).map(|result| result.scripts).sum();
    let properties: BTreeSet<_> = results()
        .filter(|result| result.kind == Kind::Property && result.scripts > 0)
        .map(|result| &result.id)
        .collect();
    match properties.len() {
        0 => format!("{all} judged"),
        many => {
            format!("{all} judged, {drawn} of them drawn by {}", count(many, "property", "properties"))
        }
    }
}

/// Each deviation that was seen, with the cases that saw it.
fn deviations(reports: &[Report]) -> Vec<String> {
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for result in reports.iter().flat_map(|report| &report.results) {
        for deviation in &result.deviations {
            seen.entry(deviation).or_default().insert(result.id.as_str());
        }
    }
    let entry = |(deviation, ids): (&str, BTreeSet<&str>)| {
        let named: Vec<&str> = ids.iter().copied().take(NAMED).collect();
        let more = ids.len().checked_sub(NAMED).filter(|more| *more > 0);
        let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
        format!("{}  {}{more}", clean(deviation), named.join(", "))
    };
    seen.into_iter().map(entry).collect()
}

/// `61 of 63 "shall", 4 of 9 "may" exercised; shmconf explain clauses`
fn clauses(reports: &[Report]) -> String {
    let mut levels: BTreeMap<Level, BTreeMap<_, bool>> = BTreeMap::new();
    for coverage in reports.iter().flat_map(|report| &report.coverage) {
        *levels.entry(coverage.level).or_default().entry(coverage.clause).or_default() |= coverage.exercised;
    }
    let entry = |(level, clauses): (&Level, &BTreeMap<_, bool>)| {
        format!("{} of {} \"{level}\"", clauses.values().filter(|exercised| **exercised).count(), clauses.len())
    };
    let entries: Vec<String> = levels.iter().map(entry).collect();
    if entries.is_empty() {
        "none known".to_owned()
    } else {
        format!("{} exercised; see shmconf explain clauses", entries.join(", "))
    }
}

/// The names that are still there, though the scripts that made them are done.
fn left_behind(reports: &[Report]) -> Vec<String> {
    let names: Vec<&str> = reports.iter().flat_map(|report| &report.left_behind).map(String::as_str).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let more = names.len().checked_sub(NAMED).filter(|more| *more > 0);
    let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
    let named: Vec<_> = names.iter().take(NAMED).map(|name| clean(name)).collect();
    vec![format!("this user may not remove {}{more}", named.join(", "))]
}

/// How often each reason made a case, a script of a property, or a part of a case be left out, and on which subject.
fn skips(reports: &[Report]) -> Vec<String> {
    let mut reasons: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for report in reports {
        for result in report.results.iter().filter(|result| result.verdict == Verdict::Skip) {
            let reason = result.reason.as_deref().unwrap_or("no reason was given");
            *reasons.entry((&report.subject, reason.to_owned())).or_default() += 1;
        }
        for (reason, count) in report.results.iter().flat_map(|result| &result.left_out) {
            *reasons.entry((&report.subject, reason.clone())).or_default() += *count as usize;
        }
    }
    let digits = reasons.values().max().map_or(0, |most| most.to_string().len());
    let mut entries: Vec<_> = reasons.into_iter().collect();
    entries.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let entry = |((subject, reason), count): ((&str, String), usize)| {
        let subject = if reports.len() > 1 { format!("{}: ", clean(subject)) } else { String::new() };
        format!("{count:>digits$}  {subject}{}", clean(&reason))
    };
    entries.into_iter().map(entry).collect()
}

/// What each other platform would do with the same calls.
fn elsewhere(reports: &[Report]) -> Vec<String> {
    let entry = |report: &Report, other: &Portability| {
        let subject = if reports.len() > 1 { format!("{} ", clean(&report.subject)) } else { String::new() };
        format!("{subject}on {}: {}", clean(&other.profile), otherwise(other))
    };
    reports.iter().flat_map(|report| report.portability.iter().map(move |other| entry(report, other))).collect()
}

/// `7 of 383 otherwise: 5 by macos/size-once, 2 by what POSIX leaves open; at times 1 by macos/unlink-needs-write; not
/// known of 3`
fn otherwise(other: &Portability) -> String {
    let mut reasons = by(&other.deviations);
    if other.choices > 0 {
        reasons.push(format!("{} by what POSIX leaves open", other.choices));
    }
    let mut parts = match other.differ {
        0 => vec![format!("none of {} otherwise", other.compared)],
        differ => vec![format!("{differ} of {} otherwise: {}", other.compared, reasons.join(", "))],
    };
    if !other.possible.is_empty() {
        parts.push(format!("at times {}", by(&other.possible).join(", ")));
    }
    if other.unknown > 0 {
        parts.push(format!("not known of {}", other.unknown));
    }
    parts.join("; ")
}

/// How many cases meet each departure, the most frequent first.
fn by(deviations: &BTreeMap<String, u64>) -> Vec<String> {
    let mut deviations: Vec<(&String, &u64)> = deviations.iter().collect();
    deviations.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    deviations.into_iter().map(|(deviation, count)| format!("{count} by {}", clean(deviation))).collect()
}

/// `1 property`, `9 properties`
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
