//! Reads a line with a call: `a: f = shm_open(…)`.

use super::super::error::{ParseError, quoted};
use super::super::lex::Token;
use super::super::{Line, Who, limits};
use super::call;
use super::cursor::Cursor;
use crate::call::{Binds, read_label};
use crate::suggestion::Suggestion;

const ACTOR: &str = "an actor, such as `a:` or `a[1..64]:`";

pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Line, ParseError> {
    actor_is_there(cursor)?;
    let who = who(cursor)?;
    cursor.mark(":")?;
    let mut bind = Vec::new();
    if !cursor.nth_is(1, "(") {
        bind.push(cursor.label("a call, or a label and `=`")?);
        while cursor.eat(",") {
            bind.push(cursor.label("a label")?);
        }
        cursor.mark("=")?;
    }
    let place = cursor.place();
    let call = call::call(cursor)?;
    cursor.end()?;
    if bind.len() > call.entry().binds.most_labels() {
        let expected = match call.entry().binds {
            Binds::Nothing => "a call that answers with a descriptor or a mapping, or no label in front of it",
            _ => "one label in front of it",
        };
        return Err(ParseError::new(place, quoted(&call.to_string()), expected));
    }
    Ok(Line { who, bind, call })
}

/// Says so where a line begins with its call, with a label, or with a type of C.
fn actor_is_there(cursor: &Cursor<'_>) -> Result<(), ParseError> {
    let Some(Token::Text(first)) = cursor.nth(0) else { return Ok(()) };
    let (instead, because) = match (cursor.nth(1), cursor.nth(2), cursor.nth(3)) {
        (Some(Token::Mark(":" | "[")) | None, ..) => return Ok(()),
        (Some(Token::Mark(mark @ ("(" | "=" | ","))), ..) => {
            let space = if *mark == "=" { " " } else { "" };
            (format!("a: {first}{space}{mark}"), "a line begins with the actor who makes the call")
        }
        (Some(Token::Text(label)), Some(Token::Mark("=")), _)
        | (Some(Token::Mark("*")), Some(Token::Text(label)), Some(Token::Mark("="))) => {
            (format!("a: {label} ="), "a line begins with the actor who makes the call, and a label has no type")
        }
        _ => return Err(cursor.unexpected(ACTOR)),
    };
    Err(cursor.unexpected(ACTOR).meaning(Some(Suggestion::new(instead, because))))
}

/// `a` or `a[1..64]`
fn who(cursor: &mut Cursor<'_>) -> Result<Who, ParseError> {
    let stem = cursor.text(ACTOR, read_label)?;
    if !cursor.eat("[") {
        return Ok(Who::one(stem));
    }
    let first = cursor.text("the first number of the row", |text| {
        text.parse().map_err(|_| {
            let row =
                text.split_once('-').filter(|(first, last)| [first, last].iter().all(|n| n.parse::<u32>().is_ok()));
            row.map(|(first, last)| Suggestion::new(format!("{first}..{last}"), ""))
        })
    })?;
    cursor.mark("..")?;
    let place = cursor.place();
    let last = cursor.number("the last number of the row")?;
    if last < first || last - first >= limits::ROW || stem.numbered(last).is_err() {
        let expected = format!("a last number from {first} to {}", first.saturating_add(limits::ROW - 1));
        return Err(ParseError::new(place, quoted(&last.to_string()), expected));
    }
    cursor.mark("]")?;
    Ok(Who { stem, row: Some((first, last)) })
}
