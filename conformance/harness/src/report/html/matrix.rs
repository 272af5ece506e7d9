//! The table of a page: areas of rows, and columns with what they answered.

use super::super::{CaseResult, Document, Report, Summary, areas};
use super::answer::Answer;
use super::details::{Details, Member, RowDetails, text};
use serde::Serialize;
use shmconf_model::catalogue;
use shmconf_model::verdict::Verdict;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// With more cells than these a browser would be busy for a second: the areas are folded then.
const MANY: usize = 8000;

/// The whole table, as the template has it.
#[derive(Debug, Serialize)]
pub(super) struct Matrix {
    columns: Vec<Column>,
    /// The number of columns.
    width: usize,
    areas: Vec<Area>,
    /// The words that occur, each with the number of rows that have it.
    words: Vec<Count>,
    rows: usize,
    /// Are the areas folded at first?
    folded: bool,
    /// Does a row have several answers, and several of one verdict?
    differ: bool,
    letters: bool,
    subjects: usize,
    /// Is there one subject alone?
    single: bool,
    conform: usize,
}

/// A column, of all who gave the same answers: what they are called, where they ran, and what is said of them, each once.
#[derive(Debug, Serialize)]
struct Column {
    names: Vec<String>,
    /// The first system on which they ran, and how many others there are.
    place: String,
    others: String,
    verdicts: Vec<&'static str>,
}

/// The rows of an area.
#[derive(Debug, Serialize)]
struct Area {
    name: String,
    rows: Vec<Row>,
    /// The number of rows.
    size: usize,
    /// For each column, how many answers there are of each word.
    counts: Vec<Vec<Count>>,
}

/// How many there are of a word.
#[derive(Debug, Serialize)]
struct Count {
    word: &'static str,
    of: usize,
}

/// A case or a property.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    about: String,
    cells: Vec<Option<Cell>>,
}

/// An answer, and a letter where the row has several of that verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Cell {
    word: &'static str,
    letter: Option<char>,
}

/// Somebody of whom a report tells: its subject, or another platform that this was compared with.
struct Teller<'a> {
    report: &'a Report,
    elsewhere: Option<&'a str>,
    results: HashMap<&'a str, &'a CaseResult>,
}

impl Matrix {
    /// The table of those reports; what the cells open goes to `details`.
    pub(super) fn of(document: &Document, details: &mut Details) -> Matrix {
        let tellers: Vec<Teller<'_>> = document.reports.iter().flat_map(Teller::all).collect();
        let ids = ids(&document.reports);
        let answers: Vec<Vec<Option<Answer<'_>>>> =
            tellers.iter().map(|teller| ids.iter().map(|(_, id)| teller.answer(id)).collect()).collect();
        let merged = merged(&answers);
        details.columns = merged.iter().map(|column| column.iter().map(|at| tellers[*at].member()).collect()).collect();
        let mut areas: Vec<Area> = Vec::new();
        for (row, (area, id)) in ids.iter().enumerate() {
            let cells = cells(merged.iter().map(|column| answers[column[0]][row].as_ref()));
            let case = catalogue::case(id);
            if let (Some(_), Some(script)) = (case, catalogue::text(id)) {
                details.scripts.insert((*id).to_owned(), script);
            }
            let mut numbers = |column: &Vec<usize>| column.iter().map(|at| tellers[*at].details(id, details)).collect();
            let numbers = merged.iter().map(&mut numbers).collect();
            details.rows.push(RowDetails(text(id), numbers, differ(&cells)));
            let about = case.map(|case| case.about.join(" ")).unwrap_or_default();
            let row = Row { id: text(id), about, cells };
            match areas.last_mut() {
                Some(last) if last.name == *area => last.rows.push(row),
                _ => areas.push(Area { name: (*area).to_owned(), rows: vec![row], size: 0, counts: Vec::new() }),
            }
        }
        for area in &mut areas {
            area.size = area.rows.len();
            area.counts = (0..merged.len()).map(|at| count(&area.rows, at)).collect();
        }
        let cells = || areas.iter().flat_map(|area| &area.rows).map(|row| &row.cells);
        let lettered = |cells: &Vec<Option<Cell>>| cells.iter().flatten().any(|cell| cell.letter.is_some());
        Matrix {
            differ: merged.len() > 1,
            letters: cells().any(lettered),
            columns: merged
                .iter()
                .map(|column| Column::of(&Vec::from_iter(column.iter().map(|at| &tellers[*at]))))
                .collect(),
            width: merged.len(),
            words: words(&areas),
            rows: ids.len(),
            folded: ids.len() * merged.len() > MANY,
            subjects: document.reports.len(),
            single: document.reports.len() == 1,
            conform: document.reports.iter().filter(|report| verdict(report) == "conforms").count(),
            areas,
        }
    }
}

/// Every case and property with its area, by area and ID.
fn ids(reports: &[Report]) -> Vec<(&str, &str)> {
    let results = || reports.iter().flat_map(|report| &report.results);
    let ids: BTreeSet<(&str, &str)> = results().map(|result| (areas::of(result), result.id.as_str())).collect();
    let of = |area| ids.range((area, "")..).take_while(move |(other, _)| *other == area).copied();
    areas::occurring(results()).into_iter().flat_map(of).collect()
}

