//! A group of overlapping calls: which may come next, and which of those have to be tried.

use super::Called;
use super::path::StateSet;
use crate::call::Label;
use crate::model::State;
use crate::model::footprint::{Footprint, Made, Scene};
use std::cell::RefCell;
use std::collections::HashMap;

/// How many calls of each row have been taken.
pub(super) type Taken = Vec<u32>;

/// How many rows are tried as the start of a persistent set: most sets are found at the first.
const MOST_CLOSURES: usize = 4;

/// Whether what a store leaves is overwritten before anybody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overwritten {
    /// It may be seen.
    Not,
    /// It is seen only if the store is made last.
    UnlessLast,
    /// It is never seen.
    Always,
}

/// Overlapping calls, those of each actor in a row, in order.
pub(super) struct Group<'a> {
    pub(super) rows: Vec<Vec<Called<'a>>>,
    footprints: Vec<Vec<Footprint>>,
    /// For a call and a row, the last call of the row that it conflicts with, as far as that was looked for.
    conflicts: RefCell<Vec<Vec<Found>>>,
    /// Where the calls of a row begin among all.
    offsets: Vec<usize>,
}

/// The last call of a row, from `from` on, that another call conflicts with.
#[derive(Clone, Copy)]
struct Found {
    from: u32,
    last: Option<u32>,
}

