//! What an outcome does to the state, as data: few kinds of change, of which every call's effect is composed.

mod arrival;
mod copies;

pub(crate) use arrival::Receipt;
pub(crate) use copies::PrivateStore;

use super::bytes::Value;
use super::state::{
    Description, DescriptionId, Descriptor, Key, MapId, Mapping, Message, Object, ObjectId, Obstacle, ProcessId, State,
    Store, Touches,
};
use crate::call::{FileLock, Label, Lock, Prot, Resource, Seals, StatusFlags};
use crate::clause::{self, ClauseId};
use crate::constants::{FileType, Timestamp};
use crate::outcome::{Outcome, Signal};
use crate::profile::{Justification, Tail};
use smallvec::SmallVec;
use std::sync::Arc;

/// All that an outcome does, in order.
pub(crate) type Effects = SmallVec<[Effect; 3]>;

/// One change of the state. Ranges are bytes of an object, `[start, end)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    /// The process ends.
    End(ProcessId),
    /// An object comes into being.
    Make(ObjectId, Arc<Object>),
    /// The object gets a name.
    Name(Key, ObjectId),
    /// The name goes.
    Unname(Key),
    /// Something lies where the object of a name would be.
    Lay(Key, Obstacle),
    /// What lay there is gone.
    Clear(Key),
    /// A name stays behind that nobody was told.
    Stray(Store),
    /// The description is opened, as the descriptor that the outcome tells.
    Open {
        process: ProcessId,
        bind: Option<Label>,
        id: DescriptionId,
        description: Description,
        cloexec: (bool, ClauseId),
        clofork: bool,
    },
    /// Two descriptions of that kind, which are no objects', are opened, as the descriptors that the outcome tells.
    Pair { process: ProcessId, bind: Vec<Label>, event: u32, kind: FileType },
    /// The description gets another descriptor, which the outcome tells.
    Duplicate { process: ProcessId, bind: Option<Label>, id: DescriptionId },
    /// The descriptor goes.
    Close(ProcessId, i32),
    /// Number 0 is free.
    CloseStdin(ProcessId),
    /// The descriptor is closed by exec from now on, or no more.
    SetCloexec(ProcessId, i32, bool),
    /// A label stands for that number.
    Label(ProcessId, Label, i32),
    /// What the process had locked is free, of the object behind the number.
    Unlock(ProcessId, i32),
    /// All that the process had locked is free.
    LoseLocks(ProcessId),
    /// The process locks the object, or gives its lock up.
    Lock(ProcessId, ObjectId, Lock),
    /// The description locks its object by flock, or gives its lock up.
    Flock(DescriptionId, Option<FileLock>),
    /// The description has those flags.
    SetStatus(DescriptionId, StatusFlags),
    /// The file offset moves.
    Seek(DescriptionId, i64),
    /// The file offset is what the outcome tells.
    LearnOffset(DescriptionId),
    /// The object becomes empty, for that reason.
    Empty(ObjectId, Justification),
    /// The object gets a size.
    Resize { object: ObjectId, size: i64, tail: Tail, by: Justification, bytes_by: ClauseId },
    /// What private mappings have copied from there on is gone, or stays for that reason.
    CutCopies(ObjectId, i64, Option<Justification>),
    /// What mappings stored there may be lost.
    LoseStores(ObjectId, (i64, i64)),
    /// Something was stored there, all of it or a part.
    StoreInPart(ObjectId, (i64, i64)),
    /// A shared mapping stores a byte.
    Store { object: ObjectId, range: (i64, i64), byte: u8, parts: bool },
    /// A private mapping stores a byte into its own copies of pages, which it makes of what is `seen` there.
    StorePrivate(Box<PrivateStore>),
    /// As many bytes are written as the outcome tells.
    Write { object: ObjectId, start: i64, byte: Option<u8>, tail: Tail, offset: Option<DescriptionId>, parts: bool },
    /// A range of the object is zeros, as far as it reaches.
    Punch(ObjectId, (i64, i64)),
    /// The contents of the object rest on another clause.
    BytesRestOn(ObjectId, ClauseId),
    /// The owner and the group change.
    Chown(ObjectId, u32, u32),
    /// The object's number is what the outcome tells.
    LearnInode(ObjectId),
    /// That time of the object is what the outcome tells.
    LearnTime(ObjectId, Timestamp),
    /// That was done to the object, which its times may show.
    Touch(ObjectId, Touches),
    /// The permission bits change.
    Chmod(ObjectId, u32, u32),
    /// The object has those seals, too.
    Seal(ObjectId, Seals),
    /// The object's seals are what the outcome tells.
    LearnSeals(ObjectId),
    /// The process maps an object.
    Map { process: ProcessId, bind: Option<Label>, id: MapId, mapping: Box<Mapping>, parts: bool },
    /// What is mapped in a range of an area goes.
    Unmap(ProcessId, MapId, (i64, i64)),
    /// The protection of what is mapped in a range of an area changes.
    Protect(ProcessId, MapId, (i64, i64), Prot),
    /// What is mapped in a range of an area is kept in memory, or no more.
    LockPages(ProcessId, MapId, (i64, i64), bool),
    /// A message is on its way.
    Send { from: Label, to: Label, message: Message },
    /// The oldest message is lost.
    Lose { from: Label, to: Label },
    /// The oldest message loses its descriptors.
    LoseDescriptors { from: Label, to: Label },
    /// The oldest message arrives, with the descriptors that the outcome tells; the rest may stay open unknown.
    Receive(Box<Receipt>),
    /// A child begins, which may be the first process of a PID namespace, with those descriptors if they are known.
    Fork(ProcessId, ProcessId, bool, Option<Arc<[i32]>>),
    /// A new program begins, in the thread that asks for it, with those descriptors if they are known.
    Exec(ProcessId, Label, u32, Option<Arc<[i32]>>),
    /// The process ignores a signal.
    Ignore(ProcessId, Signal),
    /// The file mode creation mask changes.
    Umask(ProcessId, u32),
    /// A limit of the process changes.
    Limit(ProcessId, Resource, i64),
    /// The process becomes somebody else.
    Become(ProcessId, Identity),
    /// The process gets that store, a new one, with room for so many bytes.
    Confine(ProcessId, Store, i64),
    /// The names that the outcome tells are given out.
    GiveNames,
    /// The process has taken the name that its generator gives out next.
    Collide(ProcessId),
}

