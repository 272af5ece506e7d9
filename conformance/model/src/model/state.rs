//! One state that the model holds possible: names, objects, open descriptions, processes and messages, as values.
//!
//! Parts are shared between states until one of them changes, so that a state costs little more than what sets it apart.
//! What nothing refers to any more is forgotten, so that a state grows with what is open and not with what was done. Tables are
//! flat, as most have a few entries: to copy one takes one allocation.

#[cfg(test)]
mod changes;
mod initial;
mod lock;
mod mapping;
mod message;
mod object;
mod obstacle;
mod process;
mod times;

pub(crate) use mapping::{MapId, Mapped, Mapping, Part, Parts, Private, Window};
pub(crate) use message::Message;
pub(crate) use object::{Kept, Object, References};
pub(crate) use obstacle::{Kind, Obstacle};
pub(crate) use process::{Descriptor, Process};
pub(crate) use times::{Times, Touches};

use crate::call::{FileLock, Label, StatusFlags};
use crate::clause::{self, ClauseId};
use crate::constants::FileType;
use crate::outcome::Outcome;
use crate::profile::Justification;
use crate::trace::Storage;
use litemap::LiteMap;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// An object, by the event that made it: the same in every order of overlapping calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId(pub(crate) u32);

/// An open file description, by the event that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DescriptionId(pub(crate) u32);

/// A process, by the label of the actor that it began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ProcessId(pub(crate) Label);

/// Everything that the model knows at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub(crate) page: i64,
    /// What room there is in the system's store, where that is known.
    pub(crate) storage: Option<Storage>,
    pub(crate) names: Arc<LiteMap<Key, ObjectId>>,
    /// Names that were removed and not created since.
    pub(crate) removed: Arc<LiteMap<Key, ()>>,
    pub(crate) obstacles: Arc<LiteMap<Key, Obstacle>>,
    objects: Arc<LiteMap<ObjectId, Arc<Object>>>,
    descriptions: Arc<LiteMap<DescriptionId, Description>>,
    /// The process of each actor that is not the one that its process began with, as the threads of a process are actors that
    /// share it; none for a thread that is gone.
    threads: Arc<LiteMap<Label, Option<ProcessId>>>,
    /// By which event threads have begun that were not there from the beginning.
    later: Arc<LiteMap<Label, u32>>,
    processes: Arc<LiteMap<ProcessId, Arc<Process>>>,
    messages: Arc<LiteMap<(Label, Label), VecDeque<Message>>>,
    pub(crate) given_names: Arc<BTreeSet<String>>,
    /// Names that stay behind and that nobody was told, by their stores.
    pub(crate) strays: Vec<Store>,
    /// Was a time of an object told?
    pub(crate) knows_times: bool,
}

/// A name as the platform tells names apart, in one store of objects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) store: Store,
    pub(crate) name: Arc<str>,
}

/// Where names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Store {
    /// In the system's store.
    Shared,
    /// In the private store that this event made, for its process and the children of that.
    Own(u32),
}

/// What an open descriptor refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Description {
    /// `None` for what is no object at all, such as a directory that was opened in the place of one.
    pub(crate) object: Option<ObjectId>,
    /// What it is instead, where that is known.
    pub(crate) kind: Option<FileType>,
    pub(crate) read: bool,
    pub(crate) write: bool,
    pub(crate) status: StatusFlags,
    /// Have these flags been set since it was opened?
    pub(crate) is_set: bool,
    /// The lock that it has by flock.
    pub(crate) lock: Option<FileLock>,
    /// The file offset, once it is known; a new description's is left open, and taken to be 0 by what reads or writes.
    pub(crate) offset: Option<i64>,
    /// How many descriptors and messages refer to it.
    pub(crate) references: u32,
}

impl Description {
    /// That of something of that kind, which is no object.
    pub(crate) fn of_no_object(kind: FileType) -> Description {
        Description {
            object: None,
            kind: Some(kind),
            read: true,
            write: true,
            status: StatusFlags::empty(),
            is_set: false,
            lock: None,
            offset: None,
            references: 0,
        }
    }
}

impl State {
    /// The process that an actor belongs to, if the actor is there.
    pub(crate) fn process_id(&self, actor: Label) -> Option<ProcessId> {
        self.process_of(actor).map(|(id, _)| id)
    }

    /// The process of an actor.
    pub(crate) fn process_of(&self, actor: Label) -> Option<(ProcessId, &Process)> {
        let id = self.threads.get(&actor).copied().unwrap_or(Some(ProcessId(actor)))?;
        Some((id, self.process(id)?))
    }

    pub(crate) fn process(&self, id: ProcessId) -> Option<&Process> {
        self.processes.get(&id).map(|process| &**process)
    }

    pub(crate) fn process_mut(&mut self, id: ProcessId) -> Option<&mut Process> {
        Arc::make_mut(&mut self.processes).get_mut(&id).map(Arc::make_mut)
    }

    /// Can the actor make calls?
    pub(crate) fn is_alive(&self, actor: Label) -> bool {
        self.process_of(actor).is_some_and(|(_, process)| process.alive)
    }

