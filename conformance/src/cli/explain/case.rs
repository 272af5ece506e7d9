//! What a case or a property is about.

use super::{Explanation, paragraph};
use crate::script::{Need, Script};
use crate::{catalogue, generator};
use anstyle::Style;
use std::io::{self, Write};

pub(super) fn explain(id: &str) -> Option<Explanation> {
    if let Some(case) = catalogue::case(id) {
        return Some(Box::new(|output, width| write_case(output, width, case)));
    }
    let property = generator::properties().iter().find(|property| property.id.as_str() == id)?;
    Some(Box::new(|output, width| {
        let bold = Style::new().bold();
        writeln!(output, "{bold}{}{bold:#}  property\n", property.id)?;
        paragraph(output, width, 2, property.about)
    }))
}

fn write_case(output: &mut dyn Write, width: usize, case: &Script) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(output, "{bold}{}{bold:#}  case\n", case.id)?;
    paragraph(output, width, 2, &case.about.join(" "))?;
    writeln!(output)?;
    for (need, meaning) in Need::ALL.iter().filter(|(need, _)| case.all_needs().contains(need)) {
        writeln!(output, "  needs {need}. {}", meaning.trim())?;
    }
    if case.repeat > 1 {
        writeln!(output, "  executed {} times in a run, since chance decides what happens", case.repeat)?;
    }
    writeln!(output)?;
    let text = case.to_string();
    text.lines().filter(|line| !line.starts_with('#')).try_for_each(|line| writeln!(output, "    {line}"))
}
