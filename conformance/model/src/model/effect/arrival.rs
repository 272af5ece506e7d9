//! The arrival of a message.

use crate::call::Label;
use crate::model::state::{Descriptor, ProcessId, State};
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
            let descriptor = Descriptor { number, description, cloexec: *cloexec, cloexec_by: *cloexec_by };
            state.add_descriptor(*process, descriptor, bind.get(at).copied());
        }
        message.descriptions.into_iter().for_each(|id| state.release(id));
    }
}
