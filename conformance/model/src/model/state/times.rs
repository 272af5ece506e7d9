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
        /// It grew as storage was reserved.
        const GROWN = 1 << 9;
        /// Its mode or its owner was set.
        const ATTRIBUTES = 1 << 10;
        /// A name of it was removed.
        const UNLINKED = 1 << 11;
    }
}

/// What is known of an object's times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Times {
    access: Option<Told>,
    modification: Option<Told>,
    change: Option<Told>,
}

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
        match which {
            Timestamp::Access => self.access,
            Timestamp::Modification => self.modification,
            Timestamp::Change => self.change,
        }
    }

    /// A time is told.
    pub(crate) fn learn(&mut self, which: Timestamp, at: i64) {
        let told = match which {
            Timestamp::Access => &mut self.access,
            Timestamp::Modification => &mut self.modification,
            Timestamp::Change => &mut self.change,
        };
        *told = Some(Told { at, since: Touches::empty() });
    }

    /// Something is done to the object.
    pub(crate) fn touch(&mut self, touches: Touches) {
        for told in [&mut self.access, &mut self.modification, &mut self.change].into_iter().flatten() {
            told.since |= touches;
        }
    }
}
