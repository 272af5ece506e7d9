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
    note(
        "scripts",
        &Vec::from_iter([Some(scripts(reports)), not_executed(reports)].into_iter().flatten()),
        width,
        output,
    )?;
    note("deviations", &deviations(reports), width, output)?;
    // A program is not there to exercise clauses.
    if reports.iter().any(|report| report.program().is_none()) {
        note("clauses", &[clauses(reports)], width, output)?;
    }
    note("skipped", &skips(reports), width, output)?;
    note("left over", &left_behind(reports), width, output)?;
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

/// How many calls were not executed, and in which cases.
fn not_executed(reports: &[Report]) -> Option<String> {
    let results = || reports.iter().flat_map(|report| &report.results).filter(|result| result.not_executed > 0);
    let calls: u64 = results().map(|result| result.not_executed).sum();
    let ids: BTreeSet<&str> = results().map(|result| result.id.as_str()).collect();
    let were = if calls == 1 { "call was" } else { "calls were" };
    (calls > 0).then(|| {
        format!(
            "{calls} {were} left out, as an earlier call that should have made something failed, its process had ended, or its memory was mapped no more: {}",
            named(&ids)
        )
    })
}

/// The first few of them, and how many more there are.
fn named(ids: &BTreeSet<&str>) -> String {
    let first: Vec<_> = ids.iter().take(NAMED).map(|id| clean(id)).collect();
    let more = ids.len().checked_sub(NAMED).filter(|more| *more > 0);
    format!("{}{}", first.join(", "), more.map(|more| format!(" and {more} more")).unwrap_or_default())
}

/// Each deviation that was seen, with the cases that saw it.
fn deviations(reports: &[Report]) -> Vec<String> {
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for result in reports.iter().flat_map(|report| &report.results) {
        for deviation in &result.deviations {
            seen.entry(deviation).or_default().insert(result.id.as_str());
        }
    }
    seen.into_iter().map(|(deviation, ids)| format!("{}  {}", clean(deviation), named(&ids))).collect()
}

/// `61 of 63 "shall", 4 of 9 "may" exercised; shmconf explain clauses`
fn clauses(reports: &[Report]) -> String {
    let mut levels: BTreeMap<Level, BTreeMap<_, bool>> = BTreeMap::new();
    for coverage in reports.iter().flat_map(|report| &report.coverage) {
        *levels.entry(coverage.level).or_default().entry(coverage.clause).or_default() |= coverage.exercised;
    }
    let entry = |(level, clauses): (&Level, &BTreeMap<_, bool>)| {
        let exercised = clauses.values().filter(|exercised| **exercised).count();
        (exercised > 0).then(|| format!("{exercised} of {} \"{level}\"", clauses.len()))
    };
    let entries: Vec<String> = levels.iter().filter_map(entry).collect();
    if entries.is_empty() {
        "none exercised".to_owned()
    } else {
        format!("{} exercised; see shmconf explain clauses", entries.join(", "))
    }
}

/// The names that are still there, though the scripts that made them are done.
fn left_behind(reports: &[Report]) -> Vec<String> {
    let names: BTreeSet<&str> = reports.iter().flat_map(|report| &report.left_behind).map(String::as_str).collect();
    let objects = count(names.len(), "object", "objects");
    if names.is_empty() {
        Vec::new()
    } else {
        vec![format!("{objects} that this user may not remove: {}", named(&names))]
    }
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

/// What the same calls would do on each other platform; those of which the same is said share a line.
fn elsewhere(reports: &[Report]) -> Vec<String> {
    let of_program = reports.iter().any(|report| report.program().is_some());
    let said_of = |report: &Report, profile: &str| {
        let other = report.portability.iter().find(|other| other.profile == profile && other.compared > 0)?;
        let is_home = report.profile.split(['@', ',']).next() == Some(profile);
        (!is_home || other.differs()).then(|| outcomes_on(other, of_program))
    };
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    let mut add = |text: String, platform: String| match said.iter_mut().find(|(known, _)| *known == text) {
        Some((_, platforms)) => platforms.push(platform),
        None => said.push((text, vec![platform])),
    };
    let profiles: Vec<&str> =
        reports.iter().flat_map(|report| &report.portability).map(|other| &*other.profile).collect();
    let mut known = BTreeSet::new();
    for profile in profiles.into_iter().filter(|profile| known.insert(*profile)) {
        let texts: Vec<_> = reports.iter().map(|report| said_of(report, profile)).collect();
        match &texts[..] {
            // What is said of every subject is said once.
            [Some(text), rest @ ..] if rest.iter().all(|other| other.as_ref() == Some(text)) => {
                add(text.clone(), clean(profile).into_owned());
            }
            _ => {
                for (report, text) in reports.iter().zip(texts) {
                    let platform = format!("{} ({})", clean(profile), clean(&report.subject));
                    text.into_iter().for_each(|text| add(text, platform.clone()));
                }
            }
        }
    }
    said.into_iter().map(|(text, platforms)| format!("{}: {text}", platforms.join(", "))).collect()
}

/// `other outcomes in 218 of 383 results: macos/size-once (40), what POSIX leaves open or does not have (120); not known for 3`.
/// Of a program there is one result, which needs no count.
fn outcomes_on(other: &Portability, of_program: bool) -> String {
    let is_one = of_program && other.compared == 1;
    let counted = |what: &str, count: u64| if is_one { what.to_owned() } else { format!("{what} ({count})") };
    let mut reasons = by(&other.deviations, counted);
    if other.choices > 0 {
        reasons.push(counted("what POSIX leaves open or does not have", other.choices));
    }
    let mut possible = by(&other.possible, counted);
    if other.possible_choices > 0 {
        possible.push(counted("what POSIX leaves open", other.possible_choices));
    }
    let possible = possible.join(", ");
    let mut parts = Vec::new();
    match other.differ {
        0 if !possible.is_empty() => {}
        0 if is_one && other.unknown > 0 => {
            parts.push("not known for some calls, and the same outcomes in the others".to_owned())
        }
        0 if is_one => parts.push("the same outcomes in all that was judged".to_owned()),
        0 => parts.push("the same outcomes".to_owned()),
        _ if is_one => parts.push(format!("other outcomes: {}", reasons.join(", "))),
        differ => {
            let of = count(other.compared as usize, "result", "results");
            parts.push(format!("other outcomes in {differ} of {of}: {}", reasons.join(", ")));
        }
    }
    if !possible.is_empty() {
        let what = if other.differ > 0 { "possibly in more" } else { "possibly other outcomes" };
        parts.push(format!("{what}, by version, settings or chance: {possible}"));
    }
    if other.unknown > 0 && !(is_one && other.differ == 0 && possible.is_empty()) {
        parts.push(format!("not known for {}", other.unknown));
    }
    parts.join("; ")
}

/// The deviations as `counted` tells of them and of how many results meet them, the most frequent first.
fn by(deviations: &BTreeMap<String, u64>, counted: impl Fn(&str, u64) -> String) -> Vec<String> {
    let mut deviations: Vec<(&String, &u64)> = deviations.iter().collect();
    deviations.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    deviations.into_iter().map(|(deviation, count)| counted(&clean(deviation), *count)).collect()
}

/// `1 property`, `9 properties`
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
