//! The adapter for vm-memory.

use rstest::rstest;
use shmfd::{Builder, ErrorKind};
use vm_memory::{Bytes, GuestAddress, GuestMemoryBackend, GuestMemoryMmap, GuestMemoryRegion};

#[test]
fn a_guest_sees_the_memory_at_its_addresses() {
    let memory = Builder::new(3 << 20).create().unwrap();
    let low = memory.guest_region(GuestAddress(0), 0, 1 << 20).unwrap();
    let high = memory.guest_region(GuestAddress(1 << 32), 1 << 20, 2 << 20).unwrap();
    let guest = GuestMemoryMmap::<()>::from_regions(vec![low, high]).unwrap();
    guest.write_slice(b"guest", GuestAddress((1 << 32) + 5)).unwrap();
    let mut seen = [0; 5];
    memory.map().unwrap().read((1 << 20) + 5, &mut seen).unwrap();
    assert_eq!(&seen, b"guest");
    let region = guest.find_region(GuestAddress(1 << 32)).unwrap();
    assert_eq!(region.file_offset().unwrap().start(), 1 << 20);
}

#[rstest]
#[case::empty(0, 0, 0)]
#[case::past_the_end(0, 4096, 4096)]
#[case::past_the_last_address(u64::MAX - 1, 0, 4096)]
fn a_region_outside_is_refused(#[case] base: u64, #[case] offset: u64, #[case] len: usize) {
    let memory = Builder::new(4097).create().unwrap();
    let error = memory.guest_region::<()>(GuestAddress(base), offset, len).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OutOfBounds { .. }), "{error}");
}
