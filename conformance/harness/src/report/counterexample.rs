//! A script that failed, with everything that is needed to show it and to run it again.

use serde::{Deserialize, Serialize};
use shmconf_model::trace::{Event, Trace};
use shmconf_model::verdict::Violation;
use std::ops::Range;

/// What was executed, what was seen, and what would have been allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Counterexample {
    /// The script as text, as `shmconf run FILE` reads it; shrunk, if a generator made it.
    pub script: String,
    /// The calls of its trace, by the time at which they began.
    pub calls: Vec<ShownCall>,
    /// What was not allowed; `event` counts `calls` from 0.
    pub violations: Vec<Violation>,
    /// The command that does it again.
    pub again: String,
    /// The file that the script was written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// A call as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ShownCall {
    /// The line of the script, such as `a: ftruncate(f, 4096)`.
    pub line: String,
    /// What came back, such as `ok`.
    pub outcome: String,
    /// When it began, in nanoseconds since the first call began.
    pub start: u64,
    /// When it had ended.
    pub end: u64,
    /// Is it a call of a recorded program that nobody can judge?
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub unjudged: bool,
}

impl Counterexample {
    /// The counterexample that a trace is.
    pub fn new(script: String, trace: &Trace, violations: Vec<Violation>, again: String) -> Counterexample {
        let begin = trace.events.iter().map(|event| event.start).min().unwrap_or(0);
        let calls = trace.events.iter().map(|event| ShownCall::new(event, begin)).collect();
        Counterexample { script, calls, violations, again, file: None }
    }

    /// The calls that overlap in time, as ranges of two calls and more.
    pub fn races(&self) -> Vec<Range<usize>> {
        let mut races: Vec<Range<usize>> = Vec::new();
        let mut first = 0;
        let mut ended = 0;
        for (index, call) in self.calls.iter().enumerate() {
            if call.start >= ended {
                first = index;
            }
            ended = ended.max(call.end);
            match races.last_mut() {
                Some(race) if race.start == first => race.end = index + 1,
                _ if first < index => races.push(first..index + 1),
                _ => {}
            }
        }
        races
    }
}

impl ShownCall {
    fn new(event: &Event, begin: u64) -> ShownCall {
        ShownCall {
            line: event.line(),
            outcome: event.outcome.to_string(),
            start: event.start.saturating_sub(begin),
            end: event.end.saturating_sub(begin),
            unjudged: event.unjudged.is_some(),
        }
    }
}
