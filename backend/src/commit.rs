//! How sure it is that there is room for memory.

use std::os::fd::AsFd;

use crate::{Error, ErrorKind, sys};

/// How sure it is, when memory is made, that there is room for all of it. Each level is surer than the one before it.
///
/// Memory takes its space page by page, when each page is first used. Where there is none left by then, the system sends
/// `SIGBUS`, or ends a process to get some.
#[doc = include_str!("../docs/commit.md")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Commit {
    /// Nothing is looked at, for memory that is larger than what will be used of it.
    Lazy,
    /// The room is looked at: where the memory comes from a store of limited size, such as a `/dev/shm` of 64 MiB in a
    /// container, the store must have that much free at that moment. Others may take it afterwards.
    ///
    /// What only the machine's memory bounds, such as a memory file, is not looked at.
    #[default]
    Checked,
    /// The room is taken: what is made is there to be used. FreeBSD and macOS always do so; others have
    /// `posix_fallocate` for it, or nothing.
    ///
    /// To have the pages in page tables as well, see [`Prealloc`](crate::Prealloc).
    Reserved,
}

impl Commit {
    /// Gives a new object its size, and the room that this level asks for.
    pub(crate) fn size(self, fd: impl AsFd, size: u64) -> Result<(), Error> {
        if self >= Self::Checked && sys::room(&fd)?.is_some_and(|free| free < size) {
            return Err(sys::no_space(&fd, size).into());
        }
        sys::resize(&fd, size).map_err(|error| match error.kind() {
            ErrorKind::NoSpace { .. } => error.told_as(sys::no_space(&fd, size)),
            _ => error,
        })?;
        if self >= Self::Reserved { sys::reserve(&fd, 0, size) } else { Ok(()) }
    }
}

/// Refuses a size that no object can have.
pub(crate) fn check_size(asked: u64) -> Result<(), Error> {
    match asked {
        0 => Err(ErrorKind::ZeroSize.into()),
        1..=sys::LARGEST => Ok(()),
        _ => Err(ErrorKind::SizeTooLarge { asked, max: sys::LARGEST }.into()),
    }
}
