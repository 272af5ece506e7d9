//! Actors that a script treats alike: of those that have done nothing in a race yet, one can go first for all of them.

use super::plan::{Plan, Rows};
use crate::call::{Call, Label};
use std::collections::HashMap;

/// Which rows of each race stand for each other.
pub(super) struct Alike {
    /// For each step, the group of each row; none for a row that stands for itself.
    groups: Vec<Vec<Option<usize>>>,
}

impl Alike {
    /// Nobody stands for another.
    pub(super) fn nobody(plan: &Plan) -> Alike {
        Alike { groups: plan.steps.iter().map(|rows| vec![None; rows.len()]).collect() }
    }

    /// Actors are exchangeable in the first race that they are in, where what they do later, one after the other, only looks.
    pub(super) fn of(plan: &Plan) -> Alike {
        let group_of: HashMap<Label, usize> =
            plan.alike.iter().enumerate().flat_map(|(group, actors)| actors.iter().map(move |a| (*a, group))).collect();
        let mut may: Vec<bool> = plan.alike.iter().map(|_| true).collect();
        let members = |rows: &Rows| -> Vec<(usize, usize)> {
            let calls = rows.iter().flatten().filter_map(|call| Some((*call, plan.calls.get(*call)?)));
            calls.filter_map(|(at, call)| Some((at, *group_of.get(&call.actor)?))).collect()
        };
        let mut raced = vec![false; plan.alike.len()];
        for rows in &plan.steps {
            for (call, group) in members(rows) {
                let Some(call) = plan.calls.get(call) else { continue };
                let race = call.race.is_some();
                if let (Some(raced), Some(may)) = (raced.get_mut(group), may.get_mut(group)) {
                    *may &= race || !*raced || only_looks(&call.call);
                    *raced |= race;
                }
            }
        }
        let mut met = vec![false; plan.alike.len()];
        let mut groups = Vec::new();
        for rows in &plan.steps {
            let group = |row: &Vec<usize>| {
                let call = plan.calls.get(*row.first()?)?;
                let group = *group_of.get(&call.actor)?;
                (call.race.is_some() && may.get(group) == Some(&true) && met.get(group) == Some(&false))
                    .then_some(group)
            };
            let of_step: Vec<Option<usize>> = rows.iter().map(group).collect();
            of_step.iter().flatten().for_each(|group| met.get_mut(*group).into_iter().for_each(|met| *met = true));
            groups.push(of_step);
        }
        Alike { groups }
    }

    /// Leaves one row of each group of those that have not begun.
    pub(super) fn thin(&self, step: usize, taken: &[u32], rows: &mut Vec<usize>) {
        let Some(groups) = self.groups.get(step) else { return };
        let mut begun = Vec::new();
        rows.retain(|row| match (groups.get(*row).copied().flatten(), taken.get(*row)) {
            (Some(group), Some(0)) => {
                let is_first = !begun.contains(&group);
                begun.push(group);
                is_first
            }
            _ => true,
        });
    }
}

/// Does a call leave everything as it is, but for what is its actor's alone?
fn only_looks(call: &Call) -> bool {
    matches!(
        call,
        Call::Fstat { .. }
            | Call::Load { .. }
            | Call::Pread { .. }
            | Call::Links { .. }
            | Call::Filetype { .. }
            | Call::FcntlGetfd { .. }
            | Call::FcntlGetfl { .. }
            | Call::FcntlGetSeals { .. }
            | Call::Fds
    )
}
