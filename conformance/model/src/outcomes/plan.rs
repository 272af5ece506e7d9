//! A script as the search walks through it: its calls, one actor each, and which of them race.

use super::ScriptCall;
use crate::call::{Call, Label, Name};
use crate::naming::{Naming, Token};
use crate::script::{Line, Script, Step};
use crate::trace::{Actor, Header};
use std::collections::{HashMap, HashSet};

/// The calls of a script, and how they follow each other.
pub(crate) struct Plan {
    pub(crate) calls: Vec<ScriptCall>,
    /// What happens one after the other.
    pub(super) steps: Vec<Rows>,
    /// Actors that are treated alike in every line, each group with at least two.
    pub(super) alike: Vec<Vec<Label>>,
}

/// Calls by index; those of a row are made in order, and rows race.
pub(super) type Rows = Vec<Vec<usize>>;

impl Plan {
    pub(crate) fn of(script: &Script, header: &Header) -> Plan {
        let mut names = Naming::new(Token::of(0), (0, 1)).next_script();
        let mut calls: Vec<ScriptCall> = Vec::new();
        let mut steps = Vec::new();
        let mut races = 0;
        for step in &script.steps {
            let race = matches!(step, Step::Race(_)).then_some(races);
            races += u32::from(race.is_some());
            let mut rows: HashMap<Label, usize> = HashMap::new();
            let mut of_step: Rows = Vec::new();
            for line in step.lines() {
                for actor in line.who.actors() {
                    let row = race.map_or(0, |_| *rows.entry(actor).or_insert(of_step.len()));
                    if row == of_step.len() {
                        of_step.push(Vec::new());
                    }
                    if let Some(row) = of_step.get_mut(row) {
                        row.push(calls.len());
                    }
                    let literal = &mut |name: &Name| names.literal(name);
                    calls.push(script_call(line, actor, race, header.platform.page_size, literal));
                }
            }
            steps.push(of_step);
        }
        Plan { calls, steps, alike: alike(script, header) }
    }

    /// How many creates of others race with a call, whose objects may have a name for a moment.
    pub(super) fn creating(&self, call: &ScriptCall) -> u32 {
        let creates = |other: &&ScriptCall| {
            other.race == call.race && other.actor != call.actor && matches!(other.call, Call::Create { .. })
        };
        match call.call {
            Call::Names if call.race.is_some() => self.calls.iter().filter(creates).count() as u32,
            _ => 0,
        }
    }
}

fn script_call(
    line: &Line,
    actor: Label,
    race: Option<u32>,
    page: u64,
    literal: &mut dyn FnMut(&Name) -> String,
) -> ScriptCall {
    let mut names = Vec::new();
    let call = line.call.resolve(page, &mut |name| {
        let bytes = literal(name);
        names.push((bytes.clone(), name.to_string()));
        bytes
    });
    let bind: Vec<&str> = line.bind.iter().map(Label::as_str).collect();
    let equals = if bind.is_empty() { "" } else { " = " };
    let text = format!("{actor}: {}{equals}{}", bind.join(", "), line.call);
    ScriptCall { actor, bind: line.bind.clone(), call, line: text, race, names }
}

/// Actors of one row who make the same calls, of whom nobody is spoken to, and who begin alike.
fn alike(script: &Script, header: &Header) -> Vec<Vec<Label>> {
    let mut lines: HashMap<Label, Vec<usize>> = HashMap::new();
    let mut spoken_to = HashSet::new();
    for (number, line) in script.lines().enumerate() {
        spoken_to.extend(line.call.peer().into_iter().chain(line.call.child()));
        for actor in line.who.actors() {
            lines.entry(actor).or_default().push(number);
        }
    }
    let begins = |name: Label| {
        let actor = header.actors.iter().find(|actor| actor.name == name)?;
        let alone = actor.process.is_none() && !header.actors.iter().any(|other| other.process == Some(name));
        alone.then(|| Actor { name: header.actors[0].name, ..actor.clone() })
    };
    let mut groups: Vec<(Vec<usize>, Option<Actor>, Vec<Label>)> = Vec::new();
    for line in script.lines().filter(|line| line.who.row.is_some()) {
        for actor in line.who.actors().into_iter().filter(|actor| !spoken_to.contains(actor)) {
            let (Some(own), begin) = (lines.remove(&actor), begins(actor)) else { continue };
            match groups.iter_mut().find(|(lines, begins, _)| *lines == own && *begins == begin && begin.is_some()) {
                Some((_, _, group)) => group.push(actor),
                None => groups.push((own, begin, vec![actor])),
            }
        }
    }
    groups.into_iter().map(|(_, _, group)| group).filter(|group| group.len() > 1).collect()
}
