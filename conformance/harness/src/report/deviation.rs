//! What the platform is known to do instead of what POSIX says.

use super::CaseResult;
use serde::{Deserialize, Serialize};
use shmconf_model::clause::ClauseId;

/// A known departure of a platform from a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Deviation {
    /// Such as `macos/size-once`.
    pub id: String,
    /// The clause that it departs from.
    pub clause: ClauseId,
    /// What the platform does, in a sentence.
    pub text: String,
    /// The trouble that it makes for an application, in a sentence.
    pub trouble: String,
    /// What an application does instead, to be right there and everywhere.
    pub instead: String,
    /// Which versions do it, where it is not all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub versions: String,
}

impl Deviation {
    /// Those of them that a result met.
    pub fn met(known: Vec<Deviation>, results: &[CaseResult]) -> Vec<Deviation> {
        let is_met = |known: &Deviation| results.iter().any(|result| result.deviations.contains(&known.id));
        known.into_iter().filter(is_met).collect()
    }
}
