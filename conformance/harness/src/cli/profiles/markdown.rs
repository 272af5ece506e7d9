//! The page of platforms: the rules side by side, then each platform with its deviations and its sources.

use super::{Cell, Column, Shown};
use shmconf_model::profile::{self, Deviation, Profile};
use std::io::{self, Write};

pub(super) fn write(columns: &[Column], output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "# Platforms\n")?;
    writeln!(
        output,
        "What each platform does wherever POSIX leaves it open or the platform departs from POSIX, as the profiles of\n\
         `shmconf` hold it. `shmconf profiles --format markdown` writes this page.\n\n\
         A choice in **bold** is a deviation from POSIX. A `?` means that it is not known: a verdict then allows what POSIX\n\
         allows. Where a platform has several choices it may make any of them, unless the release or the setting stands\n\
         beside each.\n"
    )?;
    table(columns, output)?;
    advice(output)?;
    for column in columns.iter().filter(|column| !column.is_standard()) {
        platform(column, columns, output)?;
    }
    Ok(())
}

fn table(columns: &[Column], output: &mut dyn Write) -> io::Result<()> {
    let Some(first) = columns.first() else { return Ok(()) };
    writeln!(output, "## Side by side\n")?;
    write!(output, "| rule |")?;
    columns.iter().try_for_each(|column| write!(output, " {} |", column.profile.id))?;
    writeln!(output, "\n|{}", "---|".repeat(columns.len() + 1))?;
    for (row, rule) in first.rules.iter().enumerate() {
        write!(output, "| `{}`<br>{} |", rule.key, escaped(rule.about))?;
        for column in columns {
            write!(output, " {} |", cell(column, row))?;
        }
        writeln!(output)?;
    }
    Ok(())
}

/// What to do where a platform refuses what others allow.
fn advice(output: &mut dyn Write) -> io::Result<()> {
    let advice = profile::advice().map_err(io::Error::other)?;
    writeln!(output, "\n## What to do instead\n\nWhere a platform refuses what others allow, by the rule.\n")?;
    advice.iter().try_for_each(|(rule, advice)| writeln!(output, "- `{rule}`: {}", escaped(advice)))
}

fn cell(column: &Column, row: usize) -> String {
    match column.cell(row) {
        Cell::Unknown => "?".to_owned(),
        Cell::Choices(choices) => {
            let choices = choices.into_iter().map(|Shown { text, when, deviation }| {
                let text = match deviation {
                    None => text.to_owned(),
                    Some(id) => format!("[**{text}**](#{})", anchor(id)),
                };
                if when.is_empty() { text } else { format!("{text} ({})", escaped(when)) }
            });
            let clause = column.is_standard().then(|| column.rules[row].choices[0].1.clause.to_string());
            choices.chain(clause.map(|clause| format!("({clause})"))).collect::<Vec<_>>().join("<br>")
        }
    }
}

fn platform(column: &Column, columns: &[Column], output: &mut dyn Write) -> io::Result<()> {
    let profile = &column.profile;
    writeln!(output, "\n## {}\n\n{}.", profile.id, escaped(&profile.title))?;
    if !profile.settings.is_empty() {
        writeln!(output, "\nWhat can be set there, as in `-p {},SETTING=VALUE`:\n", profile.id)?;
    }
    for (word, setting) in &profile.settings {
        writeln!(output, "- `{word}`: {}. {}", setting.values.join(" or "), escaped(&setting.about))?;
    }
    for deviation in &profile.deviations {
        match first_with(columns, deviation) {
            Some(first) if first.id != profile.id => {
                let id = &deviation.id;
                writeln!(output, "\nAs on {}: [{id}](#{}).", first.id, anchor(id))?;
            }
            _ => write_deviation(deviation, output)?,
        }
    }
    if !profile.notes.is_empty() {
        writeln!(output, "\nWhat else there is to know:\n")?;
    }
    for note in &profile.notes {
        writeln!(output, "- {} ({})", escaped(&note.text), escaped(&note.source))?;
    }
    writeln!(output, "\n| rule | does | source |\n|---|---|---|")?;
    for (row, rule) in column.rules.iter().enumerate().filter(|(_, rule)| !rule.source.is_empty()) {
        writeln!(output, "| `{}` | {} | {} |", rule.key, cell(column, row), escaped(&rule.source))?;
    }
    Ok(())
}

/// The platform under which a deviation is explained.
fn first_with<'a>(columns: &'a [Column], deviation: &Deviation) -> Option<&'a Profile> {
    columns.iter().map(|column| &column.profile).find(|profile| profile.deviations.contains(deviation))
}

fn write_deviation(deviation: &Deviation, output: &mut dyn Write) -> io::Result<()> {
    let Deviation { id, clause, text, trouble, instead, source, versions, general: _, always: _ } = deviation;
    writeln!(output, "\n### {id}\n\n{} {}\n", escaped(text), escaped(trouble))?;
    writeln!(output, "**Instead:** {}\n", escaped(instead))?;
    writeln!(output, "Departs from {clause}. Source: {}.", escaped(source))?;
    if versions.is_empty() { Ok(()) } else { writeln!(output, "Versions: {}.", escaped(versions)) }
}

/// The anchor that renderers give to a heading.
fn anchor(heading: &str) -> String {
    heading.chars().filter(|char| char.is_alphanumeric() || *char == '-').collect::<String>().to_lowercase()
}

/// Text in which nothing means formatting.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if matches!(char, '_' | '*' | '|' | '<' | '`') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}
