//! A short name inside a script: of an actor, a descriptor or a mapping.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, Mutex, PoisonError};

/// A lowercase word of at most 64 bytes, such as `a`, `f` or `received_by_the_child`; cheap to copy and compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label(Text);

/// A text has one representation only, so that comparing representations compares texts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Text {
    /// At most [`INLINE`] bytes; what is left over is zero.
    Short { bytes: [u8; INLINE], len: u8 },
    /// A longer one, kept once for the whole program. The second reference keeps a label at 16 bytes.
    Long(&'static &'static str),
}

/// Nearly every label has at most so many bytes; such a one needs no table.
const INLINE: usize = 14;

/// A word that cannot be a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotALabel {
    /// It is too long, or has other characters.
    #[error("a label is a lowercase letter followed by at most 63 lowercase letters, digits or underscores")]
    Word,
    /// The program has seen more different long labels than it keeps.
    #[error("there are more than {} different labels of more than {INLINE} bytes; use shorter ones", Label::MAX_LONG)]
    TooMany,
}

impl Label {
    /// The longest label, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// How many different labels of more than 14 bytes one process keeps: they stay until it ends, some 100 bytes each.
    pub const MAX_LONG: usize = 1 << 20;

    /// `a`, as the first actor is mostly called.
    pub(crate) const A: Label = Label(Text::Short { bytes: [b'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], len: 1 });

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
        match &self.0 {
            Text::Short { bytes, len } => std::str::from_utf8(&bytes[..usize::from(*len)]).unwrap_or_default(),
            Text::Long(text) => text,
        }
    }
}

/// The one copy of a long text.
fn kept(text: &str) -> Result<&'static &'static str, NotALabel> {
    static KEPT: LazyLock<Mutex<HashMap<&'static str, &'static &'static str>>> = LazyLock::new(Mutex::default);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(text) {
        return Ok(known);
    }
    if kept.len() >= Label::MAX_LONG {
        return Err(NotALabel::TooMany);
    }
    let text: &'static str = Box::leak(Box::from(text));
    let new: &'static &'static str = Box::leak(Box::new(text));
    kept.insert(text, new);
    Ok(new)
}

impl FromStr for Label {
    type Err = NotALabel;

    fn from_str(text: &str) -> Result<Label, NotALabel> {
        let may_follow = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
        let word = text.as_bytes();
        if word.len() > Label::MAX_BYTES
            || !word.first().is_some_and(u8::is_ascii_lowercase)
            || !word.iter().all(may_follow)
        {
            return Err(NotALabel::Word);
        }
        if word.len() > INLINE {
            return kept(text).map(|text| Label(Text::Long(text)));
        }
        let mut bytes = [0; INLINE];
        bytes[..word.len()].copy_from_slice(word);
        Ok(Label(Text::Short { bytes, len: word.len() as u8 }))
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Label) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By text.
impl Ord for Label {
    fn cmp(&self, other: &Label) -> Ordering {
        match (&self.0, &other.0) {
            (Text::Short { bytes: one, .. }, Text::Short { bytes: other, .. }) => as_number(one).cmp(&as_number(other)),
            _ => self.as_str().cmp(other.as_str()),
        }
    }
}

/// Short texts as numbers, which are compared faster and in the same order.
fn as_number(bytes: &[u8; INLINE]) -> u128 {
    let mut padded = [0; 16];
    padded[..INLINE].copy_from_slice(bytes);
    u128::from_be_bytes(padded)
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

crate::text::serde_as_text!(Label, "pattern": "^[a-z][a-z0-9_]{0,63}$");
