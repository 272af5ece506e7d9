//! What a program makes where there are no memfds: an object with a fresh name, which is unlinked at once.

use super::replay::branches;
use crate::call::{Call, Name, OpenFlags};
use crate::model::{Expect, ObjectId, State};
use crate::profile::Profile;
use crate::trace::Event;

/// The state after that, where the platform lets it be; else as it was.
pub(super) fn of_memfd(profile: &Profile, state: State, index: u32, event: &Event) -> State {
    let name = Name::Literal(format!("/in-place-of-memfd-{index}"));
    let flags = OpenFlags::RDWR | OpenFlags::CREAT | OpenFlags::EXCL;
    let calls = [
        (Call::ShmOpen { name: name.clone(), flags, mode: 0o600 }, event.bind.clone()),
        (Call::ShmUnlink { name }, Vec::new()),
    ];
    let mut state = calls.into_iter().fold(state, |state, (call, bind)| {
        let made = Event { call, bind, ..event.clone() };
        let succeeded = |expect: &Expect| !matches!(expect, Expect::Errno(_) | Expect::NotExecuted);
        let branch = branches(profile, &state, index, &made).into_iter().find(|branch| succeeded(&branch.expect));
        match branch {
            Some(branch) => {
                let outcome = branch.expect.example(&state, event.actor);
                branch.apply(state, &outcome)
            }
            None => state,
        }
    });
    // With which mode a program would make it is not known.
    if let Some(object) = state.object_mut(ObjectId(index)) {
        (object.mode, object.mode_open) = (0, 0o7777);
    }
    state
}
