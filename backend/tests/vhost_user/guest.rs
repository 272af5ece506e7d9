//! Guest memory made of parts of our objects.

use shmfd::{Builder, SharedMemory, Strategy};
use vm_memory::{GuestAddress, GuestMemoryMmap, GuestRegionMmap};

use crate::ring::Piece;

/// In bytes, a multiple of every system's page size.
pub(crate) const PAGE: u64 = 64 << 10;

/// A part of an object, and where the guest sees it.
pub(crate) struct Part<'a> {
    pub(crate) memory: &'a SharedMemory,
    pub(crate) offset: u64,
    pub(crate) len: u64,
    pub(crate) base: u64,
}

impl Part<'_> {
    pub(crate) fn region(&self) -> GuestRegionMmap {
        let len = self.len.try_into().unwrap();
        self.memory.guest_region(GuestAddress(self.base), self.offset, len).unwrap()
    }
}

/// A guest that has these parts, in the order of their addresses.
pub(crate) fn guest(parts: &[Part<'_>]) -> GuestMemoryMmap {
    GuestMemoryMmap::from_regions(parts.iter().map(Part::region).collect()).unwrap()
}

/// A guest that has all of an object, at address 0.
pub(crate) fn guest_of(memory: &SharedMemory) -> GuestMemoryMmap {
    guest(&[Part { memory, offset: 0, len: memory.size(), base: 0 }])
}

/// Memory of a size in bytes.
pub(crate) fn memory(size: u64, strategy: Strategy) -> SharedMemory {
    Builder::new(size).strategy(strategy).create().unwrap()
}

/// What our own mapping of the memory has at `offset`.
pub(crate) fn contents(memory: &SharedMemory, offset: u64, len: usize) -> Vec<u8> {
    let mut seen = vec![0; len];
    memory.map().unwrap().read(offset.try_into().unwrap(), &mut seen).unwrap();
    seen
}

/// `len` bytes of guest memory from the address `at` on.
pub(crate) fn piece(at: u64, len: usize) -> Piece {
    Piece { at: GuestAddress(at), len: len.try_into().unwrap() }
}
