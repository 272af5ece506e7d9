//! `shmconf explain`

mod case;
mod clause;
mod profile;
mod subject;

pub(super) use case::write_case;

use super::error::CliError;
use super::near::near;
use super::output::Output;
use super::{Done, selection};
use crate::exit::Exit;
use shmconf_model::clause::{Interface, Ledger};
use shmconf_model::script::Id;
use std::io::{self, Write};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The ID of a case or property (size/grow-zero-fills), a clause (shm_open:22), an interface (shm_open) or all
    /// clauses (clauses), a deviation (linux/stale-bytes-past-end), a profile (linux-glibc), a rule (name_length), a kind of subject (shmfd)
    /// or all of them (subjects)
    id: String,
}

/// An explanation, as text that wraps at so many columns.
type Page = Box<dyn FnOnce(&mut dyn Write, usize) -> io::Result<()>>;

pub(super) fn explain(args: &Args) -> Done {
    let sources = [case::explain, clause::explain, profile::explain, subject::explain];
    let found = sources.iter().find_map(|source| source(&args.id));
    let explanation = found.ok_or_else(|| unknown(&args.id))?;
    let output = Output::open(None)?;
    let width = output.width();
    output.write(|output| explanation(output, width))?;
    Ok(Exit::Conforms)
}

fn unknown(id: &str) -> CliError {
    let clauses = Ledger::get().clauses().map(|clause| clause.id.to_string());
    let interfaces = Interface::ALL.iter().map(ToString::to_string);
    let known: Vec<String> = clauses
        .chain(interfaces)
        .chain(selection::ids().map(Id::to_string))
        .chain(profile::ids())
        .chain(subject::ids())
        .collect();
    CliError::UnknownId { id: id.to_owned(), near: near(id, known.iter().map(String::as_str)) }
}

/// A paragraph that wraps, `indent` columns in.
fn paragraph(output: &mut dyn Write, width: usize, indent: usize, text: &str) -> io::Result<()> {
    let indent = " ".repeat(indent);
    let options = textwrap::Options::new(width.min(100)).word_splitter(textwrap::WordSplitter::NoHyphenation);
    let options = options.initial_indent(&indent).subsequent_indent(&indent);
    writeln!(output, "{}", textwrap::fill(text, options))
}
