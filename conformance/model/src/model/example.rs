//! Outcomes that are just as expected, for platforms that are not at hand.

use super::Expect;
use super::bytes::Value;
use super::state::{Process, State};
use crate::call::{Label, MOST_NEW_NAMES, Seals};
use crate::outcome::{Content, FileType, Outcome, Received, Stat};

impl Expect {
    /// The simplest outcome that matches, where `actor` makes the call in `state`.
    ///
    /// New descriptors get the lowest numbers that are free, and bytes that are open are zero.
    pub fn example(&self, state: &State, actor: Label) -> Outcome {
        let process = state.process_of(actor).map(|(_, process)| process);
        match self {
            Expect::Ok | Expect::Anything => Outcome::Ok,
            Expect::Fd(Some(number)) => Outcome::Fd(*number),
            Expect::Fd(None) => Outcome::Fd(free(process, 1)[0]),
            Expect::Between(i64::MIN, i64::MAX) => Outcome::Value(0),
            Expect::Value(value) | Expect::Between(_, value) | Expect::Time(value) => Outcome::Value(*value),
            Expect::NewValue(given) => Outcome::Value(given.iter().max().map_or(1, |most| most.saturating_add(1))),
            Expect::Access(access) => Outcome::Access(*access),
            Expect::FileType(kind) => Outcome::FileType(kind.unwrap_or(FileType::Regular)),
            Expect::Seals { seals, .. } => Outcome::Seals(seals.unwrap_or(Seals::SEAL)),
            Expect::Bytes(pattern) => {
                let mut content = Content::default();
                for span in &pattern.0 {
                    let byte = if let Value::Byte(byte) = span.value { byte } else { 0 };
                    content.push(byte, span.len());
                }
                Outcome::Bytes(content)
            }
            Expect::Stat { size, mode, uid, gid, .. } => {
                let gid = gid.or(process.map(|process| process.gid)).unwrap_or(0);
                Outcome::Stat(Stat { size: *size, mode: *mode, uid: *uid, gid })
            }
            Expect::Received { most, truncated, .. } => {
                Outcome::Received(Received { fds: free(process, *most), truncated: *truncated })
            }
            Expect::Names { names, strays, .. } => {
                let stray = |number| format!("/sc-stray-{number}");
                Outcome::Names(names.iter().cloned().chain((0..*strays).map(stray)).collect())
            }
            Expect::NewNames { count, given } => {
                let names = (0..).map(|number| format!("/sc-example-{number}")).filter(|name| !given.contains(name));
                Outcome::Names(names.take((*count).min(MOST_NEW_NAMES)).collect())
            }
            Expect::Errno(errno) => Outcome::Errno(*errno),
            Expect::Signal(signal) => Outcome::Signal(*signal),
            Expect::Exited(code) => Outcome::Exited(*code),
            Expect::Hang => Outcome::Hang,
            Expect::NotExecuted => Outcome::NotExecuted("what it is about was never made".to_owned()),
        }
    }
}

/// The lowest numbers that no descriptor has.
fn free(process: Option<&Process>, count: usize) -> Vec<i32> {
    match process {
        Some(process) => process.free().take(count).collect(),
        None => (3..).take(count).collect(),
    }
}
