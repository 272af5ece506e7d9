//! A short name inside a script: of an actor, a descriptor or a mapping.

use std::fmt;
use std::str::FromStr;

/// A lowercase word of at most 15 bytes, such as `a`, `f` or `a64`; cheap to copy and compare.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    bytes: [u8; Label::MAX_BYTES],
    len: u8,
}

/// A word that cannot be a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a label is a lowercase letter followed by at most 14 lowercase letters, digits or underscores")]
pub struct NotALabel;

impl Label {
    /// The longest label, in bytes.
    pub const MAX_BYTES: usize = 15;

    /// The label `stem` followed by `number`, as the 64 actors of `a[1..64]` are called.
    ///
    /// # Errors
    ///
    /// [`NotALabel`] where the result is too long.
    pub fn numbered(self, number: u32) -> Result<Label, NotALabel> {
        format!("{self}{number}").parse()
    }

    /// The label as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl FromStr for Label {
    type Err = NotALabel;

    fn from_str(text: &str) -> Result<Label, NotALabel> {
        let rest_is_fine = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
        let word = text.as_bytes();
        if word.len() > Label::MAX_BYTES
            || !word.first().is_some_and(u8::is_ascii_lowercase)
            || !word.iter().all(rest_is_fine)
        {
            return Err(NotALabel);
        }
        let mut bytes = [0; Label::MAX_BYTES];
        bytes[..word.len()].copy_from_slice(word);
        Ok(Label { bytes, len: word.len() as u8 })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

crate::text::serde_as_text!(Label, "pattern": "^[a-z][a-z0-9_]{0,14}$");
