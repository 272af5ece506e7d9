//! What the program says to the one who started it. The numbers are API.

use crate::report::{Document, Report};
use std::process::ExitCode;

/// How a run of the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// 0: every subject conforms, or what was asked for was done.
    Conforms = 0,
    /// 1: a subject does not conform, or it could not be decided whether it does; or on a platform that was named a call
    /// certainly has another outcome.
    DoesNotConform = 1,
    /// 2: wrong usage, an unknown ID, input that cannot be read, an output that cannot be opened, nothing selected, or
    /// nothing of what was selected could be run here.
    Usage = 2,
    /// 3: the harness itself failed, or gave up on a subject, so that not all is said that was asked for.
    Harness = 3,
}

impl Exit {
    /// The exit code of what a run found.
    ///
    /// What speaks against a subject weighs most, then that the harness gave up on one. A run in which nearly every case was
    /// skipped says nothing of anybody.
    pub fn of(document: &Document) -> Exit {
        let reports = &document.reports;
        if !document.conforms() || reports.iter().any(|report| report.not_portable_to().next().is_some()) {
            Exit::DoesNotConform
        } else if reports.iter().any(|report| report.gave_up.is_some()) {
            Exit::Harness
        } else if reports.iter().any(Report::is_tested) {
            Exit::Conforms
        } else {
            Exit::Usage
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
