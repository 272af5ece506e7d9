//! What a page shows of a cell that is opened. Each text stands in it once: cells, and the clauses and deviations that they
//! rest on, are numbers of entries.

use super::super::{CaseResult, Counterexample, Deviation, Report, ShownCall};
use super::plain::plain;
use serde::Serialize;
use shmconf_model::clause::{ClauseId, Ledger};
use shmconf_model::verdict::{Allowed, Certainty, Elsewhere, Explanation};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// How many bytes of calls a page holds. Of the results after these it has the verdict and the command that shows the calls, so
/// that a page of 2,000 results in 12 columns stays under 3 MB though all of them fail.
const MOST_CALLS: usize = 1_000_000;

/// All of it, as the page's script reads it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Details {
    /// Who stands in each column.
    pub(super) columns: Vec<Vec<Member>>,
    pub(super) rows: Vec<RowDetails>,
    /// What the script of a row is, where the catalogue has it.
    pub(super) scripts: BTreeMap<String, &'static str>,
    cells: Entries<Cell>,
    reasons: Entries<Reason>,
    clauses: Entries<Clause>,
    deviations: Entries<Departure>,
    /// How many bytes of calls it holds.
    #[serde(skip)]
    calls: usize,
}

/// A row: its ID, for each column the entry of `cells` for each member, none where there is no answer, and whether the
/// answers differ.
#[derive(Debug, Serialize)]
pub(super) struct RowDetails(pub(super) String, pub(super) Vec<Vec<Option<usize>>>, pub(super) bool);

/// One subject on one platform, or what another platform would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Member {
    pub(super) subject: String,
    pub(super) platform: String,
    pub(super) profile: String,
    pub(super) seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gave_up: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) left_behind: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) interrupted: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) strict: bool,
    /// The platform that it was compared with, for a column of such.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) elsewhere: Option<String>,
}

/// What was found of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
struct Cell {
    word: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clauses: Vec<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deviations: Vec<usize>,
    scripts: u64,
    #[serde(skip_serializing_if = "crate::report::is_zero")]
    not_executed: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<(String, u64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<Example>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Difference>,
    /// Are its calls left out, as the page holds as many as it can?
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    full: bool,
}

/// A counterexample.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
struct Example {
    /// None for the one of the catalogue, which `scripts` has.
    #[serde(skip_serializing_if = "Option::is_none")]
    script: Option<String>,
    calls: Vec<Call>,
    /// The number of the call, and what would have been allowed.
    violations: Vec<(usize, Vec<Why>)>,
    again: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

/// A call as its line and its outcome; in a race also its beginning and end in nanoseconds, and its place there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
enum Call {
    Alone(String, String),
    Racing(String, String, u64, u64, &'static str),
}

/// A call with another outcome on another platform.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
struct Difference {
    event: usize,
    line: String,
    observed: String,
    there: Vec<Why>,
    certainty: Certainty,
    #[serde(skip_serializing_if = "String::is_empty")]
    under: String,
}

/// An outcome, and the entries of `reasons` that justify it.
type Why = (String, Vec<usize>);

/// Why an outcome is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
struct Reason {
    clause: String,
    level: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deviation: Option<String>,
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    instead: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    versions: String,
}

/// A clause that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
struct Clause {
    id: String,
    level: String,
    text: String,
}

/// A known deviation that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
struct Departure {
    id: String,
    clause: String,
    text: String,
    trouble: String,
    instead: String,
    versions: String,
}

impl Details {
    /// The entry of what was found of a case.
    pub(super) fn cell(&mut self, report: &Report, word: &'static str, result: &CaseResult) -> usize {
        let cell = Cell {
            word,
            reason: result.reason.as_deref().map(text),
            clauses: result.clauses.iter().map(|id| self.clause(*id)).collect(),
            deviations: result.deviations.iter().map(|id| self.deviation(report, id)).collect(),
            scripts: result.scripts,
            not_executed: result.not_executed,
            left_out: result.left_out.iter().map(|(reason, count)| (text(reason), *count)).collect(),
            example: result.counterexample.as_ref().map(|example| self.example(result.id.as_str(), example)),
            ..Cell::default()
        };
        self.add(cell)
    }

