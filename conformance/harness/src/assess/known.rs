//! Results that were expected to be bad.

use crate::report::{CaseResult, counts_against};
use shmconf_model::verdict::Verdict;

/// The result of a case or property that is known to fail, or to be one that cannot be decided, for that reason: whether it does
/// so is what counts, as does a known deviation in a strict run. What was skipped stays so.
pub fn known_to_fail(result: CaseResult, strict: bool, why: &str) -> CaseResult {
    match result.verdict {
        Verdict::Skip | Verdict::Xfail | Verdict::Xpass => result,
        verdict if counts_against(verdict, strict) => {
            CaseResult { verdict: Verdict::Xfail, reason: Some(why.to_owned()), ..result }
        }
        _ => {
            let reason = format!("it passes, though it is known to fail: {why}");
            CaseResult { verdict: Verdict::Xpass, reason: Some(reason), ..result }
        }
    }
}
