//! Why a call did not do what it was asked for.

use super::errno;
use shmconf_model::outcome::Errno;

/// What a call returns.
pub type CallResult<T> = Result<T, Refused>;

/// Why a call did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It failed and said why.
    Errno(Errno),
    /// The subject has no such call, and says why.
    Unsupported(String),
}

impl Refused {
    /// The error of the system call that has just failed.
    pub fn last() -> Refused {
        nix::errno::Errno::last().into()
    }
}

impl From<Errno> for Refused {
    fn from(errno: Errno) -> Refused {
        Refused::Errno(errno)
    }
}

impl From<nix::errno::Errno> for Refused {
    fn from(error: nix::errno::Errno) -> Refused {
        // `nix` has one value for every number that it does not know; the number itself is then the last error's.
        let number =
            if error == nix::errno::Errno::UnknownErrno { nix::errno::Errno::last_raw() } else { error as i32 };
        Refused::Errno(errno::of(number))
    }
}
