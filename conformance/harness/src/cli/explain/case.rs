//! What a case or a property is about.

use super::{Explanation, paragraph};
use crate::{catalogue, generator};
use anstyle::Style;
use shmconf_model::script::{Need, Script};
use std::io::{self, Write};

pub(super) fn explain(id: &str) -> Option<Explanation> {
    if let Some(case) = catalogue::case(id) {
        return Some(Box::new(|output, width| write_case(output, width, case)));
    }
    let property = generator::properties().iter().find(|property| property.id.as_str() == id)?;
    Some(Box::new(|output, width| {
        let bold = Style::new().bold();
        writeln!(output, "{bold}{}{bold:#}  property\n", property.id)?;
        paragraph(output, width, 2, property.about)?;
        writeln!(output)?;
        write_needs(output, property.needs)
    }))
}

fn write_case(output: &mut dyn Write, width: usize, case: &Script) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(output, "{bold}{}{bold:#}  case\n", case.id)?;
    paragraph(output, width, 2, &case.about.join(" "))?;
    writeln!(output)?;
    write_needs(output, &Vec::from_iter(case.all_needs()))?;
    if case.repeat > 1 {
        writeln!(output, "  executed {} times in a run, since chance decides what happens", case.repeat)?;
    }
    writeln!(output)?;
    let text = case.to_string();
    text.lines().filter(|line| !line.starts_with('#')).try_for_each(|line| writeln!(output, "    {line}"))
}

fn write_needs(output: &mut dyn Write, needs: &[Need]) -> io::Result<()> {
    let mut meanings = Need::ALL.iter().filter(|(need, _)| needs.contains(need));
    meanings.try_for_each(|(need, meaning)| writeln!(output, "  needs {need}. {}", meaning.trim()))
}
