//! Why something failed: a kind, the call that failed and its errno.

mod kind;
#[cfg(test)]
mod texts;

use std::{fmt, io};

use nix::errno::Errno;

pub use kind::ErrorKind;

use crate::{Call, Feature, sys};

/// Why an operation of this crate failed.
///
/// It displays as a lowercase fragment that says what went wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    cause: Option<(Call, Errno)>,
}

impl Error {
    /// What kind of failure this is.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The call that failed, or `None` where the failure was found before a call was made.
    pub fn call(&self) -> Option<Call> {
        self.cause.map(|(call, _)| call)
    }

    /// The errno of the call that failed.
    pub fn raw_os_error(&self) -> Option<i32> {
        self.cause.map(|(_, errno)| errno as i32)
    }

    pub(crate) fn is(&self, errno: Errno) -> bool {
        self.cause.is_some_and(|(_, found)| found == errno)
    }

    /// Whether a page could not be had. Populating says `EFAULT` where a touch would raise `SIGBUS`.
    pub(crate) fn means_no_page(&self) -> bool {
        matches!(self.kind, ErrorKind::NoSpace { .. }) || self.is(Errno::EFAULT)
    }

    /// The same cause, told as another kind.
    pub(crate) fn told_as(self, kind: ErrorKind) -> Self {
        Self { kind, ..self }
    }

    pub(crate) fn os(call: Call, errno: Errno) -> Self {
        let kind = match (call, errno) {
            // A receiver without room for a message's descriptors is told EMSGSIZE on macOS and the BSDs.
            (_, Errno::EMFILE | Errno::ENFILE) | (Call::Recvmsg, Errno::EMSGSIZE) => ErrorKind::DescriptorLimit,
            (_, Errno::EACCES | Errno::EPERM) => ErrorKind::Permission,
            (_, Errno::ENOSPC | Errno::ENOMEM | Errno::EDQUOT) => {
                ErrorKind::NoSpace { wanted: None, free: None, place: sys::place_of(call) }
            }
            (_, Errno::ENOSYS) => ErrorKind::Unsupported(Feature::Call(call)),
            (
                Call::ShmOpen | Call::ShmMkstemp | Call::Open,
                Errno::ENOENT | Errno::ENOTDIR | Errno::EROFS | Errno::EOPNOTSUPP,
            ) => ErrorKind::NoPlace,
            _ => ErrorKind::Os,
        };
        Self { kind, cause: Some((call, errno)) }
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, cause: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if let Some((call, errno)) = self.cause {
            write!(f, ": {call}: {errno}")?;
        }
        match self.kind.advice() {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    /// Keeps the text; the kind is that of the errno, where there is one.
    fn from(error: Error) -> Self {
        let kind = match (error.raw_os_error(), error.kind()) {
            (Some(errno), _) => Self::from_raw_os_error(errno).kind(),
            (None, ErrorKind::Unsupported(_)) => io::ErrorKind::Unsupported,
            (None, ErrorKind::NoSpace { .. }) => io::ErrorKind::StorageFull,
            (None, _) => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}
