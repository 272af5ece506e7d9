//! Reads the text form of a script.

mod call;
mod cursor;

use super::lex::{self, Token};
use super::{Id, Line, Requirement, Script, Step, Who};
use crate::call::Call;
use cursor::Cursor;
use std::collections::BTreeSet;

/// A place in a script that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: found {found}, expected {expected}")]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What stood there.
    pub found: String,
    /// What could have stood there.
    pub expected: String,
}

/// The most actors that one row can have.
const MAX_ROW: u32 = 1024;

pub(super) fn parse(text: &str) -> Result<Script, ParseError> {
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    let mut script = match lines.next() {
        Some((_, first)) => {
            Script { id: id(first)?, about: Vec::new(), requirements: BTreeSet::new(), repeat: 1, steps: Vec::new() }
        }
        None => {
            return Err(ParseError {
                line: 1,
                column: 1,
                found: "an empty file".to_owned(),
                expected: ID_LINE.to_owned(),
            });
        }
    };
    let mut in_header = true;
    let mut race: Option<(usize, Vec<Line>)> = None;
    for (number, line) in lines {
        if in_header && let Some(comment) = line.strip_prefix('#') {
            header(&mut script, number, comment.trim())?;
            continue;
        }
        in_header = in_header && line.trim().is_empty();
        let words = lex::words(line).map_err(|stray| ParseError {
            line: number,
            column: stray.column,
            found: format!("`{}`", stray.found),
            expected: stray.expected.to_owned(),
        })?;
        let mut cursor = Cursor::new(number, line, &words);
        match (cursor.peek(), &mut race) {
            (None, _) => {}
            (Some(Token::Text(word)), None) if word == "race" && cursor.nth_is(1, "{") => {
                cursor.skip(2);
                cursor.end()?;
                race = Some((number, Vec::new()));
            }
            (Some(Token::Mark("}")), Some(_)) => {
                cursor.skip(1);
                cursor.end()?;
                if let Some((began, lines)) = race.take() {
                    check_race(began, &lines)?;
                    script.steps.push(Step::Race(lines));
                }
            }
            (Some(_), Some((_, lines))) => lines.push(call_line(&mut cursor)?),
            (Some(_), None) => script.steps.push(Step::Line(call_line(&mut cursor)?)),
        }
    }
    match race {
        None => Ok(script),
        Some((line, _)) => {
            let found = "a race block that does not end".to_owned();
            Err(ParseError { line, column: 1, found, expected: "`}` on a line of its own".to_owned() })
        }
    }
}

/// A child can make its first call once its parent has answered for the fork, which is after the race.
fn check_race(line: usize, lines: &[Line]) -> Result<(), ParseError> {
    let born = lines.iter().find_map(|line| match line.call {
        Call::Fork { child, .. } => {
            Some(child).filter(|child| lines.iter().any(|line| line.who.actors().contains(child)))
        }
        _ => None,
    });
    born.map_or(Ok(()), |child| {
        let found = format!("a race in which {child} is born and makes a call");
        Err(ParseError {
            line,
            column: 1,
            found,
            expected: "the calls of a child after the race that forks it".to_owned(),
        })
    })
}

const ID_LINE: &str = "the case's ID as the first line, such as `# exclusive/existing-name`";

fn id(line: &str) -> Result<Id, ParseError> {
    let error = || ParseError { line: 1, column: 1, found: format!("`{line}`"), expected: ID_LINE.to_owned() };
    line.strip_prefix('#').and_then(|id| id.trim().parse().ok()).ok_or_else(error)
}

/// One `#` line between the ID and the first call.
fn header(script: &mut Script, line: usize, comment: &str) -> Result<(), ParseError> {
    let error = |found: &str, expected: String| ParseError { line, column: 3, found: format!("`{found}`"), expected };
    if let Some(words) = comment.strip_prefix("needs:") {
        for word in words.split(',').map(str::trim) {
            let requirement =
                word.parse::<Requirement>().map_err(|error_| error(word, format!("one of {}", error_.expected)))?;
            script.requirements.insert(requirement);
        }
    } else if let Some(count) = comment.strip_prefix("repeat:") {
        let fits = |count: &u32| (1..=10_000).contains(count);
        let expected = || "a number from 1 to 10000".to_owned();
        script.repeat = count.trim().parse().ok().filter(fits).ok_or_else(|| error(count.trim(), expected()))?;
    } else {
        script.about.push(comment.to_owned());
    }
    Ok(())
}

/// `a: f = shm_open(…)`
fn call_line(cursor: &mut Cursor<'_>) -> Result<Line, ParseError> {
    let stem = cursor.label("an actor, such as `a:` or `a[1..64]:`")?;
    let row = if cursor.eat("[") {
        let first = cursor.number("the first number of the row")?;
        cursor.mark("..")?;
        let column = cursor.column();
        let last = cursor.number("the last number of the row")?;
        if last < first || last - first >= MAX_ROW || stem.numbered(last).is_err() {
            let expected = format!("a last number from {first} to {}", first.saturating_add(MAX_ROW - 1));
            return Err(cursor.error_at(column, format!("`{last}`"), expected));
        }
        cursor.mark("]")?;
        Some((first, last))
    } else {
        None
    };
    cursor.mark(":")?;
    let mut bind = Vec::new();
    if !cursor.nth_is(1, "(") {
        bind.push(cursor.label("a call, or a label and `=`")?);
        while cursor.eat(",") {
            bind.push(cursor.label("a label")?);
        }
        cursor.mark("=")?;
    }
    let column = cursor.column();
    let call = call::call(cursor)?;
    cursor.end()?;
    if bind.len() > call::labels_bound(&call) {
        return Err(cursor.error_at(
            column,
            format!("`{call}`"),
            "a call that answers with as many descriptors or mappings".to_owned(),
        ));
    }
    Ok(Line { who: Who { stem, row }, bind, call })
}
