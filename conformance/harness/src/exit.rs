//! What the program says to the one who started it. The numbers are API.

use crate::report::{Document, Report};
use std::process::ExitCode;

/// How a run of the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// 0: every subject conforms, or what was asked for was done.
    Conforms = 0,
    /// 1: a subject does not conform, or it could not be decided whether it does.
    DoesNotConform = 1,
    /// 2: wrong usage, an unknown ID, input that cannot be read, an output that cannot be opened, nothing selected, or
    /// nothing of what was selected could be run here.
    Usage = 2,
    /// 3: the harness itself failed, and nothing is said of any subject.
    Harness = 3,
}

impl Exit {
    /// The exit code of what a run found. A run in which every case was skipped says nothing of anybody.
    pub fn of(document: &Document) -> Exit {
        match (document.conforms(), document.reports().iter().any(Report::tried_anything)) {
            (false, _) => Exit::DoesNotConform,
            (true, true) => Exit::Conforms,
            (true, false) => Exit::Usage,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
