//! Puts an implementation of shared memory under test by `shmconf`: the calls that it makes, and the process that makes
//! them.
//!
//! An implementer writes `impl Subject for Mine` and hands it to [`actor::main`] in a program of its own, which
//! `shmconf run -s command:PROGRAM` then tests.

pub mod actor;
pub mod subject;
pub mod wire;
