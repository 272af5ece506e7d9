//! What is wrong with a script, and where.

use crate::suggestion::Suggestion;
use std::fmt;

/// A place in a script that cannot be read, or that says what cannot be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What stood there.
    pub found: String,
    /// What could have stood there.
    pub expected: String,
    /// What was probably meant.
    pub suggestion: Option<Suggestion>,
}

impl std::error::Error for ParseError {}

impl ParseError {
    /// The longest piece of a script that a message repeats, in characters.
    const MOST_SHOWN: usize = 80;

    pub(super) fn new(
        (line, column): (usize, usize),
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> ParseError {
        ParseError { line, column, found: found.into(), expected: expected.into(), suggestion: None }
    }

    pub(super) fn meaning(mut self, suggestion: Option<Suggestion>) -> ParseError {
        self.suggestion = suggestion.or(self.suggestion);
        self
    }
}

/// A piece of a script in quotes, cut off where it is long, and with what a terminal would obey made visible.
pub(super) fn quoted(text: &str) -> String {
    let cut = text.char_indices().nth(ParseError::MOST_SHOWN).map(|(end, _)| end);
    let shown = text[..cut.unwrap_or(text.len())].chars();
    let shown: String = shown
        .flat_map(|c| match c.is_control() {
            true => c.escape_default().collect::<Vec<_>>(),
            false => vec![c],
        })
        .collect();
    format!("`{shown}{}`", if cut.is_some() { "…" } else { "" })
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ParseError { line, column, found, expected, suggestion } = self;
        write!(f, "{line}:{column}: found {found}, expected {expected}")?;
        suggestion.as_ref().map_or(Ok(()), |suggestion| write!(f, "; {suggestion}"))
    }
}
