//! Names for objects that exist for a moment: short, random, and never the same in two processes.
//!
//! A name is a slash, a [`Prefix`] and random characters, at most 30 bytes in all, because macOS allows 31 and, before
//! 10.15, 30. After the prefix `shmfd-` there are 22 random characters, 110 random bits; a longer prefix leaves fewer.
//! The bits come from the system in batches, one batch a thread; a process that was forked throws away what it
//! inherited, so that it does not repeat its parent's names.

pub mod limits;
mod pool;
mod prefix;

use std::ffi::CStr;
use std::fmt;

use pool::{Pool, SEED};
pub use prefix::Prefix;

use crate::Error;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The name of a shared memory object, as `shm_open` takes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name([u8; Name::MAX + 1]);

impl Name {
    /// The most bytes that a name has, with the slash and without the terminating NUL.
    pub const MAX: usize = limits::EVERYWHERE;

    /// The name that these random bytes stand for. Bits that do not fit are not used.
    pub(crate) fn new(prefix: Prefix, seed: [u8; SEED]) -> Self {
        let mut name = Self::template(prefix);
        let mut wide = [0; 16];
        wide[..SEED].copy_from_slice(&seed);
        let mut bits = u128::from_be_bytes(wide);
        for character in &mut name[prefix.random_part()] {
            *character = ALPHABET[(bits >> 123) as usize];
            bits <<= 5;
        }
        Self::from_bytes(name)
    }

    /// The form of a name, with an `X` for each random character and a NUL at its end, as a C library takes it.
    pub(crate) fn template(prefix: Prefix) -> [u8; Self::MAX + 1] {
        let mut name = [0; Self::MAX + 1];
        name[0] = b'/';
        name[1..prefix.random_part().start].copy_from_slice(prefix.as_str().as_bytes());
        name[prefix.random_part()].fill(b'X');
        name
    }

    /// The name that a C library has made of its form.
    pub(crate) fn from_bytes(name: [u8; Self::MAX + 1]) -> Self {
        Self(name)
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

/// A name that no other call, thread or process was given. It begins with `/shmfd-`.
///
/// # Errors
///
/// That of [`Call::GetRandom`](crate::Call::GetRandom) where the system gives no random bytes.
pub fn unique() -> Result<Name, Error> {
    Prefix::default().unique()
}

impl Prefix {
    /// A name with this prefix that no other call, thread or process was given.
    ///
    /// # Errors
    ///
    /// As for [`unique`].
    pub fn unique(self) -> Result<Name, Error> {
        Ok(Name::new(self, Pool::take()?))
    }

    /// The name that [`unique`](Self::unique) returns next in this thread, so that a test can take it first.
    ///
    /// # Errors
    ///
    /// As for [`unique`].
    #[cfg(any(test, feature = "test-util"))]
    pub fn peek(self) -> Result<Name, Error> {
        Ok(Name::new(self, Pool::peek()?))
    }
}

/// The names that this thread gives out before it asks for random bytes again.
#[cfg(test)]
pub(crate) fn upcoming() -> Vec<Name> {
    pool::upcoming().into_iter().map(|seed| Name::new(Prefix::default(), seed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const CASES: u32 = if cfg!(miri) { 8 } else { 256 };

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

        #[test]
        fn every_prefix_and_seed_give_a_portable_name(prefix in "[A-Za-z0-9._-]{1,16}", seed: [u8; SEED]) {
            let name = Name::new(prefix.parse().unwrap(), seed);
            let tail = name.as_str().strip_prefix('/').unwrap().strip_prefix(&prefix).unwrap();
            prop_assert!(name.as_str().len() <= Name::MAX);
            prop_assert!(tail.len() >= Prefix::LEAST_RANDOM);
            prop_assert!(tail.bytes().all(|byte| ALPHABET.contains(&byte)));
            prop_assert!(name.as_str().parse::<crate::named::ObjectName>().is_ok());
        }

        #[test]
        fn seeds_that_differ_in_a_used_bit_give_different_names(seed: [u8; SEED], bit in 0..110_usize) {
            let mut other = seed;
            other[bit / 8] ^= 0x80 >> (bit % 8);
            let name = |seed| Name::new(Prefix::default(), seed);
            prop_assert_ne!(name(seed), name(other));
        }
    }

    #[test]
    fn threads_never_share_a_name() {
        let each = if cfg!(miri) { 20 } else { 500 };
        let names = move || (0..each).map(|_| unique().unwrap()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(names)).collect();
        let names: HashSet<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(names.len(), 4 * each);
    }

    #[test]
    fn the_names_that_come_are_known_ahead() {
        unique().unwrap();
        let ahead = upcoming();
        assert!(!ahead.is_empty());
        assert!(ahead.iter().rev().all(|name| unique().unwrap() == *name));
    }

    #[test]
    fn peeking_tells_the_next_name_and_does_not_use_it() {
        let prefix: Prefix = "peek-".parse().unwrap();
        for _ in 0..40 {
            let next = prefix.peek().unwrap();
            assert_eq!(prefix.peek().unwrap(), next);
            assert_eq!(prefix.unique().unwrap(), next);
        }
    }
}
