//! What is wrong with a script, and where, so that the page can underline it.

use serde::Serialize;
use shmconf_model::script::{Id, ParseError, Script};

/// A place in a script that cannot be read, or a choice that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// Line, from 1; 0 where it is not in the script.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters are wrong, at least one.
    pub length: usize,
    /// What is wrong, as a sentence.
    pub problem: String,
    /// What was probably meant, to be written instead.
    pub instead: Option<String>,
    /// The rule behind that; empty where it is a matter of spelling alone.
    pub because: &'static str,
}

impl Mistake {
    /// A choice that cannot be made.
    pub fn of_choices(problem: &str) -> Mistake {
        Mistake { line: 0, column: 0, length: 0, problem: problem.to_owned(), instead: None, because: "" }
    }
}

impl Mistake {
    fn of(text: &str, error: ParseError) -> Mistake {
        let ParseError { line, column, found, expected, suggestion } = error;
        let rest = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let rest: String = rest.chars().skip(column.saturating_sub(1)).collect();
        let problem = format!("found {found}, expected {expected}");
        let because = suggestion.as_ref().map_or("", |suggestion| suggestion.because);
        let instead = suggestion.map(|suggestion| suggestion.instead);
        Mistake { line, column, length: length(&rest, &found), problem, instead, because }
    }
}

/// What was found, where the message repeats it; else up to the end of the word.
fn length(rest: &str, found: &str) -> usize {
    let repeated = found.strip_prefix('`').and_then(|found| found.strip_suffix('`'));
    let word = || rest.split(|letter: char| " \t(),|:{}".contains(letter)).next().unwrap_or_default();
    let wrong = repeated.filter(|found| rest.starts_with(*found)).unwrap_or_else(word);
    wrong.chars().count().max(1)
}

/// Reads a script, which need not say what it is called.
pub(crate) fn read(text: &str) -> Result<Script, Mistake> {
    let otherwise: Id = "script".parse().map_err(|_| Mistake::of_choices("`script` is no ID"))?;
    Script::read(text, otherwise).map_err(|error| Mistake::of(text, error))
}
