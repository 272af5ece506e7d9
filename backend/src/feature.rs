//! What a system can lack.

use std::fmt;

use crate::{Call, Strategy};

/// Something that a system can lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Feature {
    /// A way to make shared memory.
    Strategy(Strategy),
    /// A system call.
    Call(Call),
    /// Reserving space for all of the memory.
    Reserve,
    /// Populating memory before it is used.
    Prealloc,
    /// Merging pages with equal contents.
    Merge,
    /// Leaving memory out of core dumps.
    Dump,
    /// NUMA nodes.
    Numa,
    /// Mapping without setting swap aside.
    NoReserve,
    /// Sealing the size.
    Seal,
    /// Reading what a mapping shows without a mapping.
    ReadAt,
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strategy(strategy) => write!(f, "the strategy {strategy}"),
            Self::Call(call) => write!(f, "{call}"),
            Self::Reserve => f.write_str("reserving space ahead of use"),
            Self::Prealloc => f.write_str("populating memory ahead of use"),
            Self::Merge => f.write_str("merging equal pages"),
            Self::Dump => f.write_str("choosing what a core dump holds"),
            Self::Numa => f.write_str("binding memory to NUMA nodes"),
            Self::NoReserve => f.write_str("mapping memory without reserving swap"),
            Self::Seal => f.write_str("sealing the size of this memory"),
            Self::ReadAt => f.write_str("reading memory without a mapping"),
        }
    }
}
