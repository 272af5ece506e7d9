//! The protocol between the harness and an actor, `shmconf-protocol/1`: JSON lines on an inherited stream socket.
//!
//! docs/protocol.md describes it for those who write an adapter; schemas/protocol.json is generated from these types.
//! Members that a reader does not know are passed over, except inside a call, whose arguments must all be understood.

mod lines;

pub use lines::Lines;

use crate::subject::system;
use serde::{Deserialize, Serialize};
use shmconf_model::call::{Call, Label};
use shmconf_model::outcome::Outcome;
use shmconf_model::script::Requirement;
use shmconf_model::trace::Privilege;
use std::collections::BTreeMap;

/// What the protocol of this version calls itself.
pub const PROTOCOL: &str = "shmconf-protocol/1";

/// The descriptor on which an actor finds its control socket.
pub const CONTROL_FD: i32 = 3;

/// A line from the harness to an actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// Who are you, and what can you do? The first line that an actor gets. Answered by `started`.
    Start(Start),
    /// Make a call. Answered by `answer`.
    Call(Invocation),
    /// Give back everything that you got since `start`. Answered by `reset`.
    Reset,
    /// Wait for a child that has ended, and tell how. Answered by `reaped`.
    Reap {
        /// The child.
        child: Label,
    },
    /// Remove names from a store of your own, by `shm_unlink`. Asked of an actor that said `own_store`; answered by `swept`.
    Sweep {
        /// The names, of which most are there no more.
        names: Vec<String>,
    },
    /// End. Not answered.
    Stop,
    /// You are no actor but a template: fork one for each `fork`. The first line, instead of `start`. Answered by `ready`.
    Template,
    /// Fork an actor, which has the descriptors that come along from 3 on. Asked of a template; answered by `forked`.
    Fork,
}

/// The first line that an actor gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Start {
    /// [`PROTOCOL`]; an actor that does not speak it answers `error`.
    pub protocol: String,
    /// What the script calls the actor.
    pub actor: Label,
    /// What the name of every object begins with that the actor makes up a name for.
    pub prefix: String,
    /// The descriptors of stream sockets to other actors, for `send` and `recv`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub peers: BTreeMap<Label, i32>,
    /// For each child that `fork` makes: the descriptor of its control socket, then those of the other sockets for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub children: BTreeMap<Label, Vec<i32>>,
    /// Does the harness want to know what the actor cannot do?
    #[serde(default, skip_serializing_if = "is_false")]
    pub probe: bool,
}

/// One call to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Invocation {
    /// Number of the call, which the answer repeats.
    pub seq: u32,
    /// What the descriptors, or the mapping, of the answer are called from then on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bind: Vec<Label>,
    /// The call, with names and amounts resolved.
    pub call: Call,
    /// Wait until then before making the call, in nanoseconds of the system's monotonic clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// Send every answer that is held back before making the call, since it may end or block the actor.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flush: bool,
}

/// A line from an actor to the harness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// Answers `start`.
    Started(Started),
    /// Answers `call`.
    Answer(Answer),
    /// Answers `reset`.
    Reset(Cleaned),
    /// Answers `reap`.
    Reaped {
        /// The child.
        child: Label,
        /// How it ended: `signal`, `exited`, or `unsupported` where that cannot be told.
        outcome: Outcome,
    },
    /// Answers `sweep`.
    Swept {
        /// Those of the names that could not be removed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<String>,
    },
    /// Answers `template`. Descriptors may come from now on.
    Ready,
    /// Answers `fork`.
    Forked {
        /// The process number of the actor. Its parent has ended, so that the harness is its parent now.
        pid: i32,
    },
    /// The actor cannot go on, and says why.
    Error {
        /// What was wrong, where, and what to do.
        message: String,
    },
}

/// Who an actor is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Started {
    /// [`PROTOCOL`]
    pub protocol: String,
    /// Effective user.
    pub uid: u32,
    /// Effective group.
    pub gid: u32,
    /// Supplementary groups, if it can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<u32>>,
    /// File mode creation mask.
    pub umask: u32,
    /// The descriptors that are open, if it can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fds: Option<Vec<i32>>,
    /// What it may do though an object's mode forbids it. Left out, user 0 may do all, and anybody else nothing; read where
    /// `start` had `probe`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privilege: Option<Privilege>,
    /// Do objects that `create` makes take room where those with names do? Left out, they do; read where `start` had `probe`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nameless_in_store: Option<bool>,
    /// Do names lie in a store of the implementation's own, and not in this system's? Left out, they do not; read where
    /// `start` had `probe`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_store: Option<bool>,
    /// May the program be started as a template?
    #[serde(default, skip_serializing_if = "is_false")]
    pub template: bool,
    /// What it cannot do, each with the reason; read where `start` had `probe`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cannot: BTreeMap<Requirement, String>,
}

/// What came back from a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Answer {
    /// Number of the call.
    pub seq: u32,
    /// What came back.
    pub outcome: Outcome,
    /// When the call began, in nanoseconds of the system's monotonic clock; if left out, the harness takes its own time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<u64>,
    /// When the call had ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<u64>,
    /// Process number of the child that `fork` made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<i32>,
    /// The descriptors that are open after `exec`, if the new program can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fds: Option<Vec<i32>>,
}

/// How a reset went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Cleaned {
    /// Is the actor as it was after `start`? If not it is replaced.
    pub clean: bool,
    /// The descriptors that are open, if it can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fds: Option<Vec<i32>>,
}

/// Nanoseconds of the system's monotonic clock, read between full fences: everything before is done, also what a store
/// has left in the processor's buffer, and nothing after has begun.
pub fn now() -> u64 {
    use nix::time::{ClockId, clock_gettime};
    use std::sync::atomic::{Ordering, fence};
    fence(Ordering::SeqCst);
    let time = clock_gettime(ClockId::from_raw(system::CLOCK));
    fence(Ordering::SeqCst);
    let Ok(time) = time else { return 0 };
    std::time::Duration::from(time).as_nanos() as u64
}

/// Appends a message and the end of its line.
pub fn put(message: &impl Serialize, line: &mut Vec<u8>) {
    let before = line.len();
    // Writing to memory cannot fail, and every name on the wire is resolved.
    if serde_json::to_writer(&mut *line, message).is_err() {
        line.truncate(before);
    } else {
        line.push(b'\n');
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
fn is_false(value: &bool) -> bool {
    !*value
}
