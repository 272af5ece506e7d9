//! Puts an implementation of shared memory under test by `shmconf`: the calls that it makes, and the process that makes
//! them.
//!
//! An implementer writes `impl Subject for Mine` and hands it to [`actor::main`] in a program of its own, which
//! `shmconf run -s command:PROGRAM` then tests.

pub mod actor;
pub mod subject;
pub mod wire;

/// The words of scripts and outcomes, so that an implementer depends on this crate alone.
pub use shmconf_model as model;

/// Makes a program an adapter for a subject: `shmconf_adapter::main!(Mine::default());` instead of a function `main`.
#[macro_export]
macro_rules! main {
    ($subject:expr) => {
        fn main() {
            $crate::actor::main($subject)
        }
    };
}
