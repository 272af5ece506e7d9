//! What a case or a property is about.

use super::{Page, paragraph};
use crate::{catalogue, generator};
use anstyle::Style;
use shmconf_model::script::{Requirement, Script};
use std::io::{self, Write};

pub(super) fn explain(id: &str) -> Option<Page> {
    if let Some(case) = catalogue::case(id) {
        return Some(Box::new(|output, width| write_case(output, width, case)));
    }
    let property = generator::properties().iter().find(|property| property.id.as_str() == id)?;
    Some(Box::new(|output, width| {
        let bold = Style::new().bold();
        writeln!(output, "{bold}{}{bold:#}  property\n", property.id)?;
        paragraph(output, width, 2, property.about)?;
        writeln!(output)?;
        write_requirements(output, property.requirements)
    }))
}

pub(in super::super) fn write_case(output: &mut dyn Write, width: usize, case: &Script) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(output, "{bold}{}{bold:#}  case\n", case.id)?;
    paragraph(output, width, 2, &case.about.join(" "))?;
    writeln!(output)?;
    write_requirements(output, &Vec::from_iter(case.requirements()))?;
    if case.repeat > 1 {
        writeln!(output, "  executed {} times in a run, since chance decides what happens", case.repeat)?;
    }
    writeln!(output)?;
    let text = case.to_string();
    text.lines().filter(|line| !line.starts_with('#')).try_for_each(|line| writeln!(output, "    {line}"))
}

fn write_requirements(output: &mut dyn Write, requirements: &[Requirement]) -> io::Result<()> {
    let mut meanings = Requirement::ALL.iter().filter(|(requirement, _)| requirements.contains(requirement));
    meanings.try_for_each(|(requirement, meaning)| writeln!(output, "  requires {requirement}. {}", meaning.trim()))
}
