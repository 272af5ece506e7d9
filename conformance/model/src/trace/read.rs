//! Reads a trace, and refuses one that no execution can have left.

use super::{Actor, Event, FORMAT, Header, Other, Trace};
use crate::call::{Amount, Label, OutOfRange};
use crate::outcome::Outcome;
use serde::Deserialize;
use std::collections::HashSet;
use std::io::{self, BufRead, Read};

/// What a trace can have at most; one that has more is refused.
pub mod limits {
    /// Bytes of a line.
    pub const LINE: usize = 64 << 20;
    /// Events.
    pub const EVENTS: usize = 10_000_000;
    /// Actors that were there from the beginning.
    pub const ACTORS: usize = 100_000;
}

/// Why a trace cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The input failed.
    #[error("{line}: {source}")]
    Io {
        /// Line, from 1.
        line: usize,
        /// How it failed.
        source: io::Error,
    },
    /// A line is not what it should be.
    #[error("{line}: this is no line of a trace, which `shmconf schema trace` describes: {}", on_its_line(source))]
    Json {
        /// Line, from 1.
        line: usize,
        /// What was wrong with it.
        source: serde_json::Error,
    },
    /// There is no header.
    #[error("1: found the end of the file, expected a header with \"format\": \"{FORMAT}\"")]
    Empty,
    /// The header is of another format or version.
    #[error("1: found \"format\": \"{0}\", expected \"{FORMAT}\"")]
    Format(String),
    /// A line says what cannot have been.
    #[error("{line}: {problem}")]
    Impossible {
        /// Line, from 1.
        line: usize,
        /// What cannot have been.
        problem: Impossible,
    },
}

/// What is wrong with a line, which is the only one that the parser saw.
fn on_its_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// What no execution can have left in a trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// A line is too long.
    #[error("found a line of more than {} MiB, expected a shorter one", limits::LINE >> 20)]
    LongLine,
    /// There are too many events.
    #[error("found more than {} events, expected fewer", limits::EVENTS)]
    ManyEvents,
    /// There are too many actors.
    #[error("found {found} actors, expected at most {}", limits::ACTORS)]
    ManyActors {
        /// How many there are.
        found: usize,
    },
    /// Two actors have one name.
    #[error("found two actors that are called `{0}`, expected a name for each")]
    TwoActors(Label),
    /// An actor is a thread of a process that began with nobody.
    #[error(
        "found a thread of the process `{0}`, expected an actor with a process of its own, or a child that is forked"
    )]
    NoProcess(Label),
    /// A page has a size that no page has.
    #[error("found a page size of {found}, expected a power of two of at most {}", Amount::MAX_PAGE)]
    PageSize {
        /// Bytes.
        found: u64,
    },
    /// Somebody makes a call who is not there.
    #[error("found a call of `{0}`, expected one of an actor of the header or of a child that was forked before")]
    NoActor(Label),
    /// A call ended before it began.
    #[error("found a call that ends at {end} and begins at {start}, expected an end that is not before the beginning")]
    EndsBeforeItBegins {
        /// Nanoseconds.
        start: u64,
        /// Nanoseconds.
        end: u64,
    },
    /// A number that no script can have.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl Trace {
    /// Reads one trace.
    ///
    /// # Errors
    ///
    /// [`ReadError`] names the line and what is wrong with it.
    pub fn read(mut input: impl BufRead) -> Result<Trace, ReadError> {
        #[derive(Deserialize)]
        struct Format {
            format: String,
        }
        let mut text = Vec::new();
        if !next_line(&mut input, 1, &mut text)? {
            return Err(ReadError::Empty);
        }
        let at = |line| move |source| ReadError::Json { line, source };
        let Format { format } = serde_json::from_slice(&text).map_err(at(1))?;
        if format != FORMAT {
            return Err(ReadError::Format(format));
        }
        let header: Header = serde_json::from_slice(&text).map_err(at(1))?;
        let mut actors = header.checked().map_err(|problem| ReadError::Impossible { line: 1, problem })?;
        let (mut events, mut others) = (Vec::new(), Vec::new());
        let mut number = 2;
        while next_line(&mut input, number, &mut text)? {
            if !text.trim_ascii().is_empty() {
                let impossible = |problem| ReadError::Impossible { line: number, problem };
                let event: Event = match serde_json::from_slice(&text) {
                    Ok(event) => event,
                    Err(source) => {
                        let other: Other = serde_json::from_slice(&text).map_err(|_| at(number)(source))?;
                        is_there(other.actor, &actors, other.start, other.end).map_err(impossible)?;
                        others.push(other);
                        number += 1;
                        continue;
                    }
                };
                event.checked(&actors).map_err(impossible)?;
                if events.len() >= limits::EVENTS {
                    return Err(impossible(Impossible::ManyEvents));
                }
                if let Some(child) = event.call.child()
                    && !actors.insert(child)
                    && event.outcome == Outcome::Ok
                {
                    return Err(impossible(Impossible::TwoActors(child)));
                }
                events.push(event);
            }
            number += 1;
        }
        match header.actors.iter().map(Actor::process).find(|process| !actors.contains(process)) {
            Some(process) => Err(ReadError::Impossible { line: 1, problem: Impossible::NoProcess(process) }),
            None => Ok(Trace { header, events, others }),
        }
    }
}

/// The next line into `text`, unless there is none.
fn next_line(input: &mut impl BufRead, line: usize, text: &mut Vec<u8>) -> Result<bool, ReadError> {
    text.clear();
    let read = input.take(limits::LINE as u64 + 1).read_until(b'\n', text);
    let read = read.map_err(|source| ReadError::Io { line, source })?;
    if read > limits::LINE {
        return Err(ReadError::Impossible { line, problem: Impossible::LongLine });
    }
    Ok(read > 0)
}

impl Header {
    /// The actors that are there from the beginning, if there can be such.
    fn checked(&self) -> Result<HashSet<Label>, Impossible> {
        let page = self.platform.page_size;
        if !page.is_power_of_two() || page > Amount::MAX_PAGE {
            return Err(Impossible::PageSize { found: page });
        }
        if self.actors.len() > limits::ACTORS {
            return Err(Impossible::ManyActors { found: self.actors.len() });
        }
        let mut actors = HashSet::new();
        for actor in &self.actors {
            if !actors.insert(actor.name) {
                return Err(Impossible::TwoActors(actor.name));
            }
        }
        let threads = self.actors.iter().filter(|actor| actor.process() != actor.name);
        let threads: HashSet<Label> = threads.map(|actor| actor.name).collect();
        match self.actors.iter().map(Actor::process).find(|process| threads.contains(process)) {
            Some(process) => Err(Impossible::NoProcess(process)),
            None => Ok(actors),
        }
    }
}

impl Event {
    fn checked(&self, actors: &HashSet<Label>) -> Result<(), Impossible> {
        is_there(self.actor, actors, self.start, self.end)?;
        Ok(self.call.checked()?)
    }
}

/// Is it something that an actor did who is there, and that ended after it had begun?
fn is_there(actor: Label, actors: &HashSet<Label>, start: u64, end: u64) -> Result<(), Impossible> {
    if !actors.contains(&actor) {
        return Err(Impossible::NoActor(actor));
    }
    if end < start {
        return Err(Impossible::EndsBeforeItBegins { start, end });
    }
    Ok(())
}