impl<'a> Group<'a> {
    /// The group of `calls`, which are in the order of their start.
    pub(super) fn new(states: &StateSet, calls: &[Called<'a>]) -> Group<'a> {
        let mut rows: Vec<Vec<Called<'a>>> = Vec::new();
        let mut row_of: HashMap<Label, usize> = HashMap::new();
        for called in calls {
            let row = *row_of.entry(called.event.actor).or_insert(rows.len());
            if row == rows.len() {
                rows.push(Vec::new());
            }
            rows[row].push(*called);
        }
        let states: Vec<&State> = states.states();
        let scene = Scene::new(&states, calls.iter().map(made));
        let footprints = rows.iter().map(|row| row.iter().map(|called| scene.footprint(made(called))).collect());
        let offsets = rows.iter().scan(0, |total, row| Some(std::mem::replace(total, *total + row.len()))).collect();
        let conflicts = RefCell::new(vec![Vec::new(); calls.len()]);
        Group { footprints: footprints.collect(), offsets, conflicts, rows }
    }

    /// The next call of a row.
    pub(super) fn call(&self, taken: &Taken, row: usize) -> Option<Called<'a>> {
        self.rows[row].get(taken[row] as usize).copied()
    }

    /// The rows whose next call may come next: no waiting call ended before it began.
    pub(super) fn next(&self, taken: &Taken) -> Vec<usize> {
        let waiting = |row: usize| self.call(taken, row);
        let earliest_end = (0..self.rows.len()).filter_map(waiting).map(|called| called.event.end).min();
        let may =
            |row: &usize| waiting(*row).is_some_and(|called| earliest_end.is_none_or(|end| called.event.start <= end));
        (0..self.rows.len()).filter(may).collect()
    }

    /// Of the rows whose call may come next, some that suffice: whatever the others do first, these calls come out the
    /// same, so that they can as well be taken before (a persistent set, after Godefroid).
    pub(super) fn enough(&self, taken: &Taken, next: &[usize]) -> Vec<usize> {
        let is_alone =
            |row: &&usize| (0..self.rows.len()).all(|other| other == **row || !self.meets(taken, **row, other));
        if let Some(row) = next.iter().find(is_alone) {
            return vec![*row];
        }
        let mut best = next.to_vec();
        for start in next.iter().take(MOST_CLOSURES) {
            let closed = self.closure(taken, *start, best.len());
            let found: Vec<usize> = next.iter().copied().filter(|row| closed[*row]).collect();
            if !found.is_empty() && found.len() < best.len() {
                best = found;
            }
        }
        best
    }

    /// Which rows a row has to be tried together with, itself among them; as far as it is worth to know.
    fn closure(&self, taken: &Taken, start: usize, most: usize) -> Vec<bool> {
        let mut closed = vec![false; self.rows.len()];
        closed[start] = true;
        let mut rows = vec![start];
        let mut at = 0;
        while at < rows.len() && rows.len() <= most {
            let row = rows[at];
            at += 1;
            let met = |(other, closed): &(usize, &mut bool)| !**closed && self.meets(taken, row, *other);
            for (other, closed) in closed.iter_mut().enumerate().filter(met) {
                *closed = true;
                rows.push(other);
            }
        }
        if rows.len() > most { vec![true; self.rows.len()] } else { closed }
    }

    /// Has the next call of `row` to be tried together with that of `other`? It has if a waiting call of `other` conflicts
    /// with it, and if the next one has to come before it.
    fn meets(&self, taken: &Taken, row: usize, other: usize) -> bool {
        let (Some(called), Some(waiting)) = (self.call(taken, row), self.call(taken, other)) else { return false };
        waiting.event.end < called.event.start || self.conflicts(taken, row, other)
    }

    /// Does the next call of `row` conflict with a waiting call of `other` that could come before it?
    fn conflicts(&self, taken: &Taken, row: usize, other: usize) -> bool {
        let from = taken[other];
        let call = self.offsets[row] + taken[row] as usize;
        let mut conflicts = self.conflicts.borrow_mut();
        let known = &mut conflicts[call];
        if known.is_empty() {
            known.resize(self.rows.len(), Found { from: u32::MAX, last: None });
        }
        let found = &mut known[other];
        if from < found.from && found.last.is_none() {
            let called = self.rows[row][taken[row] as usize];
            let own = &self.footprints[row][taken[row] as usize];
            let waiting = &self.rows[other];
            let could_come_first = waiting.partition_point(|waiting| waiting.event.start <= called.event.end);
            let until = could_come_first.min(found.from as usize);
            let mut range = (from as usize..until).rev();
            found.last = range.find(|at| self.footprints[other][*at].conflicts(own)).map(|at| at as u32);
            found.from = from;
        }
        found.last.is_some_and(|last| last >= from)
    }

    /// Can the next call of a row have no effect, given what came back?
    pub(super) fn only_reads(&self, taken: &Taken, row: usize) -> bool {
        self.footprints[row][taken[row] as usize].writes.is_empty()
    }

    /// Is the next call of a row a store that every waiting call which could see it overwrites, without looking? Then it
    /// makes no difference when it is made, unless it is the last one.
    pub(super) fn is_overwritten(&self, taken: &Taken, row: usize) -> Overwritten {
        let own = &self.footprints[row][taken[row] as usize];
        let called = &self.rows[row][taken[row] as usize];
        let mut is_last_possible = true;
        let mut meets_any = false;
        for (other, calls) in self.rows.iter().enumerate() {
            let first = taken[other] as usize + usize::from(other == row);
            for (at, waiting) in calls.iter().enumerate().skip(first) {
                let footprint = &self.footprints[other][at];
                if !footprint.conflicts(own) {
                    continue;
                }
                if !footprint.overwrites(own) {
                    return Overwritten::Not;
                }
                meets_any = true;
                is_last_possible &= other != row && waiting.event.start <= called.event.end;
            }
        }
        match (meets_any, is_last_possible) {
            (false, _) => Overwritten::Not,
            (true, true) => Overwritten::UnlessLast,
            (true, false) => Overwritten::Always,
        }
    }

    /// Does a waiting call of another row conflict with the next call of this one?
    pub(super) fn is_met(&self, taken: &Taken, row: usize) -> bool {
        let own = &self.footprints[row][taken[row] as usize];
        self.elsewhere(taken, row).any(|other| other.conflicts(own))
    }

    /// Do the next calls of two rows conflict?
    pub(super) fn conflict(&self, taken: &Taken, one: usize, other: usize) -> bool {
        let footprint = |row: usize| &self.footprints[row][taken[row] as usize];
        footprint(one).conflicts(footprint(other))
    }

    /// Can no waiting call change what the next call of `row` reads, or undo what it writes?
    pub(super) fn is_undisturbed(&self, taken: &Taken, row: usize) -> bool {
        let own = &self.footprints[row][taken[row] as usize];
        !self.elsewhere(taken, row).any(|other| own.is_disturbed_by(other))
    }

    /// What the waiting calls of all other rows may read and write.
    fn elsewhere(&self, taken: &Taken, row: usize) -> impl Iterator<Item = &Footprint> {
        let others = self.footprints.iter().zip(taken).enumerate().filter(move |(other, _)| *other != row);
        others.flat_map(|(_, (footprints, taken))| &footprints[*taken as usize..])
    }
}

fn made<'a>(called: &Called<'a>) -> Made<'a> {
    Made { site: called.site(), call: &called.event.call, outcome: &called.event.outcome }
}
