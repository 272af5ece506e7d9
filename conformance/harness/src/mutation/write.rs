//! The matrix of faults and cases, for a terminal and for a document.

use super::{Matrix, Row};
use crate::report::AREAS;
use anstyle::AnsiColor;
use shmconf_model::script::Id;
use std::io::{self, Write};

/// How many IDs are named of those that catch a fault.
const NAMED: usize = 3;

/// A line for each fault: how many cases and properties catch it, and which.
///
/// # Errors
///
/// Those of the output.
pub fn write_table(matrix: &Matrix, output: &mut dyn Write) -> io::Result<()> {
    let (cases, properties, scripts) = matrix.tried;
    writeln!(
        output,
        "{}\n{cases} cases, {properties} properties × {scripts} scripts, on each fault\n",
        matrix.platform
    )?;
    let widest = matrix.rows.iter().map(|row| row.mutant.name.len()).max().unwrap_or(0);
    let (red, yellow) = (AnsiColor::Red.on_default().bold(), AnsiColor::Yellow.on_default());
    for row in &matrix.rows {
        let name = row.mutant.name;
        write!(output, "  {name:widest$}  ")?;
        match row.only() {
            _ if !row.is_caught() => writeln!(output, "{red}SURVIVES{red:#}")?,
            Some(only) => writeln!(output, "  1  {only}  {yellow}by this one alone{yellow:#}")?,
            None => writeln!(output, "{:3}  {}", row.cases.len() + row.properties.len(), named(row))?,
        }
    }
    for (mutant, reason) in &matrix.untried {
        writeln!(output, "  {:widest$}  not tried: {reason}", mutant.name)?;
    }
    writeln!(output, "\n{}", closing(matrix))
}

/// A page in Markdown, with a table that counts by area.
///
/// # Errors
///
/// Those of the output.
pub fn write_markdown(matrix: &Matrix, output: &mut dyn Write) -> io::Result<()> {
    let (cases, properties, scripts) = matrix.tried;
    writeln!(output, "# Planted faults, and what catches them\n")?;
    writeln!(
        output,
        "Each fault is planted into this system's own shared memory, and the suite is run on it: {cases} cases, and\n{properties} \
         properties of {scripts} drawn scripts each. A number says how many cases of an area fail, or how many properties;\n\
         what also fails without the fault is not counted. `shmconf explain mutant:NAME` says what a fault is.\n"
    )?;
    writeln!(output, "Written by `shmconf mutants --format markdown -o docs/mutants.md` on {}.\n", matrix.platform)?;
    writeln!(output, "**{}**\n", closing(matrix))?;
    writeln!(output, "| fault | {} | properties | such as |", AREAS.join(" | "))?;
    writeln!(output, "|---|{}---|---|", "---|".repeat(AREAS.len()))?;
    for row in &matrix.rows {
        let count = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        let areas: Vec<String> = AREAS.iter().map(|area| count(row.in_area(area))).collect();
        let such_as = match row.only() {
            _ if !row.is_caught() => "**survives**".to_owned(),
            Some(only) => format!("`{only}` alone"),
            None => row.cases.iter().chain(&row.properties).next().map_or(String::new(), |id| format!("`{id}`")),
        };
        let properties = count(row.properties.len());
        writeln!(output, "| `{}` | {} | {properties} | {such_as} |", row.mutant.name, areas.join(" | "))?;
    }
    write_sources(matrix, output)?;
    for (mutant, reason) in &matrix.untried {
        writeln!(output, "\n`{}` was not tried: {reason}", mutant.name)?;
    }
    Ok(())
}

/// What each fault is, and where somebody had it.
fn write_sources(matrix: &Matrix, output: &mut dyn Write) -> io::Result<()> {
    let seen = matrix.rows.iter().filter(|row| row.mutant.seen.is_some()).count();
    writeln!(output, "\n## What each fault is\n")?;
    writeln!(
        output,
        "{seen} of them were seen in an implementation, by a report or in its source. `OWNER/REPOSITORY#NUMBER` is an issue or a\n\
         change on GitHub; otherwise a system is named with the file that does it, or did. Of the others none is known.\n"
    )?;
    writeln!(output, "| fault | what is wrong | seen |\n|---|---|---|")?;
    for Row { mutant, .. } in &matrix.rows {
        writeln!(output, "| `{}` | {} | {} |", mutant.name, mutant.sentence, mutant.seen.unwrap_or("none known"))?;
    }
    Ok(())
}

fn named(row: &Row) -> String {
    let ids: Vec<&str> = row.cases.iter().chain(&row.properties).map(Id::as_str).collect();
    let more = ids.len().saturating_sub(NAMED);
    let shown = ids[..ids.len().min(NAMED)].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// How many of how many were caught.
fn closing(matrix: &Matrix) -> String {
    let caught = matrix.rows.iter().filter(|row| row.is_caught()).count();
    let alone = matrix.rows.iter().filter(|row| row.only().is_some()).count();
    format!(
        "{caught} of {} planted faults are caught, {alone} of them by one case or property alone",
        matrix.rows.len()
    )
}
