//! What keeps a script, or a whole subject, from being judged.

use crate::assess::Stopped;
use crate::executor::ExecutorError;
use shmconf_model::profile::ProfileError;
use std::io;
use std::path::PathBuf;

/// Why nothing more is tried on a subject. What was found before is kept, and so are the other subjects.
#[derive(Debug, thiserror::Error)]
pub(super) enum GiveUp {
    /// It does not start, or the harness cannot go on with it.
    #[error(transparent)]
    Executor(#[from] ExecutorError),
    /// Several scripts in a row could not be executed.
    #[error("{count} scripts in a row could not be executed; the last one since the harness {source}")]
    Again {
        /// How many.
        count: u32,
        /// Why the last one could not.
        source: ExecutorError,
    },
    /// There is no profile to hold it to.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A trace cannot be kept.
    #[error("cannot write the trace {}: {source}; make room, or choose another directory", path.display())]
    Trace {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A worker ended by a panic, which is a fault of the harness.
    #[error("a worker of the harness panicked; please report it with what stands above")]
    Panic,
}

impl GiveUp {
    /// Did somebody end the run before the subject had started?
    pub(super) fn is_interruption(&self) -> bool {
        matches!(self, GiveUp::Executor(ExecutorError::Interrupted))
    }
}

/// Why a script has no assessment.
pub(super) enum Unassessed {
    /// Somebody ended the run.
    Stopped,
    /// The script cannot be run here.
    Skip(String),
    /// What the script does cannot be told; the next script may do better.
    Undecided(String),
    /// No script can be executed any more.
    GiveUp(GiveUp),
}

impl From<Stopped> for Unassessed {
    fn from(_: Stopped) -> Unassessed {
        Unassessed::Stopped
    }
}

impl From<GiveUp> for Unassessed {
    fn from(reason: GiveUp) -> Unassessed {
        Unassessed::GiveUp(reason)
    }
}
