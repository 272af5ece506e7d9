//! A number of bytes, which a script may give in pages.

use crate::text::schema_as_written;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// `pages × page size + bytes`, written `4096`, `PAGE`, `2*PAGE-1`.
///
/// May be negative, since what a system says to a negative size is one of the questions. Whatever the page size, it fits
/// 64 bits: beside pages there are at most 2⁶² bytes, and of pages at most 2³¹.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Amount {
    pages: i32,
    bytes: i64,
}

/// A text that is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount is a number of bytes such as 4096 or 0x1000, or pages such as PAGE, 2*PAGE or PAGE-1")]
pub struct NotAnAmount;

impl Amount {
    /// The largest page size that amounts are resolved with, in bytes.
    pub const MAX_PAGE: u64 = 1 << 30;

    /// The most bytes that can stand beside pages.
    const MOST_BESIDE_PAGES: u64 = 1 << 62;

    /// An amount of bytes alone.
    pub const fn bytes(bytes: i64) -> Amount {
        Amount { pages: 0, bytes }
    }

    /// An amount of whole pages.
    pub const fn pages(pages: i32) -> Amount {
        Amount { pages, bytes: 0 }
    }

    /// Whole pages, and some bytes more or less.
    pub const fn pages_and(pages: i32, bytes: i32) -> Amount {
        Amount { pages, bytes: bytes as i64 }
    }

    /// The same amount in bytes alone.
    ///
    /// Exact for every page size up to [`Amount::MAX_PAGE`], far more than any system has; a larger one counts as that.
    pub fn resolve(self, page: u64) -> Amount {
        Amount::bytes(i64::from(self.pages) * page.min(Amount::MAX_PAGE) as i64 + self.bytes)
    }

    /// The bytes of an amount without pages.
    pub(crate) fn without_pages(self) -> Option<i64> {
        (self.pages == 0).then_some(self.bytes)
    }

    /// The bytes of a resolved amount.
    pub fn get(self) -> i64 {
        debug_assert_eq!(self.pages, 0, "amounts are resolved before they are used");
        self.bytes
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.pages, self.bytes) {
            (0, bytes) => write!(f, "{bytes}"),
            (pages, bytes) => {
                if pages != 1 {
                    write!(f, "{pages}*")?;
                }
                f.write_str("PAGE")?;
                if bytes != 0 { write!(f, "{bytes:+}") } else { Ok(()) }
            }
        }
    }
}

impl FromStr for Amount {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Amount, NotAnAmount> {
        let Some(at) = text.find("PAGE") else {
            return number(text).map(Amount::bytes).ok_or(NotAnAmount);
        };
        let (before, after) = (&text[..at], &text[at + 4..]);
        let pages = match before {
            "" => 1,
            factor => factor.strip_suffix('*').and_then(number).ok_or(NotAnAmount)?,
        };
        let pages = i32::try_from(pages).map_err(|_| NotAnAmount)?;
        let bytes = match after.strip_prefix('+') {
            Some(plus) if plus.starts_with(|c: char| c.is_ascii_digit()) => number(plus),
            Some(_) => None,
            None if after.is_empty() => Some(0),
            None if after.starts_with('-') => number(after),
            None => None,
        };
        let bytes = bytes.filter(|bytes| bytes.unsigned_abs() <= Amount::MOST_BESIDE_PAGES);
        Ok(Amount { pages, bytes: bytes.ok_or(NotAnAmount)? })
    }
}

/// A decimal or `0x` number that fits.
fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) if !digits.starts_with(['+', '-']) => i64::from_str_radix(digits, 16).ok(),
        Some(_) => None,
        None if text.starts_with('+') => None,
        None => text.parse().ok(),
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.pages == 0 { serializer.serialize_i64(self.bytes) } else { serializer.collect_str(self) }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Amount;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of bytes, or a text such as \"PAGE+1\"")
            }
            fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<Amount, E> {
                Ok(Amount::bytes(bytes))
            }
            fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<Amount, E> {
                i64::try_from(bytes).map(Amount::bytes).map_err(de::Error::custom)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
                text.parse().map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

schema_as_written!(Amount, {
    "description": "A number of bytes, or pages and bytes as text, such as \"2*PAGE-1\".",
    "anyOf": [{ "type": "integer" }, { "type": "string", "pattern": "^(-?[0-9]+[*])?PAGE([+-][0-9]+)?$" }]
});
