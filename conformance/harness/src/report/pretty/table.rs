//! The table of areas and subjects with a count for each verdict.

use super::super::{Report, Summary, areas};
use super::paint::{self, clean, paint, shorten, style};
use shmconf_model::verdict::Verdict;
use std::borrow::Cow;
use std::io::{self, Write};

/// One subject.
struct Column<'a> {
    report: &'a Report,
    title: Cow<'a, str>,
    /// The verdicts that occur in it, each with the digits of its largest count.
    verdicts: Vec<(Verdict, usize)>,
}

pub(super) fn write(reports: &[Report], width: usize, output: &mut dyn Write) -> io::Result<()> {
    let rows = areas::occurring(reports.iter().flat_map(|report| &report.results));
    let label = rows.iter().map(|row| row.chars().count()).max().unwrap_or(0);
    let columns: Vec<Column<'_>> = reports.iter().map(|report| Column::new(report, &rows)).collect();
    let mut rest = &columns[..];
    while !rest.is_empty() {
        let (band, after) = rest.split_at(how_many_fit(rest, width.saturating_sub(label + 2)));
        band_of_columns(band, &rows, label, output)?;
        rest = after;
    }
    Ok(())
}

fn band_of_columns(band: &[Column<'_>], rows: &[&str], label: usize, output: &mut dyn Write) -> io::Result<()> {
    write!(output, "\n  {:label$}", "")?;
    for (at, column) in band.iter().enumerate() {
        let title = shorten(&column.title, column.width());
        let last = at + 1 == band.len();
        let pad = if last { 0 } else { column.width() - title.chars().count() };
        write!(output, "  {}{:pad$}", paint(style::STRONG, &title), "")?;
    }
    writeln!(output)?;
    for row in rows {
        write!(output, "  {row:label$}")?;
        let mut pad = 0;
        for column in band {
            let (cell, len) = column.cell(row);
            write!(output, "{:pad$}", "")?;
            write!(output, "  {cell}")?;
            pad = column.width() - len;
        }
        writeln!(output)?;
    }
    Ok(())
}

fn how_many_fit(columns: &[Column<'_>], width: usize) -> usize {
    let mut used = 0;
    let fits = |column: &&Column<'_>| {
        used += 2 + column.width();
        used <= width
    };
    columns.iter().take_while(fits).count().max(1)
}

fn summary(report: &Report, row: &str) -> Summary {
    Summary::of(report.results.iter().filter(|result| areas::of(result) == row))
}

impl Column<'_> {
    fn new<'a>(report: &'a Report, rows: &[&str]) -> Column<'a> {
        let most = |verdict| rows.iter().map(|row| summary(report, row).count(verdict)).max().unwrap_or(0);
        let occurs =
            |verdict: Verdict| Some(most(verdict)).filter(|most| *most > 0).map(|most| (verdict, digits(most)));
        Column {
            report,
            title: clean(&report.subject),
            verdicts: Summary::ORDER.into_iter().filter_map(occurs).collect(),
        }
    }

    /// Of the widest cell, or of the title, as far as that is reasonable.
    fn width(&self) -> usize {
        const TITLE: usize = 24;
        let cells = self.verdicts.iter().map(|(verdict, digits)| digits + 3 + verdict.to_string().len()).sum::<usize>();
        cells.saturating_sub(2).max(self.title.chars().count().min(TITLE))
    }

    /// A cell and its width: counts stand under each other, and what does not occur leaves its place free.
    fn cell(&self, row: &str) -> (String, usize) {
        let summary = summary(self.report, row);
        let mut cell = String::new();
        let mut len = 0;
        let mut gap = 0;
        for (verdict, digits) in &self.verdicts {
            let word = verdict.to_string();
            let count = summary.count(*verdict);
            if count == 0 {
                gap += digits + 3 + word.len();
                continue;
            }
            let text = format!("{count:>digits$} {word}");
            cell.push_str(&" ".repeat(gap));
            cell.push_str(&paint(paint::of(*verdict), &text));
            len += gap + text.len();
            gap = 2;
        }
        if cell.is_empty() {
            return (paint(style::FAINT, "-"), 1);
        }
        (cell, len)
    }
}

fn digits(number: u64) -> usize {
    number.to_string().len()
}
