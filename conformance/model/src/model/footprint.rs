//! What a call may read and write, so that the search for an order knows which calls cannot see each other.
//!
//! The footprint of a call in a group of overlapping calls holds in every state that the group can reach: what a label
//! stands for is looked up where nothing in the group can change it, and is taken for anything where something can. The
//! outcome that was seen narrows it, since a call that failed writes little.

mod named;
mod place;
mod scene;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use place::Of;
pub(crate) use place::{Footprint, Place};
pub(crate) use scene::Scene;

use super::Site;
use super::state::ProcessId;
use crate::call::{Call, Label, Whence};
use crate::outcome::{Errno, Outcome};
use place::whole;
use std::sync::Arc;

/// A call that was made, with what came back.
#[derive(Clone, Copy)]
pub(crate) struct Made<'a> {
    pub(crate) site: Site<'a>,
    pub(crate) call: &'a Call,
    pub(crate) outcome: &'a Outcome,
}

impl Scene<'_> {
    /// What the call may read and write.
    pub(crate) fn footprint(&self, made: Made<'_>) -> Footprint {
        if self.is_opaque() {
            return Footprint::everything();
        }
        let process = self.process(made.site.actor);
        let mut footprint = Footprint::default();
        footprint.read([Place::Life(process), Place::Attributes(process)]);
        if made.outcome.is_death() {
            self.end(process, &mut footprint);
        }
        Asked { scene: self, made, process }.add_to(&mut footprint);
        footprint.write(self.has_times().then_some(Place::Times));
        footprint
    }

    /// A process ends: so do its descriptors and mappings.
    fn end(&self, process: ProcessId, footprint: &mut Footprint) {
        footprint.write([Place::Life(process), Place::Descriptors(process), Place::Mappings(process)]);
        footprint.write(self.mapped_by(process).places(Place::Mapped));
        footprint.write(self.has_locks().then_some(Place::Locks));
    }
}

/// A call in its scene.
#[derive(Clone, Copy)]
struct Asked<'a> {
    scene: &'a Scene<'a>,
    made: Made<'a>,
    process: ProcessId,
}

