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

use super::group::{Group, Overwritten, Taken};
use super::path::{Path, StateSet, fingerprint};
use super::{Called, Judge};
use crate::model::Branch;
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
    /// Rows whose next call, a store, comes after every other that it conflicts with.
    last: Vec<usize>,
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
    let judged = calls.iter().copied().filter(|called| !judge.passes_over(*called));
    let calls: Vec<Called<'_>> = judged.map(|called| called.among(calls)).collect();
    let group = Group::new(&states, &calls);
    let taken: Taken = vec![0; group.rows.len()];
    let starts = states
        .into_paths()
        .into_iter()
        .rev()
        .map(|path| Waiting::Node(Node { taken: taken.clone(), path, last: Vec::new() }));
    let stack = starts.collect();
    let mut search = Search { group, stack, seen: HashMap::new(), ends: Vec::new(), deepest: None, work: 0 };
    loop {
        while let Some(entry) = search.stack.pop() {
            match entry {
                Waiting::Node(node) => search.visit(judge, node),
                Waiting::Rows(node, rows) => drop(search.try_rows(judge, node, rows)),
            }
            if let Some(reason) = search.gives_up(judge) {
                return search.truncated(judge, format!("{} calls overlap, and {reason}", calls.len()));
            }
        }
        if !search.ends.is_empty() {
            return StateSet::merged(search.ends);
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
    fn visit(&mut self, judge: &mut Judge<'_>, mut node: Node) {
        let mut next = self.group.next(&node.taken);
        if next.is_empty() {
            return self.ends.push(node.path);
        }
        self.work += self.group.rows.len() / 8;
        node.last.retain(|row| self.group.is_met(&node.taken, *row));
        next.retain(|row| !node.last.contains(row));
        if judge.orders == Orders::Every {
            return self.try_those(judge, node, next);
        }
        let mut rows = self.group.enough(&node.taken, &next);
        if rows.len() > 1 {
            if self.is_known(&node) {
                return;
            }
            if let Some(row) = rows.iter().copied().find(|row| self.is_harmless(judge, &node, *row)) {
                rows = vec![row];
            } else if let Some(row) = self.overwritten(judge, &node, &rows) {
                rows = vec![row];
            }
        }
        self.try_those(judge, node, rows);
    }

    /// A row whose next call is overwritten before anybody looks, so that it can be made at once. That it is the last of
    /// those that it conflicts with is left for later.
    fn overwritten(&mut self, judge: &mut Judge<'_>, node: &Node, rows: &[usize]) -> Option<usize> {
        self.work += self.group.rows.len() / 8;
        let mut ways = rows.iter().map(|row| (*row, self.group.is_overwritten(&node.taken, *row)));
        let found = ways.find(|(_, how)| *how != Overwritten::Not);
        let (row, how) = found.filter(|(row, _)| self.is_allowed(judge, node, *row))?;
        let another_is_last = node.last.iter().any(|last| self.group.conflict(&node.taken, row, *last));
        if how == Overwritten::UnlessLast && !another_is_last {
            let mut later = node.clone();
            later.last.push(row);
            self.stack.push(Waiting::Node(later));
        }
        Some(row)
    }

    /// Tries the next calls of rows; a node at which none is allowed may be where the calls go wrong.
    fn try_those(&mut self, judge: &mut Judge<'_>, node: Node, mut rows: Vec<usize>) {
        rows.reverse();
        let Some(node) = self.try_rows(judge, node, rows.clone()) else { return };
        let is_deeper = |stuck: &Stuck| depth(&stuck.node.taken) < depth(&node.taken);
        if node.last.is_empty() && self.deepest.as_ref().is_none_or(is_deeper) {
            self.deepest = Some(Stuck { node, rows });
        }
    }

    /// Was the node searched before, with no more deviations on the way to it?
    fn is_known(&mut self, node: &Node) -> bool {
        let departures = node.path.relied().departures();
        match self.seen.entry(fingerprint(&(&node.taken, &node.last, &node.path.state))) {
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

    /// Goes on by the first row whose next call is allowed, and leaves the others for later. Gives the node back where none
    /// is.
    fn try_rows(&mut self, judge: &mut Judge<'_>, node: Node, mut rows: Vec<usize>) -> Option<Node> {
        let allowed = std::iter::from_fn(|| rows.pop()).find(|row| self.is_allowed(judge, &node, *row));
        let Some((row, called)) = allowed.and_then(|row| Some((row, self.group.call(&node.taken, row)?))) else {
            return Some(node);
        };
        if !rows.is_empty() {
            self.stack.push(Waiting::Rows(node.clone(), rows));
        }
        let Node { mut taken, path, last } = node;
        taken[row] += 1;
        let mut after = StateSet::default();
        after.extend(path, &judge.branches, &called.event.outcome);
        let nodes = after.into_paths().into_iter().rev();
        self.stack.extend(nodes.map(|path| Waiting::Node(Node { taken: taken.clone(), path, last: last.clone() })));
        None
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
        if !self.is_allowed(judge, node, row) {
            return false;
        }
        if self.group.only_reads(&node.taken, row) {
            return judge.branches.iter().any(|branch| !branch.departs())
                || self.group.is_undisturbed(&node.taken, row);
        }
        let Some(called) = self.group.call(&node.taken, row) else { return false };
        let changes_nothing =
            |branch: &Branch| branch.apply(node.path.state.clone(), &called.event.outcome) == node.path.state;
        judge.branches.iter().all(changes_nothing) && self.group.is_undisturbed(&node.taken, row)
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
        StateSet::merged(self.ends)
    }

    /// No order is left: a waiting call that no other could have come before is a violation, and the search goes on
    /// behind it.
    fn go_on(&mut self, judge: &mut Judge<'_>, stuck: Stuck) -> Node {
        let Stuck { node: Node { mut taken, path, last }, rows } = stuck;
        let ends = |row: &usize| self.group.call(&taken, *row).map(|called| (called.event.end, called.index));
        let row = rows.iter().copied().min_by_key(ends).unwrap_or_default();
        let Some(called) = self.group.call(&taken, row) else { return Node { taken, path, last } };
        taken[row] += 1;
        Node { taken, path: judge.find(path, called), last }
    }
}

fn depth(taken: &Taken) -> u64 {
    taken.iter().map(|count| u64::from(*count)).sum()
}
