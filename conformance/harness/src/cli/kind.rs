//! What kind of file somebody gave, where it is not the kind that a verb reads.

use super::error::CliError;
use super::selection;
use crate::record;
use crate::report;
use shmconf_model::script::{Id, Script};
use shmconf_model::trace;
use std::fmt::{self, Display, Formatter};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What the verbs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Trace,
    Report,
    Log,
    Script,
    /// What a system executes: of another kind than each of these.
    Program,
    /// No file, but the ID of a case or a property.
    Case,
}

impl Kind {
    /// What is at a path, as far as its beginning tells.
    pub(super) fn of(path: &Path) -> Option<Kind> {
        const BEGINNING: u64 = 64 << 10;
        let Ok(file) = File::open(path) else {
            return selection::ids().any(|id| Path::new(id.as_str()) == path).then_some(Kind::Case);
        };
        let mut text = Vec::new();
        file.take(BEGINNING).read_to_end(&mut text).ok()?;
        if [&b"\x7fELF"[..], b"#!", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"]
            .iter()
            .any(|magic| text.starts_with(magic))
        {
            return Some(Kind::Program);
        }
        let text = String::from_utf8_lossy(&text);
        let is_of = |format: &str| text.starts_with('{') && text.contains(&format!("\"{format}\""));
        let id = Id::of_path("read");
        match () {
            () if is_of(trace::FORMAT) => Some(Kind::Trace),
            () if is_of(report::FORMAT) => Some(Kind::Report),
            () if record::is_log(&text) => Some(Kind::Log),
            () if Script::read(&text, id).is_ok() => Some(Kind::Script),
            () => None,
        }
    }

    /// What there is to say of a path that cannot be read as what was expected: `otherwise`, unless it is of another kind.
    pub(super) fn instead(self, path: &Path, otherwise: CliError) -> CliError {
        match Kind::of(path).filter(|found| *found != self) {
            Some(found) => CliError::OtherKind { path: path.to_owned(), found, expected: self },
            None => otherwise,
        }
    }

    /// Which verbs it is for.
    pub(super) fn readers(self) -> &'static str {
        match self {
            Kind::Trace => "`shmconf show` and `shmconf judge` read it",
            Kind::Report => "`shmconf diff`, `shmconf matrix`, `shmconf merge` and `shmconf baseline` read it",
            Kind::Log => "`shmconf import` reads it",
            Kind::Program => "`shmconf record -- ./PROGRAM` runs it, and says what it does with shared memory",
            Kind::Script | Kind::Case => "`shmconf run`, `shmconf show` and `shmconf outcomes` take it",
        }
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Trace => "a trace",
            Kind::Report => "a report",
            Kind::Log => "a log of strace",
            Kind::Script => "a script",
            Kind::Program => "a program",
            Kind::Case => "a case of the suite",
        })
    }
}