    /// The entry of what another platform would have done.
    pub(super) fn elsewhere(&mut self, word: &'static str, elsewhere: Option<&Elsewhere>) -> usize {
        let differences = elsewhere.into_iter().flat_map(|elsewhere| &elsewhere.differences);
        let differences = differences.map(|difference| Difference {
            event: difference.event,
            line: text(&difference.line),
            observed: text(&difference.observed.to_string()),
            there: self.why(&difference.there),
            certainty: difference.certainty,
            under: text(&difference.under),
        });
        let differences = differences.collect();
        self.add(Cell { word, differences, ..Cell::default() })
    }

    /// The entry of a cell, without its calls where there is no room for them.
    fn add(&mut self, cell: Cell) -> usize {
        if self.cells.known.contains_key(&cell) {
            return self.cells.add(cell);
        }
        let example = cell.example.as_ref().map_or(0, bytes);
        let bytes = example + cell.differences.iter().map(bytes).sum::<usize>();
        if bytes == 0 || self.calls + bytes <= MOST_CALLS {
            self.calls += bytes;
            return self.cells.add(cell);
        }
        self.cells.add(Cell { example: None, differences: Vec::new(), full: true, ..cell })
    }

    fn example(&mut self, id: &str, example: &Counterexample) -> Example {
        let races = example.races();
        let call = |(index, call): (usize, &ShownCall)| {
            let (line, outcome) = (text(&call.line), text(&call.outcome));
            let place = match races.iter().find(|race| race.contains(&index)) {
                None => return Call::Alone(line, outcome),
                Some(race) if race.start == index => "first",
                Some(race) if race.end == index + 1 => "last",
                Some(_) => "middle",
            };
            Call::Racing(line, outcome, call.start, call.end, place)
        };
        let is_known = self.scripts.get(id).is_some_and(|script| *script == example.script);
        let violations = example.violations.iter();
        Example {
            script: (!is_known).then(|| text(&example.script)),
            calls: example.calls.iter().enumerate().map(call).collect(),
            violations: violations.map(|violation| (violation.event, self.why(&violation.allowed))).collect(),
            again: text(&example.again),
            file: example.file.as_deref().map(text),
        }
    }

    fn why(&mut self, allowed: &[Allowed]) -> Vec<Why> {
        let mut reasons = |allowed: &Allowed| allowed.justifications.iter().map(|why| self.reason(why)).collect();
        allowed.iter().map(|allowed| (text(&allowed.outcome), reasons(allowed))).collect()
    }

    fn reason(&mut self, why: &Explanation) -> usize {
        self.reasons.add(Reason {
            clause: why.clause.to_string(),
            level: why.level.to_string(),
            deviation: why.deviation.as_deref().map(text),
            text: text(&why.text),
            instead: text(&why.instead),
            versions: text(&why.versions),
        })
    }

    fn clause(&mut self, id: ClauseId) -> usize {
        let known = Ledger::get().clause(id);
        let (level, text) = known.map_or_else(Default::default, |known| (known.level.to_string(), known.text.clone()));
        self.clauses.add(Clause { id: id.to_string(), level, text })
    }

    /// The entry of a deviation, with what the report says of it.
    fn deviation(&mut self, report: &Report, id: &str) -> usize {
        let known = report.deviations.iter().find(|known| known.id == id);
        let said = |of: fn(&Deviation) -> &str| known.map(of).map(text).unwrap_or_default();
        self.deviations.add(Departure {
            id: text(id),
            clause: known.map(|known| known.clause.to_string()).unwrap_or_default(),
            text: said(|known| &known.text),
            trouble: said(|known| &known.trouble),
            instead: said(|known| &known.instead),
            versions: said(|known| &known.versions),
        })
    }
}

/// Text that a page may hold, of its own.
pub(super) fn text(text: &str) -> String {
    plain(text).into_owned()
}

/// Entries, each once, in the order in which they came.
#[derive(Debug)]
struct Entries<T> {
    all: Vec<T>,
    known: HashMap<T, usize>,
}

impl<T> Default for Entries<T> {
    fn default() -> Entries<T> {
        Entries { all: Vec::new(), known: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Entries<T> {
    /// The number of an entry.
    fn add(&mut self, entry: T) -> usize {
        if let Some(number) = self.known.get(&entry) {
            return *number;
        }
        self.all.push(entry.clone());
        self.known.insert(entry, self.all.len() - 1);
        self.all.len() - 1
    }
}

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.all.serialize(serializer)
    }
}

/// How many bytes of the page it takes.
fn bytes(part: &impl Serialize) -> usize {
    serde_json::to_vec(part).map_or(0, |text| text.len())
}
