//! Faults planted under the system calls of one thread, so that every branch for an error runs.

mod child;
mod create;
mod descriptors;
mod named;
mod populate;
mod received;

use std::cell::RefCell;
use std::collections::VecDeque;

use nix::errno::Errno;

use crate::Call;

thread_local! {
    static PLAN: RefCell<VecDeque<(Call, Errno)>> = const { RefCell::new(VecDeque::new()) };
}

/// Makes the next calls of each kind in `plan` fail as it says, in its order.
pub(super) fn plan(plan: &[(Call, Errno)]) {
    PLAN.set(plan.iter().copied().collect());
}

/// How many planned outcomes have not been met.
pub(super) fn left() -> usize {
    PLAN.with_borrow(VecDeque::len)
}

/// The errno with which this call is to fail, if it is.
pub(super) fn next(which: Call) -> Option<Errno> {
    PLAN.with_borrow_mut(|plan| {
        let at = plan.iter().position(|(call, _)| *call == which)?;
        plan.remove(at).map(|(_, errno)| errno)
    })
}
