//! What was seen of a script held against what may be seen, and an outcome as if it had been seen.

use super::shown::{self, Names};
use super::{Answer, Outcomes, ScriptCall, ScriptOutcome};
use crate::call::{Call, Label};
use crate::outcome::Outcome;
use crate::trace::{Event, Header, Trace};
use std::collections::HashMap;

/// Where what was seen stands among the outcomes that may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// At this index of [`Outcomes::found`].
    At(usize),
    /// Nowhere; this came back, by call.
    Nowhere(Vec<String>),
}

impl Outcomes {
    /// Finds what a trace of the script shows.
    pub fn find(&self, trace: &Trace) -> Found {
        let Some(events) = by_call(&self.calls, trace) else { return Found::Nowhere(Vec::new()) };
        let seen = Seen::of(&self.calls, &events);
        let found = self.found.iter().position(|outcome| seen.is(outcome, self));
        found.map_or_else(|| Found::Nowhere(seen.texts.clone()), Found::At)
    }

    /// What a trace of the script shows, by call, as [`Answer::text`] says it.
    pub fn seen(&self, trace: &Trace) -> Vec<String> {
        let events = by_call(&self.calls, trace);
        events.map(|events| Seen::of(&self.calls, &events).texts).unwrap_or_default()
    }

    /// What came back, by call, the same whichever of those that are alike is which.
    pub fn without_order(&self, texts: &[String]) -> Vec<String> {
        sorted(&self.calls, &self.alike, texts)
    }

    /// A trace in which that outcome comes about: racing calls overlap, and took effect in the order of the outcome.
    pub fn trace(&self, outcome: &ScriptOutcome, header: &Header) -> Trace {
        let mut ended: HashMap<Label, u64> = HashMap::new();
        let (mut begin, mut race) = (0, None);
        let mut events = Vec::new();
        for (number, at) in outcome.order.iter().enumerate() {
            let (Some(call), Some(answer)) = (self.calls.get(*at), outcome.answers.get(*at)) else { continue };
            let end = 10 * number as u64 + 10;
            if call.race.is_none() || call.race != race {
                (begin, race) = (end - 9, call.race);
            }
            let start = ended.get(&call.actor).map_or(begin, |ended| begin.max(ended + 1));
            ended.insert(call.actor, end);
            let begins = matches!(call.call, Call::Fork { .. } | Call::Exec) && answer.example == Outcome::Ok;
            let fds = header.actors.first().and_then(|actor| actor.fds.clone()).filter(|_| begins);
            let (bind, outcome) = (call.bind.clone(), answer.example.clone());
            events.push(Event {
                actor: call.actor,
                bind,
                call: call.call.clone(),
                outcome,
                fds,
                unjudged: None,
                waits: false,
                start,
                end,
            });
        }
        let mut trace = Trace { header: header.clone(), events, others: Vec::new() };
        trace.sort();
        trace
    }
}

/// The events of a trace in the order of the script.
pub(super) fn by_call<'t>(calls: &[ScriptCall], trace: &'t Trace) -> Option<Vec<&'t Event>> {
    let mut of: HashMap<Label, Vec<&Event>> = HashMap::new();
    for event in &trace.events {
        of.entry(event.actor).or_default().push(event);
    }
    of.values_mut().for_each(|events| events.sort_by_key(|event| event.start));
    let mut made: HashMap<Label, usize> = HashMap::new();
    let event = |call: &ScriptCall| {
        let number = made.entry(call.actor).or_default();
        *number += 1;
        of.get(&call.actor)?.get(*number - 1).copied()
    };
    calls.iter().map(event).collect()
}

/// The texts of an outcome by call, where it makes no difference which of those that are alike is which.
pub(super) fn sorted(calls: &[ScriptCall], alike: &[Vec<Label>], texts: &[String]) -> Vec<String> {
    let mut sorted = texts.to_vec();
    for group in alike {
        let columns: Vec<Vec<usize>> = group.iter().map(|actor| column(calls, *actor)).collect();
        let mut values: Vec<Vec<&String>> =
            columns.iter().map(|column| column.iter().filter_map(|call| texts.get(*call)).collect()).collect();
        values.sort();
        let places = columns.iter().flatten();
        for (place, text) in places.zip(values.into_iter().flatten()) {
            if let Some(entry) = sorted.get_mut(*place) {
                entry.clone_from(text);
            }
        }
    }
    sorted
}

/// The calls of an actor.
fn column(calls: &[ScriptCall], actor: Label) -> Vec<usize> {
    calls.iter().enumerate().filter(|(_, call)| call.actor == actor).map(|(at, _)| at).collect()
}

/// What was seen, by call.
pub(super) struct Seen {
    outcomes: Vec<Outcome>,
    pub(super) texts: Vec<String>,
    identities: Vec<Option<String>>,
}

