//! A driver of a vhost-user-blk device, and the front end that gives the device its memory.

use std::os::unix::net::UnixStream;

use vhost::vhost_user::message::VhostUserHeaderFlag;
use vhost::vhost_user::{Frontend, VhostUserFrontend, VhostUserProtocolFeatures, VhostUserVirtioFeatures};
use vhost::{VhostBackend, VhostUserMemoryRegionInfo};
use virtio_bindings::virtio_blk::{VIRTIO_BLK_F_FLUSH, VIRTIO_BLK_T_FLUSH, VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT};
use virtio_bindings::virtio_config::VIRTIO_F_VERSION_1;
use vm_memory::{Bytes, GuestAddress, GuestMemoryBackend, GuestMemoryMmap, Le64};
use vmm_sys_util::eventfd::{EFD_NONBLOCK, EventFd};

use crate::image::Image;
use crate::ring::{Piece, Ring, SIZE};

const QUEUE: usize = 0;

/// What a status is before the device has set it: none that it could set.
const UNSET: u8 = 0xff;

/// Where in guest memory a driver keeps what is its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    pub(crate) ring: GuestAddress,
    /// 16 bytes.
    pub(crate) header: GuestAddress,
    /// 1 byte.
    pub(crate) status: GuestAddress,
}

impl Places {
    /// One behind the other.
    pub(crate) fn from(start: u64) -> Self {
        let header = start + Ring::LEN;
        Self { ring: GuestAddress(start), header: GuestAddress(header), status: GuestAddress(header + 16) }
    }
}

/// A disk in use.
pub(crate) struct Disk {
    pub(crate) frontend: Frontend,
    guest: GuestMemoryMmap,
    places: Places,
    ring: Ring,
    kick: EventFd,
}

impl Disk {
    /// Connects to the device that serves the image, with guest memory whose ring is new.
    pub(crate) fn connect(image: &Image, guest: GuestMemoryMmap, places: Places) -> Self {
        Self::resume(image, guest, places, 0)
    }

    /// Connects again, where so many requests have been made before.
    pub(crate) fn resume(image: &Image, guest: GuestMemoryMmap, places: Places, count: u16) -> Self {
        let frontend = negotiate(image);
        let mut ring = Ring::at(places.ring);
        ring.count = count;
        let regions: Vec<_> =
            guest.iter().map(VhostUserMemoryRegionInfo::from_guest_region).map(Result::unwrap).collect();
        frontend.set_mem_table(&regions).unwrap();
        let mut disk = Self { frontend, guest, places, ring, kick: EventFd::new(EFD_NONBLOCK).unwrap() };
        disk.start_ring();
        disk
    }

    fn start_ring(&mut self) {
        self.frontend.set_vring_num(QUEUE, SIZE).unwrap();
        self.frontend.set_vring_base(QUEUE, self.ring.count).unwrap();
        self.frontend.set_vring_addr(QUEUE, &self.ring.config(&self.guest)).unwrap();
        self.frontend.set_vring_call(QUEUE, &EventFd::new(EFD_NONBLOCK).unwrap()).unwrap();
        self.frontend.set_vring_kick(QUEUE, &self.kick).unwrap();
        self.frontend.set_vring_enable(QUEUE, true).unwrap();
    }

    /// Stops the ring. How many requests the device has taken from it.
    pub(crate) fn stop(self) -> u16 {
        self.frontend.get_vring_base(QUEUE).unwrap().try_into().unwrap()
    }

    /// Has the device read from `sector` on into pieces of guest memory. Its status.
    pub(crate) fn read(&mut self, sector: u64, into: &[Piece]) -> u8 {
        self.request(VIRTIO_BLK_T_IN, sector, &[], into)
    }

    /// Has the device write pieces of guest memory from `sector` on. Its status.
    pub(crate) fn write(&mut self, sector: u64, from: &[Piece]) -> u8 {
        self.request(VIRTIO_BLK_T_OUT, sector, from, &[])
    }

    /// Has the device put on the disk what it has written. Its status.
    pub(crate) fn flush(&mut self) -> u8 {
        self.request(VIRTIO_BLK_T_FLUSH, 0, &[], &[])
    }

    fn request(&mut self, kind: u32, sector: u64, reads: &[Piece], writes: &[Piece]) -> u8 {
        let Places { header, status, .. } = self.places;
        self.guest.write_obj(Le64::from(u64::from(kind)), header).unwrap();
        self.guest.write_obj(Le64::from(sector), GuestAddress(header.0 + 8)).unwrap();
        self.guest.write_obj(UNSET, status).unwrap();
        let reads = [&[Piece { at: header, len: 16 }], reads].concat();
        let writes = [writes, &[Piece { at: status, len: 1 }]].concat();
        self.ring.offer(&self.guest, &reads, &writes);
        self.kick.write(1).unwrap();
        self.ring.wait(&self.guest);
        self.guest.read_obj(status).unwrap()
    }
}

/// Connects and agrees on what both sides know. From then on the device answers every message.
pub(crate) fn negotiate(image: &Image) -> Frontend {
    let mut frontend = Frontend::from_stream(UnixStream::connect(image.socket()).unwrap(), 1);
    frontend.set_owner().unwrap();
    let features =
        1 << VIRTIO_F_VERSION_1 | 1 << VIRTIO_BLK_F_FLUSH | VhostUserVirtioFeatures::PROTOCOL_FEATURES.bits();
    assert_eq!(frontend.get_features().unwrap() & features, features);
    let protocol = VhostUserProtocolFeatures::REPLY_ACK | VhostUserProtocolFeatures::CONFIGURE_MEM_SLOTS;
    assert!(frontend.get_protocol_features().unwrap().contains(protocol));
    frontend.set_protocol_features(protocol).unwrap();
    frontend.set_hdr_flags(VhostUserHeaderFlag::NEED_REPLY);
    frontend.set_features(features).unwrap();
    frontend
}
