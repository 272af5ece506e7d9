//! What labels and names may stand for while a group of overlapping calls is made.

use super::Made;
use super::place::{Of, Place};
use crate::call::{Call, Label, Name, OpenFlags, StatusFlags};
use crate::model::state::{DescriptionId, Key, Mapping, ObjectId, Process, ProcessId, State};
use crate::outcome::Outcome;
use litemap::LiteMap;

/// The states before a group of overlapping calls, and what the group may change of what labels stand for.
pub(crate) struct Scene<'a> {
    states: &'a [&'a State],
    /// Processes whose labels of descriptors may come to stand for something else.
    rebinding: LiteMap<ProcessId, ()>,
    /// Processes whose labels of mappings may come to stand for something else.
    remapping: LiteMap<ProcessId, ()>,
    /// Objects that may get a name.
    created: LiteMap<String, Vec<ObjectId>>,
    /// Is storage counted, so that every object may matter to every other, or may links make names meet?
    is_opaque: bool,
    /// Does one of the calls lock an object?
    locks: bool,
    /// Does one of the calls ask for a time?
    times: bool,
}

/// Things, or any that there are.
pub(super) struct Set<T>(Option<Vec<T>>);

/// Objects.
pub(super) type Objects = Set<ObjectId>;

impl<T: Copy> Set<T> {
    /// A place in each.
    pub(super) fn places(&self, place: impl Fn(Of<T>) -> Place) -> impl Iterator<Item = Place> {
        let known = self.0.iter().flatten().map(|thing| Of::One(*thing));
        known.chain(self.0.is_none().then_some(Of::Any)).map(place).collect::<Vec<_>>().into_iter()
    }
}

