//! How many results there are of each verdict.

use super::CaseResult;
use serde::{Deserialize, Serialize};
use shmconf_model::verdict::Verdict;

/// A count for each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Summary {
    /// What did what the standard says.
    pub pass: u64,
    /// What did what the platform is known to do instead.
    pub deviation: u64,
    /// What did something that is not allowed.
    pub fail: u64,
    /// What could not be decided.
    pub inconclusive: u64,
    /// What the subject or the host cannot do.
    pub skip: u64,
    /// What fails as the baseline says.
    pub xfail: u64,
    /// What passes against the baseline.
    pub xpass: u64,
}

impl Summary {
    /// Every verdict, in the order in which people want to know.
    pub const ORDER: [Verdict; 7] = [
        Verdict::Pass,
        Verdict::Deviation,
        Verdict::Fail,
        Verdict::Inconclusive,
        Verdict::Xfail,
        Verdict::Xpass,
        Verdict::Skip,
    ];

    /// Counts results.
    pub fn of<'a>(results: impl IntoIterator<Item = &'a CaseResult>) -> Summary {
        let mut summary = Summary::default();
        for result in results {
            *summary.count_mut(result.verdict) += 1;
        }
        summary
    }

    /// How many results have that verdict.
    pub fn count(mut self, verdict: Verdict) -> u64 {
        *self.count_mut(verdict)
    }

    /// How many results there are.
    pub fn total(self) -> u64 {
        Summary::ORDER.iter().map(|verdict| self.count(*verdict)).sum()
    }

    fn count_mut(&mut self, verdict: Verdict) -> &mut u64 {
        match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Deviation => &mut self.deviation,
            Verdict::Fail => &mut self.fail,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Skip => &mut self.skip,
            Verdict::Xfail => &mut self.xfail,
            Verdict::Xpass => &mut self.xpass,
        }
    }
}
