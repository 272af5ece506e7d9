//! Values of properties: text that is yet to be understood, or what JSON says that they are.

use super::{Refusal, size};

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// From `key=value`: it means what its key makes of it.
    Plain(String),
    /// A JSON string.
    Text(String),
    /// A JSON boolean.
    Switch(bool),
    /// A JSON number that is whole and not negative.
    Number(u64),
    /// A JSON array of such numbers.
    Numbers(Vec<u64>),
    /// Any other JSON, as text.
    Other(String),
}

impl Value {
    pub(super) fn text(self, key: &str) -> Result<String, Refusal> {
        match self {
            Self::Plain(text) | Self::Text(text) => Ok(text),
            other => Err(other.refuse(key, "a string")),
        }
    }

    pub(super) fn switch(self, key: &str) -> Result<bool, Refusal> {
        match &self {
            Self::Switch(on) => Ok(*on),
            Self::Plain(text) => match text.as_str() {
                "on" | "yes" | "true" | "y" => Ok(true),
                "off" | "no" | "false" | "n" => Ok(false),
                _ => Err(self.refuse(key, "on or off")),
            },
            _ => Err(self.refuse(key, "true or false")),
        }
    }

    pub(super) fn number(self, key: &str) -> Result<u64, Refusal> {
        let found = match &self {
            Self::Number(number) => Some(*number),
            Self::Plain(text) => number(text),
            _ => None,
        };
        found.ok_or_else(|| self.refuse(key, "a whole number"))
    }

    pub(super) fn count(self, key: &str) -> Result<u32, Refusal> {
        let number = self.clone().number(key)?;
        u32::try_from(number).map_err(|_| self.refuse(key, "a whole number below 4294967296"))
    }

    pub(super) fn size(self, key: &str) -> Result<u64, Refusal> {
        let found = match &self {
            Self::Number(bytes) => i64::try_from(*bytes).is_ok().then_some(*bytes),
            Self::Plain(text) => size::read(text),
            _ => None,
        };
        found.ok_or_else(|| self.refuse(key, "a size in bytes below 8E, such as 4096, 64M or 1.5G"))
    }

    /// Numbers, of which `key=value` writes one or a range.
    pub(super) fn numbers(self, key: &str) -> Result<Vec<u64>, Refusal> {
        let found = match &self {
            Self::Numbers(numbers) => Some(numbers.clone()),
            Self::Plain(text) => range(text),
            _ => None,
        };
        found.ok_or_else(|| self.refuse(key, "a node such as 0, or a range such as 0-3"))
    }

    fn refuse(self, key: &str, wanted: &'static str) -> Refusal {
        let found = match self {
            Self::Plain(text) | Self::Other(text) => text,
            Self::Text(text) => format!("{text:?}"),
            Self::Switch(on) => on.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Numbers(numbers) => format!("{numbers:?}"),
        };
        Refusal::Expects { key: key.into(), wanted, found }
    }
}

/// A number as C writes it: hexadecimal after `0x`, octal after `0`.
fn number(text: &str) -> Option<u64> {
    let text = size::unsigned(text);
    if text.starts_with('+') {
        return None;
    }
    match (size::hexadecimal(text), text.strip_prefix('0')) {
        (Some(digits), _) => u64::from_str_radix(digits?, 16).ok(),
        (None, Some(digits)) if !digits.is_empty() => u64::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
}

fn range(text: &str) -> Option<Vec<u64>> {
    /// More than any set of nodes holds, and few enough to list.
    const LONGEST: u64 = 65_536;
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last && last - first < LONGEST).then(|| (first..=last).collect())
}
