//! What the system may do with mapped memory: merge it, dump it, keep it on some NUMA nodes.

use crate::sys::{self, Advice};
use crate::{Error, ErrorKind, Mapping};

impl Mapping {
    /// Lets the system make pages with equal contents one, or keeps it from that.
    ///
    /// Linux takes the advice, and its KSM passes over shared mappings all the same.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] on all systems but Linux, and where Linux is built without KSM.
    pub fn set_merge(&self, on: bool) -> Result<(), Error> {
        self.advise(if on { Advice::Merge } else { Advice::KeepApart })
    }

    /// Puts the memory in core dumps of this process, or leaves it out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] on all systems but Linux, FreeBSD and DragonFly.
    pub fn set_dump(&self, on: bool) -> Result<(), Error> {
        self.advise(if on { Advice::Dump } else { Advice::LeaveOut })
    }

    /// Says on which NUMA nodes the memory is to be, and moves what is elsewhere. Do it before the memory is
    /// populated: pages that exist are dear to move.
    ///
    /// The policy is the memory's own, so that it holds for whoever else maps it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] on all systems but Linux; [`ErrorKind::Os`] where there is no such node.
    ///
    /// # References
    ///
    /// [Linux `mbind`](https://man7.org/linux/man-pages/man2/mbind.2.html)
    pub fn set_numa(&self, numa: Numa) -> Result<(), Error> {
        let (start, len) = self.range();
        // SAFETY: the range is mapped for as long as `self` exists.
        unsafe { sys::bind(start, len, numa) }
    }

    fn advise(&self, advice: Advice) -> Result<(), Error> {
        let (start, len) = self.range();
        // SAFETY: the range is mapped for as long as `self` exists.
        unsafe { sys::advise(start, len, advice) }
    }
}

/// On which NUMA nodes memory is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Numa {
    /// Near the thread that uses a page first.
    #[default]
    Default,
    /// On these nodes, elsewhere when they are full.
    Preferred(Nodes),
    /// On these nodes and no others.
    Bind(Nodes),
    /// On these nodes in turn.
    Interleave(Nodes),
}

/// A set of NUMA nodes, which is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nodes(u128);

impl Nodes {
    /// How many nodes there can be; they count from 0.
    pub const MAX: u32 = u128::BITS;

    /// The set of these nodes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutOfBounds`] where there is none, or one of [`MAX`](Self::MAX) or above.
    pub fn new(nodes: impl IntoIterator<Item = u32>) -> Result<Self, Error> {
        let mut bits = 0;
        for node in nodes {
            bits |= 1_u128.checked_shl(node).ok_or_else(|| Self::outside(node.into(), 1))?;
        }
        if bits == 0 { Err(Self::outside(0, 0).into()) } else { Ok(Self(bits)) }
    }

    fn outside(offset: u64, len: u64) -> ErrorKind {
        ErrorKind::OutOfBounds { offset, len, size: Self::MAX.into() }
    }

    /// The set as bits, the lowest for node 0.
    pub const fn bits(self) -> u128 {
        self.0
    }
}