    pub(crate) fn processes(&self) -> impl Iterator<Item = &Process> {
        self.processes_by_id().map(|(_, process)| process)
    }

    pub(crate) fn processes_by_id(&self) -> impl Iterator<Item = (ProcessId, &Process)> {
        self.processes.iter().map(|(id, process)| (*id, &**process))
    }

    /// An object that something refers to, or that has a name.
    pub(crate) fn object(&self, id: ObjectId) -> &Object {
        &self.objects[&id]
    }

    pub(crate) fn objects(&self) -> impl Iterator<Item = (ObjectId, &Object)> {
        self.objects.iter().map(|(id, object)| (*id, &**object))
    }

    /// The pages from `start` on that private mappings have copied of an object are gone, or kept for that reason.
    pub(crate) fn cut_copies(&mut self, object: ObjectId, start: i64, kept: Option<Justification>) {
        let has_copies = |process: &Process| process.copies(object).any(|private| private.copied.holds_from(start));
        let touched: Vec<ProcessId> =
            self.processes_by_id().filter(|(_, process)| has_copies(process)).map(|(id, _)| id).collect();
        for id in touched {
            if let Some(process) = self.process_mut(id) {
                process.cut_copies(object, start, kept);
            }
        }
    }

    /// The object, unless it is gone.
    pub(crate) fn object_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        Arc::make_mut(&mut self.objects).get_mut(&id).map(Arc::make_mut)
    }

    pub(crate) fn add_object(&mut self, id: ObjectId, object: Arc<Object>) {
        Arc::make_mut(&mut self.objects).insert(id, object);
    }

    pub(crate) fn description(&self, id: DescriptionId) -> Option<&Description> {
        self.descriptions.get(&id)
    }

    pub(crate) fn description_mut(&mut self, id: DescriptionId) -> Option<&mut Description> {
        Arc::make_mut(&mut self.descriptions).get_mut(&id)
    }

    /// Says what the contents of an object rest on from now on.
    pub(crate) fn bytes_rest_on(&mut self, id: ObjectId, clause: ClauseId) {
        if self.objects.get(&id).is_some_and(|object| object.bytes_by != clause)
            && let Some(object) = self.object_mut(id)
        {
            object.bytes_by = clause;
        }
    }

    pub(crate) fn named(&self, key: &Key) -> Option<ObjectId> {
        self.names.get(key).copied()
    }

    /// Gives an object a name.
    pub(crate) fn name(&mut self, key: Key, object: ObjectId) {
        if self.removed.contains_key(&key) {
            Arc::make_mut(&mut self.removed).remove(&key);
        }
        self.count(object, |references| references.names += 1);
        if let Some(before) = Arc::make_mut(&mut self.names).insert(key, object) {
            self.count(before, |references| references.names -= 1);
        }
    }

    /// Takes a name away from its object.
    pub(crate) fn unname(&mut self, key: &Key) {
        if let Some(object) = Arc::make_mut(&mut self.names).remove(key) {
            self.count(object, |references| references.names -= 1);
        }
        Arc::make_mut(&mut self.removed).insert(key.clone(), ());
    }

    /// Adds a description that nothing refers to yet.
    pub(crate) fn add_description(&mut self, id: DescriptionId, description: Description) {
        if let Some(object) = description.object {
            self.count(object, |references| references.descriptions += 1);
        }
        Arc::make_mut(&mut self.descriptions).insert(id, description);
    }

    /// Something more refers to a description.
    pub(crate) fn hold(&mut self, id: DescriptionId) {
        if let Some(description) = self.description_mut(id) {
            description.references += 1;
        }
    }

    /// Something less refers to a description.
    pub(crate) fn release(&mut self, id: DescriptionId) {
        let Some(description) = self.description_mut(id) else { return };
        description.references = description.references.saturating_sub(1);
        if description.references == 0 {
            let object = description.object;
            Arc::make_mut(&mut self.descriptions).remove(&id);
            if let Some(object) = object {
                self.count(object, |references| references.descriptions -= 1);
            }
        }
    }

    /// Gives a process a descriptor, with the label that its number is known by.
    pub(crate) fn add_descriptor(&mut self, id: ProcessId, descriptor: Descriptor, label: Option<Label>) {
        self.hold(descriptor.description);
        let Some(process) = self.process_mut(id) else { return };
        let before = process.add(descriptor);
        if let Some(label) = label {
            process.labels.insert(label, descriptor.number);
        }
        if let Some(before) = before {
            self.release(before.description);
        }
    }

    /// Takes a descriptor away from a process.
    pub(crate) fn remove_descriptor(&mut self, id: ProcessId, number: i32) {
        let removed = self.process_mut(id).and_then(|process| process.remove(number));
        if let Some(descriptor) = removed {
            self.release(descriptor.description);
        }
    }

    /// Gives a process a mapping, for which others make room that have its addresses.
    pub(crate) fn add_mapping(&mut self, process: ProcessId, label: Option<Label>, id: MapId, mapping: Mapping) {
        let (object, Window { area, at, len, .. }) = (mapping.object, mapping.window);
        self.count(object, |references| references.mappings += 1);
        self.unmap(process, area, (at, at.saturating_add(len)));
        let Some(process) = self.process_mut(process) else { return };
        process.windows.extend(label.map(|label| (label, mapping.window)));
        process.maps.insert(id, mapping);
    }

    /// Takes a range of an area away from what a process has mapped there.
    pub(crate) fn unmap(&mut self, id: ProcessId, area: MapId, range: (i64, i64)) {
        let gone = self.process_mut(id).map(|process| process.cut(area, range));
        for object in gone.into_iter().flatten() {
            self.count(object, |references| references.mappings -= 1);
        }
    }

    /// Changes the count of what refers to an object, and forgets one that nothing refers to. One in a store whose room is
    /// known stays, as it may have taken room.
    fn count(&mut self, id: ObjectId, change: impl FnOnce(&mut References)) {
        let Some(object) = self.object_mut(id) else { return };
        change(&mut object.references);
        if object.references == References::default() && object.room.is_none() {
            Arc::make_mut(&mut self.objects).remove(&id);
        }
    }

    /// Takes over what an outcome that is not allowed leaves behind in the process itself.
    pub(crate) fn concede(&mut self, actor: Label, outcome: &Outcome) {
        let Some(id) = self.process_id(actor) else { return };
        if outcome.is_death() {
            return self.end(id);
        }
        if let (Outcome::Fd(number), Some(process)) = (outcome, self.process_mut(id)) {
            process.take_number(*number);
        }
    }

    /// A child with what its parent has, which may be the first process of a PID namespace.
    pub(crate) fn fork(&mut self, parent: ProcessId, child: ProcessId, is_first: bool, open: Option<&[i32]>) {
        self.end(child);
        let Some(process) = self.process(parent) else { return };
        let process = process.child(is_first, open);
        for fd in process.fds.values() {
            self.hold(fd.description);
        }
        for map in process.maps.values() {
            self.count(map.object, |references| references.mappings += 1);
            self.bytes_rest_on(map.object, clause::fork(2));
        }
        if self.threads.contains_key(&child.0) {
            Arc::make_mut(&mut self.threads).remove(&child.0);
        }
        Arc::make_mut(&mut self.processes).insert(child, Arc::new(process));
    }

    /// A new program in a process, by that event: the other threads end, mappings go, and so do the descriptors that exec
    /// closes.
    pub(crate) fn exec(&mut self, id: ProcessId, actor: Label, event: u32, open: Option<&[i32]>) {
        if actor != id.0 || self.threads.values().any(|process| *process == Some(id)) {
            let threads = Arc::make_mut(&mut self.threads);
            let begun = |thread: &Label| self.later.get(thread).is_none_or(|since| *since <= event);
            let ended = threads.iter_mut().filter(|(thread, process)| **process == Some(id) && begun(thread));
            ended.for_each(|(_, process)| *process = None);
            threads.insert(id.0, None);
            threads.insert(actor, Some(id));
        }
        let Some(process) = self.process_mut(id) else { return };
        let closed: Vec<i32> = process.fds.values().filter(|fd| fd.cloexec).map(|fd| fd.number).collect();
        process.windows.clear();
        let maps = std::mem::take(&mut process.maps);
        for number in closed {
            self.unlock(id, number);
            self.remove_descriptor(id, number);
        }
        maps.values().for_each(|map| self.count(map.object, |references| references.mappings -= 1));
        if let Some(process) = self.process_mut(id) {
            process.save_user();
            process.begin_with(open);
        }
    }

    /// Everything goes that ends with a process.
    pub(crate) fn end(&mut self, id: ProcessId) {
        let Some(process) = self.process_mut(id) else { return };
        process.alive = false;
        process.leaked = 0;
        process.leaked_by = None;
        process.locks.clear();
        let fds = std::mem::take(&mut process.fds);
        let maps = std::mem::take(&mut process.maps);
        let opened = fds.values().filter_map(|fd| self.description(fd.description)?.object);
        let held: Vec<ObjectId> = opened.chain(maps.values().map(|map| map.object)).collect();
        fds.values().for_each(|fd| self.release(fd.description));
        maps.values().for_each(|map| self.count(map.object, |references| references.mappings -= 1));
        held.into_iter().for_each(|object| self.bytes_rest_on(object, clause::exit(2)));
    }

    /// What comes with a descriptor that a deviation left open.
    pub(crate) fn leak(&mut self, id: ProcessId, count: usize, by: Justification) {
        if let Some(process) = self.process_mut(id) {
            process.leaked += count;
            process.leaked_by = Some(by);
            process.begin_with(None);
        }
    }

    /// About how much memory the state takes, in words, were nothing of it shared.
    pub fn weight(&self) -> usize {
        let objects: usize = self.objects.values().map(|object| 24 + 4 * object.bytes.weight()).sum();
        let processes: usize = self.processes.values().map(|process| process.weight()).sum();
        objects
            + processes
            + 8 * (self.names.len() + self.removed.len() + self.descriptions.len() + self.messages.len())
    }
}