impl<'a> Scene<'a> {
    /// The scene of calls that overlap.
    pub(crate) fn new<'c>(states: &'a [&'a State], calls: impl IntoIterator<Item = Made<'c>>) -> Scene<'a> {
        let counts = |state: &&State| state.processes().any(|process| process.room.is_some());
        let mut scene = Scene {
            states,
            rebinding: LiteMap::new(),
            remapping: LiteMap::new(),
            created: LiteMap::new(),
            locks: false,
            times: false,
            is_opaque: states.iter().any(|state| counts(state) || state.has_obstacles()),
        };
        for made in calls {
            scene.add(made);
        }
        scene
    }

    fn add(&mut self, made: Made<'_>) {
        let process = self.process(made.site.actor);
        match made.call {
            Call::ShmOpen { name, flags, .. } => {
                if matches!(made.outcome, Outcome::Fd(_)) {
                    self.rebinding.insert(process, ());
                }
                if flags.contains(OpenFlags::CREAT) {
                    let object = self.made_by(made);
                    self.created.entry(plain(name)).or_default().push(object);
                }
            }
            Call::Create { .. }
            | Call::MemfdCreate { .. }
            | Call::Reopen { .. }
            | Call::Dup { .. }
            | Call::Dup2 { .. }
            | Call::FcntlDupfd { .. }
            | Call::Pipe
            | Call::Socketpair
            | Call::Recv { .. }
            | Call::CloseStdin
            | Call::Close { .. } => {
                self.rebinding.insert(process, ());
            }
            Call::Mmap { .. } | Call::Munmap { .. } => {
                self.remapping.insert(process, ());
            }
            Call::Fork { child, .. } => {
                self.rebinding.insert(ProcessId(*child), ());
                self.remapping.insert(ProcessId(*child), ());
            }
            Call::Exec => {
                self.rebinding.insert(process, ());
                self.remapping.insert(process, ());
            }
            Call::FcntlSetlk { .. } | Call::Flock { .. } => self.locks = true,
            Call::Timestamp { .. } => self.times = true,
            Call::LimitedStore { .. } | Call::Plant { .. } | Call::Symlink { .. } => self.is_opaque = true,
            _ => {}
        }
    }

    /// May a process have a lock?
    pub(super) fn has_locks(&self) -> bool {
        self.locks || self.states.iter().any(|state| state.has_locks())
    }

    /// Is a time known that a call may change, or that may come to be known?
    pub(super) fn has_times(&self) -> bool {
        self.times || self.states.iter().any(|state| state.knows_times)
    }

    pub(super) fn is_opaque(&self) -> bool {
        self.is_opaque
    }

    /// The process of an actor; one that is yet to be forked has its actor's name.
    pub(super) fn process(&self, actor: Label) -> ProcessId {
        self.states.iter().find_map(|state| state.process_id(actor)).unwrap_or(ProcessId(actor))
    }

    /// The object that a call makes.
    pub(super) fn made_by(&self, made: Made<'_>) -> ObjectId {
        ObjectId(made.site.event)
    }

    fn each<T: PartialEq>(&self, find: impl Fn(&'a State) -> Option<T>) -> Set<T> {
        let mut found = Vec::new();
        for thing in self.states.iter().filter_map(|state| find(state)) {
            if !found.contains(&thing) {
                found.push(thing);
            }
        }
        Set(Some(found))
    }

    /// The objects that a name of a process may stand for: what its letters name, or the plain form of it.
    pub(super) fn objects_named(&self, process: ProcessId, name: &str) -> Objects {
        let plain = name.trim_matches('/');
        let mut found: Vec<ObjectId> = self.created.get(plain).cloned().unwrap_or_default();
        for state in self.states {
            let Some(store) = state.process(process).map(|process| process.store) else { continue };
            let keys = [name.to_owned(), format!("/{plain}")].map(|name| Key { store, name: name.into() });
            found.extend(keys.iter().filter_map(|key| state.named(key)));
        }
        found.sort_unstable();
        found.dedup();
        Set(Some(found))
    }

    /// The descriptions that a label of a descriptor may stand for.
    fn opened(&self, process: ProcessId, label: Label) -> Set<DescriptionId> {
        if self.rebinding.contains_key(&process) {
            return Set(None);
        }
        self.each(|state| {
            let process = state.process(process)?;
            Some(process.fd(process.number(label)?)?.description)
        })
    }

    /// The file offsets that a label of a descriptor may stand for.
    pub(super) fn descriptions(&self, process: ProcessId, label: Label) -> Vec<Place> {
        self.opened(process, label).places(Place::Offset).collect()
    }

    /// The mappings of processes that may have private copies of pages.
    pub(super) fn copying(&self) -> impl Iterator<Item = Place> {
        let copies = |process: &&Process| process.maps.values().any(|map| map.private.is_some());
        let known = self.states.iter().flat_map(|state| state.processes_by_id()).filter(|(_, process)| copies(process));
        let mut ids: Vec<ProcessId> = known.map(|(id, _)| id).chain(self.remapping.keys().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(Place::Mappings)
    }

    /// May writes through a descriptor go to the end?
    pub(super) fn may_append(&self, process: ProcessId, label: Label) -> bool {
        let appends = |state: &&State| {
            let descriptor = || {
                let process = state.process(process)?;
                state.description(process.fd(process.number(label)?)?.description)
            };
            descriptor().is_some_and(|description| description.status.contains(StatusFlags::APPEND))
        };
        self.rebinding.contains_key(&process) || self.states.iter().any(appends)
    }

    /// The objects that a label of a descriptor may stand for.
    pub(super) fn objects_open(&self, process: ProcessId, label: Label) -> Objects {
        if self.rebinding.contains_key(&process) {
            return Set(None);
        }
        self.each(|state| {
            let process = state.process(process)?;
            state.description(process.fd(process.number(label)?)?.description)?.object
        })
    }

    fn mappings(&self, process: ProcessId, label: Label) -> impl Iterator<Item = &'a Mapping> {
        let process = self.states.iter().filter_map(move |state| state.process(process));
        process.flat_map(move |process| {
            let window = process.window(label);
            window.into_iter().flat_map(|window| process.lying_in(window.area)).map(|(_, map)| map)
        })
    }

    /// The objects that a label of a mapping may stand for.
    pub(super) fn objects_mapped(&self, process: ProcessId, label: Label) -> Objects {
        if self.remapping.contains_key(&process) {
            return Set(None);
        }
        let mut found: Vec<ObjectId> = self.mappings(process, label).map(|map| map.object).collect();
        found.sort_unstable();
        found.dedup();
        Set(Some(found))
    }

    /// The objects that a process may have mapped.
    pub(super) fn mapped_by(&self, process: ProcessId) -> Objects {
        if self.remapping.contains_key(&process) {
            return Set(None);
        }
        let processes = self.states.iter().filter_map(|state| state.process(process));
        let mut found: Vec<ObjectId> = processes.flat_map(Process::mapped).collect();
        found.sort_unstable();
        found.dedup();
        Set(Some(found))
    }

    /// A range of a mapping as a range of its object.
    pub(super) fn range(&self, process: ProcessId, label: Label, (offset, len): (i64, i64)) -> (i64, i64) {
        let process_of = |state: &&'a State| state.process(process);
        let mut offsets = self.states.iter().filter_map(process_of).flat_map(|process| {
            let window = process.window(label);
            window.into_iter().flat_map(|window| {
                process
                    .lying_in(window.area)
                    .map(move |(_, map)| map.offset.saturating_sub(map.window.at).saturating_add(window.at))
            })
        });
        let first = offsets.next();
        match first.filter(|first| !self.remapping.contains_key(&process) && offsets.all(|offset| offset == *first)) {
            Some(from) => {
                let start = from.saturating_add(offset);
                (start, start.saturating_add(len))
            }
            None => (i64::MIN, i64::MAX),
        }
    }

    /// May the mapping be private?
    pub(super) fn may_be_private(&self, process: ProcessId, label: Label) -> bool {
        self.remapping.contains_key(&process) || self.mappings(process, label).any(|map| map.private.is_some())
    }

    /// May the mapping be shared?
    pub(super) fn may_be_shared(&self, process: ProcessId, label: Label) -> bool {
        self.remapping.contains_key(&process) || self.mappings(process, label).any(|map| map.private.is_none())
    }
}

fn plain(name: &Name) -> String {
    name.literal().unwrap_or_default().trim_matches('/').to_owned()
}
