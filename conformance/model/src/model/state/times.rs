//! An object's times, and what was done since they were told that they may show.

use crate::constants::Timestamp;
use bitflags::bitflags;

bitflags! {
    /// What was done to an object.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
    pub(crate) struct Touches: u16 {
        /// Its bytes were read through a descriptor.
        const READ = 1;
        /// It was mapped.
        const MAPPED = 1 << 1;
        /// A mapping was used.
        const LOADED = 1 << 2;
        /// Something was stored through a shared mapping.
        const STORED = 1 << 3;
        /// At least one byte was written through a descriptor.
        const WRITTEN = 1 << 4;
        /// Something was to be written, and was not.
        const TRIED = 1 << 5;
        /// It was given the size that it had.
        const SAME_SIZE = 1 << 6;
        /// It was given another size.
        const RESIZED = 1 << 7;
        /// Storage was reserved or taken away.
        const RESERVED = 1 << 8;
        /// Its mode or its owner was set.
        const ATTRIBUTES = 1 << 9;
        /// A name of it was removed.
        const UNLINKED = 1 << 10;
    }
}

/// What is known of an object's times, each in the place of its kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Times([Option<Told>; 3]);

/// A time as it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Told {
    /// In nanoseconds since the Epoch.
    pub(crate) at: i64,
    /// What was done to the object since.
    pub(crate) since: Touches,
}

impl Times {
    pub(crate) fn told(&self, which: Timestamp) -> Option<Told> {
        self.0[which as usize]
    }

    /// A time is told.
    pub(crate) fn learn(&mut self, which: Timestamp, at: i64) {
        self.0[which as usize] = Some(Told { at, since: Touches::empty() });
    }

    /// Something is done to the object.
    pub(crate) fn touch(&mut self, touches: Touches) {
        self.0.iter_mut().flatten().for_each(|told| told.since |= touches);
    }
}
