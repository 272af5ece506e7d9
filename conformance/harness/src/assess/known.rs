//! Results that were expected to be bad.

use crate::report::CaseResult;
use shmconf_model::verdict::Verdict;

/// The result of a case or property that is known to fail, or to be one that cannot be decided, for that reason: whether it does
/// so is what counts. What was skipped stays so.
pub fn known_to_fail(result: CaseResult, why: &str) -> CaseResult {
    match result.verdict {
        Verdict::Fail | Verdict::Inconclusive => {
            CaseResult { verdict: Verdict::Xfail, reason: Some(why.to_owned()), ..result }
        }
        Verdict::Pass | Verdict::Deviation => {
            let reason = format!("it passes, though it is known to fail: {why}");
            CaseResult { verdict: Verdict::Xpass, reason: Some(reason), ..result }
        }
        _ => result,
    }
}
