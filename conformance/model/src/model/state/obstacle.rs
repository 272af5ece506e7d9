//! What lies in the directory of a store where an object would be, and is none.

use super::{Key, State};
use std::sync::Arc;

/// Something that is no shared memory object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Obstacle {
    pub(crate) kind: Kind,
    /// Who laid it there.
    pub(crate) uid: u32,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A symbolic link to another name.
    Link(Key),
    Directory,
    Fifo,
    /// Something, or nothing: nobody can tell.
    Unknown,
}

impl State {
    /// What is in the way of an object of that name.
    pub(crate) fn obstacle(&self, key: &Key) -> Option<&Obstacle> {
        self.obstacles.get(key)
    }

    /// Is anything in the way of objects?
    pub(crate) fn has_obstacles(&self) -> bool {
        !self.obstacles.is_empty()
    }

    pub(crate) fn lay(&mut self, key: Key, obstacle: Obstacle) {
        Arc::make_mut(&mut self.obstacles).insert(key, obstacle);
    }

    pub(crate) fn clear(&mut self, key: &Key) {
        Arc::make_mut(&mut self.obstacles).remove(key);
    }
}
