//! What is known before the first call.

use super::{Process, ProcessId, State};
use crate::trace::{Header, Storage};
use litemap::LiteMap;
use std::sync::{Arc, OnceLock};

/// The size of a page in bytes, as far as it can be one.
fn page(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(4096).clamp(1, 1 << 40)
}

/// The room of a file system, without the rest: a state is copied often.
fn room(store: &Storage) -> Storage {
    let Storage { free_bytes, free_inodes, total_bytes, .. } = *store;
    Storage { free_bytes, free_inodes, total_bytes, ..Storage::default() }
}

impl State {
    /// The state before the first call of a trace.
    pub fn initial(header: &Header) -> State {
        let mut state = State {
            page: page(header.platform.page_size),
            storage: header.machine.store.as_ref().map(room),
            ..State::nothing()
        };
        let mut processes = LiteMap::new();
        for actor in &header.actors {
            match actor.process.filter(|process| *process != actor.name) {
                Some(process) => {
                    Arc::make_mut(&mut state.threads).insert(actor.name, Some(ProcessId(process)));
                    if actor.since > 0 {
                        Arc::make_mut(&mut state.later).insert(actor.name, actor.since);
                    }
                }
                None => drop(processes.insert(ProcessId(actor.name), Arc::new(Process::new(actor)))),
            }
        }
        state.processes = Arc::new(processes);
        state
    }

    /// The state without a process, of which every state begins with a share: most parts stay empty.
    fn nothing() -> State {
        static NOTHING: OnceLock<State> = OnceLock::new();
        let nothing = || State {
            page: 4096,
            storage: None,
            names: Arc::default(),
            removed: Arc::default(),
            obstacles: Arc::default(),
            objects: Arc::default(),
            descriptions: Arc::default(),
            threads: Arc::default(),
            later: Arc::default(),
            processes: Arc::default(),
            messages: Arc::default(),
            given_names: Arc::default(),
            strays: Vec::new(),
            knows_times: false,
        };
        NOTHING.get_or_init(nothing).clone()
    }

    /// The same state, had its system pages of that size.
    pub(crate) fn with_pages(&self, bytes: u64) -> State {
        State { page: page(bytes), ..self.clone() }
    }
}
