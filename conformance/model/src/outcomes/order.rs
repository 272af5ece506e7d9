//! Which of the racing calls have to be tried next. Orders that nobody can tell apart are tried once.

use super::ScriptCall;
use super::plan::Rows;
use crate::call::Call;
use crate::model::footprint::{Footprint, Made, Scene};
use crate::model::{Site, State};
use crate::outcome::{Errno, Outcome, Received, Signal};

/// What the calls of a race may read and write, whatever comes back of them.
pub(super) struct Order {
    footprints: Vec<Vec<Footprint>>,
}

impl Order {
    pub(super) fn of(state: &State, rows: &Rows, calls: &[ScriptCall]) -> Order {
        let success = Outcome::Ok;
        let opened = Outcome::Fd(0);
        let states = [state];
        let made = |call: usize| calls.get(call).map(|asked| made(call, asked, best(asked, &opened, &success)));
        let scene = Scene::new(&states, rows.iter().flatten().filter_map(|call| made(*call)));
        let footprint = |call: &usize| calls.get(*call).map(|asked| whatever(&scene, *call, asked)).unwrap_or_default();
        Order { footprints: rows.iter().map(|row| row.iter().map(footprint).collect()).collect() }
    }

    /// Of the rows that may come next, some that suffice: whatever the others do first, these calls come out the same
    /// (a persistent set, after Godefroid).
    pub(super) fn enough(&self, taken: &[u32], next: &[usize]) -> Vec<usize> {
        let mut best = next.to_vec();
        for start in next {
            let found = self.closure(taken, *start, next);
            if found.len() < best.len() {
                best = found;
            }
        }
        best
    }

    /// The rows that have to be tried together with a row.
    fn closure(&self, taken: &[u32], start: usize, next: &[usize]) -> Vec<usize> {
        let mut closed = vec![start];
        let mut at = 0;
        while let Some(row) = closed.get(at).copied() {
            at += 1;
            let Some(own) = self.waiting(taken, row).first() else { continue };
            let meets = |other: &usize| self.waiting(taken, *other).iter().any(|waiting| waiting.conflicts(own));
            let met: Vec<usize> =
                next.iter().copied().filter(|other| !closed.contains(other) && meets(other)).collect();
            closed.extend(met);
        }
        closed.sort_unstable();
        closed
    }

    fn waiting(&self, taken: &[u32], row: usize) -> &[Footprint] {
        let from = taken.get(row).map_or(0, |taken| *taken as usize);
        self.footprints.get(row).and_then(|row| row.get(from..)).unwrap_or_default()
    }
}

fn made<'a>(index: usize, asked: &'a ScriptCall, outcome: &'a Outcome) -> Made<'a> {
    let site = Site { actor: asked.actor, bind: &asked.bind, event: index as u32, creating: 0, fds: None };
    Made { site, call: &asked.call, outcome }
}

/// The success that changes most.
fn best<'a>(asked: &ScriptCall, opened: &'a Outcome, success: &'a Outcome) -> &'a Outcome {
    if matches!(asked.call, Call::ShmOpen { .. }) { opened } else { success }
}

/// The footprint of a call of which nobody knows yet what comes back: those of every kind of answer together.
fn whatever(scene: &Scene<'_>, index: usize, asked: &ScriptCall) -> Footprint {
    let received = Received { fds: Vec::new(), truncated: false };
    let mut answers = vec![
        Outcome::Ok,
        Outcome::Fd(0),
        Outcome::Names(Vec::new()),
        Outcome::Received(received),
        Outcome::Errno(Errno::EMFILE),
        Outcome::Errno(Errno::ENOTDIR),
        Outcome::Errno(Errno::EINTR),
        Outcome::Errno(Errno::ENOMEM),
        Outcome::Errno(Errno::EPERM),
    ];
    if may_end(&asked.call) {
        answers.push(Outcome::Signal(Signal::SIGBUS));
    }
    let mut all = Footprint::default();
    for answer in &answers {
        let footprint = scene.footprint(made(index, asked, answer));
        all.reads.extend(footprint.reads);
        all.writes.extend(footprint.writes);
    }
    all
}

/// May the call end its actor?
fn may_end(call: &Call) -> bool {
    matches!(
        call,
        Call::Load { .. }
            | Call::Store { .. }
            | Call::Write { .. }
            | Call::Pwrite { .. }
            | Call::Ftruncate { .. }
            | Call::PosixFallocate { .. }
            | Call::ShmOpen { .. }
            | Call::Send { .. }
            | Call::Recv { .. }
            | Call::Exec
            | Call::Exit { .. }
            | Call::Kill { .. }
    )
}