/// The columns, each as the numbers of those who give the same answers.
fn merged(answers: &[Vec<Option<Answer<'_>>>]) -> Vec<Vec<usize>> {
    let mut merged: Vec<Vec<usize>> = Vec::new();
    for (at, column) in answers.iter().enumerate() {
        match merged.iter_mut().find(|known| answers[known[0]] == *column) {
            Some(known) => known.push(at),
            None => merged.push(vec![at]),
        }
    }
    merged
}

/// The cells of a row. Where answers of one word differ, equal ones have the same letter.
fn cells<'a>(answers: impl Iterator<Item = Option<&'a Answer<'a>>>) -> Vec<Option<Cell>> {
    let answers: Vec<Option<&Answer<'_>>> = answers.collect();
    let mut different: BTreeMap<&str, Vec<&Answer<'_>>> = BTreeMap::new();
    for answer in answers.iter().flatten() {
        let known = different.entry(answer.word).or_default();
        if !known.contains(answer) {
            known.push(answer);
        }
    }
    let letter = |answer: &Answer<'_>| match &different[answer.word][..] {
        [_] => None,
        several => several.iter().position(|known| *known == answer).map(|at| char::from(b'a' + at.min(25) as u8)),
    };
    let cell = |answer: &Answer<'_>| Cell { word: answer.word, letter: letter(answer) };
    answers.into_iter().map(|answer| answer.map(cell)).collect()
}

/// Are there several answers in a row?
fn differ(cells: &[Option<Cell>]) -> bool {
    cells.windows(2).any(|pair| pair[0] != pair[1])
}

/// How many answers a column has of each word, the words as people want to know them.
fn count(rows: &[Row], column: usize) -> Vec<Count> {
    let of = |word| rows.iter().filter(|row| row.cells[column].as_ref().is_some_and(|cell| cell.word == word)).count();
    every_word().map(|word| Count { word, of: of(word) }).filter(|count| count.of > 0).collect()
}

fn words(areas: &[Area]) -> Vec<Count> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in areas.iter().flat_map(|area| &area.rows) {
        for word in row.cells.iter().flatten().map(|cell| cell.word).collect::<BTreeSet<_>>() {
            *counts.entry(word).or_default() += 1;
        }
    }
    every_word().filter_map(|word| counts.get(word).map(|of| Count { word, of: *of })).collect()
}

fn every_word() -> impl Iterator<Item = &'static str> {
    Summary::ORDER.into_iter().map(Verdict::word).chain(["same", "differs", "may-differ", "unknown"])
}

impl Column {
    fn of(tellers: &[&Teller<'_>]) -> Column {
        let (mut names, mut places, mut verdicts) = (Vec::new(), Vec::new(), Vec::new());
        for teller in tellers {
            let member = teller.member();
            let (name, place, verdict) = match member.elsewhere {
                Some(elsewhere) => (elsewhere, format!("as {} went", member.subject), "compared"),
                None => (member.subject, member.platform, verdict(teller.report)),
            };
            add(&mut names, name);
            add(&mut places, place);
            add(&mut verdicts, verdict);
        }
        let others = match places.len() {
            0 | 1 => String::new(),
            2 => "and 1 other system".to_owned(),
            several => format!("and {} other systems", several - 1),
        };
        Column { names, place: places.swap_remove(0), others, verdicts }
    }
}

/// Adds what is not there yet.
fn add<T: PartialEq>(known: &mut Vec<T>, new: T) {
    if !known.contains(&new) {
        known.push(new);
    }
}

/// What a report says of its subject in a word or two.
fn verdict(report: &Report) -> &'static str {
    match report {
        report if !report.conforms() => "does not conform",
        report if report.gave_up.is_some() || !report.is_tested() => "not tested",
        report if report.interrupted => "interrupted",
        _ => "conforms",
    }
}

impl<'a> Teller<'a> {
    fn all(report: &'a Report) -> Vec<Teller<'a>> {
        let results: HashMap<&str, &CaseResult> =
            report.results.iter().map(|result| (result.id.as_str(), result)).collect();
        let others = report.portability.iter().map(|other| Some(other.profile.as_str()));
        let teller = |elsewhere| Teller { report, elsewhere, results: results.clone() };
        std::iter::once(None).chain(others).map(teller).collect()
    }

    fn answer(&self, id: &str) -> Option<Answer<'a>> {
        let result = self.results.get(id)?;
        match self.elsewhere {
            None => Some(Answer::of(result)),
            Some(_) if result.scripts == 0 => None,
            Some(profile) => Some(Answer::elsewhere(result.elsewhere(profile))),
        }
    }

    fn details(&self, id: &str, details: &mut Details) -> Option<usize> {
        let word = self.answer(id)?.word;
        let result = self.results.get(id)?;
        Some(match self.elsewhere {
            None => details.cell(self.report, word, result),
            Some(profile) => details.elsewhere(word, result.elsewhere(profile)),
        })
    }

    fn member(&self) -> Member {
        let Report { platform, subject, profile, seed, strict, interrupted, gave_up, left_behind, .. } = self.report;
        let stand_in = match &*platform.stand_in {
            "" => String::new(),
            stand_in => format!(" under {stand_in}"),
        };
        Member {
            subject: text(subject),
            platform: text(&format!("{platform}{stand_in}")),
            profile: text(profile),
            seed: *seed,
            gave_up: gave_up.as_deref().map(text),
            left_behind: left_behind.iter().map(|name| text(name)).collect(),
            interrupted: *interrupted,
            strict: *strict,
            elsewhere: self.elsewhere.map(text),
        }
    }
}
