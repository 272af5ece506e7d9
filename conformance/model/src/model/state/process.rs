//! A process: its descriptors, mappings, limits and user.

use super::mapping::{MapId, Mapping, Private, Window};
use super::{DescriptionId, ObjectId, Store};
use crate::call::{Label, Lock, Resource};
use crate::model::effect::Identity;
use crate::outcome::Signal;
use crate::profile::Justification;
use crate::trace::{Actor, Privilege};
use litemap::LiteMap;
use std::sync::Arc;

/// The superuser's number.
const ROOT: u32 = 0;

/// The number of users who have none in a user namespace of Linux.
const UNMAPPED: u32 = 65534;

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) alive: bool,
    /// By number.
    pub(crate) fds: LiteMap<i32, Descriptor>,
    /// The lowest number that is free.
    first_free: i32,
    /// How many more descriptors are open than it knows of.
    pub(crate) leaked: usize,
    /// Why they are.
    pub(crate) leaked_by: Option<Justification>,
    /// The descriptors that it has beside those, in order, if they are known.
    pub(crate) base: Option<Arc<[i32]>>,
    /// What its labels of descriptors stand for.
    pub(crate) labels: LiteMap<Label, i32>,
    pub(crate) maps: LiteMap<MapId, Mapping>,
    /// The addresses that its labels of mappings stand for, whatever is mapped there by now.
    pub(crate) windows: LiteMap<Label, Window>,
    /// What it has locked, for reading or for writing.
    pub(crate) locks: LiteMap<ObjectId, Lock>,
    /// The effective user.
    pub(crate) uid: u32,
    /// The users that it may become again: the real one and the saved one.
    former: (u32, u32),
    /// The effective group.
    pub(crate) gid: u32,
    /// The supplementary groups, if they are known.
    groups: Option<Arc<[u32]>>,
    /// Has it chosen its groups?
    chose_groups: bool,
    /// Whom it began as, and what that one may do though modes forbid it.
    began_as: u32,
    privilege: Privilege,
    pub(crate) umask: u32,
    /// The largest file, in bytes.
    pub(crate) fsize: Option<i64>,
    /// One more than the highest descriptor.
    pub(crate) nofile: Option<i64>,
    /// The most address space, in bytes.
    pub(crate) address_space: Option<i64>,
    /// What it may keep in memory, in bytes.
    pub(crate) memlock: Option<i64>,
    pub(crate) ignored: Vec<Signal>,
    /// Is it the first process of a PID namespace? No signal from there ends that one.
    is_first: bool,
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
    /// Is it closed by fork?
    pub(crate) clofork: bool,
}

impl Process {
    pub(super) fn new(actor: &Actor) -> Process {
        let limit = |resource| actor.limits.get(&resource).map(|limit| i64::try_from(*limit).unwrap_or(i64::MAX));
        let mut process = Process {
            alive: true,
            fds: LiteMap::new(),
            first_free: 0,
            leaked: 0,
            leaked_by: None,
            base: None,
            labels: LiteMap::new(),
            maps: LiteMap::new(),
            windows: LiteMap::new(),
            locks: LiteMap::new(),
            uid: actor.uid,
            began_as: actor.uid,
            former: (actor.uid, actor.uid),
            gid: actor.gid,
            groups: actor.groups.as_deref().map(Arc::from),
            chose_groups: false,
            privilege: actor.privilege.unwrap_or(if actor.uid == ROOT { Privilege::All } else { Privilege::Nothing }),
            umask: actor.umask,
            fsize: limit(Resource::Fsize),
            nofile: limit(Resource::Nofile),
            address_space: limit(Resource::As),
            memlock: limit(Resource::Memlock),
            ignored: Vec::new(),
            is_first: false,
            collides: false,
            store: Store::Shared,
            room: None,
        };
        process.begin_with(actor.fds.as_deref());
        process
    }

