//! The descriptor or the mapping that a call is about.

use super::{Call, Label};

/// What a label in a call stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Handle<L> {
    /// A descriptor.
    Fd(L),
    /// A mapping.
    Map(L),
}

macro_rules! handle {
    ($call:expr) => {
        match $call {
            Call::Ftruncate { fd, .. }
            | Call::PosixFallocate { fd, .. }
            | Call::Fstat { fd }
            | Call::Fchmod { fd, .. }
            | Call::Mmap { fd, .. }
            | Call::Read { fd, .. }
            | Call::Write { fd, .. }
            | Call::Pread { fd, .. }
            | Call::Pwrite { fd, .. }
            | Call::Lseek { fd, .. }
            | Call::Dup { fd }
            | Call::Close { fd }
            | Call::FcntlGetfd { fd }
            | Call::FcntlSetfd { fd, .. }
            | Call::FcntlGetfl { fd }
            | Call::FcntlGetSeals { fd }
            | Call::FcntlAddSeals { fd, .. } => Some(Handle::Fd(fd)),
            Call::Munmap { map, .. }
            | Call::Mprotect { map, .. }
            | Call::Store { map, .. }
            | Call::Load { map, .. } => Some(Handle::Map(map)),
            _ => None,
        }
    };
}

impl Call {
    /// The one descriptor or mapping that the call is about. `send`, which may name several, has none.
    pub fn handle(&self) -> Option<Handle<&Label>> {
        handle!(self)
    }

    /// The same, to be changed.
    pub fn handle_mut(&mut self) -> Option<Handle<&mut Label>> {
        handle!(self)
    }
}
