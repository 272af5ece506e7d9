//! A shared memory object.

use super::times::Times;
use crate::call::Seals;
use crate::clause::{self, ClauseId};
use crate::model::apart::Apart;
use crate::model::bytes::{Bytes, Value};
use crate::profile::{Justification, Tail};

/// A shared memory object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Object {
    pub(crate) size: i64,
    /// What its size rests on.
    pub(crate) size_by: Justification,
    /// Has its size been set?
    pub(crate) sized: bool,
    pub(crate) mode: u32,
    /// Bits of the mode that are not certain.
    pub(crate) mode_open: u32,
    /// What its mode and owner rest on.
    pub(crate) mode_by: Justification,
    pub(crate) uid: u32,
    /// Its group, if it is certain.
    pub(crate) gid: Option<u32>,
    pub(crate) bytes: Bytes,
    /// The clause that its contents rest on.
    pub(crate) bytes_by: ClauseId,
    /// Where its pages and its file may have gone apart.
    pub(crate) apart: Apart,
    /// Was it made without a name, so that it may be one that can be sealed?
    pub(crate) nameless: bool,
    /// Was it made by `memfd_create`?
    pub(crate) memfd: bool,
    /// Its seals, once they are known.
    pub(crate) seals: Option<Seals>,
    /// Seals that it may have had from the beginning: where programs are kept out of memory, a memfd begins with `EXEC`.
    pub(crate) seals_open: Seals,
    /// The number that tells it from others, once it is known.
    pub(crate) inode: Option<i64>,
    /// Its times, as far as they are known.
    pub(crate) times: Times,
    /// Why it is there at all, where the call that made it failed.
    pub(crate) left_by: Option<Justification>,
    /// Room of the store that it lives in, in bytes, where that is known to be limited.
    pub(crate) room: Option<i64>,
    pub(crate) references: References,
}

/// Where an object is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In the store of those with names.
    InStore,
    /// Apart from it, as a memfd.
    Apart,
    /// In one of the two: it has no name, and which call made it is not known.
    InEither,
}

/// How many names, descriptions and mappings an object has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct References {
    pub(crate) names: u32,
    pub(crate) descriptions: u32,
    pub(crate) mappings: u32,
}

impl Object {
    /// Where it is kept, as far as that is known.
    pub(crate) fn kept(&self) -> Kept {
        match (self.nameless, self.memfd) {
            (_, true) => Kept::Apart,
            (true, false) => Kept::InEither,
            (false, false) => Kept::InStore,
        }
    }

    /// Do both live in the same store, as far as is known?
    pub(crate) fn lives_beside(&self, other: &Object) -> bool {
        (self.kept(), self.room) == (other.kept(), other.room)
    }

    /// The bits beyond the permissions may go when the object is changed, as those do that set users and groups.
    pub(crate) fn open_special_bits(&mut self) {
        self.mode_open |= self.mode & 0o7000;
    }

    /// Is the object reached by a descriptor, a mapping or a message?
    pub(crate) fn is_referenced(&self) -> bool {
        self.references.descriptions > 0 || self.is_mapped()
    }

    /// Does a process have the object mapped?
    pub(crate) fn is_mapped(&self) -> bool {
        self.references.mappings > 0
    }

    /// Has it such a seal?
    pub(crate) fn is_sealed(&self, seal: Seals) -> bool {
        self.seals.is_some_and(|seals| seals.intersects(seal))
    }

    /// A range is zeros, as far as the object reaches; of what was stored behind the end nothing is certain there.
    pub(crate) fn punch(&mut self, start: i64, end: i64) {
        self.bytes.fill(start, end.min(self.size), Value::Byte(0));
        self.bytes.blur(start.max(self.size), end);
        self.bytes_by = clause::punch(1);
        self.open_special_bits();
    }

    /// Sets the size; the bytes cut off are gone, and with `Tail::Zero` what was stored behind the end is, too.
    pub(crate) fn resize(&mut self, size: i64, tail: Tail) {
        if tail == Tail::Zero {
            self.bytes.clear_from(size.min(self.size));
        } else if size < self.size {
            self.bytes.fill(size, self.size, Value::Byte(0));
        }
        self.size = size;
        self.sized = true;
        self.open_special_bits();
    }
}
