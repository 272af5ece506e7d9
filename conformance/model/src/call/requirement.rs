//! What a subject and its host must be able to do for a call.

use super::Call;
use crate::constants::{OpenFlags, Resource};
use std::fmt;
use std::str::FromStr;

macro_rules! requirements {
    ($($(#[doc = $doc:literal])+ $requirement:ident = $word:literal,)+) => {
        /// Something that a subject or its host may be unable to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Requirement {
            $($(#[doc = $doc])+ $requirement,)+
        }

        impl Requirement {
            /// Every requirement, with what it means.
            pub const ALL: &[(Requirement, &str)] = &[$((Requirement::$requirement, concat!($($doc),+))),+];

            /// The word that stands for it in the head of a script.
            pub fn word(self) -> &'static str {
                match self { $(Requirement::$requirement => $word,)+ }
            }
        }
    };
}

requirements! {
    /// Objects that have names: `shm_open` and `shm_unlink`.
    Named = "named",
    /// Objects made without a name: `create`.
    Anonymous = "anonymous",
    /// Descriptors sent from one actor to another.
    Passing = "passing",
    /// Children that go on with what their parent had.
    Fork = "fork",
    /// A new program in the same process.
    Exec = "exec",
    /// Seals.
    Seals = "seals",
    /// Memfds: `memfd_create`.
    Memfd = "memfd",
    /// Descriptors that fork closes: `O_CLOFORK`.
    CloseOnFork = "close-on-fork",
    /// Objects that are opened anew by a descriptor.
    Reopening = "reopening",
    /// Storage that is taken out of the middle of an object.
    Punching = "punching",
    /// The right to become another user.
    Root = "root",
    /// A PID namespace of one's own.
    PidNamespace = "pid-namespace",
    /// A store of objects of one's own, as small as one likes.
    LimitedStore = "limited-store",
    /// A directory whose files are the objects, each called after its name.
    DirectoryStore = "directory-store",
    /// A list of the names that exist.
    Listing = "listing",
    /// A generator of unique names.
    UniqueNames = "unique-names",
    /// Resource limits.
    Limits = "limits",
    /// A limit of the address space.
    AddressSpace = "address-space",
    /// A limit of what is kept in memory.
    LockedMemory = "locked-memory",
    /// Storage that is set aside ahead: `posix_fallocate`.
    Reserving = "reserving",
}

impl Requirement {
    /// What a call asks for.
    pub fn of(call: &Call) -> &'static [Requirement] {
        match call {
            Call::Fork { pid_namespace: true, .. } => &[Requirement::PidNamespace],
            Call::ShmOpen { flags, .. } if flags.contains(OpenFlags::CLOFORK) => {
                &[Requirement::Named, Requirement::CloseOnFork]
            }
            Call::Rlimit { resource: Resource::As, .. } => &[Requirement::Limits, Requirement::AddressSpace],
            Call::Rlimit { resource: Resource::Memlock, .. } => &[Requirement::Limits, Requirement::LockedMemory],
            call => call.entry().requirements,
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A word that is no requirement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of {}", words().join(", "))]
pub struct NotARequirement {
    found: String,
}

fn words() -> Vec<&'static str> {
    Requirement::ALL.iter().map(|(requirement, _)| requirement.word()).collect()
}

impl FromStr for Requirement {
    type Err = NotARequirement;

    fn from_str(text: &str) -> Result<Requirement, NotARequirement> {
        let known = Requirement::ALL.iter().map(|(requirement, _)| *requirement);
        known.into_iter().find(|known| known.word() == text).ok_or_else(|| NotARequirement { found: text.to_owned() })
    }
}

crate::text::serde_as_text!(Requirement, "enum": words());
