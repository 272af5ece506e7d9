//! The parts of a state that calls read and write.

use crate::call::Label;
use crate::model::state::{DescriptionId, ObjectId, ProcessId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A part of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Whether the process lives.
    Life(ProcessId),
    /// Its user, masks, limits, signals and store.
    Attributes(ProcessId),
    /// Its descriptors, and what labels stand for.
    Descriptors(ProcessId),
    /// Its mappings, with what is private to them.
    Mappings(ProcessId),
    /// What a name stands for; names that differ in slashes at their ends may stand for the same.
    Name(String),
    /// What every name stands for.
    Names,
    /// An object's size, mode, owner and seals.
    Object(Of<ObjectId>),
    /// Bytes of an object; where all that happens to them is that they become one byte, this is it.
    Bytes(Of<ObjectId>, (i64, i64), Option<u8>),
    /// Which mappings there are of an object, and how they are protected.
    Mapped(Of<ObjectId>),
    /// A file offset, and the flags beside it.
    Offset(Of<DescriptionId>),
    /// What processes and open file descriptions have locked.
    Locks,
    /// When objects were read, written and changed.
    Times,
    /// The messages from one actor to another.
    Messages(Label, Label),
    /// Names that a generator gave out.
    Given(Arc<BTreeSet<String>>),
    /// The names that nobody was told.
    Strays,
    /// All of it.
    Everything,
}

/// One thing, or one that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of<T> {
    One(T),
    Any,
}

impl<T: PartialEq> Of<T> {
    fn may_be(&self, other: &Of<T>) -> bool {
        match (self, other) {
            (Of::One(one), Of::One(other)) => one == other,
            _ => true,
        }
    }
}

/// All bytes of an object.
pub(super) fn whole(object: Of<ObjectId>) -> Place {
    Place::Bytes(object, (i64::MIN, i64::MAX), None)
}

impl Place {
    /// What a name stands for.
    pub(crate) fn name(name: &str) -> Place {
        Place::Name(name.trim_matches('/').to_owned())
    }

    /// May the two have a part in common?
    pub(crate) fn overlaps(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::Everything, _) | (_, Place::Everything) => true,
            (Place::Names, Place::Name(_) | Place::Names) | (Place::Name(_), Place::Names) => true,
            (Place::Object(one), Place::Object(other)) | (Place::Mapped(one), Place::Mapped(other)) => {
                one.may_be(other)
            }
            (Place::Offset(one), Place::Offset(other)) => one.may_be(other),
            (Place::Bytes(one, (from, to), _), Place::Bytes(other, (start, end), _)) => {
                one.may_be(other) && from < end && start < to
            }
            (Place::Given(one), Place::Given(other)) => !one.is_disjoint(other),
            _ => self == other,
        }
    }

    /// Are both bytes of one object, of which these hold all of the others?
    fn lies_over(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::Bytes(Of::One(one), (from, to), _), Place::Bytes(Of::One(other), (start, end), _)) => {
                one == other && from <= start && end <= to
            }
            _ => false,
        }
    }

    /// Do two writes come to the same in either order?
    fn is_alike(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::Bytes(_, _, Some(one)), Place::Bytes(_, _, Some(other))) => one == other,
            // Whoever asks for a time reads it, too.
            (Place::Times, Place::Times) => true,
            _ => false,
        }
    }

    /// Does it hold all of the other one?
    #[cfg(test)]
    pub(crate) fn covers(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::Bytes(one, (from, to), _), Place::Bytes(other, (start, end), _)) => {
                one.may_be(other) && from <= start && end <= to
            }
            _ => self.overlaps(other),
        }
    }
}

/// What a call may read and write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Footprint {
    pub(crate) reads: Vec<Place>,
    pub(crate) writes: Vec<Place>,
}

impl Footprint {
    /// That of a call of which nothing is known.
    pub(super) fn everything() -> Footprint {
        Footprint { reads: vec![Place::Everything], writes: vec![Place::Everything] }
    }

    pub(super) fn read(&mut self, places: impl IntoIterator<Item = Place>) {
        self.reads.extend(places);
    }

    pub(super) fn write(&mut self, places: impl IntoIterator<Item = Place>) {
        self.writes.extend(places);
    }

    /// Reads and writes the same.
    pub(super) fn change(&mut self, places: impl IntoIterator<Item = Place>) {
        for place in places {
            self.reads.push(place.clone());
            self.writes.push(place);
        }
    }

    /// May what one does be seen, or undone, by the other? If not, they can be made in either order.
    pub(crate) fn conflicts(&self, other: &Footprint) -> bool {
        self.is_disturbed_by(other) || other.is_disturbed_by(self)
    }

    /// May the other one change what this one reads, or undo what it writes?
    pub(crate) fn is_disturbed_by(&self, other: &Footprint) -> bool {
        let undoes = |write: &Place| self.writes.iter().any(|own| own.overlaps(write) && !own.is_alike(write));
        other.writes.iter().any(|write| undoes(write) || self.reads_it(write))
    }

    /// Are both stores, of which this one overwrites all that the other one leaves, without looking at it?
    pub(crate) fn overwrites(&self, other: &Footprint) -> bool {
        let known = |place: &Place| matches!(place, Place::Bytes(Of::One(_), _, Some(_)));
        let over = |write: &Place| self.writes.iter().any(|own| own.lies_over(write));
        let are_stores = [self, other].iter().all(|footprint| footprint.writes.iter().all(known));
        let look =
            [(self, other), (other, self)].iter().any(|(one, two)| two.writes.iter().any(|write| one.reads_it(write)));
        are_stores && !look && !other.writes.is_empty() && other.writes.iter().all(over)
    }

    fn reads_it(&self, place: &Place) -> bool {
        self.reads.iter().any(|read| read.overlaps(place))
    }
}
