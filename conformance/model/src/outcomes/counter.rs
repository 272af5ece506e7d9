//! How often each outcome of a script was seen, without a list of those that may be.

use super::ScriptCall;
use super::plan::Plan;
use super::seen::{self, Seen};
use super::short::{in_common, short};
use crate::call::Label;
use crate::script::Script;
use crate::trace::{Header, Trace};
use litemap::LiteMap;

/// More different outcomes than these are not told apart.
const MOST: usize = 1000;

/// Counts the outcomes of one script.
#[derive(Debug, Clone)]
pub struct Counter {
    calls: Vec<ScriptCall>,
    alike: Vec<Vec<Label>>,
    counts: LiteMap<Vec<String>, u64>,
}

/// An outcome, and how often it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// How often.
    pub count: u64,
    /// The calls of which not always the same came back, as lines of the script, with what came back.
    pub answers: Vec<(String, String)>,
}

impl Counter {
    /// Of a script whose executions begin like that.
    pub fn of(script: &Script, header: &Header) -> Counter {
        let Plan { calls, alike, .. } = Plan::of(script, header);
        Counter { calls, alike, counts: LiteMap::new() }
    }

    /// Counts one execution of the script.
    pub fn add(&mut self, trace: &Trace) {
        let Some(events) = seen::by_call(&self.calls, trace) else { return };
        let texts = seen::sorted(&self.calls, &self.alike, &Seen::of(&self.calls, &events).texts);
        if self.counts.len() < MOST || self.counts.contains_key(&texts) {
            *self.counts.entry(texts).or_default() += 1;
        }
    }

    /// The outcomes, those that were seen most often first.
    pub fn counted(&self) -> Vec<Counted> {
        let of_call = |at: usize| self.counts.keys().filter_map(move |texts| Some(texts.get(at)?.as_str()));
        let differs = |at: &usize| of_call(*at).any(|text| Some(text) != of_call(*at).next());
        let differing: Vec<usize> = (0..self.calls.len()).filter(differs).collect();
        let rests: Vec<Option<&str>> = differing.iter().map(|at| in_common(of_call(*at))).collect();
        let counted = self.counts.iter().map(|(texts, count)| {
            let answer = |(at, rest): (&usize, &Option<&str>)| {
                let line = self.calls.get(*at)?.line.clone();
                Some((line, short(texts.get(*at)?, *rest).to_owned()))
            };
            Counted { count: *count, answers: differing.iter().zip(&rests).filter_map(answer).collect() }
        });
        let mut counted: Vec<Counted> = counted.collect();
        counted.sort_by_key(|counted| std::cmp::Reverse(counted.count));
        counted
    }
}
