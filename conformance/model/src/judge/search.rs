//! Overlapping calls: every order that respects time and that the model accepts.
//!
//! A depth-first search with memory, after Wing and Gong, and Lowe. A call may come next if no other waiting call ended
//! before it began. Two things keep the search small and lose nothing. A call that cannot change anything, such as one
//! that failed, is taken as soon as it is allowed. So is one whose effect no waiting call can see or undo.
//!
//! # References
//!
//! J. M. Wing and C. Gong, *Testing and Verifying Concurrent Objects*, 1993. G. Lowe, *Testing for Linearizability*, 2017.

use super::path::{Path, StateSet};
use super::{Called, Judge};
use crate::call::{Call, Label, OpenFlags};
use crate::model::{self, State};
use crate::outcome::Outcome;
use std::collections::HashSet;

/// How many calls of each actor have been taken.
type Taken = Vec<u16>;

/// The calls of one actor, in order.
type Row<'a> = Vec<Called<'a>>;

struct Node {
    taken: Taken,
    path: Path,
}

/// The state set after all of `calls`, in whichever orders are possible.
pub(super) fn any_order(judge: &mut Judge<'_>, states: StateSet, calls: &[Called<'_>]) -> StateSet {
    let rows = rows(judge, calls);
    let total: usize = rows.iter().map(Vec::len).sum();
    let mut search = Search { rows, seen: HashSet::new(), ends: Vec::new(), deepest: None, steps: 0 };
    let mut nodes: Vec<Node> =
        states.into_paths().into_iter().map(|path| Node { taken: vec![0; search.rows.len()], path }).collect();
    loop {
        while let Some(node) = nodes.pop() {
            search.visit(judge, node, &mut nodes);
            if search.steps > judge.bounds.steps {
                judge.open.get_or_insert_with(|| {
                    format!(
                        "{total} overlapping calls have more orders than can be tried in {} steps",
                        judge.bounds.steps
                    )
                });
                let reached = search.ends.into_iter().chain(search.deepest.take().map(|node| node.path)).collect();
                return StateSet::from_paths(reached);
            }
        }
        if !search.ends.is_empty() {
            let mut states = StateSet::from_paths(search.ends);
            states.merge();
            return states;
        }
        let Some(stuck) = search.deepest.take() else { return StateSet::default() };
        nodes.push(search.go_on(judge, stuck));
    }
}

/// The calls by actor, without those that cannot be judged.
fn rows<'a>(judge: &mut Judge<'_>, calls: &[Called<'a>]) -> Vec<Row<'a>> {
    let mut rows: Vec<(Label, Row<'a>)> = Vec::new();
    for called in calls {
        if judge.passes_over(*called) {
            continue;
        }
        match rows.iter_mut().find(|(actor, _)| *actor == called.event.actor) {
            Some((_, row)) => row.push(*called),
            None => rows.push((called.event.actor, vec![*called])),
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

struct Search<'a> {
    rows: Vec<Row<'a>>,
    seen: HashSet<(Taken, State)>,
    ends: Vec<Path>,
    /// The node that got furthest and could not go on.
    deepest: Option<Node>,
    steps: usize,
}

impl Search<'_> {
    /// Takes every call that may come next; puts what follows on the stack.
    fn visit(&mut self, judge: &mut Judge<'_>, node: Node, stack: &mut Vec<Node>) {
        let next = self.next(&node.taken);
        if next.is_empty() {
            self.ends.push(node.path);
            return;
        }
        if !self.seen.insert((node.taken.clone(), node.path.state.clone())) {
            return;
        }
        let before = stack.len();
        for eagerly in [true, false] {
            for row in &next {
                let called = self.rows[*row][usize::from(node.taken[*row])];
                if eagerly != self.may_be_taken_at_once(&node, called) {
                    continue;
                }
                self.steps += 1;
                judge.branches.clear();
                model::step(judge.profile, &node.path.state, called.site(), &called.event.call, &mut judge.branches);
                let mut taken = node.taken.clone();
                taken[*row] += 1;
                let mut after = StateSet::default();
                after.extend(node.path.clone(), &mut judge.branches, &called.event.outcome);
                stack.extend(after.into_paths().into_iter().map(|path| Node { taken: taken.clone(), path }));
                if eagerly && stack.len() > before {
                    return;
                }
            }
        }
        let depth = |taken: &Taken| taken.iter().map(|count| u32::from(*count)).sum::<u32>();
        if stack.len() == before && self.deepest.as_ref().is_none_or(|known| depth(&known.taken) < depth(&node.taken)) {
            self.deepest = Some(node);
        }
    }

    /// The actors whose next call may come next.
    fn next(&self, taken: &Taken) -> Vec<usize> {
        let waiting = |row: usize| self.rows[row].get(usize::from(taken[row]));
        let earliest_end = (0..self.rows.len()).filter_map(waiting).map(|called| called.event.end).min();
        let may =
            |row: &usize| waiting(*row).is_some_and(|called| earliest_end.is_none_or(|end| called.event.start <= end));
        (0..self.rows.len()).filter(may).collect()
    }

    /// Does it make no difference to any waiting call whether this one, if it is allowed now, is taken now or later?
    fn may_be_taken_at_once(&self, node: &Node, called: Called<'_>) -> bool {
        if matches!(called.event.outcome, Outcome::Errno(_) | Outcome::NotExecuted(_)) {
            return true;
        }
        match &called.event.call {
            Call::Fstat { .. }
            | Call::Load { .. }
            | Call::Pread { .. }
            | Call::FcntlGetfd { .. }
            | Call::FcntlGetfl { .. }
            | Call::Fds
            | Call::Names
            | Call::Dup { .. }
            | Call::FcntlSetfd { .. }
            | Call::Umask { .. }
            | Call::Sigignore { .. }
            | Call::Rlimit { .. }
            | Call::Create { .. }
            | Call::UniqueNames { .. }
            | Call::Munmap { .. }
            | Call::Mprotect { .. } => true,
            Call::ShmOpen { name, flags, .. } => {
                let exists = name.literal().is_some_and(|name| node.path.state.has_name(called.event.actor, name));
                exists && !flags.contains(OpenFlags::TRUNC) && !self.waits_for_unlink(&node.taken, name)
            }
            _ => false,
        }
    }

    /// Does a call that removed that name still wait?
    fn waits_for_unlink(&self, taken: &Taken, name: &crate::call::Name) -> bool {
        let removes = |called: &Called<'_>| {
            matches!(&called.event.call, Call::ShmUnlink { name: removed } if removed == name)
                && called.event.outcome == Outcome::Ok
        };
        self.rows.iter().zip(taken).any(|(row, taken)| row[usize::from(*taken)..].iter().any(removes))
    }

    /// No order is left: the next waiting call is a violation, and the search goes on behind it.
    fn go_on(&mut self, judge: &mut Judge<'_>, stuck: Node) -> Node {
        let Node { mut taken, path } = stuck;
        let rows = self.next(&taken);
        let by_end = |row: &&usize| self.rows[**row][usize::from(taken[**row])].event.end;
        let row = rows.iter().min_by_key(by_end).copied().unwrap_or_default();
        let called = self.rows[row][usize::from(taken[row])];
        taken[row] += 1;
        Node { taken, path: judge.find(path, called) }
    }
}
