//! Mapping memory, and reading and writing it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use proptest::prelude::*;
use rstest::rstest;
use shmfd::{Builder, ErrorKind, SharedMemory};

fn memory(size: u64) -> SharedMemory {
    Builder::new(size).create().unwrap()
}

#[test]
fn new_memory_reads_zero() {
    let mut bytes = [1; 5000];
    memory(5000).map().unwrap().read(0, &mut bytes).unwrap();
    assert_eq!(bytes, [0; 5000]);
}

#[test]
fn two_mappings_show_the_same_bytes_and_outlive_their_descriptor() {
    let memory = memory(100);
    let (first, second) = (memory.map().unwrap(), memory.map().unwrap());
    drop(memory);
    first.write(95, b"bytes").unwrap();
    let mut seen = [0; 5];
    second.read(95, &mut seen).unwrap();
    assert_eq!(&seen, b"bytes");
}

#[test]
fn a_part_is_mapped_from_its_offset() {
    let page = memory(1).facts().unwrap().page_size as u64;
    let memory = memory(3 * page);
    memory.map().unwrap().write(page as usize + 5, b"x").unwrap();
    let part = memory.map_options().range(page, page).map().unwrap();
    let mut seen = [0];
    part.read(5, &mut seen).unwrap();
    assert_eq!((part.len() as u64, &seen), (page, b"x"));
}

#[rstest]
#[case::empty(0, 0)]
#[case::past_the_end(0, 10_001)]
#[case::behind_the_end(65_536, 1)]
#[case::overflowing(4096, u64::MAX)]
fn a_range_outside_of_the_memory_is_refused(#[case] offset: u64, #[case] len: u64) {
    let error = memory(10_000).map_options().range(offset, len).map().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::OutOfBounds { offset, len, size: 10_000 });
}

#[test]
fn an_offset_within_a_page_is_refused() {
    let error = memory(10_000).map_options().range(1, 1).map().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Misaligned { offset: 1, .. }), "{error}");
}

#[rstest]
#[case(100, 1)]
#[case(0, 101)]
#[case(1, 100)]
#[case(usize::MAX, 2)]
fn an_access_outside_of_the_mapping_is_refused(#[case] offset: usize, #[case] len: usize) {
    let mapping = memory(100).map().unwrap();
    let kind = ErrorKind::OutOfBounds { offset: offset as u64, len: len as u64, size: 100 };
    assert_eq!(*mapping.read(offset, &mut vec![0; len]).unwrap_err().kind(), kind);
    assert_eq!(*mapping.write(offset, &vec![0; len]).unwrap_err().kind(), kind);
}

#[test]
fn a_read_only_mapping_is_not_written() {
    let mapping = memory(100).map_options().read_only().map().unwrap();
    assert_eq!(*mapping.write(0, b"x").unwrap_err().kind(), ErrorKind::ReadOnly);
    // SAFETY: nothing else uses the mapping.
    let atomic = unsafe { mapping.atomic::<AtomicU32>(0) };
    assert_eq!(*atomic.unwrap_err().kind(), ErrorKind::ReadOnly);
    mapping.read(0, &mut [0; 100]).unwrap();
}

#[test]
fn atomics_are_shared_by_mappings() {
    let memory = memory(4096);
    let (first, second) = (memory.map().unwrap(), memory.map().unwrap());
    std::thread::scope(|scope| {
        for mapping in [&first, &second] {
            scope.spawn(|| {
                // SAFETY: both threads use these bytes by this type alone.
                let counter = unsafe { mapping.atomic::<AtomicU64>(8) }.unwrap();
                for _ in 0..10_000 {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let mut count = [0; 8];
    second.read(8, &mut count).unwrap();
    assert_eq!(u64::from_ne_bytes(count), 20_000);
}

#[test]
fn an_atomic_at_an_odd_offset_is_refused() {
    let mapping = memory(100).map().unwrap();
    // SAFETY: nothing else uses the mapping.
    let error = unsafe { mapping.atomic::<AtomicU32>(2) }.map(drop).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Misaligned { offset: 2, align: 4 });
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_holds_what_was_written_last(
        writes in prop::collection::vec((0..9000_usize, prop::collection::vec(any::<u8>(), 0..300)), 0..20),
    ) {
        let memory = memory(9000);
        let (writer, reader) = (memory.map().unwrap(), memory.map().unwrap());
        let mut expected = vec![0; 9000];
        for (offset, bytes) in &writes {
            match expected.get_mut(*offset..offset + bytes.len()) {
                Some(range) => {
                    range.copy_from_slice(bytes);
                    writer.write(*offset, bytes).unwrap();
                }
                None => drop(writer.write(*offset, bytes).unwrap_err()),
            }
        }
        let mut seen = vec![0; 9000];
        reader.read(0, &mut seen).unwrap();
        prop_assert_eq!(&seen, &expected);
    }
}
