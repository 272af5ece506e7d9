//! What a program makes where there are no memfds: an object with a fresh name, which is unlinked at once.

use super::replay::branches;
use crate::call::{Call, Name, OpenFlags};
use crate::model::{Expect, State};
use crate::profile::Profile;
use crate::trace::Event;

/// The mode of a memfd on Linux.
const MODE: u32 = 0o777;

/// The state after that, where the platform lets it be; else as it was.
pub(super) fn of_memfd(profile: &Profile, state: State, index: u32, event: &Event) -> State {
    let name = Name::Literal(format!("/in-place-of-memfd-{index}"));
    let flags = OpenFlags::RDWR | OpenFlags::CREAT | OpenFlags::EXCL;
    // The mask would take bits of the mode away, which memfds keep.
    let mask = state.process_of(event.actor).map_or(0, |(_, process)| process.umask);
    let calls = [
        (Call::Umask { mode: 0 }, Vec::new()),
        (Call::ShmOpen { name: name.clone(), flags, mode: MODE }, event.bind.clone()),
        (Call::Umask { mode: mask }, Vec::new()),
        (Call::ShmUnlink { name }, Vec::new()),
    ];
    calls.into_iter().fold(state, |state, (call, bind)| {
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
    })
}
