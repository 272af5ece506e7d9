//! Copies between memory that others write and memory that is ours, by relaxed atomic words.
//!
//! Atomics, since threads of this process may meet in the same bytes; words, since it is eight times
//! faster. Where two copies of unequal alignment meet, words meet bytes: every machine has an answer to
//! that, though Rust's memory model has not written one down yet.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};

const WORD: usize = size_of::<usize>();

/// Copies from `from` until `into` is full.
///
/// # Safety
///
/// As many bytes are readable at `from`, and nothing writes them but atomically.
pub(super) unsafe fn load(mut from: *const u8, into: &mut [u8]) {
    let (head, rest) = into.split_at_mut(from.align_offset(WORD).min(into.len()));
    let mut words = rest.chunks_exact_mut(WORD);
    for byte in head {
        // SAFETY: one more byte is readable for each that `into` has.
        *byte = unsafe { AtomicU8::from_ptr(from.cast_mut()) }.load(Relaxed);
        from = from.wrapping_add(1);
    }
    for word in &mut words {
        // SAFETY: `from` is aligned after the head, and a word more is readable.
        let value = unsafe { AtomicUsize::from_ptr(from.cast_mut().cast()) }.load(Relaxed);
        word.copy_from_slice(&value.to_ne_bytes());
        from = from.wrapping_add(WORD);
    }
    for byte in words.into_remainder() {
        // SAFETY: one more byte is readable for each that `into` has.
        *byte = unsafe { AtomicU8::from_ptr(from.cast_mut()) }.load(Relaxed);
        from = from.wrapping_add(1);
    }
}

/// Copies all of `from` to `to`.
///
/// # Safety
///
/// As many bytes are writable at `to`, and nothing else reads or writes them but atomically.
pub(super) unsafe fn store(mut to: *mut u8, from: &[u8]) {
    let (head, rest) = from.split_at(to.align_offset(WORD).min(from.len()));
    let words = rest.chunks_exact(WORD);
    let tail = words.remainder();
    for byte in head {
        // SAFETY: one more byte is writable for each that `from` has.
        unsafe { AtomicU8::from_ptr(to) }.store(*byte, Relaxed);
        to = to.wrapping_add(1);
    }
    for word in words {
        let mut value = [0; WORD];
        value.copy_from_slice(word);
        // SAFETY: `to` is aligned after the head, and a word more is writable.
        unsafe { AtomicUsize::from_ptr(to.cast()) }.store(usize::from_ne_bytes(value), Relaxed);
        to = to.wrapping_add(WORD);
    }
    for byte in tail {
        // SAFETY: one more byte is writable for each that `from` has.
        unsafe { AtomicU8::from_ptr(to) }.store(*byte, Relaxed);
        to = to.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_stored_is_loaded_and_nothing_around_it_changes(
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
            offset in 0..16_usize,
        ) {
            let mut shared = [0xAA_u8; 64];
            let at = shared.as_mut_ptr().wrapping_add(offset);
            let mut back = vec![0; bytes.len()];
            // SAFETY: 16 and 40 bytes lie within the 64, and nothing else uses them meanwhile.
            unsafe { store(at, &bytes) };
            // SAFETY: as above.
            unsafe { load(at, &mut back) };
            prop_assert_eq!(&back, &bytes);
            prop_assert!(shared[..offset].iter().all(|&b| b == 0xAA));
            prop_assert!(shared[offset + bytes.len()..].iter().all(|&b| b == 0xAA));
        }
    }
}
