//! What the program says to the one who started it. The numbers are API.

use std::process::ExitCode;

/// How a run of the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// 0: every subject conforms, or what was asked for was done.
    Conforms = 0,
    /// 1: a subject does not conform, or it could not be decided whether it does.
    DoesNotConform = 1,
    /// 2: wrong usage, an unknown ID, input that cannot be read, an output that cannot be opened, or nothing selected.
    Usage = 2,
    /// 3: the harness itself failed, and nothing is said of any subject.
    Harness = 3,
}

impl Exit {
    /// The exit code of a verdict.
    pub fn of(conforms: bool) -> Exit {
        if conforms { Exit::Conforms } else { Exit::DoesNotConform }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
