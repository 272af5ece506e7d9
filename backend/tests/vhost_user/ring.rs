//! The driver's side of a split virtqueue that stands in guest memory.

use std::sync::atomic::Ordering;

use vhost::VringConfigData;
use virtio_bindings::virtio_ring::{VRING_DESC_F_NEXT, VRING_DESC_F_WRITE};
use virtio_queue::desc::RawDescriptor;
use virtio_queue::desc::split::Descriptor;
use vm_memory::{Address, Bytes, GuestAddress, GuestMemoryBackend, GuestMemoryMmap};

use crate::daemon::within_patience;

/// How many descriptors the ring has.
pub(crate) const SIZE: u16 = 8;

const DESCRIPTOR: u64 = 16;
const INDEX: u64 = 2;
const ENTRIES: u64 = 4;

/// A piece of guest memory that belongs to a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) at: GuestAddress,
    pub(crate) len: u32,
}

/// A ring, of which one request at a time is under way.
pub(crate) struct Ring {
    table: GuestAddress,
    available: GuestAddress,
    used: GuestAddress,
    /// The number of requests made, modulo 2^16.
    pub(crate) count: u16,
}

impl Ring {
    /// The bytes that a ring takes.
    pub(crate) const LEN: u64 = 256;

    /// A ring that starts at a multiple of 16, where the memory is zero.
    pub(crate) fn at(start: GuestAddress) -> Self {
        let available = start.unchecked_add(DESCRIPTOR * u64::from(SIZE));
        let used = available.unchecked_add(24);
        Self { table: start, available, used, count: 0 }
    }

    /// Where it is in this process.
    pub(crate) fn config(&self, guest: &GuestMemoryMmap) -> VringConfigData {
        let host = |address| guest.get_host_address(address).unwrap() as u64;
        VringConfigData {
            queue_max_size: SIZE,
            queue_size: SIZE,
            flags: 0,
            desc_table_addr: host(self.table),
            used_ring_addr: host(self.used),
            avail_ring_addr: host(self.available),
            log_addr: None,
        }
    }

    /// Offers the device a chain: what it reads, and behind that what it writes.
    pub(crate) fn offer(&mut self, guest: &GuestMemoryMmap, reads: &[Piece], writes: &[Piece]) {
        let len = reads.len() + writes.len();
        assert!(len <= SIZE.into(), "a chain of {len} pieces is longer than the ring");
        for (index, piece) in reads.iter().chain(writes).enumerate() {
            let next = if index + 1 < len { VRING_DESC_F_NEXT } else { 0 };
            let write = if index < reads.len() { 0 } else { VRING_DESC_F_WRITE };
            let descriptor = Descriptor::new(piece.at.0, piece.len, (next | write) as u16, index as u16 + 1);
            let at = self.table.unchecked_add(DESCRIPTOR * index as u64);
            guest.write_obj(RawDescriptor::from(descriptor), at).unwrap();
        }
        let entry = u64::from(self.count % SIZE) * 2;
        guest.write_obj(0_u16, self.available.unchecked_add(ENTRIES + entry)).unwrap();
        self.count = self.count.wrapping_add(1);
        // Release: the device that sees the index sees the chain.
        guest.store(self.count.to_le(), self.available.unchecked_add(INDEX), Ordering::Release).unwrap();
    }

    /// Waits until the device has used all that it was offered. Its call would not do: a device may call without cause.
    pub(crate) fn wait(&self, guest: &GuestMemoryMmap) {
        within_patience("the device to use a request", || {
            let used = guest.load(self.used.unchecked_add(INDEX), Ordering::Acquire).unwrap();
            (u16::from_le(used) == self.count).then_some(())
        });
    }
}
