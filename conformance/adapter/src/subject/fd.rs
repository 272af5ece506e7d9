//! A descriptor as a script names it: a number that is the script's, or that is not open any more.

use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// A descriptor that a script names, for as long as one call lasts.
///
/// It need not be open, since what a call says of a closed descriptor is one of the questions. Safe code cannot make one of
/// any number: one comes from the actor, or from a descriptor that the caller has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fd<'a> {
    number: RawFd,
    borrowed: PhantomData<BorrowedFd<'a>>,
}

impl Fd<'_> {
    /// The descriptor of a number.
    ///
    /// # Safety
    ///
    /// While this value is used the number is not open, or it is open and the caller may use it and let others use it.
    pub const unsafe fn from_raw(number: RawFd) -> Self {
        Fd { number, borrowed: PhantomData }
    }

    /// Its number.
    pub const fn number(self) -> RawFd {
        self.number
    }

    /// Another descriptor of the same open file, closed by exec, for code that needs one that is surely open.
    ///
    /// # Errors
    ///
    /// `EBADF` where the descriptor is closed, and `EMFILE` where no number is free.
    pub fn duplicate(self) -> io::Result<OwnedFd> {
        // SAFETY: numbers only; the descriptor may be used, or is not open.
        match unsafe { libc::fcntl(self.number, libc::F_DUPFD_CLOEXEC, 0) } {
            -1 => Err(io::Error::last_os_error()),
            // SAFETY: the system has just made it, for this caller.
            number => Ok(unsafe { OwnedFd::from_raw_fd(number) }),
        }
    }
}

impl<'a> From<BorrowedFd<'a>> for Fd<'a> {
    fn from(fd: BorrowedFd<'a>) -> Fd<'a> {
        use std::os::fd::AsRawFd;
        Fd { number: fd.as_raw_fd(), borrowed: PhantomData }
    }
}

impl<'a> From<&'a OwnedFd> for Fd<'a> {
    fn from(fd: &'a OwnedFd) -> Fd<'a> {
        fd.as_fd().into()
    }
}
