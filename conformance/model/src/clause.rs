//! The standard, sentence by sentence and in our own words: numbered clauses with their level.
//!
//! The clauses are data, one file an interface under `clauses/`. Which of them a run exercised is measured from the
//! justifications that the judge really used, never kept by hand.

mod ledger;
mod set;

pub use ledger::{Clause, Ledger};
pub use set::ClauseSet;
pub(crate) use set::bits;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How much a clause binds an implementation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It must be so.
    Shall,
    /// It may be so, and need not.
    May,
    /// The implementation chooses, and documents its choice.
    ImplementationDefined,
    /// The implementation chooses, and says nothing.
    Unspecified,
    /// Anything may happen.
    Undefined,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Level::Shall => "shall",
            Level::May => "may",
            Level::ImplementationDefined => "implementation-defined",
            Level::Unspecified => "unspecified",
            Level::Undefined => "undefined",
        })
    }
}

macro_rules! interfaces {
    ($($(#[doc = $doc:literal])+ $interface:ident $name:ident,)+) => {
        /// What a clause is about: a function of the standard, or a promise that the suite adds to it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Interface {
            $($(#[doc = $doc])+ $interface,)+
        }

        impl Interface {
            /// Every interface.
            pub const ALL: &[Interface] = &[$(Interface::$interface),+];
        }

        impl fmt::Display for Interface {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Interface::$interface => stringify!($name),)+ })
            }
        }

        impl FromStr for Interface {
            type Err = NotAClause;

            fn from_str(text: &str) -> Result<Interface, NotAClause> {
                match text {
                    $(stringify!($name) => Ok(Interface::$interface),)+
                    _ => Err(NotAClause),
                }
            }
        }

        $(
            #[doc = concat!("The clause of `", stringify!($name), "` with that number.")]
            pub const fn $name(number: u8) -> ClauseId {
                ClauseId { interface: Interface::$interface, number }
            }
        )+
    };
}

interfaces! {
    /// Opening and creating objects.
    ShmOpen shm_open,
    /// Removing names.
    ShmUnlink shm_unlink,
    /// Making memfds.
    MemfdCreate memfd_create,
    /// Opening anew.
    Reopen reopen,
    /// Taking storage away.
    Punch punch,
    /// Setting sizes.
    Ftruncate ftruncate,
    /// Reserving storage.
    PosixFallocate posix_fallocate,
    /// Asking for size, mode and owner.
    Fstat fstat,
    /// Setting the mode.
    Fchmod fchmod,
    /// Setting the owner.
    Fchown fchown,
    /// Mapping.
    Mmap mmap,
    /// Unmapping.
    Munmap munmap,
    /// Changing protection.
    Mprotect mprotect,
    /// Writing back what was stored.
    Msync msync,
    /// Keeping pages in memory.
    Mlock mlock,
    /// Reading through a descriptor.
    Read read,
    /// Writing through a descriptor.
    Write write,
    /// Moving the file offset.
    Lseek lseek,
    /// Duplicating descriptors.
    Dup dup,
    /// Closing descriptors.
    Close close,
    /// Descriptor flags and access modes.
    Fcntl fcntl,
    /// Locks of open file descriptions.
    Flock flock,
    /// Children.
    Fork fork,
    /// New programs.
    Exec exec,
    /// Ends of processes, wanted or not.
    Exit exit,
    /// The file mode creation mask.
    Umask umask,
    /// Sending descriptors.
    Sendmsg sendmsg,
    /// Receiving descriptors.
    Recvmsg recvmsg,
    /// Who may do what with an object, which is a matter of files.
    FileAccess file_access,
    /// Objects without a name: what this suite asks of them, beside the standard.
    Create create,
    /// Seals, as Linux and FreeBSD document them.
    Seals seals,
    /// Generators of unique names: what this suite asks of them.
    UniqueNames unique_names,
    /// What every call owes its caller: that it answers, and leaks nothing.
    Call call,
}

/// A clause by its interface and number, written `shm_open:22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClauseId {
    /// What it is about.
    pub interface: Interface,
    /// Its number among the clauses of that interface.
    pub number: u8,
}

/// A text that is no clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a clause is an interface and a number, such as shm_open:22")]
pub struct NotAClause;

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.interface, self.number)
    }
}

impl FromStr for ClauseId {
    type Err = NotAClause;

    fn from_str(text: &str) -> Result<ClauseId, NotAClause> {
        let (interface, number) = text.split_once(':').ok_or(NotAClause)?;
        Ok(ClauseId { interface: interface.parse()?, number: number.parse().map_err(|_| NotAClause)? })
    }
}

crate::text::serde_as_text!(Interface);
crate::text::serde_as_text!(ClauseId, "pattern": "^[a-z_]+:[0-9]+$");
