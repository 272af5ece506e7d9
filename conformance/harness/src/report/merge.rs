//! Joining reports: what was run of one subject on one system, be it in parts, comes into one.

use super::{CaseResult, Coverage, Document, Portability, Report, Summary};
use shmconf_model::clause::Ledger;
use shmconf_model::script::Id;

/// Why reports cannot be joined.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Two reports have different results of the same case.
    #[error(
        "two reports on {subject} both have a result of {id}, and not the same one; \
         join the shards of one run, or compare runs with `shmconf diff`"
    )]
    Twice {
        /// The subject.
        subject: String,
        /// The case or property.
        id: Id,
    },
}

impl Document {
    /// One document of all these reports.
    ///
    /// # Errors
    ///
    /// Where reports of one subject on one system have different results of the same case.
    pub fn merge(documents: Vec<Document>) -> Result<Document, MergeError> {
        let mut merged: Vec<Report> = Vec::new();
        for report in documents.into_iter().flat_map(|document| document.reports) {
            match merged.iter_mut().find(|other| other.is_of_the_same(&report)) {
                Some(other) => other.join(report)?,
                None => merged.push(report),
            }
        }
        Ok(Document::of(merged))
    }
}

impl Report {
    /// Is the other one about the same subject, on the same system, by the same rules?
    fn is_of_the_same(&self, other: &Report) -> bool {
        let Report { platform, subject, profile, strict, .. } = self;
        (platform, subject, profile, strict) == (&other.platform, &other.subject, &other.profile, &other.strict)
    }

    fn join(&mut self, other: Report) -> Result<(), MergeError> {
        for result in other.results {
            match self.results.binary_search_by(|known| known.id.cmp(&result.id)) {
                Ok(at) if !is_same(&self.results[at], &result) => {
                    return Err(MergeError::Twice { subject: self.subject.clone(), id: result.id });
                }
                Ok(_) => {}
                Err(at) => self.results.insert(at, result),
            }
        }
        self.must_be_portable |= other.must_be_portable;
        self.interrupted |= other.interrupted;
        self.gave_up = self.gave_up.take().or(other.gave_up);
        self.left_behind.extend(other.left_behind);
        self.duration_ms += other.duration_ms;
        self.deviations.extend(other.deviations);
        self.deviations.sort_by(|one, other| one.id.cmp(&other.id));
        self.deviations.dedup();
        let beside: Vec<String> = self.portability.iter().map(|other| other.profile.clone()).collect();
        self.portability = Portability::of(&self.results, &beside);
        self.coverage = Coverage::of(&self.results, Ledger::get());
        self.summary = Summary::of(&self.results);
        Ok(())
    }
}

/// Do they say the same, whatever time it took?
fn is_same(one: &CaseResult, other: &CaseResult) -> bool {
    one.verdict == other.verdict && one.deviations == other.deviations && one.reason == other.reason
}
