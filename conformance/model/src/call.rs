//! Every call that a script can make, with its arguments, as plain data.
//!
//! A call says what is asked for and never what should come back. The same type stands in scripts, where names
//! and amounts may be symbolic (`@x`, `PAGE+1`), and, resolved, on the wire and in traces.

pub mod amount;
pub mod flags;
mod handle;
pub mod label;
pub mod name;
mod print;

pub use amount::Amount;
pub use flags::{MapFlags, OpenFlags, Prot, Resource, Seals, Whence};
pub use handle::Handle;
pub use label::Label;
pub use name::{Form, Name};

use crate::outcome::Signal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One call. Offsets, lengths and sizes are bytes; modes are permission bits.
///
/// The JSON form has the C name of the function under `"call"` and the arguments beside it.
#[expect(missing_docs, reason = "the fields are the arguments of the call that the variant describes")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// Opens, and with `CREAT` creates, the object of a name; binds a descriptor.
    ShmOpen {
        name: Name,
        flags: OpenFlags,
        #[serde(default)]
        mode: u32,
    },
    /// Removes a name.
    ShmUnlink { name: Name },
    /// Makes an object of `size` bytes that has no name; binds a descriptor open for reading and writing.
    Create { size: Amount },
    /// Sets the size of an object.
    Ftruncate { fd: Label, size: Amount },
    /// Makes sure that a range of an object has storage, growing it if the range ends beyond it.
    PosixFallocate { fd: Label, offset: Amount, len: Amount },
    /// Asks for size, permission bits and owner.
    Fstat { fd: Label },
    /// Sets the permission bits.
    Fchmod { fd: Label, mode: u32 },
    /// Maps a range of an object; binds a mapping.
    Mmap { fd: Label, offset: Amount, len: Amount, prot: Prot, flags: MapFlags },
    /// Unmaps a mapping, or a range of it.
    Munmap {
        map: Label,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        range: Option<Range>,
    },
    /// Sets the protection of a whole mapping.
    Mprotect { map: Label, prot: Prot },
    /// Writes `byte` into `len` bytes through a mapping.
    Store { map: Label, offset: Amount, byte: u8, len: Amount },
    /// Reads `len` bytes through a mapping.
    Load { map: Label, offset: Amount, len: Amount },
    /// Reads at the file offset.
    Read { fd: Label, len: Amount },
    /// Writes `len` times `byte` at the file offset.
    Write { fd: Label, byte: u8, len: Amount },
    /// Reads at `offset`.
    Pread { fd: Label, offset: Amount, len: Amount },
    /// Writes `len` times `byte` at `offset`.
    Pwrite { fd: Label, offset: Amount, byte: u8, len: Amount },
    /// Moves the file offset.
    Lseek { fd: Label, offset: Amount, whence: Whence },
    /// Duplicates a descriptor; binds the new one.
    Dup { fd: Label },
    /// Closes a descriptor. Its label goes on to stand for the same number.
    Close { fd: Label },
    /// `F_GETFD`: is the descriptor closed by exec? Answers 1 or 0.
    FcntlGetfd { fd: Label },
    /// `F_SETFD`: sets or clears `FD_CLOEXEC`.
    FcntlSetfd { fd: Label, cloexec: bool },
    /// `F_GETFL`: the access mode alone.
    FcntlGetfl { fd: Label },
    /// `F_GET_SEALS`.
    FcntlGetSeals { fd: Label },
    /// `F_ADD_SEALS`.
    FcntlAddSeals { fd: Label, seals: Seals },
    /// Sends descriptors to another actor in one message (`SCM_RIGHTS`).
    Send { to: Label, fds: Vec<Label> },
    /// Receives one message of another actor, with a control buffer for `room` descriptors, and binds those that
    /// arrive. Without `room` the buffer holds as many as there are labels.
    Recv {
        from: Label,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<u32>,
    },
    /// Makes a child process that is the actor `child` from then on; with `pid_namespace`, in a PID namespace of its own.
    Fork {
        child: Label,
        #[serde(default)]
        pid_namespace: bool,
    },
    /// Replaces the program of the actor; its descriptors without `FD_CLOEXEC` stay.
    Exec,
    /// Ends the actor.
    Exit { code: u8 },
    /// Sends the actor itself a signal.
    Kill { signal: Signal },
    /// Ignores a signal from then on.
    Sigignore { signal: Signal },
    /// Sets the file mode creation mask.
    Umask { mode: u32 },
    /// Sets a soft resource limit.
    Rlimit { resource: Resource, limit: Amount },
    /// Becomes the user and the group of that number, for good.
    Setuid { uid: u32 },
    /// The names of this run that the system lets one list.
    Names,
    /// How many descriptors the actor has open beside those that it started with.
    Fds,
    /// `count` names from the subject's own generator, by each of `threads` threads.
    UniqueNames { count: u32, threads: u32 },
    /// Creates an object under the very name that the subject's generator would give out next.
    Collide,
    /// Gives the actor a private store of objects with room for `bytes` only.
    LimitedStore { bytes: Amount },
}

/// A range of a mapping, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    /// First byte.
    pub offset: Amount,
    /// Number of bytes.
    pub len: Amount,
}

impl Call {
    /// The object name that the call is about, if it has one.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Call::ShmOpen { name, .. } | Call::ShmUnlink { name } => Some(name),
            _ => None,
        }
    }

    /// The call with every symbolic name and amount made concrete.
    ///
    /// `literal` turns a symbolic name into the bytes that the subject gets; `page` is the page size in bytes.
    pub fn resolve(&self, page: u64, literal: &mut dyn FnMut(&Name) -> String) -> Call {
        let mut call = self.clone();
        match &mut call {
            Call::ShmOpen { name, .. } | Call::ShmUnlink { name } => *name = Name::Literal(literal(name)),
            Call::Munmap { range: Some(range), .. } => {
                range.offset = range.offset.resolve(page);
                range.len = range.len.resolve(page);
            }
            _ => {}
        }
        for amount in call.amounts_mut() {
            *amount = amount.resolve(page);
        }
        call
    }

    fn amounts_mut(&mut self) -> Vec<&mut Amount> {
        match self {
            Call::Create { size } | Call::Ftruncate { size, .. } => vec![size],
            Call::Store { offset, len, .. }
            | Call::Load { offset, len, .. }
            | Call::Pread { offset, len, .. }
            | Call::Pwrite { offset, len, .. }
            | Call::PosixFallocate { offset, len, .. }
            | Call::Mmap { offset, len, .. } => vec![offset, len],
            Call::Read { len, .. } | Call::Write { len, .. } => vec![len],
            Call::Lseek { offset, .. } => vec![offset],
            Call::Rlimit { limit, .. } => vec![limit],
            Call::LimitedStore { bytes } => vec![bytes],
            _ => Vec::new(),
        }
    }
}
