//! What changed between two reports, case by case.

mod write;

pub use write::{write_markdown, write_text};

use crate::report::{CaseResult, Document, Kind, Report};
use shmconf_model::script::Id;
use shmconf_model::verdict::Verdict;
use std::collections::BTreeMap;

/// What changed between two documents, a part for each subject on each system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// Those that are in both, or in one alone.
    pub parts: Vec<Part>,
}

/// What changed of one subject on one system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The subject, with the system and the profile.
    pub title: String,
    /// Is it in one document alone? Then nothing was compared.
    pub only: Option<Side>,
    /// The changes, the worst first, then by ID.
    pub changes: Vec<Change>,
    /// How many cases and properties say the same.
    pub same: usize,
}

/// One of the two documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The first, from before.
    Old,
    /// The second, from now.
    New,
}

/// A case or property that says something else than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its ID.
    pub id: Id,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// What it said before.
    pub before: String,
    /// What it says now.
    pub now: String,
}

/// The kinds of changes; the worst come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It speaks against the subject now.
    Fails,
    /// It is not run any more.
    Skipped,
    /// It is not there any more.
    Gone,
    /// It spoke against the subject before.
    Fixed,
    /// It is run now.
    Runs,
    /// It was not there before.
    Appeared,
    /// It says something else, and is neither better nor worse.
    Differs,
}

impl ChangeKind {
    /// Every kind, the worst first.
    pub const ALL: [ChangeKind; 7] = [
        ChangeKind::Fails,
        ChangeKind::Skipped,
        ChangeKind::Gone,
        ChangeKind::Fixed,
        ChangeKind::Runs,
        ChangeKind::Appeared,
        ChangeKind::Differs,
    ];

    /// Is it a change for the worse?
    pub fn is_worse(self) -> bool {
        self <= ChangeKind::Gone
    }

    /// What a reader calls it.
    pub fn heading(self) -> &'static str {
        match self {
            ChangeKind::Fails => "new failures",
            ChangeKind::Skipped => "newly skipped",
            ChangeKind::Gone => "gone",
            ChangeKind::Fixed => "fixed",
            ChangeKind::Runs => "newly run",
            ChangeKind::Appeared => "new, and good",
            ChangeKind::Differs => "other outcomes",
        }
    }
}

impl Diff {
    /// What changed from the one document to the other.
    ///
    /// Reports belong together that are about the same subject on the same kind of machine; where each document has one report
    /// alone, these two.
    pub fn between(old: &Document, new: &Document) -> Diff {
        let single = old.reports.len() == 1 && new.reports.len() == 1;
        let mut unpaired: Vec<&Report> = old.reports.iter().collect();
        let mut parts = Vec::new();
        for report in &new.reports {
            match unpaired.iter().position(|before| single || key(before) == key(report)) {
                Some(at) => parts.push(Part::between(unpaired.remove(at), report)),
                None => parts.push(Part::only(report, Side::New)),
            }
        }
        parts.extend(unpaired.into_iter().map(|report| Part::only(report, Side::Old)));
        Diff { parts }
    }

    /// Did anything get worse? A subject that is not there any more did.
    pub fn is_worse(&self) -> bool {
        let worse =
            |part: &Part| part.only == Some(Side::Old) || part.changes.iter().any(|change| change.kind.is_worse());
        self.parts.iter().any(worse)
    }
}

fn key(report: &Report) -> (&str, &str, &str) {
    (&report.subject, &report.platform.os, &report.platform.arch)
}

impl Part {
    fn only(report: &Report, side: Side) -> Part {
        Part { title: title(report), only: Some(side), changes: Vec::new(), same: 0 }
    }

    fn between(old: &Report, new: &Report) -> Part {
        let (before, now) = (title(old), title(new));
        let title = if before == now { now } else { format!("{before} → {now}") };
        let mut results: BTreeMap<&Id, (Option<&CaseResult>, Option<&CaseResult>)> = BTreeMap::new();
        old.results.iter().for_each(|result| results.entry(&result.id).or_default().0 = Some(result));
        new.results.iter().for_each(|result| results.entry(&result.id).or_default().1 = Some(result));
        let all = results.len();
        let mut changes = Vec::new();
        for (id, (before, now)) in results {
            let kind = kind(before.map(|result| (old, result)), now.map(|result| (new, result)));
            let (before, now) = (said(before), said(now));
            if before != now {
                changes.push(Change { id: id.clone(), kind, before, now });
            }
        }
        let same = all - changes.len();
        changes.sort_by_key(|change| change.kind);
        Part { title, only: None, changes, same }
    }
}

fn title(report: &Report) -> String {
    let Report { subject, platform, profile, .. } = report;
    format!("{subject} on {} {} {}, held to {profile}", platform.os, platform.release, platform.arch)
}

fn kind(before: Option<(&Report, &CaseResult)>, now: Option<(&Report, &CaseResult)>) -> ChangeKind {
    let fails = |(report, result): (&Report, &CaseResult)| report.counts_against(result.verdict);
    let skips = |(_, result): (&Report, &CaseResult)| result.verdict == Verdict::Skip;
    let (failed, skipped) = (before.is_some_and(fails), before.is_some_and(skips));
    match now {
        Some(now) if fails(now) && !failed => ChangeKind::Fails,
        Some(now) if skips(now) && before.is_some() && !skipped => ChangeKind::Skipped,
        None => ChangeKind::Gone,
        Some(now) if failed && !fails(now) => ChangeKind::Fixed,
        Some(_) if skipped => ChangeKind::Runs,
        Some(_) if before.is_none() => ChangeKind::Appeared,
        Some(_) => ChangeKind::Differs,
    }
}

/// What a result says, in a line: the verdict, and what it rests on. What a property drew by chance is no part of it.
fn said(result: Option<&CaseResult>) -> String {
    let Some(result) = result else { return "not there".to_owned() };
    let mut said = result.verdict.to_string();
    if !result.deviations.is_empty() {
        let deviations: Vec<&str> = result.deviations.iter().map(String::as_str).collect();
        said += &format!(" ({})", deviations.join(", "));
    }
    let counterexample = result.counterexample.as_ref().filter(|_| result.kind == Kind::Case);
    if let Some((counterexample, first)) = counterexample.and_then(|found| Some((found, found.violations.first()?))) {
        let line = counterexample.calls.get(first.event).map_or("", |call| generic(&call.line));
        said += &format!(": {line} -> {}", first.observed);
    } else if let Some(reason) = &result.reason {
        said += &format!(": {reason}");
    }
    said
}

/// A call without its arguments, as names differ from run to run.
fn generic(line: &str) -> &str {
    line.split_once('(').map_or(line, |(call, _)| call)
}
