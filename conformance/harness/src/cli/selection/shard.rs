//! A part of a selection, so that several machines share a run.

use super::Selection;
use crate::cli::error::CliError;
use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

/// One of so many parts, written as `2/5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Shard {
    nth: NonZeroUsize,
    of: NonZeroUsize,
}

impl Shard {
    /// This part of the selection. Cases are dealt out in turn, and so are properties, as these take longer.
    pub(in crate::cli) fn of(self, mut selection: Selection) -> Result<Selection, CliError> {
        let count = selection.cases.len() + selection.properties.len();
        // Properties are dealt from the other end, so that few of both still go to different machines.
        deal(&mut selection.cases, self.of.get(), self.nth.get() - 1);
        deal(&mut selection.properties, self.of.get(), self.of.get() - self.nth.get());
        if selection.cases.is_empty() && selection.properties.is_empty() {
            return Err(CliError::EmptyShard { shard: self.to_string(), count });
        }
        Ok(selection)
    }
}

/// Keeps those that so many players get in that turn.
fn deal<T>(all: &mut Vec<T>, players: usize, turn: usize) {
    let mut at = 0..;
    all.retain(|_| at.next().is_some_and(|at| at % players == turn));
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parsed = text.split_once('/').and_then(|(nth, of)| Some((nth.parse().ok()?, of.parse().ok()?)));
        let (nth, of) = parsed.ok_or("give a part and how many there are, such as 2/5")?;
        if nth > of { Err(format!("there is no part {nth} of {of}")) } else { Ok(Shard { nth, of }) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.nth, self.of)
    }
}
