//! What the judge says of a trace.

use crate::clause::{ClauseId, ClauseSet, Level};
use crate::outcome::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The verdict on a case or a property. The later ones weigh more, so that the worst of several is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The subject or the host cannot do what the script needs.
    Skip,
    /// Everything that was seen is what the standard says.
    Pass,
    /// Everything that was seen is what the platform is known to do, though the standard says otherwise.
    Deviation,
    /// It fails, and the baseline says that it does.
    Xfail,
    /// It passes, though the baseline says that it does not.
    Xpass,
    /// The judge could not decide.
    Inconclusive,
    /// Something was seen that is not allowed.
    Fail,
}

impl Verdict {
    /// The word for it, as reports write it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Skip => "skip",
            Verdict::Pass => "pass",
            Verdict::Deviation => "deviation",
            Verdict::Xfail => "xfail",
            Verdict::Xpass => "xpass",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Fail => "fail",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What the judge says of one trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// `Pass`, `Deviation`, `Fail` or `Inconclusive`.
    pub verdict: Verdict,
    /// What was not allowed, in the order of the trace.
    pub violations: Vec<Violation>,
    /// The deviations that were needed to explain what was seen, by ID.
    pub deviations: BTreeSet<String>,
    /// The clauses that what was seen rests on.
    pub clauses: ClauseSet,
    /// Why the verdict is inconclusive.
    pub reason: Option<String>,
}

/// A call whose outcome is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Violation {
    /// Index of the event in the trace.
    pub event: usize,
    /// What was seen.
    pub observed: Outcome,
    /// What would have been allowed; never empty.
    pub allowed: Vec<Allowed>,
}

/// An outcome that would have been allowed, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Allowed {
    /// The outcome, or what it would have to be like, such as `a descriptor` or `size 4096`.
    pub outcome: String,
    /// Why.
    pub justifications: Vec<Explanation>,
}

/// What of the reasons is told first: the deviations, or where there are none the first clause.
pub fn foremost(reasons: &[Explanation]) -> Vec<&Explanation> {
    let departures: Vec<&Explanation> = reasons.iter().filter(|reason| reason.deviation.is_some()).collect();
    if departures.is_empty() { reasons.iter().take(1).collect() } else { departures }
}

/// Why the outcomes of a trace are allowed, by the index of the event.
pub type Justified = BTreeMap<usize, Vec<Explanation>>;

/// Why an outcome is allowed: a clause, and where a platform chooses or departs, its deviation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The clause.
    pub clause: ClauseId,
    /// Its level.
    pub level: Level,
    /// ID of the known departure of the platform from the clause, such as `macos/size-once`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<String>,
    /// What the clause, or the deviation, says.
    pub text: String,
    /// What an application does instead, to be right there and everywhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instead: String,
    /// Which versions of the platform depart, where it is not all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub versions: String,
    /// Does every object with a name meet that departure, whatever a program does with it?
    #[serde(default, skip_serializing_if = "crate::trace::is_false")]
    pub general: bool,
}

/// What another platform would have made of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Elsewhere {
    /// Its profile.
    pub profile: String,
    /// Where it parts from what was seen, first things first; never empty.
    pub differences: Vec<Difference>,
}

impl Elsewhere {
    /// Adds what was found in another execution of the same calls, each difference once.
    pub fn add(&mut self, differences: Vec<Difference>) {
        for difference in differences {
            let is_same = |known: &Difference| {
                (&known.there, known.certainty, &known.under)
                    == (&difference.there, difference.certainty, &difference.under)
            };
            if !self.differences.iter().any(is_same) {
                self.differences.push(difference);
            }
        }
        in_order(&mut self.differences);
    }
}

/// Puts differences in the order of their calls, and of how certain they are.
pub(crate) fn in_order(differences: &mut [Difference]) {
    differences.sort_by_key(|difference| (difference.event, difference.certainty));
}

/// A call that would have had another outcome on another platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Difference {
    /// Index of the event in the trace.
    pub event: usize,
    /// The line of the script, such as `a: shm_unlink(@x)`.
    pub line: String,
    /// What was seen.
    pub observed: Outcome,
    /// What would, or might, have come back there, deviations first.
    pub there: Vec<Allowed>,
    /// How sure that is.
    pub certainty: Certainty,
    /// In which releases, with which settings or pages, or by which user it differs, where it does not always.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub under: String,
}

/// How sure it is that a call has another outcome on another platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// What was seen does not happen there.
    Certain,
    /// It happens there at times: in some releases, with some settings, by some users, or by chance.
    Possible,
    /// Nothing is known of the platform, and POSIX leaves it open.
    Unknown,
}
