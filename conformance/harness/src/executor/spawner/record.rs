//! What the caller and the spawner say to each other.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How much of what adapters write to standard error is kept, in bytes.
pub(super) const STDERR_BYTES: usize = 64 << 10;

/// How much is told of why a subject cannot be made, in bytes.
pub(super) const REASON_BYTES: usize = 4 << 10;

/// What the spawner is to make actors of, sent to it once.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Recipe {
    pub(super) program: Program,
    /// What the names of the run begin with.
    pub(super) prefix: String,
    /// How long a template may take for what it is asked: start and fork, and an actor has as much time left to answer.
    pub(super) patience: Duration,
    /// The processors that actors may use.
    pub(super) processors: Vec<usize>,
    /// The one for actors that are confined to one.
    pub(super) own_processor: Option<usize>,
}

/// What makes the calls.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Program {
    /// The spawner's own program, with a subject, as `kind[:argument]`.
    Own(String),
    /// Another program, with its arguments.
    Command(Vec<String>),
}

/// What the spawner is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Kind {
    /// Make an actor of this number, with the sockets that come along; confined to one processor, or not. Replied to once
    /// they have arrived.
    Spawn = 1,
    /// How did the actor end? It is killed if it does not soon. Replied to.
    Wait,
    /// Kill the actor, and reply when it is gone.
    Kill,
    /// Kill the actor; nobody asks how it ends.
    Discard,
    /// How did the process of this number end, which was not forked by the spawner? Replied to.
    WaitProcess,
    /// Kill the process of this number, if an actor has made it.
    KillProcess,
    /// The names of the next script follow, in so many bytes, with a zero byte behind each.
    Names,
    /// Have actors forked by a template from now on, where the system can.
    Template,
    /// What have adapters written to standard error? Replied to with a number of bytes, which follow.
    Stderr,
    /// End.
    Quit,
}

/// A request: a kind, a number, and an argument. Or a reply: how something ended, a number, and which request it answers.
pub(super) type Record = [u64; 3];
pub(super) const RECORD_BYTES: usize = size_of::<Record>();

pub(super) fn to_bytes(record: Record) -> [u8; RECORD_BYTES] {
    let mut bytes = [0; RECORD_BYTES];
    for (chunk, number) in bytes.chunks_exact_mut(8).zip(record) {
        chunk.copy_from_slice(&number.to_ne_bytes());
    }
    bytes
}

pub(super) fn from_bytes(bytes: &[u8; RECORD_BYTES]) -> Record {
    let mut record = [0; 3];
    for (number, chunk) in record.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *number = u64::from_ne_bytes(*chunk);
    }
    record
}

/// How a process ended, as a reply tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum End {
    Exited = 1,
    Signaled,
    /// There was no process, since `fork` failed with this error.
    NotForked,
    /// The process of this number was made by no actor.
    NotOurs,
    Unknown,
    /// It had closed its socket and did not end, so that it was killed.
    LivedOn,
    /// The subject cannot be made, for a reason of so many bytes, which follow.
    NoSubject,
    /// It has only begun: the sockets for it have arrived. Of the spawner itself: is it the leader of a process group?
    Begun,
}
