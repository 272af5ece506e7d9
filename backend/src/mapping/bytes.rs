//! Copies between memory that others write and memory that is ours, by relaxed atomics of one size: the aligned word.
//!
//! Atomics, since threads of this process may meet in the same bytes. One size, since atomic accesses of unequal sizes
//! that meet are undefined behaviour: wherever a copy starts and ends, it reads and writes whole words, and where only a
//! part of a word is its own, it exchanges the word for one whose other bytes are as they were at that moment.
//!
//! Read-only pages are sound to load from as well: a relaxed load of a word writes on no processor that this crate is
//! built for.
//!
//! # References
//!
//! [Atomic accesses to read-only memory](https://doc.rust-lang.org/std/sync/atomic/index.html#atomic-accesses-to-read-only-memory)

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const WORD: usize = size_of::<usize>();

/// The word that holds a byte, and the byte's place in it.
fn word_of(byte: *const u8) -> (*mut usize, usize) {
    let place = byte.addr() % WORD;
    (byte.wrapping_sub(place).cast_mut().cast(), place)
}

/// How many of `len` bytes lie in the first word, where they do not begin with it.
fn in_first_word(place: usize, len: usize) -> usize {
    if place == 0 { 0 } else { len.min(WORD - place) }
}

/// Copies from `from` until `into` is full.
///
/// # Safety
///
/// The words that hold as many bytes at `from` are mapped, and nothing in this process writes to them meanwhile but by
/// atomics of a word.
pub(super) unsafe fn load(from: *const u8, into: &mut [u8]) {
    let (mut word, place) = word_of(from);
    let (head, rest) = into.split_at_mut(in_first_word(place, into.len()));
    let mut take = || {
        // SAFETY: it is taken once for each word that holds some of the bytes.
        let bytes = unsafe { AtomicUsize::from_ptr(word) }.load(Relaxed).to_ne_bytes();
        word = word.wrapping_add(1);
        bytes
    };
    if !head.is_empty() {
        head.copy_from_slice(&take()[place..place + head.len()]);
    }
    let mut words = rest.chunks_exact_mut(WORD);
    for word in &mut words {
        word.copy_from_slice(&take());
    }
    let tail = words.into_remainder();
    if !tail.is_empty() {
        tail.copy_from_slice(&take()[..tail.len()]);
    }
}

/// Copies all of `from` to `to`.
///
/// # Safety
///
/// The words that hold as many bytes at `to` are mapped for writing, and nothing in this process reads or writes them
/// meanwhile but by atomics of a word.
pub(super) unsafe fn store(to: *mut u8, from: &[u8]) {
    let (mut word, place) = word_of(to);
    let (head, rest) = from.split_at(in_first_word(place, from.len()));
    let mut next = || {
        // SAFETY: it is called once for each word that holds some of the bytes.
        let target = unsafe { AtomicUsize::from_ptr(word) };
        word = word.wrapping_add(1);
        target
    };
    if !head.is_empty() {
        store_part(next(), place, head);
    }
    let words = rest.chunks_exact(WORD);
    let tail = words.remainder();
    for bytes in words {
        let mut value = [0; WORD];
        value.copy_from_slice(bytes);
        next().store(usize::from_ne_bytes(value), Relaxed);
    }
    if !tail.is_empty() {
        store_part(next(), 0, tail);
    }
}

/// Puts `bytes` into a word from its byte `place` on. Another's store to the other bytes, at whatever moment, stays.
fn store_part(word: &AtomicUsize, place: usize, bytes: &[u8]) {
    let mut old = word.load(Relaxed);
    loop {
        let mut new = old.to_ne_bytes();
        new[place..place + bytes.len()].copy_from_slice(bytes);
        match word.compare_exchange_weak(old, usize::from_ne_bytes(new), Relaxed, Relaxed) {
            Ok(_) => return,
            Err(seen) => old = seen,
        }
    }
}

/// Writes to the word that holds a byte what it holds, so that its page is there for writing.
///
/// # Safety
///
/// As for [`store`].
pub(super) unsafe fn touch(byte: *mut u8) {
    // A zero that the compiler cannot know: it drops a write of which it knows that it changes nothing.
    // SAFETY: the reference is to a constant.
    let zero = unsafe { std::ptr::read_volatile(&0) };
    // SAFETY: as promised by the caller.
    unsafe { AtomicUsize::from_ptr(word_of(byte).0) }.fetch_or(zero, Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEN: usize = 5 * WORD;

    /// Memory that begins with a word.
    struct Shared([usize; LEN / WORD]);

    impl Shared {
        fn new() -> Self {
            Self([usize::from_ne_bytes([0xAA; WORD]); LEN / WORD])
        }

        fn byte(&mut self, index: usize) -> *mut u8 {
            self.0.as_mut_ptr().cast::<u8>().wrapping_add(index)
        }

        fn bytes(&self) -> Vec<u8> {
            self.0.iter().flat_map(|word| word.to_ne_bytes()).collect()
        }
    }

    #[test]
    fn at_every_offset_length_and_alignment_these_bytes_are_copied_and_no_others() {
        let ours: Vec<u8> = (0..LEN as u8).collect();
        for (offset, len) in (0..2 * WORD).flat_map(|offset| (0..=3 * WORD).map(move |len| (offset, len))) {
            // What is ours may lie anywhere in a word too.
            let from = &ours[(offset + len) % WORD..][..len];
            let mut shared = Shared::new();
            let mut back = vec![0; len];
            // SAFETY: 2 and 3 words are 5, and nothing else uses them.
            unsafe { store(shared.byte(offset), from) };
            // SAFETY: as above.
            unsafe { load(shared.byte(offset), &mut back) };
            assert_eq!(back, from, "{len} bytes at {offset}");
            let mut expected = vec![0xAA; LEN];
            expected[offset..offset + len].copy_from_slice(from);
            assert_eq!(shared.bytes(), expected, "{len} bytes at {offset}");
        }
    }

    #[test]
    fn touching_changes_nothing() {
        let mut shared = Shared::new();
        // SAFETY: nothing else uses the word.
        unsafe { touch(shared.byte(WORD + 3)) };
        assert_eq!(shared.bytes(), [0xAA; LEN]);
    }
}