    /// The process that a fork makes of it.
    pub(super) fn child(&self, is_first: bool, open: Option<&[i32]>) -> Process {
        let mut child = Process { is_first, locks: LiteMap::new(), ..self.clone() };
        child.maps.iter_mut().for_each(|(_, map)| map.locked = false);
        child.fds.retain(|_, fd| !fd.clofork);
        child.begin_with(open);
        child
    }

    /// The process is a new one, or has a new program, in which those descriptors are open, if they are known. Of one that
    /// has descriptors that it does not know of, nobody can tell their numbers.
    pub(super) fn begin_with(&mut self, open: Option<&[i32]>) {
        let open = open.filter(|_| self.leaked == 0);
        let others = |open: &[i32]| {
            let mut others: Vec<i32> = open.iter().copied().filter(|number| !self.fds.contains_key(number)).collect();
            others.sort_unstable();
            others.dedup();
            others.into()
        };
        self.base = open.map(others);
        self.first_free = 0;
        self.pass_taken();
    }

    /// The number that a label stands for.
    pub(crate) fn number(&self, label: Label) -> Option<i32> {
        self.labels.get(&label).copied()
    }

    pub(crate) fn fd(&self, number: i32) -> Option<&Descriptor> {
        self.fds.get(&number)
    }

    /// The objects that it has mapped.
    pub(crate) fn mapped(&self) -> impl Iterator<Item = ObjectId> {
        self.maps.values().map(|map| map.object)
    }

    /// What its private mappings of an object have of their own.
    pub(super) fn copies(&self, object: ObjectId) -> impl Iterator<Item = &Private> {
        self.maps.values().filter(move |map| map.object == object).filter_map(|map| map.private.as_ref())
    }

    /// Pages of an object that it has copied are gone from `start` on, or kept for that reason.
    pub(super) fn cut_copies(&mut self, object: ObjectId, start: i64, kept: Option<Justification>) {
        let maps = self.maps.iter_mut().map(|(_, map)| map).filter(|map| map.object == object);
        for private in maps.filter_map(|map| map.private.as_mut()) {
            if kept.is_some() {
                private.kept_by = kept;
            } else {
                private.copied.clear_from(start);
                private.own.clear_from(start);
            }
        }
    }

    /// Adds a descriptor; answers the one that had its number.
    pub(super) fn add(&mut self, fd: Descriptor) -> Option<Descriptor> {
        let before = self.fds.insert(fd.number, fd);
        self.pass_taken();
        before
    }

    pub(super) fn remove(&mut self, number: i32) -> Option<Descriptor> {
        self.first_free = self.first_free.min(number).max(0);
        let removed = self.fds.remove(&number);
        self.pass_taken();
        removed
    }

    /// A number is taken by something that the model does not know.
    pub(super) fn take_number(&mut self, number: i32) {
        self.base = self.base.as_deref().map(|base| {
            let (below, above) = base.split_at(base.partition_point(|taken| *taken < number));
            below.iter().chain([&number]).chain(above).copied().collect()
        });
        self.pass_taken();
    }

    /// What the model did not know of has left its number.
    pub(crate) fn give_number(&mut self, number: i32) {
        self.base = self.base.as_deref().map(|base| base.iter().copied().filter(|taken| *taken != number).collect());
        self.first_free = self.first_free.min(number);
        self.pass_taken();
    }

    fn is_taken(&self, number: i32) -> bool {
        self.base.as_deref().unwrap_or(&[0, 1, 2]).binary_search(&number).is_ok() || self.fds.contains_key(&number)
    }

    fn pass_taken(&mut self) {
        while self.is_taken(self.first_free) && self.first_free < i32::MAX {
            self.first_free += 1;
        }
    }

    /// The lowest number that a new descriptor can have, if it is known.
    pub(crate) fn lowest_free(&self) -> Option<i32> {
        self.base.as_deref().map(|_| self.first_free)
    }

    /// The numbers that no descriptor has, lowest first; 0, 1 and 2 are taken where nothing is known.
    pub(crate) fn free(&self) -> impl Iterator<Item = i32> {
        (self.first_free..).filter(|number| !self.is_taken(*number))
    }

