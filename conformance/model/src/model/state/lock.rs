//! Locks on whole objects: those that processes have by fcntl, and those that open file descriptions have by flock.

use super::{DescriptionId, ObjectId, ProcessId, State};
use crate::call::{FileLock, Lock};

impl State {
    /// The locks that other processes have on an object.
    pub(crate) fn locks_of_others(&self, id: ProcessId, object: ObjectId) -> impl Iterator<Item = Lock> {
        let others = self.processes.iter().filter(move |(other, process)| **other != id && process.alive);
        others.filter_map(move |(_, process)| process.locks.get(&object).copied())
    }

    /// The locks that open file descriptions have on an object, but for one of them.
    pub(crate) fn file_locks(&self, object: ObjectId, but: Option<DescriptionId>) -> impl Iterator<Item = FileLock> {
        let others = self.descriptions.iter().filter(move |(id, _)| Some(**id) != but);
        others.filter(move |(_, other)| other.object == Some(object)).filter_map(|(_, other)| other.lock)
    }

    /// The locks that processes have on an object.
    pub(crate) fn locks(&self, object: ObjectId) -> impl Iterator<Item = Lock> {
        self.processes.values().filter_map(move |process| process.locks.get(&object).copied())
    }

    /// Has any process, or any description, a lock?
    pub(crate) fn has_locks(&self) -> bool {
        self.processes.values().any(|process| !process.locks.is_empty())
            || self.descriptions.values().any(|description| description.lock.is_some())
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
