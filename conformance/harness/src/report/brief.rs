//! A result in one line, for formats that have no room for more.

use super::pretty::one_line;
use super::{CaseResult, Report};

/// Why a result is what it is, or what speaks against the subject, in one line without control characters.
pub(super) fn brief(report: &Report, result: &CaseResult) -> String {
    let text = result.reason.clone().or_else(|| violation(result)).or_else(|| deviations(report, result));
    let text = text.unwrap_or_else(|| result.verdict.to_string());
    one_line(&text)
}

/// `a: ftruncate(f, 4096) -> EINVAL; allowed: ok, EINTR`, or of longer outcomes what differs: `size 100; allowed: size 4096`
fn violation(result: &CaseResult) -> Option<String> {
    let counterexample = result.counterexample.as_ref()?;
    let violation = counterexample.violations.first()?;
    let call = counterexample.calls.get(violation.event)?;
    let allowed: Vec<&str> = violation.allowed.iter().map(|allowed| &*allowed.outcome).collect();
    let (outcome, allowed) = match allowed[..] {
        [one] => differing(&call.outcome, one).unwrap_or_else(|| (call.outcome.to_string(), one.to_owned())),
        _ => (call.outcome.to_string(), allowed.join(", ")),
    };
    Some(format!("{} -> {outcome}; allowed: {allowed}", call.line))
}

/// Of two outcomes with the same fields, such as `size 100 mode 0600`, those that are not equal.
fn differing(one: &str, other: &str) -> Option<(String, String)> {
    let fields = |text: &str| -> Vec<(String, String)> {
        let words: Vec<&str> = text.split(' ').collect();
        words.chunks_exact(2).map(|field| (field[0].to_owned(), field[1].to_owned())).collect()
    };
    let (ones, others) = (fields(one), fields(other));
    let is_alike = ones.len() > 1 && ones.iter().map(|(name, _)| name).eq(others.iter().map(|(name, _)| name));
    let text = |fields: Vec<&(String, String)>| {
        fields.into_iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(" ")
    };
    let pairs = ones.iter().zip(&others).filter(|(one, other)| one != other);
    let (ones, others): (Vec<_>, Vec<_>) = pairs.unzip();
    (is_alike && !ones.is_empty()).then(|| (text(ones), text(others)))
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

#[cfg(test)]
mod tests {
    use super::differing;

    #[test]
    fn of_outcomes_with_the_same_fields_those_that_differ_are_told() {
        let told = differing("size 100 mode 0600 uid 0 gid 0", "size 4096 mode 0600 uid 0 gid 0");
        assert_eq!(told, Some(("size 100".to_owned(), "size 4096".to_owned())));
        assert_eq!(differing("EINVAL", "ok"), None);
        assert_eq!(differing("size 1 mode 0600", "descriptor 4"), None);
    }
}
