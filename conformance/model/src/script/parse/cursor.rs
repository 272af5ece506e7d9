//! Walks over the words of one line and says precisely what was missing.

use super::super::lex::{Token, Word};
use super::ParseError;
use crate::call::Label;
use std::str::FromStr;

/// A place in a line.
pub(super) struct Cursor<'a> {
    line: usize,
    width: usize,
    words: &'a [Word],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(line: usize, text: &str, words: &'a [Word]) -> Cursor<'a> {
        Cursor { line, width: text.chars().count(), words, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.words.get(self.at).map(|word| &word.token)
    }

    /// Is the word `ahead` of this one that mark?
    pub(super) fn nth_is(&self, ahead: usize, mark: &str) -> bool {
        matches!(self.words.get(self.at + ahead), Some(Word { token: Token::Mark(found), .. }) if *found == mark)
    }

    pub(super) fn skip(&mut self, words: usize) {
        self.at += words;
    }

    /// Column of the next word.
    pub(super) fn column(&self) -> usize {
        self.words.get(self.at).map_or(self.width + 1, |word| word.column)
    }

    pub(super) fn eat(&mut self, mark: &str) -> bool {
        let eats = self.nth_is(0, mark);
        self.at += usize::from(eats);
        eats
    }

    pub(super) fn mark(&mut self, mark: &str) -> Result<(), ParseError> {
        if self.eat(mark) { Ok(()) } else { Err(self.unexpected(&format!("`{mark}`"))) }
    }

    pub(super) fn end(&self) -> Result<(), ParseError> {
        if self.peek().is_none() { Ok(()) } else { Err(self.unexpected("the end of the line")) }
    }

    /// The next word, if it is text that reads as a `T`.
    pub(super) fn text<T: FromStr>(&mut self, expected: &str) -> Result<T, ParseError> {
        match self.peek() {
            Some(Token::Text(text)) => {
                let value = text.parse().map_err(|_| self.unexpected(expected))?;
                self.at += 1;
                Ok(value)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    pub(super) fn label(&mut self, expected: &str) -> Result<Label, ParseError> {
        self.text(expected)
    }

    pub(super) fn number(&mut self, expected: &str) -> Result<u32, ParseError> {
        self.text(expected)
    }

    pub(super) fn unexpected(&self, expected: &str) -> ParseError {
        let found = match self.peek() {
            Some(Token::Text(text)) => format!("`{text}`"),
            Some(Token::Fresh(text)) => format!("`@{text}`"),
            Some(Token::Quoted(text)) => format!("{text:?}"),
            Some(Token::Mark(mark)) => format!("`{mark}`"),
            None => "the end of the line".to_owned(),
        };
        self.error_at(self.column(), found, expected.to_owned())
    }

    pub(super) fn error_at(&self, column: usize, found: String, expected: String) -> ParseError {
        ParseError { line: self.line, column, found, expected }
    }
}
