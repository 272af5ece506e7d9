//! One state that the model holds possible: names, objects, open descriptions, processes and messages, as values.

use super::apart::Apart;
use super::bytes::Bytes;
use crate::call::{Label, Prot, Seals};
use crate::clause::{self, ClauseId};
use crate::outcome::{Outcome, Signal};
use crate::profile::Justification;
use crate::trace::{Actor, Header};
use std::sync::Arc;

/// Index of an object in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId(pub(crate) u16);

/// An open file description, by the event that made it: the same in every order of overlapping calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DescriptionId(pub(crate) u32);

/// Everything that the model knows at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub(crate) page: i64,
    pub(crate) names: Vec<(Key, ObjectId)>,
    /// Names that were removed and not created since.
    pub(crate) removed: Vec<Key>,
    pub(crate) objects: Vec<Object>,
    pub(crate) descriptions: Vec<(DescriptionId, Description)>,
    pub(crate) processes: Vec<(Label, Process)>,
    pub(crate) messages: Vec<Message>,
    pub(crate) given_names: Vec<String>,
    /// Names that stay behind and that nobody was told, by their stores.
    pub(crate) strays: Vec<Store>,
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
    /// In the private store of that actor, and of its children.
    Own(Label),
}

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
    /// Was it made by `create`, so that it may be one that can be sealed?
    pub(crate) nameless: bool,
    /// Its seals, once they are known.
    pub(crate) seals: Option<Seals>,
    /// Seals that it may have had from the beginning: where programs are kept out of memory, a memfd begins with `EXEC`.
    pub(crate) seals_open: Seals,
    /// Why it is there at all, where the call that made it failed.
    pub(crate) left_by: Option<Justification>,
    /// Room of the store that it lives in, in bytes, where that is known to be small.
    pub(crate) room: Option<i64>,
}

/// What an open descriptor refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Description {
    /// `None` for what is no object at all, such as a directory that was opened in the place of one.
    pub(crate) object: Option<ObjectId>,
    pub(crate) read: bool,
    pub(crate) write: bool,
    /// The file offset, once it is known; a new description's is left open, and taken to be 0 by what reads or writes.
    pub(crate) offset: Option<i64>,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) alive: bool,
    pub(crate) fds: Vec<Descriptor>,
    /// How many more descriptors are open than it knows of.
    pub(crate) leaked: usize,
    /// Why they are.
    pub(crate) leaked_by: Option<Justification>,
    /// The descriptors that it began with, if they are known.
    pub(crate) base: Option<Arc<[i32]>>,
    /// What its labels of descriptors stand for.
    pub(crate) labels: Vec<(Label, i32)>,
    pub(crate) maps: Vec<(Label, Mapping)>,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) umask: u32,
    /// The largest file, in bytes.
    pub(crate) fsize: Option<i64>,
    /// One more than the highest descriptor.
    pub(crate) nofile: Option<i64>,
    /// Is its address space limited?
    pub(crate) address_space: Option<i64>,
    pub(crate) ignored: Vec<Signal>,
    /// Has it taken the name that its generator gives out next?
    pub(crate) collides: bool,
    /// The store where it finds objects by name, and its room.
    pub(crate) store: Store,
    pub(crate) room: Option<i64>,
}

/// An open descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Descriptor {
    pub(crate) number: i32,
    pub(crate) description: DescriptionId,
    pub(crate) cloexec: bool,
    /// What `cloexec` rests on.
    pub(crate) cloexec_by: Justification,
}

/// A mapping of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Mapping {
    pub(crate) object: ObjectId,
    pub(crate) offset: i64,
    pub(crate) len: i64,
    /// How far the object reached when it was mapped, in bytes of whole pages.
    pub(crate) reached: i64,
    pub(crate) prot: Prot,
    /// May it be made writable?
    pub(crate) may_write: bool,
    pub(crate) private: Option<Private>,
    /// Ranges that were unmapped, in bytes of the mapping.
    pub(crate) holes: Vec<(i64, i64)>,
    /// Has its protection been changed?
    pub(crate) protected: bool,
}

