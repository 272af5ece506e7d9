//! What a clause says, or all of them.

use super::{Page, heading, paragraph};
use anstyle::Style;
use shmconf_model::clause::{Clause, ClauseId, Interface, Ledger};
use std::io::{self, Write};

pub(super) fn explain(id: &str) -> Option<Page> {
    if let Some(clause) = id.parse::<ClauseId>().ok().and_then(|id| Ledger::get().clause(id)) {
        return Some(Box::new(|output, width| write_clause(output, width, clause)));
    }
    let interfaces = match id.parse::<Interface>() {
        Ok(interface) => vec![interface],
        Err(_) if id == "clauses" => Interface::ALL.to_vec(),
        Err(_) => return None,
    };
    Some(Box::new(move |output, width| {
        interfaces.iter().try_for_each(|interface| write_interface(output, width, *interface))
    }))
}

fn write_interface(output: &mut dyn Write, width: usize, interface: Interface) -> io::Result<()> {
    let clauses: Vec<&Clause> = Ledger::get().clauses().filter(|clause| clause.id.interface == interface).collect();
    let bold = Style::new().bold();
    writeln!(output, "{bold}{interface}{bold:#}  {} clauses\n", clauses.len())?;
    clauses.into_iter().try_for_each(|clause| write_clause(output, width, clause))
}

pub(super) fn write_clause(output: &mut dyn Write, width: usize, clause: &Clause) -> io::Result<()> {
    let faint = Style::new().dimmed();
    heading(output, width, &clause.id.to_string(), &format!("{}  {faint}{}{faint:#}", clause.level, clause.source))?;
    paragraph(output, width, 6, &clause.text)?;
    if let Some(reason) = &clause.unexercised {
        paragraph(output, width, 6, &format!("No case exercises it: {reason}"))?;
    }
    writeln!(output)
}