/// What of a process's identity changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Identity {
    /// The user for good, with the group of that number, unless groups were chosen before.
    User(u32),
    /// The effective user.
    EffectiveUser(u32),
    /// The effective user is the real one again, without the rights of that one.
    RealUser,
    /// The group.
    Group(u32),
    /// The supplementary groups.
    Groups(Arc<[u32]>),
}

impl Effect {
    /// Changes the state.
    pub(crate) fn apply(&self, state: &mut State, outcome: &Outcome) {
        match self {
            Effect::End(process) => state.end(*process),
            Effect::Make(id, object) => state.add_object(*id, Arc::clone(object)),
            Effect::Name(key, object) => state.name(key.clone(), *object),
            Effect::Unname(key) => state.unname(key),
            Effect::Lay(key, obstacle) => state.lay(key.clone(), obstacle.clone()),
            Effect::Clear(key) => state.clear(key),
            Effect::Stray(store) => state.strays.push(*store),
            Effect::Open { .. } | Effect::Duplicate { .. } => self.open(state, outcome),
            Effect::Pair { process, bind, event, kind } => {
                arrival::pair(state, outcome, (*process, bind), (*event, *kind));
            }
            Effect::Close(process, number) => close(state, *process, *number),
            Effect::SetCloexec(process, number, cloexec) => {
                let fd = state.process_mut(*process).and_then(|process| process.fds.get_mut(number));
                if let Some(fd) = fd {
                    (fd.cloexec, fd.cloexec_by, fd.clofork) = (*cloexec, clause::fcntl(2).into(), false);
                }
            }
            Effect::CloseStdin(process) => with(state, *process, |process| process.give_number(0)),
            Effect::Label(process, label, number) => with(state, *process, |process| {
                process.labels.insert(*label, *number);
            }),
            Effect::Unlock(process, number) => state.unlock(*process, *number),
            Effect::LoseLocks(process) => with(state, *process, |process| process.locks.clear()),
            Effect::Lock(process, object, lock) => with(state, *process, |process| match lock {
                Lock::Nothing => drop(process.locks.remove(object)),
                lock => drop(process.locks.insert(*object, *lock)),
            }),
            Effect::Flock(id, lock) => {
                if let Some(description) = state.description_mut(*id) {
                    description.lock = *lock;
                }
            }
            Effect::SetStatus(id, flags) => {
                if let Some(description) = state.description_mut(*id) {
                    (description.status, description.is_set) = (*flags, true);
                }
            }
            Effect::Seek(id, offset) => seek(state, *id, *offset),
            Effect::LearnOffset(id) => {
                if let Outcome::Value(offset) = outcome {
                    seek(state, *id, *offset);
                }
            }
            Effect::Send { from, to, message } => state.push_message(*from, *to, message.clone()),
            Effect::Lose { from, to } => {
                let lost = state.take_message(*from, *to);
                lost.into_iter().flat_map(|message| message.descriptions).for_each(|id| state.release(id));
            }
            Effect::LoseDescriptors { from, to } => {
                state.empty_message(*from, *to).into_iter().for_each(|id| state.release(id));
            }
            Effect::Receive(receipt) => receipt.apply(state, outcome),
            Effect::Fork(parent, child, is_first, fds) => state.fork(*parent, *child, *is_first, fds.as_deref()),
            Effect::Exec(process, actor, event, fds) => state.exec(*process, *actor, *event, fds.as_deref()),
            Effect::GiveNames => {
                if let Outcome::Names(names) = outcome {
                    Arc::make_mut(&mut state.given_names).extend(names.iter().cloned());
                }
            }
            Effect::Map { .. } | Effect::Unmap(..) | Effect::Protect(..) | Effect::LockPages(..) => self.map(state),
            Effect::Empty(id, ..)
            | Effect::Resize { object: id, .. }
            | Effect::LoseStores(id, _)
            | Effect::StoreInPart(id, _)
            | Effect::Store { object: id, .. }
            | Effect::BytesRestOn(id, _)
            | Effect::Punch(id, _)
            | Effect::Chmod(id, ..)
            | Effect::Chown(id, ..)
            | Effect::LearnInode(id)
            | Effect::Touch(id, _)
            | Effect::Seal(id, _)
            | Effect::LearnSeals(id) => {
                if let Some(object) = state.object_mut(*id) {
                    self.change(object, outcome);
                }
            }
            Effect::LearnTime(id, which) => {
                state.knows_times = true;
                if let (Some(object), Outcome::Value(at)) = (state.object_mut(*id), outcome) {
                    object.times.learn(*which, *at);
                }
            }
            Effect::CutCopies(object, start, kept) => state.cut_copies(*object, *start, *kept),
            Effect::Write { .. } => self.write(state, outcome),
            Effect::StorePrivate(store) => store.apply(state),
            Effect::Ignore(process, signal) => with(state, *process, |process| {
                if let Err(at) = process.ignored.binary_search(signal) {
                    process.ignored.insert(at, *signal);
                }
            }),
            Effect::Umask(process, mode) => with(state, *process, |process| process.umask = mode & 0o777),
            Effect::Limit(process, resource, limit) => with(state, *process, |process| match resource {
                Resource::Fsize => process.fsize = Some(*limit),
                Resource::Nofile => process.nofile = Some(*limit),
                Resource::As => process.address_space = Some(*limit),
                Resource::Memlock => process.memlock = Some(*limit),
            }),
            Effect::Become(process, who) => with(state, *process, |process| process.become_another(who)),
            Effect::Confine(id, store, room) => with(state, *id, |process| {
                (process.store, process.room) = (*store, Some(*room));
            }),
            Effect::Collide(process) => with(state, *process, |process| process.collides = true),
        }
    }

