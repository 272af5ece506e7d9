//! Which processors scripts run on.
//!
//! A message between two processes costs several times as much where it wakes another processor. So the actors of a script in
//! which one call follows the other share a processor with the thread that serves them; those of a race have all.

use super::system;
use shmconf_model::naming::Token;
use std::cell::RefCell;

/// The processors that an executor may use.
#[derive(Debug, Clone, Default)]
pub(super) struct Processors {
    /// Those that this process was given.
    pub(super) allowed: Vec<usize>,
    /// The one for scripts in order; nothing where there is no choice, or none can be made.
    pub(super) own: Option<usize>,
}

thread_local! {
    /// What the thread was allowed before it was confined to one processor, if it is.
    // Where a system has no thread-locals of its own, clippy does not see the `const` below.
    #[allow(clippy::missing_const_for_thread_local)]
    static BEFORE: RefCell<Option<(usize, Vec<usize>)>> = const { RefCell::new(None) };
}

impl Processors {
    /// A choice for the executor number `share.0` of `share.1`, such that those of a run have different ones.
    pub(super) fn choose(token: Token, share: (u32, u32)) -> Processors {
        let allowed = BEFORE.with_borrow(|before| before.as_ref().map(|(_, allowed)| allowed.clone()));
        let allowed = allowed.unwrap_or_else(system::allowed_processors);
        if allowed.len() < 2 {
            return Processors { allowed, own: None };
        }
        let first = match share.1 {
            // Where the thread runs now there is probably room.
            0 | 1 => system::current_processor().and_then(|now| allowed.iter().position(|&at| at == now)).unwrap_or(0),
            _ => token.to_string().bytes().map(usize::from).sum(),
        };
        let own = allowed.get((first + share.0 as usize) % allowed.len()).copied();
        Processors { allowed, own }
    }

    /// Confines this thread to the processor of this executor, unless it is already.
    pub(super) fn confine(&self) {
        let Some(own) = self.own else { return };
        BEFORE.with_borrow_mut(|before| {
            let already = before.as_ref().is_some_and(|(at, _)| *at == own);
            // Where the system refuses, scripts are slower and nothing else.
            if !already && system::run_on(&[own]) {
                *before = Some((own, self.allowed.clone()));
            }
        });
    }

    /// Gives this thread back the processors that it had.
    pub(super) fn release() {
        BEFORE.with_borrow_mut(|before| {
            if let Some((_, allowed)) = before.take() {
                system::run_on(&allowed);
            }
        });
    }
}