/// What a private mapping has of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Private {
    /// The object's bytes when it was mapped.
    pub(crate) before: Bytes,
    /// Its own copies.
    pub(crate) own: Bytes,
    /// The pages that it has copied, by their offset in the object.
    pub(crate) copied: Vec<i64>,
}

/// Descriptors on their way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Message {
    pub(crate) from: Label,
    pub(crate) to: Label,
    pub(crate) descriptions: Vec<DescriptionId>,
}

impl Object {
    /// The bits beyond the permissions may go when the object is changed, as those do that set users and groups.
    pub(crate) fn open_special_bits(&mut self) {
        self.mode_open |= self.mode & 0o7000;
    }
}

impl State {
    /// The state before the first call of a trace.
    pub fn initial(header: &Header) -> State {
        State {
            page: i64::try_from(header.platform.page_size).unwrap_or(4096).max(1),
            names: Vec::new(),
            removed: Vec::new(),
            objects: Vec::new(),
            descriptions: Vec::new(),
            processes: header.actors.iter().map(|actor| (actor.name, Process::new(actor))).collect(),
            messages: Vec::new(),
            given_names: Vec::new(),
            strays: Vec::new(),
        }
    }

    pub(crate) fn process(&self, actor: Label) -> Option<&Process> {
        self.processes.iter().find(|(name, _)| *name == actor).map(|(_, process)| process)
    }

    pub(crate) fn process_mut(&mut self, actor: Label) -> Option<&mut Process> {
        self.processes.iter_mut().find(|(name, _)| *name == actor).map(|(_, process)| process)
    }

    pub(crate) fn object(&self, id: ObjectId) -> &Object {
        &self.objects[usize::from(id.0)]
    }

    pub(crate) fn object_ids(&self) -> impl Iterator<Item = ObjectId> {
        (0..self.objects.len() as u16).map(ObjectId)
    }

    pub(crate) fn object_mut(&mut self, id: ObjectId) -> &mut Object {
        &mut self.objects[usize::from(id.0)]
    }

    pub(crate) fn named(&self, key: &Key) -> Option<ObjectId> {
        self.names.iter().find(|(known, _)| known == key).map(|(_, object)| *object)
    }

    /// Does that plain name stand for an object, as that process sees it?
    pub(crate) fn has_name(&self, actor: Label, name: &str) -> bool {
        let store = self.process(actor).map(|process| process.store);
        self.names.iter().any(|(key, _)| Some(key.store) == store && *key.name == *name)
    }

    /// Takes over what an outcome that is not allowed leaves behind in the process itself.
    pub(crate) fn concede(&mut self, actor: Label, outcome: &Outcome) {
        if outcome.is_death() {
            return self.end(actor);
        }
        let (Outcome::Fd(number), Some(process)) = (outcome, self.process_mut(actor)) else { return };
        process.base = process.base.as_deref().map(|base| base.iter().chain([number]).copied().collect());
    }

    /// Everything goes that ends with a process.
    pub(crate) fn end(&mut self, actor: Label) {
        let Some(process) = self.process_mut(actor) else { return };
        process.alive = false;
        process.leaked = 0;
        process.leaked_by = None;
        let fds = std::mem::take(&mut process.fds);
        let maps = std::mem::take(&mut process.maps);
        let opened = fds.iter().filter_map(|fd| self.description(fd.description)?.object);
        let held: Vec<ObjectId> = opened.chain(maps.iter().map(|(_, map)| map.object)).collect();
        for object in held {
            self.object_mut(object).bytes_by = clause::exit(2);
        }
    }

    /// Gives an object a name, keeping names in order.
    pub(crate) fn name(&mut self, key: Key, object: ObjectId) {
        let at = self.names.partition_point(|(known, _)| *known < key);
        self.names.insert(at, (key, object));
    }

    pub(crate) fn description(&self, id: DescriptionId) -> Option<&Description> {
        self.descriptions.iter().find(|(known, _)| *known == id).map(|(_, description)| description)
    }

