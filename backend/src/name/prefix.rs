//! What names begin with, so that whoever chose it finds the names that a killed process left behind.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::Name;
use crate::{Error, ErrorKind};

/// What the names of objects begin with after their slash: 1 to 16 ASCII letters, digits, `-`, `_` and `.`.
///
/// A name has at most 30 bytes. Of those, the slash and the prefix leave 29 bytes less the prefix's length to chance, at
/// most 22: each is a random character of 5 bits. At 16 bytes 13 characters are left, 65 bits, and a longer prefix is
/// refused.
///
/// ```
/// use shmfd::{Builder, Prefix};
///
/// let prefix: Prefix = "my-app-".parse()?;
/// let memory = Builder::new(4096).name_prefix(prefix).create()?;
/// # Ok::<(), shmfd::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prefix {
    bytes: [u8; Prefix::MAX],
    len: usize,
}

impl Prefix {
    /// The most bytes that a prefix has.
    pub const MAX: usize = Name::MAX - 1 - Self::LEAST_RANDOM;

    /// The fewest random characters that a prefix leaves room for.
    pub const LEAST_RANDOM: usize = 13;

    /// The most random characters that a name has.
    const MOST_RANDOM: usize = 22;

    /// The prefix as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }

    /// Where a name has its random characters.
    pub(super) fn random_part(self) -> Range<usize> {
        let start = 1 + self.len;
        start..(start + Self::MOST_RANDOM).min(Name::MAX)
    }
}

impl Default for Prefix {
    /// `shmfd-`.
    fn default() -> Self {
        let mut bytes = [0; Self::MAX];
        bytes[..6].copy_from_slice(b"shmfd-");
        Self { bytes, len: 6 }
    }
}

impl FromStr for Prefix {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if text.is_empty() || text.len() > Self::MAX || !text.bytes().all(is_allowed) {
            return Err(ErrorKind::BadPrefix { prefix: text.into() }.into());
        }
        let mut bytes = [0; Self::MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len: text.len() })
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prefix({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::short("a", 22)]
    #[case::default("shmfd-", 22)]
    #[case::the_longest_that_costs_nothing("seven__", 22)]
    #[case::longer("eight___", 21)]
    #[case::longest("0123456789abcdef", Prefix::LEAST_RANDOM)]
    fn a_prefix_leaves_so_many_characters_to_chance(#[case] text: &str, #[case] random: usize) {
        let prefix: Prefix = text.parse().unwrap();
        assert_eq!((prefix.to_string().as_str(), prefix.random_part().len()), (text, random));
    }

    #[rstest]
    #[case::empty("")]
    #[case::too_long("0123456789abcdefg")]
    #[case::slash("a/")]
    #[case::blank("a b")]
    #[case::nul("a\0")]
    #[case::not_ascii("é")]
    fn what_does_not_fit_every_system_is_refused(#[case] text: &str) {
        let error = text.parse::<Prefix>().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::BadPrefix { prefix: text.into() });
    }
}
