//! Reads the head of a script: what it is called, what it is about, what it needs, how often it is executed.

use super::super::error::{ParseError, quoted};
use super::super::{Id, Requirement, Script, limits};
use crate::suggestion::Suggestion;
use std::collections::BTreeSet;
use std::iter::Peekable;

const ID_LINE: &str = "the case's ID as the first line, such as `# exclusive/existing-name`";

/// Takes the lines of the head. Without `otherwise` the first one must be an ID.
pub(super) fn read<'t>(
    lines: &mut Peekable<impl Iterator<Item = (usize, &'t str)>>,
    otherwise: Option<Id>,
) -> Result<Script, ParseError> {
    let first = lines.peek().and_then(|(_, line)| line.strip_prefix('#')).and_then(|id| id.trim().parse::<Id>().ok());
    if first.is_some() {
        lines.next();
    }
    let Some(id) = first.or(otherwise) else {
        let found = lines.peek().map_or("an empty file".to_owned(), |(_, line)| quoted(line));
        return Err(ParseError::new((1, 1), found, ID_LINE));
    };
    let mut script = Script { id, about: Vec::new(), requirements: BTreeSet::new(), repeat: 1, steps: Vec::new() };
    while let Some((number, line)) = lines.next_if(|(_, line)| line.starts_with('#')) {
        about(&mut script, number, line)?;
    }
    Ok(script)
}

/// One `#` line between the ID and the first call.
fn about(script: &mut Script, number: usize, line: &str) -> Result<(), ParseError> {
    // Column of a part of the line.
    let column = |part: &str| line[..part.as_ptr() as usize - line.as_ptr() as usize].chars().count() + 1;
    let comment = line[1..].trim();
    if let Some(words) = comment.strip_prefix("needs:") {
        for word in words.split(',').map(str::trim) {
            let requirement = word.parse::<Requirement>().map_err(|_| {
                let known: Vec<&str> = Requirement::ALL.iter().map(|(requirement, _)| requirement.word()).collect();
                let expected = format!("one of {}", known.join(", "));
                ParseError::new((number, column(word)), quoted(word), expected)
                    .meaning(Suggestion::spelling(word, known))
            })?;
            script.requirements.insert(requirement);
        }
    } else if let Some(count) = comment.strip_prefix("repeat:") {
        let count = count.trim();
        let fits = count.parse().ok().filter(|count| (1..=limits::REPEAT).contains(count));
        script.repeat = fits.ok_or_else(|| {
            ParseError::new((number, column(count)), quoted(count), format!("a number from 1 to {}", limits::REPEAT))
        })?;
    } else {
        script.about.push(comment.to_owned());
    }
    Ok(())
}
