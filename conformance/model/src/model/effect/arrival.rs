//! Several descriptors at once: those of a message that arrives, and those of a pipe or of a pair of sockets.

use crate::call::Label;
use crate::clause;
use crate::constants::FileType;
use crate::model::state::{Description, DescriptionId, Descriptor, ProcessId, State};
use crate::outcome::Outcome;
use crate::profile::Justification;

/// The arrival of a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Receipt {
    pub(crate) from: Label,
    pub(crate) to: Label,
    pub(crate) process: ProcessId,
    /// What the descriptors are called.
    pub(crate) bind: Vec<Label>,
    /// Does exec close them, and why?
    pub(crate) cloexec: (bool, Justification),
    /// Why those that find no place stay open, where they do.
    pub(crate) leaks: Option<Justification>,
}

impl Receipt {
    pub(super) fn apply(&self, state: &mut State, outcome: &Outcome) {
        let Outcome::Received(received) = outcome else { return };
        let Receipt { from, to, process, bind, cloexec: (cloexec, cloexec_by), leaks } = self;
        let Some(message) = state.take_message(*from, *to) else { return };
        let left = message.descriptions.len().saturating_sub(received.fds.len());
        if let Some(by) = leaks.filter(|_| left > 0) {
            state.leak(*process, left, by);
        }
        for (at, (number, description)) in received.fds.iter().zip(&message.descriptions).enumerate() {
            let (number, description) = (*number, *description);
            let descriptor =
                Descriptor { number, description, cloexec: *cloexec, cloexec_by: *cloexec_by, clofork: false };
            state.add_descriptor(*process, descriptor, bind.get(at).copied());
        }
        message.descriptions.into_iter().for_each(|id| state.release(id));
    }
}

/// What an event opens second is counted from the other end, so that both are the same in every order of calls.
pub(super) fn pair(
    state: &mut State,
    outcome: &Outcome,
    (process, bind): (ProcessId, &[Label]),
    (event, kind): (u32, FileType),
) {
    let Outcome::Received(received) = outcome else { return };
    let ids = [DescriptionId(event), DescriptionId(u32::MAX - event)];
    for (at, (number, id)) in received.fds.iter().zip(ids).enumerate() {
        state.add_description(id, Description::of_no_object(kind));
        let cloexec_by = clause::call(8).into();
        let descriptor = Descriptor { number: *number, description: id, cloexec: false, cloexec_by, clofork: false };
        state.add_descriptor(process, descriptor, bind.get(at).copied());
    }
}
