//! What a run found, as plain data that stands on its own: every format is rendered from it.
//!
//! A report decides nothing. It holds the verdicts, what they rest on, and enough of each failing script to show it
//! without the trace. Each format is a [`Format`] with a file of its own.

mod areas;
mod brief;
mod counterexample;
mod coverage;
mod deviation;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod merge;
mod portability;
mod pretty;
mod result;
mod summary;
mod tap;

pub use counterexample::{Counterexample, ShownCall};
pub use coverage::Coverage;
pub use deviation::Deviation;
pub use github::Github;
pub use html::Html;
pub use json::Json;
pub use junit::Junit;
pub use markdown::Markdown;
pub(crate) use markdown::prose;
pub use merge::MergeError;
pub use portability::Portability;
pub use pretty::{Pretty, Shown};
pub(crate) use pretty::{clean, numbers, one_line, paint, reason, style, wrapped};
pub use result::{CaseResult, Kind, SeenAnswer, SeenOutcome};
pub use summary::Summary;
pub use tap::Tap;

use serde::{Deserialize, Serialize};
use shmconf_model::clause::Ledger;
use shmconf_model::trace::{self, Platform};
use shmconf_model::verdict::Verdict;
use std::io::{self, Write};
use std::time::Duration;

/// What a report of this version calls itself.
pub const FORMAT: &str = "shmconf-report/1";

/// The areas in the order in which people think of them; others follow by name.
pub const AREAS: [&str; 8] = ["names", "exclusive", "access", "lifetime", "size", "mapping", "passing", "anonymous"];

/// Renders reports.
pub trait Format {
    /// Writes the whole document.
    ///
    /// # Errors
    ///
    /// Those of the output.
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()>;
}

/// What one run found, as every format is rendered from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Document {
    /// [`FORMAT`]
    pub format: String,
    /// What made the document.
    pub tool: Tool,
    /// One report a subject, in the order in which they were asked for.
    pub reports: Vec<Report>,
}

/// What a run found of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Report {
    /// The system that the subject ran on.
    pub platform: Platform,
    /// The implementation under test, as `kind[:argument]`.
    pub subject: String,
    /// The platform whose rules it was held to.
    pub profile: String,
    /// Makes the run repeat itself.
    pub seed: u64,
    /// Is a known deviation a failure in this run?
    #[serde(default)]
    pub strict: bool,
    /// Is a call a failure that certainly has another outcome on one of the platforms of `portability`?
    #[serde(default, skip_serializing_if = "is_false")]
    pub must_be_portable: bool,
    /// Is it of a recorded program, compared with another platform than that on which it ran?
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_compared: bool,
    /// Did somebody end the run before it was done, so that results are missing?
    #[serde(default, skip_serializing_if = "is_false")]
    pub interrupted: bool,
    /// Why the harness gave up on the subject before it had tried everything, if it did; results are missing then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gave_up: Option<String>,
    /// Names of objects that scripts made and that the system does not let this user remove.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_behind: Vec<String>,
    /// How long the subject was at work, in milliseconds.
    pub duration_ms: u64,
    /// One entry a case and a property, by ID.
    pub results: Vec<CaseResult>,
    /// The known deviations of the platform that a result met, with what to do instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<Deviation>,
    /// Each other platform, if it was asked what it would do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portability: Vec<Portability>,
    /// Every clause, and whether a verdict of this run rests on it.
    pub coverage: Vec<Coverage>,
    /// How many results there are of each verdict.
    pub summary: Summary,
}

/// What is known of the run of a subject before it begins.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// The system that the subject runs on.
    pub platform: Platform,
    /// The implementation under test.
    pub subject: String,
    /// The platform whose rules it is held to.
    pub profile: String,
    /// Makes the run repeat itself.
    pub seed: u64,
    /// Is a known deviation a failure?
    pub strict: bool,
    /// Is a call a failure that certainly has another outcome on a platform that it is compared with?
    pub must_be_portable: bool,
    /// What the profile knows of deviations.
    pub deviations: Vec<Deviation>,
    /// The profiles of the platforms that it is compared with.
    pub beside: Vec<String>,
}

/// A program and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Tool {
    /// `shmconf`
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// This program.
    pub fn this() -> Tool {
        Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

impl Document {
    /// The document of these reports.
    pub fn of(reports: Vec<Report>) -> Document {
        Document { format: FORMAT.to_owned(), tool: Tool::this(), reports }
    }

    /// Does nothing in the reports speak against a subject?
    pub fn conforms(&self) -> bool {
        self.reports.iter().all(Report::conforms)
    }
}

impl Report {
    /// The report of these results, with their coverage and their summary.
    pub fn new(conditions: Conditions, mut results: Vec<CaseResult>, duration: Duration) -> Report {
        results.sort_by(|a, b| a.id.cmp(&b.id));
        let Conditions { platform, subject, profile, seed, strict, must_be_portable, deviations, beside } = conditions;
        Report {
            platform,
            subject,
            profile,
            seed,
            strict,
            must_be_portable,
            is_compared: false,
            interrupted: false,
            gave_up: None,
            left_behind: Vec::new(),
            duration_ms: milliseconds(duration),
            deviations: Deviation::met(deviations, &results),
            portability: Portability::of(&results, &beside),
            coverage: Coverage::of(&results, Ledger::get()),
            summary: Summary::of(&results),
            results,
        }
    }

    /// The program that was recorded, where its system is judged by what it met.
    pub fn program(&self) -> Option<&str> {
        trace::program_of(&self.subject)
    }

    /// Does nothing in the report speak against the subject?
    ///
    /// What could not be decided does; so does, in a strict run, a known deviation.
    pub fn conforms(&self) -> bool {
        !self.results.iter().any(|result| self.counts_against(result.verdict))
    }

    /// The platforms that it had to be portable to, and is not.
    pub fn not_portable_to(&self) -> impl Iterator<Item = &Portability> {
        self.portability.iter().filter(|other| self.must_be_portable && other.differ > 0)
    }

    /// Was any script judged?
    pub fn tried_anything(&self) -> bool {
        self.results.iter().any(|result| result.scripts > 0)
    }

    /// Was so much judged that it says something of the subject? Where nearly everything is skipped the few cases that are
    /// left are about something else, as `memfd_create` where there is no place for objects with names.
    pub fn is_tested(&self) -> bool {
        const LEAST_SHARE: usize = 10;
        let judged = self.results.iter().filter(|result| result.scripts > 0).count();
        judged * LEAST_SHARE >= self.results.len().max(1)
    }

    /// Does that result keep the subject from conforming, or is it one that is known to fail?
    pub fn fails(&self, result: &CaseResult) -> bool {
        result.verdict == Verdict::Xfail || (result.verdict != Verdict::Xpass && self.counts_against(result.verdict))
    }

    /// Does that verdict keep the subject from conforming?
    pub fn counts_against(&self, verdict: Verdict) -> bool {
        counts_against(verdict, self.strict)
    }
}

/// Does that verdict keep a subject from conforming, in a run that is strict or not?
pub fn counts_against(verdict: Verdict, strict: bool) -> bool {
    match verdict {
        Verdict::Pass | Verdict::Skip | Verdict::Xfail => false,
        Verdict::Deviation => strict,
        Verdict::Fail | Verdict::Inconclusive | Verdict::Xpass => true,
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn is_false(value: &bool) -> bool {
    !value
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
