//! Mappings of a process, and which addresses each of them has.
//!
//! Where the system puts a mapping is no matter: the addresses that it chose are an area, which is called as the mapping is
//! that it was made for. A mapping over another one lies in the area of that one, and takes addresses away from it.

use super::{ObjectId, Process};
use crate::call::{Label, Prot};
use crate::model::bytes::{Bytes, Span, Value};
use crate::profile::Justification;
use smallvec::{SmallVec, smallvec};

/// A mapping, by the event that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MapId(pub(crate) u32);

/// Addresses that a label stands for: a range of an area, in bytes, of which the last page counts whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Window {
    pub(crate) area: MapId,
    pub(crate) at: i64,
    pub(crate) len: i64,
    /// How far its first byte lies behind a multiple of the page size.
    pub(crate) skew: i64,
}

impl Window {
    /// Does a range lie in it?
    pub(crate) fn holds(self, offset: i64, len: i64) -> bool {
        offset >= 0 && len >= 0 && offset.saturating_add(len) <= self.len
    }
}

/// A mapping of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Mapping {
    pub(crate) object: ObjectId,
    pub(crate) offset: i64,
    pub(crate) window: Window,
    /// How far the object reached when it was mapped, in bytes of whole pages.
    pub(crate) reached: i64,
    /// The protection that mmap asked for.
    pub(crate) asked: Prot,
    /// May it be made writable?
    pub(crate) may_write: bool,
    pub(crate) private: Option<Private>,
    /// Not zero where it is not mapped any more, by bytes of the mapping.
    pub(crate) holes: Bytes,
    /// The protection that mprotect has set, by bytes of the mapping: its bits and one more, and zero where it set none.
    pub(crate) protected: Bytes,
    /// Are its pages kept in memory?
    pub(crate) locked: bool,
}

/// What a private mapping has of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Private {
    /// The object's bytes when it was mapped.
    pub(crate) before: Bytes,
    /// Its own copies.
    pub(crate) own: Bytes,
    /// Not zero in the pages of the object that it has copied.
    pub(crate) copied: Bytes,
    /// Why it still has copies of pages that the object has lost.
    pub(crate) kept_by: Option<Justification>,
}

/// A part of a range of addresses in which everything is alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    /// Its first byte in the area, and the one behind its last.
    pub(crate) range: (i64, i64),
    /// What is mapped there, and how it is protected.
    pub(crate) mapped: Option<Mapped<'a>>,
}

/// A mapping where it has one protection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mapped<'a> {
    pub(crate) id: MapId,
    pub(crate) map: &'a Mapping,
    /// The range of its object.
    pub(crate) range: (i64, i64),
    pub(crate) prot: Prot,
    /// Has mprotect set that?
    pub(crate) protected: bool,
}

/// The parts of a range, in order.
pub(crate) type Parts<'a> = SmallVec<[Part<'a>; 2]>;

impl Process {
    /// The addresses that a label stands for.
    pub(crate) fn window(&self, label: Label) -> Option<Window> {
        self.windows.get(&label).copied()
    }

    /// The mappings that lie in an area.
    pub(crate) fn lying_in(&self, area: MapId) -> impl Iterator<Item = (MapId, &Mapping)> {
        self.maps.iter().filter(move |(_, map)| map.window.area == area).map(|(id, map)| (*id, map))
    }

    /// What lies in a range of an area.
    pub(crate) fn parts(&self, area: MapId, (start, end): (i64, i64)) -> Parts<'_> {
        let mut found: SmallVec<[Part<'_>; 2]> = SmallVec::new();
        for (id, map) in self.lying_in(area) {
            let at = map.window.at;
            for whole in map.mapped_in((start - at, end - at)) {
                for span in map.protected.spans(whole.start, whole.end) {
                    let (prot, protected) = match span.value {
                        Value::Byte(bits @ 1..) => (Prot::from_bits_truncate(u16::from(bits - 1)), true),
                        _ => (map.asked, false),
                    };
                    let range = (map.offset.saturating_add(span.start), map.offset.saturating_add(span.end));
                    let mapped = Some(Mapped { id, map, range, prot, protected });
                    found.push(Part { range: (at + span.start, at + span.end), mapped });
                }
            }
        }
        found.sort_by_key(|part| part.range);
        let mut parts = Parts::new();
        let mut at = start;
        for part in found {
            parts.extend((at < part.range.0).then_some(Part { range: (at, part.range.0), mapped: None }));
            at = part.range.1;
            parts.push(part);
        }
        parts.extend((at < end).then_some(Part { range: (at, end), mapped: None }));
        parts
    }

    /// The mappings that have a part of a range of an area, and which part of each, in bytes of the mapping.
    fn touched(&self, area: MapId, (start, end): (i64, i64)) -> Vec<(MapId, Span)> {
        let touched = |(id, map): (MapId, &Mapping)| {
            let at = map.window.at;
            map.mapped_in((start - at, end - at)).into_iter().map(move |span| (id, span)).collect::<Vec<_>>()
        };
        self.lying_in(area).flat_map(touched).collect()
    }

    /// Takes a range of an area away from every mapping; answers the objects of those of which nothing is left.
    pub(super) fn cut(&mut self, area: MapId, range: (i64, i64)) -> Vec<ObjectId> {
        let mut gone = Vec::new();
        for (id, span) in self.touched(area, range) {
            let Some(map) = self.maps.get_mut(&id) else { continue };
            map.holes.fill(span.start, span.end, Value::Byte(1));
            if map.mapped_in((0, map.window.len)).is_empty() {
                gone.push(map.object);
                self.maps.remove(&id);
            }
        }
        gone
    }

    /// Sets the protection of what lies in a range of an area.
    pub(in crate::model) fn protect(&mut self, area: MapId, range: (i64, i64), prot: Prot) {
        for (id, span) in self.touched(area, range) {
            if let Some(map) = self.maps.get_mut(&id) {
                map.protected.fill(span.start, span.end, Value::Byte(prot.bits() as u8 + 1));
            }
        }
    }

    /// Keeps what lies in a range of an area in memory, or no more.
    pub(in crate::model) fn lock(&mut self, area: MapId, range: (i64, i64), locked: bool) {
        for (id, _) in self.touched(area, range) {
            if let Some(map) = self.maps.get_mut(&id) {
                map.locked = locked;
            }
        }
    }
}

impl Mapping {
    /// The parts of a range that are mapped, in bytes of the mapping.
    pub(crate) fn mapped_in(&self, (start, end): (i64, i64)) -> SmallVec<[Span; 2]> {
        let (start, end) = (start.max(0), end.min(self.window.len));
        if !self.holes.holds_from(i64::MIN) && start < end {
            return smallvec![Span { start, end, value: Value::Byte(0) }];
        }
        self.holes.spans(start, end).into_iter().filter(|span| span.value == Value::Byte(0)).collect()
    }

    /// May it be stored to somewhere, and shared?
    pub(crate) fn is_written(&self) -> bool {
        let writes = |span: &Span| match span.value {
            Value::Byte(bits @ 1..) => Prot::from_bits_truncate(u16::from(bits - 1)).contains(Prot::WRITE),
            _ => self.asked.contains(Prot::WRITE),
        };
        let mapped = self.mapped_in((0, self.window.len));
        mapped.iter().any(|part| self.protected.spans(part.start, part.end).iter().any(writes))
    }

    pub(super) fn weight(&self) -> usize {
        let private = self
            .private
            .as_ref()
            .map_or(0, |private| 4 * (private.before.weight() + private.own.weight() + private.copied.weight()));
        24 + 4 * (self.holes.weight() + self.protected.weight()) + private
    }
}
