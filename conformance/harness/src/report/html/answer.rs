//! What a column says of a case, and when two of them say the same.

use super::super::CaseResult;
use shmconf_model::outcome::Outcome;
use shmconf_model::verdict::{Certainty, Elsewhere};
use std::collections::BTreeSet;

/// What two answers have in common that count as equal: the verdict, the deviations, and what was seen that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Answer<'a> {
    /// The verdict as a word.
    pub(super) word: &'static str,
    /// The known deviations that were seen, by ID.
    deviations: BTreeSet<&'a str>,
    /// What was seen, as the name of the call and its outcome.
    seen: BTreeSet<(&'a str, String)>,
}

impl<'a> Answer<'a> {
    /// Of the subject that was tested.
    pub(super) fn of(result: &'a CaseResult) -> Answer<'a> {
        let violations = result.counterexample.iter().flat_map(|example| {
            let call = |event: usize| example.calls.get(event).map_or("", |call| &call.line);
            example.violations.iter().map(move |violation| (name_of(call(violation.event)), seen(&violation.observed)))
        });
        Answer {
            word: result.verdict.word(),
            deviations: result.deviations.iter().map(String::as_str).collect(),
            seen: violations.collect(),
        }
    }

    /// Of another platform, with which a case was compared.
    pub(super) fn elsewhere(elsewhere: Option<&'a Elsewhere>) -> Answer<'a> {
        let differences = elsewhere.map_or(&[][..], |elsewhere| &elsewhere.differences);
        let surest = differences.iter().map(|difference| difference.certainty).min();
        let (mut deviations, mut seen) = (BTreeSet::new(), BTreeSet::new());
        for difference in differences.iter().filter(|difference| Some(difference.certainty) == surest) {
            for there in &difference.there {
                seen.insert((name_of(&difference.line), there.outcome.clone()));
                deviations.extend(there.justifications.iter().filter_map(|why| why.deviation.as_deref()));
            }
        }
        let word = match surest {
            None => "same",
            Some(Certainty::Certain) => "differs",
            Some(Certainty::Possible) => "may-differ",
            Some(Certainty::Unknown) => "unknown",
        };
        Answer { word, deviations, seen }
    }
}

/// `shm_open`, of `a: f = shm_open("/x", RDWR)`; who calls, and with which names, differs from run to run.
fn name_of(line: &str) -> &str {
    let call = line.split_once('(').map_or(line, |(before, _)| before);
    call.rsplit([' ', ':']).next().unwrap_or(call)
}

/// The outcome without what differs from run to run.
fn seen(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Fd(_) => "a descriptor".to_owned(),
        Outcome::Names(names) => format!("{} names", names.len()),
        outcome => outcome.to_string(),
    }
}
