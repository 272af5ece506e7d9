//! The checks that calls make, and the order in which a platform makes them.

use crate::call::Call;
use std::fmt;
use std::str::FromStr;

macro_rules! checks {
    ($($(#[doc = $doc:literal])+ $check:ident = $word:literal,)+) => {
        /// A check that a call makes before it does anything.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Check {
            $($(#[doc = $doc])+ $check,)+
        }

        impl fmt::Display for Check {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Check::$check => $word,)+ })
            }
        }

        impl FromStr for Check {
            type Err = String;

            fn from_str(text: &str) -> Result<Check, String> {
                match text {
                    $($word => Ok(Check::$check),)+
                    _ => Err(format!("found `{text}`, expected one of {}", [$($word),+].join(", "))),
                }
            }
        }
    };
}

checks! {
    /// Does the system have the call, or the kind of object, at all?
    Support = "support",
    /// Are the flags ones that it takes?
    Flags = "flags",
    /// Does who wants to truncate an object ask to write it?
    ReadingTruncation = "truncation-for-reading",
    /// Is the form of the name one that it takes?
    Name = "name",
    /// Is the name short enough?
    Length = "name-length",
    /// Is a number free for a new descriptor?
    Number = "number",
    /// Can an object be opened that way?
    AccessMode = "access-mode",
    /// Does the object exist where it should, and not where it should not?
    Existence = "existence",
    /// Is the object of the kind that is asked for?
    Kind = "kind",
    /// Can the object be truncated?
    Truncation = "truncation",
    /// Does the mode allow it?
    Permission = "permission",
    /// Is the object the caller's own?
    Owner = "owner",
    /// Is the descriptor open, and in that way?
    Descriptor = "descriptor",
    /// Is a number among the arguments one that can be?
    Argument = "argument",
    /// Is an offset or an address a multiple of the page size?
    Alignment = "alignment",
    /// Is the address of a mapping that lies over another one such a multiple?
    Address = "address",
    /// Does the range lie where an object can have bytes?
    Range = "range",
    /// Does the range end where the object does, or before?
    End = "end",
    /// Can the protection be had?
    Protection = "protection",
    /// Do the seals allow it?
    Seal = "seal",
    /// Does the use of the object by mappings allow it?
    Mapped = "mapped",
    /// Can the size be set, or set again?
    Resizing = "resizing",
    /// Do the limits of the process allow it?
    Limit = "limit",
    /// Is there room?
    Room = "room",
    /// Is the peer there?
    Peer = "peer",
}

/// The orders of a platform's checks, each for one call, by its name in C; calls of which none is known are not there.
#[derive(Debug, Clone, Default)]
pub struct Orders {
    orders: Vec<Order>,
}

/// The order in which one call makes its checks.
#[derive(Debug, Clone)]
pub struct Order {
    /// The call.
    pub call: String,
    /// The checks, first things first. One that is not there may come at any time.
    pub checks: Vec<Check>,
    /// File and function of the system, or how it was measured.
    pub source: String,
}

impl Orders {
    /// The calls whose checks can have an order.
    pub const CALLS: &[&str] = &["shm_open", "shm_unlink", "ftruncate", "fchmod", "fchown", "mmap", "pread", "pwrite"];

    /// From those that may hold.
    pub(super) fn new(mut orders: Vec<Order>) -> Orders {
        orders.sort_by(|one, other| one.call.cmp(&other.call));
        Orders { orders }
    }

    /// The orders in which a call may make its checks: several where its release is not known, none where nothing is.
    pub fn of(&self, call: &Call) -> &[Order] {
        if self.orders.is_empty() {
            return &[];
        }
        let name = match call {
            Call::ShmOpen { .. } => "shm_open",
            Call::ShmUnlink { .. } => "shm_unlink",
            Call::Ftruncate { .. } => "ftruncate",
            Call::Fchmod { .. } => "fchmod",
            Call::Fchown { .. } => "fchown",
            Call::Mmap { .. } => "mmap",
            Call::Pread { .. } => "pread",
            Call::Pwrite { .. } => "pwrite",
            _ => return &[],
        };
        let start = self.orders.partition_point(|order| *order.call < *name);
        let count = self.orders[start..].partition_point(|order| order.call == name);
        &self.orders[start..start + count]
    }

    /// Every order that is known.
    pub fn list(&self) -> &[Order] {
        &self.orders
    }
}

impl Order {
    /// Is one check known to come before another?
    pub fn is_before(&self, check: Check, other: Check) -> bool {
        let place = |wanted| self.checks.iter().position(|known| *known == wanted);
        matches!((place(check), place(other)), (Some(at), Some(other)) if at < other)
    }

    /// Is that so in each of several?
    pub fn all_before(orders: &[Order], check: Check, other: Check) -> bool {
        !orders.is_empty() && orders.iter().all(|order| order.is_before(check, other))
    }
}
