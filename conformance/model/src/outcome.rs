//! What came back from a call, as plain data that means the same on every machine.

pub mod content;

pub use crate::constants::{Errno, FileType, Signal, errno};
pub use content::Content;

use crate::constants::{OpenFlags, Seals};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What came back from a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Success without a value.
    Ok,
    /// Success with a descriptor of this number.
    Fd(i32),
    /// Success with a number: bytes moved, an offset, a former mask, flags.
    Value(i64),
    /// Success with an access mode (`RDONLY`, `WRONLY`, `RDWR`).
    Access(OpenFlags),
    /// Success with a kind of file.
    FileType(FileType),
    /// Success with seals.
    Seals(Seals),
    /// Success with bytes that were read.
    Bytes(Content),
    /// Success with so many bytes, whose values are not told: in the trace of a recorded program.
    Untold(u64),
    /// Success of `fstat`.
    Stat(Stat),
    /// Success of `recv`.
    Received(Received),
    /// Success with names.
    Names(Vec<String>),
    /// The call failed and said why.
    Errno(Errno),
    /// The call ended its actor by a signal.
    Signal(Signal),
    /// The call ended its actor with this exit code.
    Exited(i32),
    /// No answer came by the deadline, and the actor was killed.
    Hang,
    /// The subject cannot do this, and says why.
    Unsupported(String),
    /// The call was not executed: its actor is gone, or a label in it stands for nothing.
    NotExecuted(String),
}

/// What POSIX lets one rely on in the answer of `fstat` on a shared memory object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Stat {
    /// `st_size`, in bytes.
    pub size: i64,
    /// The twelve mode bits below the file type.
    pub mode: u32,
    /// `st_uid`
    pub uid: u32,
    /// `st_gid`
    pub gid: u32,
}

/// What one message brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Received {
    /// Numbers of the descriptors that arrived, in order.
    pub fds: Vec<i32>,
    /// Was `MSG_CTRUNC` set?
    #[serde(default)]
    pub truncated: bool,
}

impl Outcome {
    /// Did the call fail without having any effect, by saying so?
    pub fn is_error(&self) -> bool {
        matches!(self, Outcome::Errno(_))
    }

    /// Did the call end its actor?
    pub fn is_death(&self) -> bool {
        matches!(self, Outcome::Signal(_) | Outcome::Exited(_) | Outcome::Hang)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Ok => f.write_str("ok"),
            Outcome::Fd(number) => write!(f, "descriptor {number}"),
            Outcome::Value(value) => write!(f, "{value}"),
            Outcome::Access(access) => write!(f, "{access}"),
            Outcome::FileType(kind) => write!(f, "{kind}"),
            Outcome::Seals(seals) => write!(f, "{seals}"),
            Outcome::Bytes(content) => write!(f, "{content}"),
            Outcome::Untold(1) => f.write_str("1 byte"),
            Outcome::Untold(len) => write!(f, "{len} bytes"),
            Outcome::Stat(stat) => write!(f, "{stat}"),
            Outcome::Received(received) => write!(f, "{received}"),
            Outcome::Names(names) if names.is_empty() => f.write_str("no names"),
            Outcome::Names(names) => f.write_str(&names.join(" ")),
            Outcome::Errno(errno) => write!(f, "{errno}"),
            Outcome::Signal(signal) => write!(f, "{signal}"),
            Outcome::Exited(code) => write!(f, "exit {code}"),
            Outcome::Hang => f.write_str("no answer"),
            Outcome::Unsupported(reason) => write!(f, "unsupported: {reason}"),
            Outcome::NotExecuted(reason) => write!(f, "not executed: {reason}"),
        }
    }
}

impl fmt::Display for Stat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "size {} mode {:04o} uid {} gid {}", self.size, self.mode, self.uid, self.gid)
    }
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fds[..] {
            [] => f.write_str("no descriptor")?,
            fds => {
                f.write_str(if fds.len() == 1 { "descriptor" } else { "descriptors" })?;
                fds.iter().try_for_each(|fd| write!(f, " {fd}"))?;
            }
        }
        if self.truncated { f.write_str(", truncated") } else { Ok(()) }
    }
}
