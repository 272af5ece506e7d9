//! Which clauses a run exercised, measured from what its verdicts rest on.

use super::CaseResult;
use serde::{Deserialize, Serialize};
use shmconf_model::clause::{ClauseId, Ledger, Level};
use shmconf_model::script::Id;

/// One clause and what the run says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Coverage {
    /// Its ID.
    pub clause: ClauseId,
    /// Its level.
    pub level: Level,
    /// Does a verdict rest on it?
    pub exercised: bool,
    /// The first cases and properties that exercise it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Id>,
    /// Why nothing can exercise it, for a clause of which that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Coverage {
    /// How many cases and properties are named for each clause.
    pub const NAMED: usize = 3;

    /// The coverage of every clause of the ledger by these results.
    pub fn of(results: &[CaseResult], ledger: &Ledger) -> Vec<Coverage> {
        let coverage = |clause: &shmconf_model::clause::Clause| {
            let mut by: Vec<Id> = results
                .iter()
                .filter(|result| result.clauses.contains(&clause.id))
                .map(|result| result.id.clone())
                .collect();
            by.truncate(Coverage::NAMED);
            let reason = if by.is_empty() { clause.unexercised.clone() } else { None };
            Coverage { clause: clause.id, level: clause.level, exercised: !by.is_empty(), by, reason }
        };
        ledger.clauses().map(coverage).collect()
    }
}
