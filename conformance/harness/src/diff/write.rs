//! What changed, for a terminal and for a pull request.

use super::{Change, ChangeKind, Diff, Part, Side};
use crate::report::prose;
use std::io::{self, Write};

/// How many changes of one kind are written out in Markdown, where a comment has little room.
const MOST: usize = 50;

/// Writes it as text.
///
/// # Errors
///
/// Those of the output.
pub fn write_text(diff: &Diff, output: &mut dyn Write) -> io::Result<()> {
    for part in &diff.parts {
        writeln!(output, "{}", part.title)?;
        for (kind, changes) in by_kind(part) {
            writeln!(output, "  {} {}", changes.len(), kind.heading())?;
            for Change { id, before, now, .. } in changes {
                writeln!(output, "    {id}\n      before  {before}\n      now     {now}")?;
            }
        }
        writeln!(output, "  {}\n", summary(part))?;
    }
    writeln!(output, "{}", closing(diff))
}

/// Writes it as Markdown.
///
/// # Errors
///
/// Those of the output.
pub fn write_markdown(diff: &Diff, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "**{}**\n", closing(diff))?;
    for part in &diff.parts {
        writeln!(output, "### {}\n", prose(&part.title))?;
        for (kind, changes) in by_kind(part) {
            writeln!(output, "**{} {}**\n\n| case | before | now |\n|---|---|---|", changes.len(), kind.heading())?;
            for Change { id, before, now, .. } in changes.iter().take(MOST) {
                writeln!(output, "| {} | {} | {} |", prose(id.as_str()), prose(before), prose(now))?;
            }
            if let Some(more) = changes.len().checked_sub(MOST).filter(|more| *more > 0) {
                writeln!(output, "| and {more} more | | |")?;
            }
            writeln!(output)?;
        }
        writeln!(output, "{}\n", summary(part))?;
    }
    Ok(())
}

fn by_kind(part: &Part) -> impl Iterator<Item = (ChangeKind, Vec<&Change>)> {
    let of = |kind| part.changes.iter().filter(|change| change.kind == kind).collect::<Vec<_>>();
    ChangeKind::ALL.into_iter().map(move |kind| (kind, of(kind))).filter(|(_, changes)| !changes.is_empty())
}

fn summary(part: &Part) -> String {
    match part.only {
        Some(Side::Old) => "This subject is not in the new report.".to_owned(),
        Some(Side::New) => "This subject is not in the old report.".to_owned(),
        None if part.same == 1 => "1 says the same.".to_owned(),
        None => format!("{} say the same.", part.same),
    }
}

fn closing(diff: &Diff) -> &'static str {
    let changed = diff.parts.iter().any(|part| part.only.is_some() || !part.changes.is_empty());
    match (diff.is_worse(), changed) {
        (true, _) => "Something got worse.",
        (false, true) => "Nothing got worse.",
        (false, false) => "Nothing changed.",
    }
}
