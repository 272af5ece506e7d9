//! The rules side by side, on as many tables as the width takes.

use super::{Cell, Column, Shown};
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};

/// What stands between two columns.
const GAP: usize = 2;

const STRONG: Style = Style::new().bold();
const DEVIATION: Style = AnsiColor::Yellow.on_default();

/// Text of a cell, a line for each choice, and whether it is a deviation.
type Lines = Vec<(String, bool)>;

pub(super) fn write(columns: &[Column], width: usize, output: &mut dyn Write) -> io::Result<()> {
    let Some(first) = columns.first() else { return Ok(()) };
    let keys = first.rules.iter().map(|rule| rule.key.len()).max().unwrap_or(0);
    let mut rest: Vec<(&Column, Vec<Lines>)> =
        columns.iter().map(|column| (column, (0..first.rules.len()).map(|row| lines(column, row)).collect())).collect();
    while !rest.is_empty() {
        let mut left = width.saturating_sub(keys);
        let fits = rest.iter().take_while(|(column, cells)| {
            let needed = GAP + wide(column, cells);
            let fits = needed <= left;
            left = left.saturating_sub(needed);
            fits
        });
        let count = fits.count().max(1);
        let later = rest.split_off(count);
        band(first, keys, &rest, output)?;
        rest = later;
    }
    writeln!(
        output,
        "{DEVIATION}*{DEVIATION:#} a deviation from POSIX   ? not known\nSeveral lines stand for releases, settings or chance: `shmconf explain RULE` says when.\n"
    )?;
    legend(columns, output)
}

fn lines(column: &Column, row: usize) -> Lines {
    match column.cell(row) {
        Cell::Unknown => vec![("?".to_owned(), false)],
        Cell::Choices(choices) => choices
            .into_iter()
            .map(|Shown { text, deviation, .. }| match deviation {
                None => (text.to_owned(), false),
                Some(_) => (format!("{text} *"), true),
            })
            .collect(),
    }
}

/// How many columns of the screen a platform takes.
fn wide(column: &Column, cells: &[Lines]) -> usize {
    let longest = cells.iter().flatten().map(|(text, _)| text.len()).max().unwrap_or(0);
    longest.max(column.profile.id.len())
}

/// One table.
fn band(first: &Column, keys: usize, columns: &[(&Column, Vec<Lines>)], output: &mut dyn Write) -> io::Result<()> {
    write!(output, "{:keys$}", "")?;
    for (at, (column, cells)) in columns.iter().enumerate() {
        let pad = if at + 1 < columns.len() { wide(column, cells) } else { 0 };
        write!(
            output,
            "  {STRONG}{}{STRONG:#}{:2$}",
            column.profile.id,
            "",
            pad.saturating_sub(column.profile.id.len())
        )?;
    }
    writeln!(output)?;
    for (row, rule) in first.rules.iter().enumerate() {
        let height = columns.iter().map(|(_, cells)| cells[row].len()).max().unwrap_or(1);
        for line in 0..height {
            write!(output, "{:keys$}", if line == 0 { rule.key } else { "" })?;
            let last = columns.iter().rposition(|(_, cells)| line < cells[row].len()).unwrap_or(0);
            for (at, (column, cells)) in columns.iter().enumerate().take(last + 1) {
                let (text, deviates) = cells[row].get(line).map_or(("", false), |(text, deviates)| (text, *deviates));
                let pad = if at < last { wide(column, cells).saturating_sub(text.len()) } else { 0 };
                let style = if deviates { DEVIATION } else { Style::new() };
                write!(output, "  {style}{text}{style:#}{:pad$}", "")?;
            }
            writeln!(output)?;
        }
    }
    writeln!(output)
}

/// Each deviation in a line.
fn legend(columns: &[Column], output: &mut dyn Write) -> io::Result<()> {
    let mut seen: Vec<&str> = Vec::new();
    let deviations = columns.iter().flat_map(|column| &column.profile.deviations);
    let longest = deviations.clone().map(|deviation| deviation.id.len()).max().unwrap_or(0);
    for deviation in deviations {
        if seen.contains(&deviation.id.as_str()) {
            continue;
        }
        seen.push(&deviation.id);
        writeln!(output, "{:longest$}  {}", deviation.id, deviation.clause)?;
    }
    if seen.is_empty() { Ok(()) } else { writeln!(output, "\n`shmconf explain {}` gives the rest.", seen[0]) }
}
