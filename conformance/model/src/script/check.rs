//! Could a script do what it says? Found out before it runs, so that a slip of the pen is no outcome.
//!
//! A label must be bound by an earlier call of its actor; a child has its parent's labels as of the fork. Whether the call
//! that binds a label succeeds is another matter: that is for the run to find out.

use super::{Line, Script, limits};
use crate::call::{Binds, Handle, Label};
use crate::suggestion::{Suggestion, nearest};
use std::collections::{HashMap, HashSet};

/// A word of a line that cannot stand there.
pub(super) struct Problem {
    /// Index of the line among those with a call.
    pub(super) line: usize,
    pub(super) word: Label,
    pub(super) found: String,
    pub(super) expected: String,
    pub(super) suggestion: Option<Suggestion>,
}

pub(super) fn check(script: &Script) -> Result<(), Problem> {
    let mut check = Check { script, speakers: speakers(script), scopes: HashMap::new(), now: 0 };
    for (at, line) in script.lines().enumerate() {
        for actor in line.who.actors() {
            check.call(at, line, actor)?;
        }
    }
    Ok(())
}

/// Everybody who makes calls, and every child.
fn speakers(script: &Script) -> HashSet<Label> {
    script.lines().flat_map(|line| line.who.actors().into_iter().chain(line.call.child())).collect()
}

struct Check<'s> {
    script: &'s Script,
    speakers: HashSet<Label>,
    scopes: HashMap<Label, Scope>,
    /// Calls so far.
    now: u32,
}

/// What the labels of an actor stand for.
#[derive(Default)]
struct Scope {
    /// Since when there is such a descriptor.
    fds: HashMap<Label, u32>,
    maps: HashMap<Label, u32>,
    /// Whose labels it has too, as of then.
    parent: Option<(Label, u32)>,
    generation: usize,
}

impl Scope {
    fn kind(&self, of: Handle<Label>) -> &HashMap<Label, u32> {
        match of {
            Handle::Fd(_) => &self.fds,
            Handle::Map(_) => &self.maps,
        }
    }
}

impl Check<'_> {
    fn call(&mut self, at: usize, line: &Line, actor: Label) -> Result<(), Problem> {
        self.now += 1;
        self.scopes.entry(actor).or_default();
        let mut unbound = None;
        line.call.uses(&mut |handle| {
            if unbound.is_none() && !self.has(actor, handle) {
                unbound = Some(handle);
            }
        });
        if let Some(handle) = unbound {
            return Err(self.unbound(at, actor, handle));
        }
        if let Some(peer) = line.call.peer() {
            self.peer(at, actor, peer)?;
        }
        if let Some(child) = line.call.child() {
            self.child(at, actor, child)?;
        }
        let scope = self.scopes.entry(actor).or_default();
        let bound = match line.call.entry().binds {
            Binds::Mapping => &mut scope.maps,
            _ => &mut scope.fds,
        };
        for label in &line.bind {
            bound.entry(*label).or_insert(self.now);
        }
        Ok(())
    }

    /// Is there such a label, of the actor's own or as it was when its parent forked?
    fn has(&self, actor: Label, handle: Handle<Label>) -> bool {
        let (mut actor, mut until) = (actor, u32::MAX);
        loop {
            let Some(scope) = self.scopes.get(&actor) else { return false };
            if scope.kind(handle).get(&handle.label()).is_some_and(|since| *since <= until) {
                return true;
            }
            let Some((parent, then)) = scope.parent else { return false };
            (actor, until) = (parent, then.min(until));
        }
    }

    fn unbound(&self, at: usize, actor: Label, handle: Handle<Label>) -> Problem {
        let (word, what, other, what_it_is) = match handle {
            Handle::Fd(label) => (label, "a descriptor", Handle::Map(label), "a mapping"),
            Handle::Map(label) => (label, "a mapping", Handle::Fd(label), "a descriptor"),
        };
        let bound_by = |line: &&Line| line.bind.contains(&word);
        let by_itself = |line: &Line| line.who.actors().contains(&actor);
        let found = if self.has(actor, other) {
            format!("`{word}`, which is {what_it_is}")
        } else if self.script.lines().skip(at).any(|line| bound_by(&line) && by_itself(line)) {
            format!("`{word}`, which {actor} binds only later")
        } else {
            match self.script.lines().find(bound_by) {
                Some(line) => format!("`{word}`, a label of {}", line.who),
                None => format!("`{word}`, which no call binds"),
            }
        };
        let expected = format!("the label of {what} that an earlier call of {actor} binds");
        let known = self.known(actor, handle);
        let meant = nearest(word.as_str(), known.iter().map(Label::as_str));
        let meant = meant.or_else(|| known.first().filter(|_| known.len() == 1).map(Label::as_str));
        Problem { line: at, word, found, expected, suggestion: meant.map(|meant| Suggestion::new(meant, "")) }
    }

    /// The labels of that kind that an actor has, sorted.
    fn known(&self, actor: Label, handle: Handle<Label>) -> Vec<Label> {
        let (mut known, mut next) = (Vec::new(), Some((actor, u32::MAX)));
        while let Some((actor, until)) = next {
            let Some(scope) = self.scopes.get(&actor) else { break };
            known.extend(scope.kind(handle).iter().filter(|(_, since)| **since <= until).map(|(label, _)| *label));
            next = scope.parent.map(|(parent, then)| (parent, then.min(until)));
        }
        known.sort();
        known.dedup();
        known
    }

    fn peer(&mut self, at: usize, actor: Label, peer: Label) -> Result<(), Problem> {
        let found = match peer {
            _ if peer == actor => format!("`{peer}` itself"),
            _ if !self.speakers.contains(&peer) => format!("`{peer}`, who makes no call"),
            _ => {
                self.scopes.entry(peer).or_default();
                return Ok(());
            }
        };
        let expected = "another actor, who makes calls or is a child".to_owned();
        let mut others: Vec<&str> = self.speakers.iter().map(Label::as_str).filter(|o| *o != actor.as_str()).collect();
        others.sort_unstable();
        let meant = nearest(peer.as_str(), others.iter().copied());
        let meant = meant.or_else(|| others.first().copied().filter(|_| others.len() == 1));
        let suggestion = meant.map(|meant| Suggestion::new(meant, ""));
        Err(Problem { line: at, word: peer, found, expected, suggestion })
    }

    fn child(&mut self, at: usize, actor: Label, child: Label) -> Result<(), Problem> {
        let problem =
            |found: String, expected: String| Problem { line: at, word: child, found, expected, suggestion: None };
        if self.scopes.contains_key(&child) {
            let found = format!("`{child}`, who is there already");
            return Err(problem(found, "a new actor, for a child comes to be by its fork".to_owned()));
        }
        let generation = self.scopes.get(&actor).map_or(0, |scope| scope.generation) + 1;
        if generation > limits::GENERATIONS {
            let expected = format!("children of children at most {} deep", limits::GENERATIONS);
            return Err(problem(format!("`{child}`, who is {generation} deep"), expected));
        }
        let scope = Scope { parent: Some((actor, self.now)), generation, ..Scope::default() };
        self.scopes.insert(child, scope);
        Ok(())
    }
}
