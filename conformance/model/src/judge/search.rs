//! Linearizability: every order of overlapping calls that respects time and that the model accepts.
//!
//! A depth-first search with memory, after Wing and Gong, and Lowe. A call may come next if no other waiting call ended
//! before it began. What keeps the search small is computed from footprints: of the calls that may come next, only some
//! are tried that no other can see; a call that only reads is taken as soon as it is allowed, and so is one that changes
//! nothing any more. Each leaves out orders alone, and no state that the calls can end in.
//!
//! # References
//!
//! J. M. Wing and C. Gong, *Testing and Verifying Concurrent Objects*, 1993. G. Lowe, *Testing for Linearizability*, 2017.
//! P. Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems*, 1996.

use super::group::{Group, Taken};
use super::path::{Path, StateSet, fingerprint};
use super::{Called, Judge};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// How the search looks for orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orders {
    /// As many as have to be tried.
    #[default]
    Enough,
    /// Every one, which tests hold the other way against.
    Every,
}

#[derive(Clone)]
struct Node {
    taken: Taken,
    path: Path,
}

/// What is still to be searched.
enum Waiting {
    /// All that follows from a node.
    Node(Node),
    /// What follows from a node by the next calls of these rows, last things first.
    Rows(Node, Vec<usize>),
}

/// The node that got furthest and could not go on, with the rows whose calls were tried.
struct Stuck {
    node: Node,
    rows: Vec<usize>,
}

/// The states after all of `calls`, in whichever orders are possible.
pub(super) fn any_order(judge: &mut Judge<'_>, states: StateSet, calls: &[Called<'_>]) -> StateSet {
    let calls: Vec<Called<'_>> = calls.iter().copied().filter(|called| !judge.passes_over(*called)).collect();
    let group = Group::new(&states, &calls);
    let taken: Taken = vec![0; group.rows.len()];
    let starts = states.into_paths().into_iter().rev().map(|path| Waiting::Node(Node { taken: taken.clone(), path }));
    let stack = starts.collect();
    let mut search = Search { group, stack, seen: HashMap::new(), ends: Vec::new(), deepest: None, work: 0 };
    loop {
        while let Some(entry) = search.stack.pop() {
            match entry {
                Waiting::Node(node) => search.visit(judge, node),
                Waiting::Rows(node, rows) => search.try_rows(judge, node, rows),
            }
            if let Some(reason) = search.gives_up(judge) {
                return search.truncated(judge, format!("{} calls overlap, and {reason}", calls.len()));
            }
        }
        if !search.ends.is_empty() {
            let mut states = StateSet::from_paths(search.ends);
            states.merge();
            return states;
        }
        let Some(stuck) = search.deepest.take() else { return StateSet::default() };
        let node = search.go_on(judge, stuck);
        search.stack.push(Waiting::Node(node));
    }
}

struct Search<'a> {
    group: Group<'a>,
    stack: Vec<Waiting>,
    /// The fewest deviations on the way to each node that was searched.
    seen: HashMap<u128, u32>,
    ends: Vec<Path>,
    deepest: Option<Stuck>,
    /// What was done, in steps of the model.
    work: usize,
}

