//! What a kind of subject is, or all of them, or one subject of a kind.

use super::{Page, paragraph};
use crate::subject::{KINDS, Spec, SubjectKind, mutant};
use anstyle::Style;
use std::io::{self, Write};

/// The word that explains every kind.
const ALL: &str = "subjects";

pub(super) fn explain(id: &str) -> Option<Page> {
    if id == ALL {
        return Some(Box::new(|output, width| KINDS.iter().try_for_each(|kind| write_about(output, width, kind))));
    }
    if let Some(kind) = KINDS.iter().find(|kind| kind.name == id || kind.form() == id) {
        return Some(Box::new(move |output, width| write_kind(output, width, kind)));
    }
    match id.parse() {
        Ok(Spec::Mutant(mutant)) => Some(Box::new(move |output, width| {
            let bold = Style::new().bold();
            writeln!(output, "{bold}mutant:{}{bold:#}  subject\n", mutant.name)?;
            paragraph(output, width, 2, mutant.sentence)?;
            paragraph(output, width, 2, &format!("Seen: {}.", mutant.seen.unwrap_or("none known")))
        })),
        Ok(spec) => {
            let text = spec.to_string();
            let name = text.split(':').next().unwrap_or_default();
            let kind = KINDS.iter().find(|kind| kind.name == name)?;
            Some(Box::new(move |output, width| write_kind(output, width, kind)))
        }
        Err(_) => None,
    }
}

/// Every word that is explained here, and that `word` may have meant: their names are like those of much else.
pub(super) fn ids(word: &str) -> impl Iterator<Item = String> {
    let kinds = KINDS.iter().map(|kind| kind.name.to_owned());
    let mutants = mutant::ALL.iter().map(|mutant| format!("mutant:{}", mutant.name));
    let is_meant = word.starts_with("mutant") || mutant::ALL.iter().any(|mutant| mutant.name == word);
    let mutants = mutants.filter(move |_| is_meant);
    kinds.chain(mutants).chain([ALL.to_owned()])
}

/// What a kind of subject is.
fn write_about(output: &mut dyn Write, width: usize, kind: &SubjectKind) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(output, "{bold}{}{bold:#}  subject\n", kind.form())?;
    paragraph(output, width, 2, kind.about)?;
    writeln!(output, "  example: shmconf run -s {}\n", kind.example)
}

/// The same, and of mutants each of them.
fn write_kind(output: &mut dyn Write, width: usize, kind: &SubjectKind) -> io::Result<()> {
    let bold = Style::new().bold();
    write_about(output, width, kind)?;
    if kind.name == "mutant" {
        for mutant in mutant::ALL {
            writeln!(output, "  {bold}{}{bold:#}", mutant.name)?;
            paragraph(output, width, 6, mutant.sentence)?;
        }
        writeln!(output)?;
    }
    Ok(())
}
