//! The integers that shared memory can hold for several threads and processes at once.

#[cfg(target_has_atomic = "64")]
use std::sync::atomic::AtomicU64;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicUsize};

/// An integer that [`Mapping::atomic`](crate::Mapping::atomic) finds in shared memory: any bits are a value of it, and
/// it can be shared.
pub trait Atomic: sealed::Sealed {}

mod sealed {
    pub trait Sealed {}
}

macro_rules! atomics {
    ($($integer:ty),*) => {$(
        impl sealed::Sealed for $integer {}
        impl Atomic for $integer {}
    )*};
}

atomics!(AtomicU8, AtomicU16, AtomicU32, AtomicUsize);
#[cfg(target_has_atomic = "64")]
atomics!(AtomicU64);
