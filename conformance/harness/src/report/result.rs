//! What came of one case or property.

use super::{Counterexample, milliseconds};
use serde::{Deserialize, Serialize};
use shmconf_model::clause::ClauseId;
use shmconf_model::script::Id;
use shmconf_model::verdict::{Elsewhere, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What came of one case or property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CaseResult {
    /// Its ID.
    pub id: Id,
    /// A case, or a property.
    pub kind: Kind,
    /// The user's own file that the script stands in, for one that is not of the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The worst verdict on its scripts.
    pub verdict: Verdict,
    /// Why it was skipped, could not be decided, or stands in the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The clauses that the verdict rests on.
    pub clauses: BTreeSet<ClauseId>,
    /// The known deviations of the platform that were seen, by ID.
    pub deviations: BTreeSet<String>,
    /// How many scripts were executed and judged.
    pub scripts: u64,
    /// How many calls of these scripts were not executed, since their actor was gone or a label in them stood for nothing.
    pub not_executed: u64,
    /// How many of the scripts that a property drew, or which part of a case, were left out, by the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, u64>,
    /// How often each outcome was seen, for a script of the user's own that has a race; those that were seen most often first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<SeenOutcome>,
    /// How long that took, in milliseconds.
    pub duration_ms: u64,
    /// What failed, for a result that did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterexample: Option<Counterexample>,
    /// The platforms on which the same calls would have had other outcomes, if that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portability: Vec<Elsewhere>,
}

/// An outcome of a script, and how often it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct SeenOutcome {
    /// How often.
    pub count: u64,
    /// The calls of which not always the same came back.
    pub answers: Vec<SeenAnswer>,
}

/// What came back of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct SeenAnswer {
    /// The line of the script.
    pub line: String,
    /// What came back, without numbers of descriptors.
    pub outcome: String,
}

/// Where the scripts of a result come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A script by hand.
    Case,
    /// A generator of scripts.
    Property,
}

impl CaseResult {
    /// The result of a case or a property of which no script was judged yet.
    pub fn of(id: Id, kind: Kind) -> CaseResult {
        CaseResult {
            id,
            kind,
            file: None,
            verdict: Verdict::Pass,
            reason: None,
            clauses: BTreeSet::new(),
            deviations: BTreeSet::new(),
            scripts: 0,
            not_executed: 0,
            left_out: BTreeMap::new(),
            outcomes: Vec::new(),
            duration_ms: 0,
            counterexample: None,
            portability: Vec::new(),
        }
    }

    /// The result of a case or a property that cannot be run here.
    pub fn skipped(id: Id, kind: Kind, reason: String) -> CaseResult {
        CaseResult { verdict: Verdict::Skip, reason: Some(reason), ..CaseResult::of(id, kind) }
    }

    /// What another platform would have made of it, if it was compared with it and differs there.
    pub(super) fn elsewhere(&self, profile: &str) -> Option<&Elsewhere> {
        self.portability.iter().find(|elsewhere| elsewhere.profile == profile)
    }

    /// The result with the time that it took.
    pub fn took(mut self, duration: Duration) -> CaseResult {
        self.duration_ms = milliseconds(duration);
        self
    }
}