impl Asked<'_> {
    fn add_to(self, footprint: &mut Footprint) {
        match self.made.call {
            Call::ShmOpen { .. }
            | Call::ShmUnlink { .. }
            | Call::Create { .. }
            | Call::MemfdCreate { .. }
            | Call::Reopen { .. }
            | Call::Names
            | Call::Collide => {
                self.on_names(footprint);
            }
            Call::UniqueNames { .. } => footprint.change(self.given()),
            // A scene that has them is opaque.
            Call::Plant { .. } | Call::Symlink { .. } => {}
            Call::Mmap { .. }
            | Call::Munmap { .. }
            | Call::Mprotect { .. }
            | Call::Mlock { .. }
            | Call::Munlock { .. }
            | Call::Msync { .. }
            | Call::Store { .. }
            | Call::Load { .. } => self.on_mappings(footprint),
            Call::Send { .. }
            | Call::Recv { .. }
            | Call::Fork { .. }
            | Call::Exec
            | Call::Exit { .. }
            | Call::Kill { .. }
            | Call::Sigignore { .. }
            | Call::Alarm { .. }
            | Call::Umask { .. }
            | Call::Rlimit { .. }
            | Call::Setgid { .. }
            | Call::Setgroups { .. }
            | Call::Setuid { .. }
            | Call::Seteuid { .. }
            | Call::LimitedStore { .. } => self.on_processes(footprint),
            _ => self.on_descriptors(footprint),
        }
    }

    fn succeeds(self) -> bool {
        !matches!(self.made.outcome, Outcome::Errno(_) | Outcome::NotExecuted(_))
    }

    /// May the call have made something though it failed, for want of a number for a descriptor?
    fn lacks_number(self) -> bool {
        *self.made.outcome == Outcome::Errno(Errno::EMFILE)
    }

    /// May the call have created an object though it failed: for want of a number, as that is no directory, or as it is not
    /// that of the real user?
    fn may_have_created(self) -> bool {
        matches!(self.made.outcome, Outcome::Errno(Errno::EMFILE | Errno::ENOTDIR | Errno::EPERM))
    }

    /// May the call have been made in part, or whole, though a signal interrupted it?
    fn is_interrupted(self) -> bool {
        *self.made.outcome == Outcome::Errno(Errno::EINTR)
    }

    /// May the call have emptied an object though it failed? An object that must not be there is not touched.
    fn may_have_emptied(self) -> bool {
        matches!(self.made.outcome, Outcome::Errno(errno) if *errno != Errno::EEXIST)
    }

    /// The names that a generator gave out.
    fn given(self) -> Option<Place> {
        match self.made.outcome {
            Outcome::Names(names) => Some(Place::Given(Arc::new(names.iter().cloned().collect()))),
            _ => None,
        }
    }

    fn on_descriptors(self, footprint: &mut Footprint) {
        let own = Place::Descriptors(self.process);
        footprint.read([own.clone()]);
        if let Call::Dup { .. }
        | Call::Dup2 { .. }
        | Call::FcntlDupfd { .. }
        | Call::Close { .. }
        | Call::FcntlSetfd { .. }
        | Call::CloseStdin
        | Call::Pipe
        | Call::Socketpair = self.made.call
        {
            if self.succeeds() {
                footprint.write([own]);
                // Whoever closes a descriptor gives up its lock on the object.
                footprint.write(self.scene.has_locks().then_some(Place::Locks));
            }
            return;
        }
        let (Call::Ftruncate { fd, .. }
        | Call::PosixFallocate { fd, .. }
        | Call::Punch { fd, .. }
        | Call::Fstat { fd }
        | Call::Fchmod { fd, .. }
        | Call::Fchown { fd, .. }
        | Call::Inode { fd }
        | Call::Links { fd }
        | Call::Filetype { fd }
        | Call::Blocks { fd }
        | Call::Timestamp { fd, .. }
        | Call::Flock { fd, .. }
        | Call::FcntlSetfl { fd, .. }
        | Call::FcntlSetlk { fd, .. }
        | Call::Read { fd, .. }
        | Call::Write { fd, .. }
        | Call::Pread { fd, .. }
        | Call::Pwrite { fd, .. }
        | Call::Lseek { fd, .. }
        | Call::FcntlGetfl { fd }
        | Call::FcntlGetSeals { fd }
        | Call::FcntlAddSeals { fd, .. }) = self.made.call
        else {
            return;
        };
        let objects = self.scene.objects_open(self.process, *fd);
        footprint.read(objects.places(Place::Object));
        self.on_contents(*fd, &objects, footprint);
    }

    /// What a call does to the object behind its descriptor, and to the file offset.
    fn on_contents(self, fd: Label, objects: &scene::Objects, footprint: &mut Footprint) {
        let offset = self.scene.descriptions(self.process, fd);
        match self.made.call {
            // Copies that private mappings have of pages that are cut off go as well.
            Call::Ftruncate { .. } | Call::PosixFallocate { .. } => {
                footprint.read(objects.places(Place::Mapped));
                if self.succeeds() || self.is_interrupted() {
                    footprint.write(objects.places(Place::Object).chain(objects.places(whole)));
                    footprint.write(self.scene.copying());
                }
            }
            Call::Fchmod { .. } | Call::Fchown { .. } | Call::FcntlGetSeals { .. } if self.succeeds() => {
                footprint.write(objects.places(Place::Object));
            }
            Call::FcntlAddSeals { .. } => {
                footprint.read(objects.places(Place::Mapped));
                if self.succeeds() {
                    footprint.write(objects.places(Place::Object));
                }
            }
            Call::Pread { offset, len, .. } => {
                let range = (offset.get(), offset.get().saturating_add(len.get()));
                footprint.read(objects.places(|object| Place::Bytes(object, range, None)));
            }
            Call::Read { .. } => {
                footprint.read(objects.places(whole));
                footprint.change(offset);
            }
            Call::Pwrite { offset, byte, len, .. } if self.succeeds() => {
                let at_the_end = self.scene.may_append(self.process, fd);
                let end = offset.get().saturating_add(len.get());
                let range = if at_the_end { (i64::MIN, i64::MAX) } else { (offset.get(), end) };
                footprint.write(objects.places(Place::Object));
                footprint.write(objects.places(|object| Place::Bytes(object, range, *byte)));
            }
            Call::Punch { offset, len, .. } if self.succeeds() => {
                let range = (offset.get(), offset.get().saturating_add(len.get()));
                footprint.write(objects.places(Place::Object));
                footprint.write(objects.places(|object| Place::Bytes(object, range, None)));
            }
            Call::Write { .. } => {
                footprint.read(offset.clone());
                if self.succeeds() {
                    footprint.write(objects.places(Place::Object).chain(objects.places(whole)).chain(offset));
                }
            }
            // That the number is new is said of all objects.
            Call::Inode { .. } => {
                footprint.read([Place::Object(place::Of::Any)]);
                footprint.write(objects.places(Place::Object));
            }
            Call::Links { .. } => footprint.read([Place::Names]),
            Call::FcntlGetfl { .. } => footprint.read(offset),
            Call::FcntlSetfl { .. } => footprint.write(offset),
            Call::Blocks { .. } => footprint.read(objects.places(whole)),
            Call::Timestamp { .. } => footprint.read([Place::Times]),
            Call::FcntlSetlk { .. } | Call::Flock { .. } => footprint.change([Place::Locks]),
            Call::Lseek { whence, .. } => {
                match whence {
                    Whence::Cur => footprint.read(offset.clone()),
                    Whence::Data | Whence::Hole => footprint.read(objects.places(whole)),
                    Whence::Set | Whence::End => {}
                }
                if self.succeeds() {
                    footprint.write(offset);
                }
            }
            _ => {}
        }
    }

    fn on_mappings(self, footprint: &mut Footprint) {
        let own = Place::Mappings(self.process);
        footprint.read([own.clone()]);
        match self.made.call {
            Call::Mmap { fd, over, .. } => {
                let objects = self.scene.objects_open(self.process, *fd);
                footprint.read([Place::Descriptors(self.process)]);
                footprint.read(objects.places(Place::Object).chain(objects.places(whole)));
                // What a mapping was to lie over may be gone though the call failed.
                if self.succeeds() || over.is_some() {
                    footprint.write(objects.places(Place::Mapped).chain([own]));
                }
                if let Some(over) = over {
                    footprint.write(self.scene.objects_mapped(self.process, over.map).places(Place::Mapped));
                }
            }
            Call::Munmap { map, .. } | Call::Mprotect { map, .. } | Call::Mlock { map } | Call::Munlock { map } => {
                let objects = self.scene.objects_mapped(self.process, *map);
                footprint.read(objects.places(Place::Object));
                // A call that failed may have been made in part.
                let in_part =
                    matches!(self.made.outcome, Outcome::Errno(Errno::ENOMEM | Errno::EAGAIN | Errno::EFAULT));
                if self.succeeds() || in_part {
                    footprint.write(objects.places(Place::Mapped).chain([own]));
                }
            }
            Call::Store { map, offset, byte, len } => {
                let range = self.scene.range(self.process, *map, (offset.get(), len.get()));
                let objects = self.scene.objects_mapped(self.process, *map);
                footprint.read(objects.places(Place::Object));
                if self.scene.may_be_private(self.process, *map) {
                    footprint.write([own]);
                    footprint.read(objects.places(whole));
                }
                if self.scene.may_be_shared(self.process, *map) && self.made.outcome.is_death() {
                    footprint.write(objects.places(|object| Place::Bytes(object, range, None)));
                } else if self.scene.may_be_shared(self.process, *map) {
                    footprint.write(objects.places(|object| Place::Bytes(object, range, Some(*byte))));
                }
            }
            Call::Load { map, offset, len } => {
                let range = self.scene.range(self.process, *map, (offset.get(), len.get()));
                let objects = self.scene.objects_mapped(self.process, *map);
                footprint.read(objects.places(Place::Object));
                footprint.read(objects.places(|object| Place::Bytes(object, range, None)));
                if self.scene.may_be_private(self.process, *map) {
                    footprint.write([own]);
                }
            }
            _ => {}
        }
    }

    fn on_processes(self, footprint: &mut Footprint) {
        let process = self.process;
        let actor = self.made.site.actor;
        let all_of = |process| [Place::Life(process), Place::Descriptors(process), Place::Mappings(process)];
        match self.made.call {
            Call::Send { to, .. } => {
                footprint.read([Place::Descriptors(process), Place::Life(self.scene.process(*to))]);
                if self.succeeds() {
                    footprint.write([Place::Messages(actor, *to)]);
                } else {
                    // How many descriptors are on their way may be what it failed for.
                    footprint.read([Place::Everything]);
                }
            }
            Call::Recv { from, .. } => {
                let others = [Place::Life(self.scene.process(*from)), Place::Messages(actor, *from)];
                footprint.read(others.into_iter().chain([Place::Descriptors(process)]));
                footprint.change([Place::Messages(*from, actor)]);
                // What does not arrive is closed, and its locks end.
                footprint.write(self.scene.has_locks().then_some(Place::Locks));
                if self.succeeds() {
                    footprint.write([Place::Descriptors(process)]);
                } else {
                    // With the connection goes what the peer did not receive.
                    footprint.write([Place::Messages(actor, *from)]);
                }
            }
            Call::Fork { child, .. } => {
                footprint.read(all_of(process));
                footprint.write(all_of(ProcessId(*child)).into_iter().chain([Place::Attributes(ProcessId(*child))]));
                footprint.write(self.scene.mapped_by(process).places(Place::Mapped));
                // A process that had the child's name before is gone.
                footprint.write(self.scene.has_locks().then_some(Place::Locks));
            }
            Call::Exec => {
                // Where it cannot stay the user that it is, it becomes another.
                footprint.write(all_of(process).into_iter().chain([Place::Attributes(process)]));
                footprint.write(self.scene.has_locks().then_some(Place::Locks));
                footprint.write(self.scene.mapped_by(process).places(Place::Mapped));
            }
            Call::Exit { .. } | Call::Kill { .. } => {}
            _ => footprint.write([Place::Attributes(process)]),
        }
    }
}
