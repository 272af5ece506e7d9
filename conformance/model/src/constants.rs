//! The constants of C that calls and outcomes speak of: flags, error numbers and signals, each by its name.

mod c_names;
pub mod errno;
pub mod flags;
pub mod signal;
mod vocabulary;

pub use errno::Errno;
pub use flags::{
    FileLock, FileType, Lock, MapFlags, MemfdFlags, OpenFlags, Planted, Prot, ReopenFlags, Resource, Seals,
    StatusFlags, Timestamp, Whence,
};
pub use signal::Signal;
pub(crate) use vocabulary::{Vocabulary, meant};