impl Seen {
    pub(super) fn of(calls: &[ScriptCall], events: &[&Event]) -> Seen {
        let names = renamed(calls, events);
        let shown = shown::names(calls);
        let outcomes: Vec<Outcome> = events.iter().map(|event| with_names(&event.outcome, &names)).collect();
        let identities = shown::identities(calls.iter().zip(&outcomes));
        let texts = calls.iter().zip(&outcomes).zip(&identities).map(|((asked, outcome), identity)| {
            identity.clone().unwrap_or_else(|| shown::seen(&asked.call, outcome, &shown))
        });
        Seen { texts: texts.collect(), identities, outcomes }
    }

    /// Is it that outcome, whichever of those that are alike is which?
    fn is(&self, outcome: &ScriptOutcome, of: &Outcomes) -> bool {
        let grouped = |call: &ScriptCall| of.alike.iter().any(|group| group.contains(&call.actor));
        let alone = of.calls.iter().enumerate().filter(|(_, call)| !grouped(call)).map(|(at, _)| at);
        alone.map(|at| (at, at)).all(|(seen, expected)| self.agrees(of, seen, outcome, expected))
            && of.alike.iter().all(|group| {
                let columns: Vec<Vec<usize>> = group.iter().map(|actor| column(&of.calls, *actor)).collect();
                let fits = |seen: usize, expected: usize| {
                    let (Some(seen), Some(expected)) = (columns.get(seen), columns.get(expected)) else { return false };
                    seen.iter().zip(expected).all(|(seen, expected)| self.agrees(of, *seen, outcome, *expected))
                };
                is_perfect(group.len(), &fits)
            })
    }

    /// Is what was seen of one call what is expected of one?
    fn agrees(&self, of: &Outcomes, seen: usize, outcome: &ScriptOutcome, expected: usize) -> bool {
        let (Some(asked), Some(saw)) = (of.calls.get(seen), self.outcomes.get(seen)) else { return false };
        let Some(answer) = outcome.answers.get(expected) else { return false };
        match (&asked.call, saw) {
            (Call::Timestamp { .. }, Outcome::Value(_)) => matches!(answer.example, Outcome::Value(_)),
            (Call::Collide, Outcome::Names(_)) => matches!(answer.example, Outcome::Names(_)),
            (call @ Call::Inode { .. }, Outcome::Value(_)) if shown::is_identity(call, &answer.expect) => {
                self.identities.get(seen).and_then(Option::as_ref) == Some(&answer.text)
            }
            _ => is_like(answer, saw),
        }
    }
}

/// The number of a descriptor does not matter, since numbers depend on what was opened before.
fn is_like(answer: &Answer, saw: &Outcome) -> bool {
    match (&answer.example, saw) {
        (Outcome::Fd(_), Outcome::Fd(_)) => true,
        (Outcome::Received(example), Outcome::Received(saw)) if example.fds.len() == saw.fds.len() => {
            example.truncated == saw.truncated
        }
        _ => answer.expect.matches(saw),
    }
}

/// Can each of so many be given another one that fits it? (Augmenting paths, after Kuhn.)
fn is_perfect(count: usize, fits: &dyn Fn(usize, usize) -> bool) -> bool {
    let mut taken_by = vec![None; count];
    (0..count).all(|one| augment(one, fits, &mut vec![false; count], &mut taken_by))
}

fn augment(
    one: usize,
    fits: &dyn Fn(usize, usize) -> bool,
    tried: &mut [bool],
    taken_by: &mut [Option<usize>],
) -> bool {
    for other in 0..taken_by.len() {
        let Some(tried_it) = tried.get_mut(other) else { continue };
        if *tried_it || !fits(one, other) {
            continue;
        }
        *tried_it = true;
        if taken_by[other].is_none_or(|holder| augment(holder, fits, tried, taken_by)) {
            taken_by[other] = Some(one);
            return true;
        }
    }
    false
}

/// What a name of the trace is called in the plan.
fn renamed(calls: &[ScriptCall], events: &[&Event]) -> Names {
    let mut renamed = Names::new();
    for (call, event) in calls.iter().zip(events) {
        let mut own = call.names.iter();
        let _ = event.call.resolve(1, &mut |name| {
            let seen = name.literal().unwrap_or_default().to_owned();
            if let Some((planned, _)) = own.next() {
                renamed.insert(seen.clone(), planned.clone());
            }
            seen
        });
    }
    renamed
}

fn with_names(outcome: &Outcome, names: &Names) -> Outcome {
    match outcome {
        Outcome::Names(those) => {
            Outcome::Names(those.iter().map(|name| names.get(name).unwrap_or(name).clone()).collect())
        }
        outcome => outcome.clone(),
    }
}
