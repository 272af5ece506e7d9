//! What is known to fail: a file that `shmconf baseline` writes from a report, so that a run tells what is new.

use crate::assess::known_to_fail;
use crate::report::{CaseResult, Counterexample, Document, Kind, Report, Summary};
use serde::{Deserialize, Serialize};
use shmconf_model::profile::Releases;
use shmconf_model::script::Id;
use shmconf_model::trace::Platform;
use std::fmt::Write;

/// What a baseline of this version calls itself.
pub const FORMAT: &str = "shmconf-baseline/1";

/// Cases and properties that are known to fail, each with the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: Vec<Entry>,
}

/// One that is known to fail. What a condition leaves out holds everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The ID of the case or property.
    pub id: Id,
    /// The implementation under test, as `kind[:argument]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The operating system, such as `Linux`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// The machine, such as `x86_64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// The first release that does so, of the system or of its C library, such as `6.1` or `glibc 2.36`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The last one, with everything that begins with its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Does it pass at times, as a race does and what is drawn by chance? That it passes is no failure then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sometimes: bool,
    /// Why, or a link to where that is said.
    pub reason: String,
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not written as one.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// It is one of another version.
    #[error("its format is `{0}`, and this program reads `{FORMAT}`; write it anew with `shmconf baseline`")]
    Format(String),
    /// An entry has no reason.
    #[error("the entry of {0} has no reason; write one, or a link to where it is told")]
    NoReason(Id),
    /// A bound of an entry is no release.
    #[error("the entry of {id}: {problem}")]
    Release {
        /// The ID of the entry.
        id: Id,
        /// What was found, and what was expected.
        problem: String,
    },
}

/// The file as it is read and written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: String,
    #[serde(default, rename = "entry")]
    entries: Vec<Entry>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// Where the text is none, is one of another version, or an entry says too little.
    pub fn read(text: &str) -> Result<Baseline, BaselineError> {
        let Stored { format, entries } = toml::from_str(text)?;
        if format != FORMAT {
            return Err(BaselineError::Format(format));
        }
        for Entry { id, since, until, reason, .. } in &entries {
            if reason.trim().is_empty() {
                return Err(BaselineError::NoReason(id.clone()));
            }
            let release = |problem| BaselineError::Release { id: id.clone(), problem };
            Releases::between(since.as_deref(), until.as_deref()).map_err(release)?;
        }
        Ok(Baseline { entries })
    }

    /// The baseline as a file, which a reader may change.
    pub fn text(&self) -> String {
        let mut text = format!(
            "# What is known to fail, written by `shmconf baseline` and read by `shmconf run --baseline`.\n\
             # An entry holds for the subject and the system that it names: subject, os, arch, since and until (releases).\n\
             # Leave a line out, and the entry holds for all of them. With `sometimes = true` it may also pass.\n\n\
             format = {FORMAT:?}\n"
        );
        for entry in &self.entries {
            // Texts alone, which can always be written.
            let lines = toml::to_string(entry).unwrap_or_default();
            let _ = write!(text, "\n[[entry]]\n{lines}");
        }
        text
    }

    /// Everything that speaks against a subject in these reports, for that reason. An entry of an older baseline that says so too
    /// stays as it is, and so does one that says nothing of these reports.
    pub fn of(document: &Document, reason: &str, older: &Baseline) -> Baseline {
        let mut entries: Vec<Entry> = Vec::new();
        for entry in &older.entries {
            let said = document.reports.iter().filter(|report| entry.covers(report));
            let mut results = said.filter_map(|report| Some((report, entry.result(report)?))).peekable();
            if results.peek().is_none() || results.any(|(report, result)| report.fails(result)) {
                entries.push(entry.clone());
            }
        }
        for report in &document.reports {
            for result in report.results.iter().filter(|result| report.fails(result)) {
                if !entries.iter().any(|entry| entry.id == result.id && entry.covers(report)) {
                    entries.push(Entry::of(report, result, reason));
                }
            }
        }
        entries.sort_by(|one, other| one.id.cmp(&other.id));
        Baseline { entries }
    }

    /// The entries, by ID.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Has a report say of each result whether it was known to fail.
    pub fn apply(&self, report: &mut Report) {
        let mut results = std::mem::take(&mut report.results);
        for result in &mut results {
            let entry = self.entries.iter().find(|entry| entry.id == result.id && entry.covers(report));
            if let Some(entry) = entry.filter(|entry| !entry.sometimes || report.fails(result)) {
                *result = known_to_fail(result.clone(), report.strict, &entry.reason);
            }
        }
        report.summary = Summary::of(&results);
        report.results = results;
    }

    /// The entries that can say nothing of anybody: no case or property has the ID, or none of the subjects on this system is the
    /// one that they are about.
    pub fn unmatched<'a>(
        &'a self,
        reports: &'a [Report],
        is_known: impl Fn(&Id) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| {
            let anywhere = |report: &Report| entry.result(report).is_some();
            let is_id = is_known(&entry.id) || reports.iter().any(anywhere);
            let on_system = || reports.iter().any(|report| entry.covers_system(&report.platform));
            !is_id || (on_system() && !reports.iter().any(|report| entry.covers(report)))
        })
    }
}

impl Entry {
    fn of(report: &Report, result: &CaseResult, reason: &str) -> Entry {
        Entry {
            id: result.id.clone(),
            subject: Some(report.subject.clone()),
            os: Some(report.platform.os.clone()),
            arch: None,
            since: None,
            until: None,
            sometimes: result.kind == Kind::Property || result.counterexample.as_ref().is_some_and(has_race),
            reason: reason.to_owned(),
        }
    }

    fn result<'a>(&self, report: &'a Report) -> Option<&'a CaseResult> {
        report.results.iter().find(|result| result.id == self.id)
    }

    /// Is it about the subject and the system of a report?
    fn covers(&self, report: &Report) -> bool {
        self.subject.as_ref().is_none_or(|subject| *subject == report.subject) && self.covers_system(&report.platform)
    }

    fn covers_system(&self, platform: &Platform) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        let releases = Releases::between(self.since.as_deref(), self.until.as_deref());
        is(&self.os, &platform.os)
            && is(&self.arch, &platform.arch)
            && releases.is_ok_and(|range| range.may_hold(platform))
    }
}

fn has_race(counterexample: &Counterexample) -> bool {
    !counterexample.races().is_empty()
}
