//! `shmconf explain`

mod case;
mod clause;
mod finding;
mod profile;
mod subject;
mod topic;

pub(super) use case::write_case;

use super::error::CliError;
use super::near::near;
use super::output::Output;
use super::{Done, selection};
use crate::exit::Exit;
use crate::report::wrapped;
use anstyle::Style;
use shmconf_model::clause::{ClauseId, Interface, Ledger};
use shmconf_model::profile::{Profile, ProfileError};
use shmconf_model::script::Id;
use std::io::{self, Write};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The ID of a case or property (size/grow-zero-fills), a clause (shm_open:22) or all of them (clauses), a deviation
    /// (linux/stale-bytes-past-end), a platform (macos), a rule (name_length), a setting (noexec), a kind of subject (shmfd)
    /// or all of them (subjects), a finding of `shmconf doctor` (small-store); or calls, flags, error numbers, areas and
    /// platforms, of which several narrow it down, as in `EINVAL ftruncate macos`; several platforms alone show where they differ
    #[arg(value_name = "ID|WORD", required = true)]
    words: Vec<String>,
}

/// An explanation, as text that wraps at so many columns.
type Page = Box<dyn FnOnce(&mut dyn Write, usize) -> io::Result<()>>;

pub(super) fn explain(args: &Args) -> Done {
    let words: Vec<String> = args.words.iter().flat_map(|words| words.split_whitespace()).map(str::to_owned).collect();
    let explanation = page(&words)?;
    let output = Output::open(None)?;
    let width = output.width();
    output.write(|output| explanation(output, width))?;
    Ok(Exit::Conforms)
}

/// What one ID stands for; of other words, and of several, what is known of all of them.
fn page(words: &[String]) -> Result<Page, CliError> {
    let sources = [case::explain, call, clause::explain, profile::explain, finding::explain, subject::explain];
    let by_id = |id: &str| sources.iter().find_map(|source| source(id));
    let page = match words {
        // `MAP_PRIVATE` is the constant of C, and not the rule `map_private`.
        [id] if topic::ids().contains(id) => by_id(id),
        [id] => by_id(id).or_else(|| by_id(&id.to_ascii_lowercase())),
        _ => None,
    };
    match page {
        Some(page) => Ok(page),
        None if words.is_empty() => Err(unknown("")),
        None => topic::explain(words).map_err(|word| match (by_id(&word), Profile::get(&word)) {
            (Some(_), _) => {
                CliError::ExplainedAlone { is_case: selection::ids().any(|id| id.as_str() == word), id: word }
            }
            // A release, or a setting, of a platform that is known.
            (None, Err(error @ ProfileError::Circumstances { .. })) => error.into(),
            (None, _) => unknown(&word),
        }),
    }
}

/// A call has more to it than the clauses of its interface.
fn call(id: &str) -> Option<Page> {
    topic::is_call(id).then(|| topic::explain(&[id.to_owned()]).ok()).flatten()
}

/// What a word stands for that is neither a case nor a property, where there is a page of it.
pub(super) fn kind(word: &str) -> Option<&'static str> {
    match word {
        word if Profile::ids().any(|id| id == word) => Some("a platform"),
        word if word.parse::<ClauseId>().is_ok_and(|id| Ledger::get().clause(id).is_some()) => Some("a clause"),
        word if word.contains('/') && profile::ids().iter().any(|id| id == word) => Some("a deviation"),
        _ => None,
    }
}

fn unknown(id: &str) -> CliError {
    let clauses = Ledger::get().clauses().map(|clause| clause.id.to_string());
    let interfaces = Interface::ALL.iter().map(ToString::to_string);
    let known: Vec<String> = clauses
        .chain(interfaces)
        .chain(selection::ids().map(Id::to_string))
        .chain(profile::ids())
        .chain(finding::ids())
        .chain(subject::ids(id))
        .chain(topic::ids())
        .collect();
    CliError::UnknownId { id: id.to_owned(), near: near(id, known.iter().map(String::as_str)) }
}

/// What a paragraph is about: a word in bold, and more.
fn heading(output: &mut dyn Write, width: usize, word: &str, more: &str) -> io::Result<()> {
    let bold = Style::new().bold();
    let options = wrapped(width.min(100));
    let options = options.initial_indent("  ").subsequent_indent("      ");
    writeln!(output, "{}", textwrap::fill(&format!("{bold}{word}{bold:#}  {more}"), options))
}

/// A paragraph that wraps, `indent` columns in.
fn paragraph(output: &mut dyn Write, width: usize, indent: usize, text: &str) -> io::Result<()> {
    let indent = " ".repeat(indent);
    let options = wrapped(width.min(100));
    let options = options.initial_indent(&indent).subsequent_indent(&indent);
    writeln!(output, "{}", textwrap::fill(text, options))
}
