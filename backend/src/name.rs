//! Names for objects that exist for a moment: short, random, and never the same in two processes.
//!
//! A name has 29 bytes with its slash, because macOS allows 31 and, before 10.15, 30. Of those, 22
//! carry 110 random bits. The bits come from the system in batches, one batch a thread; a process
//! that was forked throws away what it inherited, so that it does not repeat its parent's names.

use std::cell::Cell;
use std::ffi::CStr;
use std::fmt;

use crate::sys::{self, Stamp};
use crate::{Call, Error};

const PREFIX: &[u8] = b"/shmfd-";
const DIGITS: usize = 22;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Random bytes that go into a name.
const SEED: usize = 14;

/// Names that one call for random bytes pays for.
const BATCH: usize = 16;

/// The name of a shared memory object, as `shm_open` takes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name([u8; Name::LEN + 1]);

impl Name {
    /// The length of every name, in bytes, with the slash and without the terminating NUL.
    pub const LEN: usize = PREFIX.len() + DIGITS;

    /// The name that these bytes stand for. The last two bits are not used.
    pub fn from_seed(seed: [u8; SEED]) -> Self {
        let mut name = [0; Self::LEN + 1];
        name[..PREFIX.len()].copy_from_slice(PREFIX);
        let mut wide = [0; 16];
        wide[..SEED].copy_from_slice(&seed);
        let mut bits = u128::from_be_bytes(wide);
        for digit in &mut name[PREFIX.len()..Self::LEN] {
            *digit = ALPHABET[(bits >> 123) as usize];
            bits <<= 5;
        }
        Self::from_bytes(name)
    }

    pub(crate) fn from_bytes(bytes: [u8; Self::LEN + 1]) -> Self {
        Self(bytes)
    }

    /// The name with its slash.
    pub fn as_str(&self) -> &str {
        self.as_c_str().to_str().unwrap_or_default()
    }

    /// The name with its slash and a terminating NUL.
    pub fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// A name that no other call, thread or process was given.
///
/// # Errors
///
/// [`Call::GetRandom`] where the system gives no random bytes.
pub fn unique() -> Result<Name, Error> {
    let mut pool = Pool::of_this_process()?;
    let name = pool.peek();
    pool.left -= 1;
    POOL.set(pool);
    Ok(name)
}

/// The name that [`unique`] returns next in this thread, so that a test can take it first.
///
/// # Errors
///
/// As for [`unique`].
#[doc(hidden)]
pub fn peek() -> Result<Name, Error> {
    let pool = Pool::of_this_process()?;
    POOL.set(pool);
    Ok(pool.peek())
}

/// The names that this thread gives out before it asks for random bytes again.
#[cfg(test)]
pub(crate) fn upcoming() -> Vec<Name> {
    let pool = Pool::of_this_process().unwrap();
    POOL.set(pool);
    pool.seeds[..pool.left].iter().map(|&seed| Name::from_seed(seed)).collect()
}

thread_local! {
    #[allow(clippy::missing_const_for_thread_local, reason = "it is const; OpenBSD's form hides it")]
    static POOL: Cell<Pool> = const { Cell::new(Pool::EMPTY) };
}

/// A batch of random bytes, and the process that it is meant for.
#[derive(Clone, Copy)]
struct Pool {
    seeds: [[u8; SEED]; BATCH],
    left: usize,
    owner: Option<Stamp>,
}

impl Pool {
    const EMPTY: Self = Self { seeds: [[0; SEED]; BATCH], left: 0, owner: None };

    /// This thread's batch, or a new one where that is used up or belongs to the parent process.
    fn of_this_process() -> Result<Self, Error> {
        let mut pool = POOL.get();
        let now = sys::stamp();
        if pool.left == 0 || pool.owner != Some(now) {
            sys::call(Call::GetRandom, || sys::fill_random(pool.seeds.as_flattened_mut()))?;
            (pool.left, pool.owner) = (BATCH, Some(now));
        }
        Ok(pool)
    }

    fn peek(&self) -> Name {
        Name::from_seed(self.seeds[self.left - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_seed_gives_a_portable_name(seed: [u8; SEED]) {
            let name = Name::from_seed(seed);
            let tail = name.as_str().strip_prefix("/shmfd-").unwrap();
            prop_assert_eq!(name.as_str().len(), Name::LEN);
            prop_assert!(tail.bytes().all(|b| ALPHABET.contains(&b)));
        }

        #[test]
        fn seeds_that_differ_in_a_used_bit_give_different_names(seed: [u8; SEED], bit in 0..110_usize) {
            let mut other = seed;
            other[bit / 8] ^= 0x80 >> (bit % 8);
            prop_assert_ne!(Name::from_seed(seed), Name::from_seed(other));
        }
    }

    #[test]
    fn a_name_fits_the_oldest_macos() {
        const { assert!(Name::LEN <= 30) }
    }

    #[test]
    fn threads_never_share_a_name() {
        let threads: Vec<_> =
            (0..4).map(|_| std::thread::spawn(|| (0..500).map(|_| unique().unwrap()).collect::<Vec<_>>())).collect();
        let names: HashSet<_> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
        assert_eq!(names.len(), 2000);
    }

    #[test]
    fn the_names_that_come_are_known_ahead() {
        unique().unwrap();
        let ahead = upcoming();
        assert_eq!(ahead.len(), BATCH - 1);
        assert!(ahead.iter().rev().all(|name| unique().unwrap() == *name));
    }

    #[test]
    fn peeking_tells_the_next_name_and_does_not_use_it() {
        for _ in 0..2 * BATCH {
            let next = peek().unwrap();
            assert_eq!(peek().unwrap(), next);
            assert_eq!(unique().unwrap(), next);
        }
    }
}