impl Search<'_> {
    /// Finds which calls have to be tried at a node.
    fn visit(&mut self, judge: &mut Judge<'_>, node: Node) {
        let next = self.group.next(&node.taken);
        if next.is_empty() {
            return self.ends.push(node.path);
        }
        let mut rows = match judge.orders {
            Orders::Enough => self.group.enough(&node.taken, &next),
            Orders::Every => next,
        };
        self.work += self.group.rows.len() / 32;
        if rows.len() > 1 {
            if self.is_known(&node) {
                return;
            }
            let harmless = match judge.orders {
                Orders::Enough => rows.iter().copied().find(|row| self.is_harmless(judge, &node, *row)),
                Orders::Every => None,
            };
            rows = harmless.map_or(rows, |row| vec![row]);
        }
        rows.reverse();
        let may_be_stuck = !rows.iter().any(|row| self.is_allowed(judge, &node, *row));
        if may_be_stuck {
            let is_deeper = |stuck: &Stuck| depth(&stuck.node.taken) < depth(&node.taken);
            if self.deepest.as_ref().is_none_or(is_deeper) {
                self.deepest = Some(Stuck { node, rows });
            }
            return;
        }
        self.try_rows(judge, node, rows);
    }

    /// Was the node searched before, with no more deviations on the way to it?
    fn is_known(&mut self, node: &Node) -> bool {
        let departures = node.path.relied().departures();
        match self.seen.entry(fingerprint(&(&node.taken, &node.path.state))) {
            Entry::Occupied(known) if *known.get() <= departures => true,
            Entry::Occupied(mut known) => {
                known.insert(departures);
                false
            }
            Entry::Vacant(new) => {
                new.insert(departures);
                false
            }
        }
    }

    /// Tries the next call of one row, and leaves the others for later.
    fn try_rows(&mut self, judge: &mut Judge<'_>, node: Node, mut rows: Vec<usize>) {
        let Some(row) = rows.pop() else { return };
        if !rows.is_empty() {
            self.stack.push(Waiting::Rows(node.clone(), rows));
        }
        if !self.is_allowed(judge, &node, row) {
            return;
        }
        let Some(called) = self.group.call(&node.taken, row) else { return };
        let Node { mut taken, path } = node;
        taken[row] += 1;
        let mut after = StateSet::default();
        after.extend(path, &judge.branches, &called.event.outcome);
        let nodes = after.into_paths().into_iter().rev();
        self.stack.extend(nodes.map(|path| Waiting::Node(Node { taken: taken.clone(), path })));
    }

    /// Is what came back of the next call of a row allowed now? Leaves the branches with the judge.
    fn is_allowed(&mut self, judge: &mut Judge<'_>, node: &Node, row: usize) -> bool {
        let Some(called) = self.group.call(&node.taken, row) else { return false };
        self.work += 1 + node.path.state.weight() / 4096;
        judge.step(&node.path.state, called);
        !judge.branches.is_empty()
    }

    /// Can the next call of a row be taken before all others, whatever these do? It can if it is allowed and only reads,
    /// and is no deviation that it might not be later; and if it changes nothing now, and nobody else changes what it
    /// writes or reads.
    fn is_harmless(&mut self, judge: &mut Judge<'_>, node: &Node, row: usize) -> bool {
        let only_reads = self.group.only_reads(&node.taken, row);
        let is_undisturbed = self.group.is_undisturbed(&node.taken, row);
        if !only_reads && !is_undisturbed || !self.is_allowed(judge, node, row) {
            return false;
        }
        let Some(called) = self.group.call(&node.taken, row) else { return false };
        let outcome = &called.event.outcome;
        if only_reads {
            return is_undisturbed || judge.branches.iter().any(|branch| !branch.departs());
        }
        judge.branches.iter().all(|branch| branch.apply(node.path.state.clone(), outcome) == node.path.state)
    }

    /// Is the work too much, or is nobody interested any more?
    fn gives_up(&self, judge: &Judge<'_>) -> Option<String> {
        if self.work > judge.bounds.steps {
            return Some(format!("their orders cannot be tried in {} steps", judge.bounds.steps));
        }
        if self.ends.len() > judge.bounds.states {
            return Some(format!("more than {} states agree with what was seen", judge.bounds.states));
        }
        judge.is_stopped().then(|| "the judge was asked to stop".to_owned())
    }

    /// What was found until the search was given up. An order that was found is one, however many were not.
    fn truncated(self, judge: &mut Judge<'_>, reason: String) -> StateSet {
        if self.ends.is_empty() {
            judge.open.get_or_insert_with(|| reason.clone());
            judge.truncated.get_or_insert(reason);
            return StateSet::from_paths(self.deepest.map(|stuck| stuck.node.path).into_iter().collect());
        }
        judge.truncated.get_or_insert(reason);
        let mut states = StateSet::from_paths(self.ends);
        states.merge();
        states
    }

    /// No order is left: a waiting call that no other could have come before is a violation, and the search goes on
    /// behind it.
    fn go_on(&mut self, judge: &mut Judge<'_>, stuck: Stuck) -> Node {
        let Stuck { node: Node { mut taken, path }, rows } = stuck;
        let ends = |row: &usize| self.group.call(&taken, *row).map(|called| (called.event.end, called.index));
        let row = rows.iter().copied().min_by_key(ends).unwrap_or_default();
        let Some(called) = self.group.call(&taken, row) else { return Node { taken, path } };
        taken[row] += 1;
        Node { taken, path: judge.find(path, called) }
    }
}

fn depth(taken: &Taken) -> u64 {
    taken.iter().map(|count| u64::from(*count)).sum()
}
