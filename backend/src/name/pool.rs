//! Random bytes for names, which come from the system in batches, one batch a thread.

use std::cell::Cell;

use crate::sys::{self, Stamp};
use crate::{Call, Error};

/// Random bytes that go into a name.
pub(super) const SEED: usize = 14;

/// Names that one call for random bytes pays for.
const BATCH: usize = 16;

thread_local! {
    #[allow(clippy::missing_const_for_thread_local, reason = "it is const; OpenBSD's form hides it")]
    static POOL: Cell<Pool> = const { Cell::new(Pool::EMPTY) };
}

/// A batch of random bytes, and the process that it is meant for.
#[derive(Clone, Copy)]
pub(super) struct Pool {
    seeds: [[u8; SEED]; BATCH],
    left: usize,
    owner: Option<Stamp>,
}

impl Pool {
    const EMPTY: Self = Self { seeds: [[0; SEED]; BATCH], left: 0, owner: None };

    /// Random bytes that are given to nobody else.
    pub(super) fn take() -> Result<[u8; SEED], Error> {
        let mut pool = Self::of_this_process()?;
        pool.left -= 1;
        POOL.set(pool);
        Ok(pool.seeds[pool.left])
    }

    /// What [`take`](Self::take) returns next in this thread.
    #[cfg(any(test, feature = "test-util"))]
    pub(super) fn peek() -> Result<[u8; SEED], Error> {
        let pool = Self::of_this_process()?;
        POOL.set(pool);
        Ok(pool.seeds[pool.left - 1])
    }

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
}

/// What this thread takes before it asks for random bytes again, the last one first.
#[cfg(test)]
pub(super) fn upcoming() -> Vec<[u8; SEED]> {
    let pool = Pool::of_this_process().unwrap();
    POOL.set(pool);
    pool.seeds[..pool.left].to_vec()
}