    pub(crate) fn description_mut(&mut self, id: DescriptionId) -> Option<&mut Description> {
        self.descriptions.iter_mut().find(|(known, _)| *known == id).map(|(_, description)| description)
    }

    pub(crate) fn add_object(&mut self, object: Object) -> ObjectId {
        self.objects.push(object);
        ObjectId(u16::try_from(self.objects.len() - 1).unwrap_or(u16::MAX))
    }

    /// Does a process have the object mapped?
    pub(crate) fn is_mapped(&self, object: ObjectId) -> bool {
        self.processes.iter().any(|(_, process)| process.maps.iter().any(|(_, map)| map.object == object))
    }

    /// Is the object reached by a descriptor, a mapping or a message?
    pub(crate) fn is_referenced(&self, object: ObjectId) -> bool {
        let of = |id: &DescriptionId| self.description(*id).and_then(|description| description.object) == Some(object);
        self.messages.iter().any(|message| message.descriptions.iter().any(of))
            || self.processes.iter().any(|(_, process)| process.fds.iter().any(|fd| of(&fd.description)))
            || self.is_mapped(object)
    }

    /// Adds a description, keeping them in order, so that states reached in different orders are equal.
    pub(crate) fn add_description(&mut self, id: DescriptionId, description: Description) {
        let at = self.descriptions.partition_point(|(known, _)| *known < id);
        self.descriptions.insert(at, (id, description));
    }
}

impl Process {
    fn new(actor: &Actor) -> Process {
        Process {
            alive: true,
            fds: Vec::new(),
            leaked: 0,
            leaked_by: None,
            base: actor.fds.as_deref().map(Arc::from),
            labels: Vec::new(),
            maps: Vec::new(),
            uid: actor.uid,
            gid: actor.gid,
            umask: actor.umask,
            fsize: None,
            nofile: None,
            address_space: None,
            ignored: Vec::new(),
            collides: false,
            store: Store::Shared,
            room: None,
        }
    }

    /// The number that a label stands for.
    pub(crate) fn number(&self, label: Label) -> Option<i32> {
        self.labels.iter().find(|(known, _)| *known == label).map(|(_, number)| *number)
    }

    pub(crate) fn fd(&self, number: i32) -> Option<&Descriptor> {
        self.fds.iter().find(|fd| fd.number == number)
    }

    pub(crate) fn map(&self, label: Label) -> Option<&Mapping> {
        self.maps.iter().find(|(known, _)| *known == label).map(|(_, map)| map)
    }

    pub(crate) fn map_mut(&mut self, label: Label) -> Option<&mut Mapping> {
        self.maps.iter_mut().find(|(known, _)| *known == label).map(|(_, map)| map)
    }

    pub(crate) fn bind(&mut self, label: Label, number: i32) {
        self.labels.retain(|(known, _)| *known != label);
        let at = self.labels.partition_point(|(known, _)| *known < label);
        self.labels.insert(at, (label, number));
    }

    /// Adds a descriptor, keeping them in order.
    pub(crate) fn add_fd(&mut self, fd: Descriptor) {
        let at = self.fds.partition_point(|known| known.number < fd.number);
        self.fds.insert(at, fd);
    }

    /// The lowest number that a new descriptor can have, if it is known.
    pub(crate) fn lowest_free(&self) -> Option<i32> {
        let base = self.base.as_deref()?;
        (0..).find(|number| !base.contains(number) && self.fd(*number).is_none())
    }

    /// Can no descriptor be opened?
    pub(crate) fn is_full(&self) -> bool {
        match (self.nofile, self.lowest_free()) {
            (Some(limit), Some(lowest)) => i64::from(lowest) >= limit,
            (Some(limit), None) => limit <= 0,
            (None, _) => false,
        }
    }

    /// Is it the superuser, whom permissions do not stop?
    pub(crate) fn is_root(&self) -> bool {
        self.uid == 0
    }
}