    fn open(&self, state: &mut State, outcome: &Outcome) {
        let Outcome::Fd(number) = *outcome else { return };
        let (process, bind, id, (cloexec, by), clofork) = match self {
            Effect::Open { process, bind, id, description, cloexec, clofork } => {
                state.add_description(*id, description.clone());
                (*process, *bind, *id, *cloexec, *clofork)
            }
            Effect::Duplicate { process, bind, id } => (*process, *bind, *id, (false, clause::dup(3)), false),
            _ => return,
        };
        let descriptor = Descriptor { number, description: id, cloexec, cloexec_by: by.into(), clofork };
        state.add_descriptor(process, descriptor, bind);
    }

    fn map(&self, state: &mut State) {
        match self {
            Effect::Map { process, bind, id, mapping, parts } => {
                if let Some(object) = state.object_mut(mapping.object).filter(|_| *parts) {
                    object.apart.map();
                }
                state.add_mapping(*process, *bind, *id, (**mapping).clone());
            }
            Effect::Unmap(process, area, range) => state.unmap(*process, *area, *range),
            Effect::Protect(id, area, range, prot) => with(state, *id, |process| process.protect(*area, *range, *prot)),
            Effect::LockPages(id, area, range, locked) => {
                with(state, *id, |process| process.lock(*area, *range, *locked));
            }
            _ => {}
        }
    }

