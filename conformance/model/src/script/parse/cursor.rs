//! Walks over the words of one line and says precisely what was missing.

use super::super::error::{ParseError, quoted};
use super::super::lex::{Token, Word};
use crate::call::Label;
use crate::suggestion::Suggestion;

/// A place in a line.
#[derive(Clone)]
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
        self.nth(0)
    }

    pub(super) fn nth(&self, ahead: usize) -> Option<&'a Token> {
        self.words.get(self.at + ahead).map(|word| &word.token)
    }

    /// Is the word `ahead` of this one that mark?
    pub(super) fn nth_is(&self, ahead: usize, mark: &str) -> bool {
        matches!(self.nth(ahead), Some(Token::Mark(found)) if *found == mark)
    }

    pub(super) fn skip(&mut self, words: usize) {
        self.at += words;
    }

    /// Line and column of the next word.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.line, self.words.get(self.at).map_or(self.width + 1, |word| word.column))
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

    /// The next word, if it is text that `read` understands; else what `read` says of it.
    pub(super) fn text<T>(
        &mut self,
        expected: &str,
        read: impl FnOnce(&str) -> Result<T, Option<Suggestion>>,
    ) -> Result<T, ParseError> {
        let Some(Token::Text(text)) = self.peek() else { return Err(self.unexpected(expected)) };
        let value = read(text).map_err(|suggestion| self.unexpected(expected).meaning(suggestion))?;
        self.at += 1;
        Ok(value)
    }

    pub(super) fn label(&mut self, expected: &str) -> Result<Label, ParseError> {
        self.text(expected, |text| text.parse().map_err(|_| None))
    }

    pub(super) fn number(&mut self, expected: &str) -> Result<u32, ParseError> {
        self.text(expected, |text| text.parse().map_err(|_| None))
    }

    pub(super) fn unexpected(&self, expected: &str) -> ParseError {
        let found = match self.peek() {
            Some(Token::Text(text)) => quoted(text),
            Some(Token::Fresh(text)) => quoted(&format!("@{text}")),
            Some(Token::Quoted(text)) => quoted(&format!("{text:?}")),
            Some(Token::Mark(mark)) => quoted(mark),
            None => "the end of the line".to_owned(),
        };
        ParseError::new(self.place(), found, expected)
    }
}
