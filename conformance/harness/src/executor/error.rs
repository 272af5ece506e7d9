//! Why a script cannot be executed.

use shmconf_adapter::subject::{Refused, errno};
use std::io;

/// Why a script cannot be executed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutorError {
    /// The system refused something that the harness needs for itself.
    #[error("cannot {what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The process that forks the actors is gone.
    #[error("the process that starts the actors is gone; was it killed?")]
    SpawnerGone,
    /// A name that the script gives to the letter exists already.
    #[error("an object {0:?} exists already; the script would change it, so remove it or name another")]
    NameTaken(String),
    /// An actor does not behave as the protocol asks.
    #[error("an actor of {subject} {problem}{}", after_stderr(stderr))]
    Actor {
        /// The subject, as `kind[:argument]`.
        subject: String,
        /// What it did.
        problem: String,
        /// The end of what it wrote to standard error.
        stderr: String,
    },
    /// The script has more actors or sockets than one message of descriptors holds.
    #[error("the script asks for {0} sockets for one actor, more than {max}", max = super::spawner::MAX_SOCKETS)]
    TooManySockets(usize),
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

fn after_stderr(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!("; it wrote to standard error:\n{stderr}") }
}

impl ExecutorError {
    pub(super) fn refused(what: &'static str, refused: &Refused) -> ExecutorError {
        let source = match refused {
            Refused::Errno(errno) => io::Error::other(errno.to_string()),
            Refused::Unsupported(reason) => io::Error::other(reason.clone()),
        };
        ExecutorError::System { what, source }
    }

    pub(super) fn nix(what: &'static str, error: nix::errno::Errno) -> ExecutorError {
        ExecutorError::refused(what, &Refused::Errno(errno::of(error as i32)))
    }
}