    fn change(&self, object: &mut Object, outcome: &Outcome) {
        match self {
            Effect::Empty(_, by) => {
                (object.size, object.size_by) = (0, *by);
                if object.mode_by.deviation.is_none() {
                    object.mode_by = clause::shm_open(26).into();
                }
                object.bytes.clear_from(0);
                object.open_special_bits();
            }
            Effect::Resize { size, tail, by, bytes_by, .. } => {
                object.resize(*size, *tail);
                (object.size_by, object.bytes_by) = (*by, *bytes_by);
            }
            Effect::LoseStores(_, (start, end)) => {
                for span in object.apart.stored.set_spans(*start, *end) {
                    object.bytes.fill(span.start, span.end, Value::Any);
                }
            }
            Effect::StoreInPart(_, (start, end)) => object.bytes.fill(*start, *end, Value::Any),
            Effect::Store { range: (start, end), byte, parts, .. } => {
                if *parts {
                    object.apart.store(*start, *end);
                }
                object.bytes.fill(*start, *end, Value::Byte(*byte));
                object.bytes_by = clause::mmap(2);
            }
            Effect::Punch(_, (start, end)) => object.punch(*start, *end),
            Effect::BytesRestOn(_, clause) => object.bytes_by = *clause,
            Effect::Chmod(_, mode, open) => {
                (object.mode, object.mode_open, object.mode_by) = (*mode, *open, clause::fchmod(1).into());
            }
            Effect::Chown(_, uid, gid) => {
                (object.uid, object.gid, object.mode_by) = (*uid, Some(*gid), clause::fchown(1).into());
                object.open_special_bits();
            }
            Effect::LearnInode(_) => {
                if let Outcome::Value(number) = outcome {
                    object.inode = Some(*number);
                }
            }
            Effect::Touch(_, touches) => object.times.touch(*touches),
            Effect::Seal(_, seals) => object.seals = Some(object.seals.unwrap_or_default() | *seals),
            Effect::LearnSeals(_) => {
                if let Outcome::Seals(seals) = outcome {
                    (object.seals, object.seals_open) = (Some(*seals), Seals::empty());
                }
            }
            _ => {}
        }
    }

    fn write(&self, state: &mut State, outcome: &Outcome) {
        let Effect::Write { object, start, byte, tail, offset, parts } = self else { return };
        let Outcome::Value(written @ 1..) = *outcome else { return };
        let end = start.saturating_add(written);
        if let Some(object) = state.object_mut(*object) {
            if *parts {
                object.apart.write(*start, end);
            }
            if end > object.size {
                object.resize(end, *tail);
                object.size_by = clause::write(3).into();
            }
            object.bytes.fill(*start, end, byte.map_or(Value::Any, Value::Byte));
            object.bytes_by = clause::write(1);
            object.open_special_bits();
        }
        if let Some(id) = offset {
            seek(state, *id, end);
        }
    }
}

fn with(state: &mut State, id: ProcessId, change: impl FnOnce(&mut super::state::Process)) {
    if let Some(process) = state.process_mut(id) {
        change(process);
    }
}

fn seek(state: &mut State, id: DescriptionId, offset: i64) {
    if let Some(description) = state.description_mut(id) {
        description.offset = Some(offset);
    }
}

/// Closing a descriptor leaves the mappings of its object, whose contents then rest on that.
fn close(state: &mut State, id: ProcessId, number: i32) {
    let Some(process) = state.process(id) else { return };
    let object = process.fd(number).and_then(|fd| state.description(fd.description)?.object);
    let is_mapped = process.maps.values().any(|map| Some(map.object) == object);
    state.unlock(id, number);
    state.remove_descriptor(id, number);
    if let Some(object) = object.filter(|_| is_mapped) {
        state.bytes_rest_on(object, clause::mmap(4));
    }
}
