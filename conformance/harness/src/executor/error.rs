//! Why a script cannot be executed.

use shmconf_adapter::subject::{Refused, errno};
use std::io;

/// Why a script cannot be executed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutorError {
    /// The system refused something that the harness needs for itself.
    #[error("cannot {what}: {source}{}", remedy(source))]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The process that forks the actors cannot be started from that program.
    #[error("{program} does not start the actors: {problem}")]
    Program {
        /// The program.
        program: String,
        /// What it did, and what to do.
        problem: String,
    },
    /// The subject cannot be made, and this says why.
    #[error("{0}")]
    Subject(String),
    /// The process that forks the actors is gone.
    #[error("the process that starts the actors is gone or does not answer; was it killed or stopped?")]
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
    /// The store of objects with names has not the room that the script needs.
    #[error("requires room in {0}; make room there, or mount a larger one")]
    NoRoom(String),
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

fn after_stderr(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!("; it wrote to standard error:\n{stderr}") }
}

/// What can be done about an error of the system.
fn remedy(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(libc::EMFILE) => "; raise the limit of open files (`ulimit -n`), or run fewer scripts at a time (`-j`)",
        Some(libc::ENFILE) => "; the system has too many open files: close some, or raise its limit",
        Some(libc::EAGAIN) => "; raise the limit of processes (`ulimit -u`), or run fewer scripts at a time (`-j`)",
        Some(libc::ENOMEM) => "; memory is short: run fewer scripts at a time (`-j`)",
        _ => "",
    }
}

impl ExecutorError {
    /// Is this the script's or its subject's affair alone? The executor then goes on with the next script, and this one is
    /// inconclusive for the reason that the error tells. After any other error but [`ExecutorError::Interrupted`] the harness
    /// itself cannot go on.
    pub fn costs_one_script(&self) -> bool {
        matches!(
            self,
            ExecutorError::Actor { .. }
                | ExecutorError::NameTaken(_)
                | ExecutorError::TooManySockets(_)
                | ExecutorError::NoRoom(_)
        )
    }

    pub(super) fn refused(what: &'static str, refused: &Refused) -> ExecutorError {
        let source = match refused {
            Refused::Errno(errno) => match errno::number(*errno) {
                Some(number) => io::Error::from_raw_os_error(number),
                None => io::Error::other(errno.to_string()),
            },
            Refused::Unsupported(reason) => io::Error::other(reason.clone()),
        };
        ExecutorError::System { what, source }
    }

    pub(super) fn nix(what: &'static str, error: nix::errno::Errno) -> ExecutorError {
        ExecutorError::System { what, source: error.into() }
    }
}
