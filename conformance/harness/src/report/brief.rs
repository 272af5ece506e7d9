//! A result in one line, for formats that have no room for more.

use super::pretty::one_line;
use super::{CaseResult, Report};

/// Why a result is what it is, or what speaks against the subject, in one line without control characters.
pub(super) fn brief(report: &Report, result: &CaseResult) -> String {
    let text = result.reason.clone().or_else(|| violation(result)).or_else(|| deviations(report, result));
    let text = text.unwrap_or_else(|| result.verdict.to_string());
    one_line(&text)
}

/// `a: ftruncate(f, 4096) -> EINVAL; allowed: ok, EINTR`
fn violation(result: &CaseResult) -> Option<String> {
    let counterexample = result.counterexample.as_ref()?;
    let violation = counterexample.violations.first()?;
    let call = counterexample.calls.get(violation.event)?;
    let allowed: Vec<&str> = violation.allowed.iter().map(|allowed| &*allowed.outcome).collect();
    Some(format!("{} -> {}; allowed: {}", call.line, call.outcome, allowed.join(", ")))
}

/// Each deviation that was met, with what the platform does.
fn deviations(report: &Report, result: &CaseResult) -> Option<String> {
    let told = |id: &String| match report.deviations.iter().find(|known| known.id == *id) {
        Some(known) => format!("{id}: {}", known.text),
        None => id.clone(),
    };
    let told: Vec<String> = result.deviations.iter().map(told).collect();
    Some(told.join(" ")).filter(|told| !told.is_empty())
}