    /// Can no descriptor be opened?
    pub(crate) fn is_full(&self) -> bool {
        match (self.nofile, self.lowest_free()) {
            (Some(limit), Some(lowest)) => i64::from(lowest) >= limit,
            (Some(limit), None) => limit <= 0,
            (None, _) => false,
        }
    }

    /// Can perhaps no descriptor be opened, as nobody knows which numbers are taken?
    pub(crate) fn may_be_full(&self) -> bool {
        self.nofile.is_some() && self.base.is_none()
    }

    /// Can at most one descriptor be opened?
    pub(crate) fn has_one_free(&self) -> bool {
        let second = self.lowest_free().and_then(|_| self.free().nth(1));
        match (self.nofile, second) {
            (Some(limit), Some(second)) => i64::from(second) >= limit,
            _ => self.is_full(),
        }
    }

    /// Does it go on after a signal that it sends itself, or that a call of its own raises?
    pub(crate) fn outlives(&self, signal: Signal) -> bool {
        self.is_first || signal != Signal::SIGKILL && self.ignored.contains(&signal)
    }

    /// Whoever is another user than it was loses what that one may do, as long as it is.
    fn privilege(&self) -> Privilege {
        if self.uid == self.began_as { self.privilege } else { Privilege::Nothing }
    }

    /// Is it the superuser, whom permissions do not stop? User 0 of a user namespace, or without capabilities, may not be.
    pub(crate) fn is_root(&self) -> bool {
        matches!(self.privilege(), Privilege::All | Privilege::Keeping)
    }

    /// Is it user 0 with less than all? What it may do beside reading and writing, such as giving objects away, is not known: on
    /// Linux each is a capability of its own.
    pub(crate) fn may_have_rights(&self) -> bool {
        self.uid == ROOT && self.began_as == ROOT && self.privilege() != Privilege::All
    }

    /// May there be nobody else, as in a user namespace that has no number for others? Who has none there is user 65534.
    pub(crate) fn may_be_alone(&self) -> bool {
        self.uid == UNMAPPED || self.may_have_rights()
    }

    /// Do modes not keep it from reading and writing, as far as it wants to?
    pub(crate) fn is_spared(&self, (_reads, writes): (bool, bool)) -> bool {
        self.is_root() || self.privilege() == Privilege::Reading && !writes
    }

    /// Is it in the group? Nothing where its supplementary groups are not known.
    pub(crate) fn is_in(&self, gid: u32) -> Option<bool> {
        if self.gid == gid {
            return Some(true);
        }
        self.groups.as_ref().map(|groups| groups.contains(&gid))
    }

    /// The real user.
    pub(crate) fn real_uid(&self) -> u32 {
        self.former.0
    }

    /// Is that its real, its effective or its saved user?
    pub(crate) fn has_been(&self, uid: u32) -> bool {
        [self.uid, self.former.0, self.former.1].contains(&uid)
    }

    /// A new program's saved user is the effective one.
    pub(super) fn save_user(&mut self) {
        self.former.1 = self.uid;
    }

    /// Becomes somebody else.
    pub(in crate::model) fn become_another(&mut self, who: &Identity) {
        match who {
            Identity::User(uid) => {
                (self.uid, self.former) = (*uid, (*uid, *uid));
                if !self.chose_groups {
                    (self.gid, self.groups) = (*uid, Some([*uid].into()));
                }
            }
            Identity::EffectiveUser(uid) => self.uid = *uid,
            Identity::RealUser => (self.uid, self.privilege) = (self.real_uid(), Privilege::Nothing),
            Identity::Group(gid) => (self.gid, self.chose_groups) = (*gid, true),
            Identity::Groups(gids) => (self.groups, self.chose_groups) = (Some(Arc::clone(gids)), true),
        }
    }

    pub(super) fn weight(&self) -> usize {
        let maps: usize = self.maps.values().map(Mapping::weight).sum();
        32 + 6 * self.fds.len() + 4 * (self.labels.len() + self.windows.len()) + maps
    }
}
