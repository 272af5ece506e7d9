//! Mappings of memory that is not shared, which Miri has.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::thread;

use super::*;

const WORD: usize = size_of::<usize>();

fn private() -> Mapping {
    use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};
    let page = sys::system_page_size().unwrap();
    let pages = NonZeroUsize::new(page).unwrap();
    let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: the system picks an address that is not in use.
    let start = unsafe { mmap_anonymous(None, pages, prot, MapFlags::MAP_PRIVATE) }.unwrap();
    let object = ObjectId::default();
    Mapping { start: start.cast(), len: pages, pages, page, object, offset: 0, writable: true }
}

#[test]
fn bytes_and_atomics_are_the_same_memory() {
    let mapping = private();
    let end = mapping.len();
    mapping.write(end - 6, b"at end").unwrap();
    let mut seen = [0; 8];
    mapping.read(end - 8, &mut seen).unwrap();
    assert_eq!(&seen, b"\0\0at end");
    // SAFETY: no other thread uses the mapping.
    unsafe { mapping.atomic::<AtomicU32>(8) }.unwrap().store(0x0101_0101, Relaxed);
    // SAFETY: as above.
    unsafe { mapping.atomic::<AtomicU8>(12) }.unwrap().store(2, Relaxed);
    mapping.touch(9).unwrap();
    mapping.read(8, &mut seen[..5]).unwrap();
    assert_eq!(seen[..5], [1, 1, 1, 1, 2]);
    mapping.read(end, &mut []).unwrap();
    mapping.read(end, &mut [0]).unwrap_err();
    mapping.unmap().unwrap();
}

/// Threads whose copies begin and end within the same words, at unequal offsets and of unequal sizes: neither is a race,
/// and none loses what its neighbour stores.
#[test]
fn copies_that_share_words_do_not_race_and_lose_nothing() {
    let mapping = private();
    // Miri looks at one order of events closely, and the processor at many in passing.
    let rounds = if cfg!(miri) { 8 } else { 20_000 };
    let parts = [(0, 3), (3, 1), (4, 2 * WORD), (4 + 2 * WORD, 5), (9 + 2 * WORD, WORD - 2)];
    thread::scope(|scope| {
        for (index, (offset, len)) in parts.into_iter().enumerate() {
            let mapping = &mapping;
            scope.spawn(move || {
                let mut seen = vec![0; len];
                for round in 0..rounds {
                    let own = vec![(round as u8) << 3 | index as u8; len];
                    mapping.write(offset, &own).unwrap();
                    mapping.read(offset, &mut seen).unwrap();
                    assert_eq!(seen, own, "another thread wrote to {len} bytes at {offset}");
                }
            });
        }
        let mut all = [0; 6 * WORD];
        for at in 0..WORD {
            mapping.read(at, &mut all).unwrap();
        }
    });
}

#[test]
fn copies_and_touches_of_the_same_bytes_do_not_race() {
    let mapping = private();
    thread::scope(|scope| {
        for (value, offset) in [(1, 3), (2, 3), (1, 7)] {
            let mapping = &mapping;
            scope.spawn(move || mapping.write(offset, &[value; 40]).unwrap());
        }
        scope.spawn(|| mapping.touch(5).unwrap());
        let mut seen = [0; 40];
        mapping.read(3, &mut seen).unwrap();
        assert!(seen.iter().all(|&byte| byte <= 2));
    });
}

#[test]
fn an_atomic_of_a_word_may_be_used_beside_copies() {
    let mapping = private();
    // SAFETY: it has the size of a word.
    let word = unsafe { mapping.atomic::<AtomicUsize>(WORD) }.unwrap();
    thread::scope(|scope| {
        scope.spawn(|| mapping.write(WORD - 2, &[0; 4]).unwrap());
        scope.spawn(|| word.fetch_or(1, Relaxed));
        mapping.read(WORD + 1, &mut [0; 2]).unwrap();
    });
}
