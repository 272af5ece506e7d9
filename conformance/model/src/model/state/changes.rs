//! Which parts of a state differ from another, for the test of footprints.

use super::{Mapping, Object, Process, State};
use crate::model::footprint::{Of, Place};
use litemap::LiteMap;
use std::collections::BTreeSet;
use std::sync::Arc;

impl State {
    /// The parts that are not the same after a call. What something rests on is no part, and neither is what nothing
    /// refers to any more.
    pub(crate) fn changes(&self, after: &State) -> Vec<Place> {
        let mut changes = Vec::new();
        for (key, _) in differing(&self.names, &after.names) {
            changes.push(Place::name(&key.name));
        }
        for (key, _) in differing(&self.obstacles, &after.obstacles) {
            changes.push(Place::name(&key.name));
        }
        for (id, (before, now)) in differing(&self.objects, &after.objects) {
            match (before, now) {
                (Some(before), Some(now)) => changes.extend(of_object(id, before, now)),
                (None, Some(_)) => changes.push(Place::Object(Of::One(id))),
                (Some(_), None) | (None, None) => {}
            }
        }
        for (id, (before, now)) in differing(&self.descriptions, &after.descriptions) {
            if let (Some(before), Some(now)) = (before, now)
                && (before.offset, before.status, before.is_set) != (now.offset, now.status, now.is_set)
            {
                changes.push(Place::Offset(Of::One(id)));
            }
        }
        for (id, (before, now)) in differing(&self.processes, &after.processes) {
            match (before, now) {
                (Some(before), Some(now)) => {
                    changes.extend(of_process(before, now).map(|place| place(id)));
                    changes.extend(of_mappings(before, now));
                }
                _ => changes.push(Place::Life(id)),
            }
        }
        for ((from, to), _) in differing(&self.messages, &after.messages) {
            changes.push(Place::Messages(from, to));
        }
        let locks = |state: &State| {
            let locked = state.processes.iter().filter(|(_, process)| !process.locks.is_empty());
            locked.map(|(id, process)| (*id, process.locks.clone())).collect::<Vec<_>>()
        };
        changes.extend((locks(self) != locks(after)).then_some(Place::Locks));
        let given: BTreeSet<String> = after.given_names.difference(&self.given_names).cloned().collect();
        changes.extend((!given.is_empty()).then(|| Place::Given(Arc::new(given))));
        changes.extend((self.strays != after.strays).then_some(Place::Strays));
        changes
    }
}

/// A key, and what it stands for in each of two maps.
type Differing<'a, K, V> = (K, (Option<&'a V>, Option<&'a V>));

/// The entries that are not the same in both.
fn differing<'a, K: Ord + Clone, V: PartialEq>(
    one: &'a LiteMap<K, V>,
    other: &'a LiteMap<K, V>,
) -> Vec<Differing<'a, K, V>> {
    let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(key)));
    let entries = keys.map(|key| (key.clone(), (one.get(key), other.get(key))));
    entries.filter(|(_, (one, other))| one != other).collect()
}

type PlaceOf<T> = fn(T) -> Place;

fn of_object(id: super::ObjectId, before: &Object, now: &Object) -> Vec<Place> {
    let attributes = |object: &Object| {
        let Object { size, sized, mode, mode_open, uid, gid, seals, .. } = object;
        (*size, *sized, *mode, *mode_open, *uid, *gid, *seals)
    };
    let mut changes = Vec::new();
    if attributes(before) != attributes(now) {
        changes.push(Place::Object(Of::One(id)));
    }
    changes.extend((before.times != now.times).then_some(Place::Times));
    for then in before.bytes.spans(i64::MIN, i64::MAX) {
        let spans = now.bytes.spans(then.start, then.end).into_iter().filter(|span| span.value != then.value);
        changes.extend(spans.map(|span| Place::Bytes(Of::One(id), (span.start, span.end), None)));
    }
    changes
}

fn of_process(before: &Process, now: &Process) -> impl Iterator<Item = PlaceOf<super::ProcessId>> {
    let attributes = |process: &Process| {
        let Process { uid, gid, umask, fsize, nofile, address_space, memlock, ignored, collides, store, room, .. } =
            process;
        (*uid, *gid, *umask, *fsize, *nofile, *address_space, *memlock, ignored.clone(), *collides, *store, *room)
    };
    let descriptors = |process: &Process| {
        let fds = process.fds.values().map(|fd| (fd.number, fd.description, fd.cloexec)).collect::<Vec<_>>();
        (fds, process.leaked, process.base.clone(), process.labels.clone())
    };
    let places: [(bool, PlaceOf<_>); 4] = [
        (before.alive != now.alive, Place::Life),
        (attributes(before) != attributes(now), Place::Attributes),
        (descriptors(before) != descriptors(now), Place::Descriptors),
        ((&before.maps, &before.windows) != (&now.maps, &now.windows), Place::Mappings),
    ];
    places.into_iter().filter(|(differs, _)| *differs).map(|(_, place)| place)
}

/// The objects of which there are other mappings, or mappings with another protection.
fn of_mappings(before: &Process, now: &Process) -> Vec<Place> {
    let seen = |map: Option<&Mapping>| map.map(|map| (map.object, map.asked, map.protected.clone(), map.may_write));
    let changed = differing(&before.maps, &now.maps).into_iter();
    let changed = changed.filter(|(_, (before, now))| seen(*before) != seen(*now));
    let objects = changed.flat_map(|(_, (before, now))| [before, now]).flatten().map(|map| map.object);
    objects.map(|object| Place::Mapped(Of::One(object))).collect()
}
