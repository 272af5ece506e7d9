//! The kinds of failure, and what is said of each.

use std::fmt;

use crate::{DescriptorFault, Feature, Name};

/// What kind of failure an [`Error`](crate::Error) is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The size asked for is 0.
    ZeroSize,
    /// The size asked for does not fit what this system has for sizes of files, 63 bits nearly everywhere, or its address
    /// space.
    SizeTooLarge {
        /// The size asked for, in bytes.
        asked: u64,
        /// The largest size that fits, in bytes.
        max: u64,
    },
    /// This system has no such thing.
    Unsupported(Feature),
    /// Every name that was tried exists already.
    NamesTaken {
        /// How many names were tried.
        tries: u32,
    },
    /// The object could not be unlinked. It was left empty, but its name and the object remain.
    NotUnlinked {
        /// The name that remains.
        name: Name,
    },
    /// The file system that holds shared memory objects is missing, read-only or of the wrong kind.
    NoPlace,
    /// The system denies it to this process.
    Permission,
    /// The process or the system has no descriptor left.
    DescriptorLimit,
    /// There is not enough memory or space.
    NoSpace {
        /// What was asked for, in bytes, where a size was asked for.
        wanted: Option<u64>,
        /// What was free, in bytes, where the system tells.
        free: Option<u64>,
        /// What it was to come from.
        place: &'static str,
    },
    /// The work was ended before it was done.
    Cancelled {
        /// How many bytes were done by then.
        done: u64,
    },
    /// An access or a range lies outside of what it is applied to.
    OutOfBounds {
        /// The first byte.
        offset: u64,
        /// The number of bytes.
        len: u64,
        /// The size of what they should lie in, in bytes.
        size: u64,
    },
    /// An offset is not a multiple of what it must be.
    Misaligned {
        /// The offset, in bytes.
        offset: u64,
        /// What it must be a multiple of, in bytes.
        align: u64,
    },
    /// The mapping is not one of this memory.
    OtherMemory,
    /// Somebody has cut the memory off, and there is less of it than is mapped.
    Shrunk {
        /// The size that it has now, in bytes.
        size: u64,
        /// The size that is needed, in bytes.
        needed: u64,
    },
    /// The mapping was made read-only.
    ReadOnly,
    /// There is no strategy of this name.
    UnknownStrategy {
        /// The name.
        name: Box<str>,
    },
    /// A name is not of the form that is allowed.
    BadName {
        /// The name.
        name: Box<str>,
    },
    /// What names should begin with is not of the form that is allowed, or leaves too little of them to chance.
    BadPrefix {
        /// The prefix.
        prefix: Box<str>,
    },
    /// The system does not give an object these permission bits.
    BadMode {
        /// The bits asked for.
        asked: u16,
        /// The bits that the object would have had.
        kept: u16,
    },
    /// An object with this name exists.
    Exists,
    /// There is no object with this name.
    NotFound,
    /// A descriptor was refused before it was used.
    BadDescriptor(DescriptorFault),
    /// More descriptors than one message can carry, or descriptors with no byte to carry them.
    BadMessage {
        /// How many descriptors there are.
        fds: usize,
        /// How many this system carries in a message.
        max: usize,
    },
    /// Another failure of the call, told by its errno.
    Os,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroSize => f.write_str("size 0 is refused"),
            Self::SizeTooLarge { asked, max } => {
                write!(f, "size {asked} is larger than {max}, the most this system can express")
            }
            Self::Unsupported(feature) => write!(f, "{feature} is not available on this system"),
            Self::NamesTaken { tries } => write!(f, "{tries} random names in a row exist already"),
            Self::NotUnlinked { name } => {
                write!(f, "the object {name} was left empty but keeps its name")
            }
            Self::NoPlace => f.write_str("there is no place for shared memory objects"),
            Self::Permission => f.write_str("the system does not permit it"),
            Self::DescriptorLimit => f.write_str("no descriptor is left"),
            Self::NoSpace { wanted, free, place } => {
                write!(f, "{place} has not enough space")?;
                if let Some(wanted) = wanted {
                    write!(f, " for {wanted} bytes")?;
                }
                if let Some(free) = free {
                    write!(f, ", {free} bytes are free")?;
                }
                Ok(())
            }
            Self::OutOfBounds { offset, len, size } => {
                write!(f, "{len} bytes at offset {offset} do not lie within {size} bytes")
            }
            Self::Misaligned { offset, align } => {
                write!(f, "offset {offset} is not a multiple of {align}")
            }
            Self::OtherMemory => f.write_str("the mapping is one of other memory"),
            Self::Shrunk { size, needed } => {
                write!(f, "the memory was cut off at {size} bytes, where {needed} are needed")
            }
            Self::Cancelled { done } => write!(f, "cancelled after {done} bytes"),
            Self::ReadOnly => f.write_str("the mapping is read-only"),
            Self::UnknownStrategy { name } => write!(f, "there is no strategy {name:?}"),
            Self::BadName { name } => write!(f, "{name:?} is no name that means the same everywhere"),
            Self::BadPrefix { prefix } => write!(f, "names cannot begin with {prefix:?}"),
            Self::BadMode { asked, kept } => {
                write!(f, "the system makes permission bits {asked:#o} {kept:#o}")
            }
            Self::Exists => f.write_str("an object with this name exists"),
            Self::NotFound => f.write_str("there is no object with this name"),
            Self::BadDescriptor(fault) => write!(f, "the descriptor is refused: {fault}"),
            Self::BadMessage { fds, max } if fds > max => {
                write!(f, "{fds} descriptors do not fit a message, which carries {max}")
            }
            Self::BadMessage { fds, .. } => {
                write!(f, "{fds} descriptors need at least 1 byte of data to travel with")
            }
            Self::Os => f.write_str("the system refused"),
        }
    }
}

impl ErrorKind {
    /// What to do about it, where that is known.
    pub(super) fn advice(&self) -> Option<&'static str> {
        Some(match self {
            Self::ZeroSize => "ask for at least 1 byte",
            Self::Unsupported(Feature::Strategy(_)) => "use Strategy::Auto",
            Self::NamesTaken { .. } => "remove stale objects or use another strategy",
            Self::NotUnlinked { .. } => "remove it with shm_unlink",
            Self::NoPlace => "mount what shm_open needs or use another strategy",
            Self::NoSpace { free: Some(_), .. } => {
                "make the place larger or free some of it (a container's: --shm-size), use a strategy that needs no such \
                 place (Strategy::Memfd), or, for memory that will not all be used, ask for Commit::Lazy"
            }
            Self::DescriptorLimit => "close some or raise RLIMIT_NOFILE",
            Self::UnknownStrategy { .. } => "use auto, posix, shm-anon, shm-mkstemp, tmpfile or memfd",
            Self::BadName { .. } => "use a slash and 1 to 29 bytes that are no slash",
            Self::BadPrefix { .. } => {
                "use 1 to 16 ASCII letters, digits, -, _ and ., which leave room for 13 random characters"
            }
            Self::BadMode { .. } => "ask for bits that it keeps",
            Self::ReadOnly => "map it for writing",
            Self::OtherMemory => "give the memory that it was mapped from",
            Self::Shrunk { .. } => "freeze the memory, so that nobody can shrink it",
            _ => return None,
        })
    }
}
