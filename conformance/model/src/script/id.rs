//! What a script is called.

use std::fmt;
use std::str::FromStr;

/// The area of a script whose ID has one word alone: a file of somebody's own.
const OWN: &str = "files";

/// A script's ID. That of a case is `area/what-happens`; it is API and never changes its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

/// A text that cannot be an ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ID is words of a-z, 0-9 and `-`, with slashes between them, such as exclusive/existing-name")]
pub struct NotAnId;

impl Id {
    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first of several words; `files` where there is one.
    pub fn area(&self) -> &str {
        self.0.split_once('/').map_or(OWN, |(area, _)| area)
    }

    /// The ID of a file without a head, by its path without the extension. What an ID cannot have becomes `-`.
    pub fn of_path(path: &str) -> Id {
        let fitting = |c: char| match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => c,
            _ => '-',
        };
        let words = path.split(['/', '\\']).filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(|word| word.chars().map(fitting).collect()).collect();
        if words.is_empty() { Id("script".to_owned()) } else { Id(words.join("/")) }
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Id, NotAnId> {
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if text.split('/').all(word) { Ok(Id(text.to_owned())) } else { Err(NotAnId) }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

crate::text::serde_as_text!(Id, "pattern": "^[a-z0-9-]+(/[a-z0-9-]+)*$");
