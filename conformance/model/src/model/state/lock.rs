//! Locks that processes have on whole objects.

use super::{ObjectId, ProcessId, State};
use crate::call::Lock;

impl State {
    /// The locks that other processes have on an object.
    pub(crate) fn locks_of_others(&self, id: ProcessId, object: ObjectId) -> impl Iterator<Item = Lock> {
        let others = self.processes.iter().filter(move |(other, process)| **other != id && process.alive);
        others.filter_map(move |(_, process)| process.locks.get(&object).copied())
    }

    /// Has any process a lock?
    pub(crate) fn has_locks(&self) -> bool {
        self.processes.values().any(|process| !process.locks.is_empty())
    }

    /// Whoever closes any descriptor of an object gives up its lock on it.
    pub(crate) fn unlock(&mut self, id: ProcessId, number: i32) {
        if self.process(id).is_none_or(|process| process.locks.is_empty()) {
            return;
        }
        let fd = self.process(id).and_then(|process| process.fd(number));
        let object = fd.and_then(|fd| self.description(fd.description)?.object);
        if let (Some(object), Some(process)) = (object, self.process_mut(id)) {
            process.locks.remove(&object);
        }
    }
}
