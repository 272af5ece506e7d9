//! Bytes that were read, as runs, since objects are large and mostly alike.

use std::fmt;
use std::str::FromStr;

/// A sequence of bytes as runs, written `41*8 00*4088`. Neighbouring runs differ and none is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Content {
    runs: Vec<Repeated>,
    /// Bytes in all runs, at most [`Content::MAX_LEN`].
    len: u64,
}

/// `len` times `byte`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Repeated {
    /// The byte.
    pub byte: u8,
    /// How often it stands there.
    pub len: u64,
}

/// A text that is no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("content is runs such as `41*8 00*4088`, of at most 2^63-1 bytes in all, or `empty`")]
pub struct NotContent;

impl Content {
    /// The most bytes that one call can read.
    pub const MAX_LEN: u64 = i64::MAX as u64;

    /// Content from bytes.
    pub fn of(bytes: &[u8]) -> Content {
        let mut content = Content::default();
        for same in bytes.chunk_by(|a, b| a == b) {
            content.push(same[0], same.len() as u64);
        }
        content
    }

    /// Appends `len` times `byte`.
    ///
    /// # Panics
    ///
    /// Where all together is more than [`Content::MAX_LEN`], which no system can have read.
    pub fn push(&mut self, byte: u8, len: u64) {
        assert!(self.try_push(byte, len).is_some(), "content has at most {} bytes", Content::MAX_LEN);
    }

    /// Appends `len` times `byte`, unless it is too much.
    fn try_push(&mut self, byte: u8, len: u64) -> Option<()> {
        self.len = self.len.checked_add(len).filter(|len| *len <= Content::MAX_LEN)?;
        match self.runs.last_mut() {
            _ if len == 0 => {}
            Some(last) if last.byte == byte => last.len += len,
            _ => self.runs.push(Repeated { byte, len }),
        }
        Some(())
    }

    /// The runs in order.
    pub fn runs(&self) -> &[Repeated] {
        &self.runs
    }

    /// Number of bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Is there no byte at all?
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.runs.is_empty() {
            return f.write_str("empty");
        }
        for (at, run) in self.runs.iter().enumerate() {
            write!(f, "{}{:02x}*{}", if at == 0 { "" } else { " " }, run.byte, run.len)?;
        }
        Ok(())
    }
}

impl FromStr for Content {
    type Err = NotContent;

    fn from_str(text: &str) -> Result<Content, NotContent> {
        let mut content = Content::default();
        if text == "empty" {
            return Ok(content);
        }
        for word in text.split(' ') {
            let (byte, len) = word.split_once('*').ok_or(NotContent)?;
            let byte = u8::from_str_radix(byte, 16).map_err(|_| NotContent)?;
            let len = len.parse().map_err(|_| NotContent)?;
            content.try_push(byte, len).ok_or(NotContent)?;
        }
        Ok(content)
    }
}

crate::text::serde_as_text!(
    Content,
    "description": "Bytes as runs of a byte in hexadecimal and how often it stands there, such as `41*8 00*4088`.",
    "pattern": "^(empty|[0-9a-f]{2}[*][0-9]+( [0-9a-f]{2}[*][0-9]+)*)$"
);
