//! The footprints of calls that make, find, open and remove objects.

use super::Asked;
use super::place::{self, Footprint, Place, whole};
use crate::call::{Call, OpenFlags, ReopenFlags};

impl Asked<'_> {
    pub(super) fn on_names(self, footprint: &mut Footprint) {
        let own = Place::Descriptors(self.process);
        match self.made.call {
            Call::ShmOpen { name, flags, .. } => {
                let name = name.literal().unwrap_or_default();
                let objects = self.scene.objects_named(self.process, name);
                footprint.read([Place::name(name), own.clone()]);
                footprint.read(objects.places(Place::Object));
                if self.succeeds() {
                    footprint.write([own]);
                }
                if flags.contains(OpenFlags::CREAT) && (self.succeeds() || self.may_have_created()) {
                    footprint.write([Place::name(name), Place::Object(place::Of::One(self.scene.made_by(self.made)))]);
                }
                if flags.contains(OpenFlags::TRUNC) {
                    footprint.read(objects.places(Place::Mapped));
                }
                if flags.contains(OpenFlags::TRUNC) && (self.succeeds() || self.may_have_emptied()) {
                    footprint.write(objects.places(Place::Object).chain(objects.places(whole)));
                    footprint.write(self.scene.copying());
                }
            }
            Call::ShmUnlink { name } => {
                let name = name.literal().unwrap_or_default();
                footprint.read([Place::name(name)]);
                footprint.read(self.scene.objects_named(self.process, name).places(Place::Object));
                if self.succeeds() {
                    footprint.write([Place::name(name)]);
                }
            }
            Call::Create { .. } | Call::MemfdCreate { .. } => {
                footprint.read([own.clone()]);
                if self.succeeds() {
                    footprint.write([own, Place::Object(place::Of::One(self.scene.made_by(self.made)))]);
                } else if self.lacks_number() {
                    footprint.write([Place::Strays]);
                }
            }
            Call::Reopen { fd, flags } => {
                let objects = self.scene.objects_open(self.process, *fd);
                footprint.read([own.clone()]);
                footprint.read(objects.places(Place::Object).chain(objects.places(Place::Mapped)));
                if self.succeeds() {
                    footprint.write([own]);
                }
                if (self.succeeds() || self.lacks_number()) && flags.contains(ReopenFlags::TRUNC) {
                    footprint.write(objects.places(Place::Object).chain(objects.places(whole)));
                    footprint.write(self.scene.copying());
                }
            }
            Call::Names => footprint.read([Place::Names, Place::Strays, Place::Object(place::Of::Any)]),
            _ => {
                footprint.read(self.given());
                footprint.write([Place::Attributes(self.process)]);
            }
        }
    }
}
