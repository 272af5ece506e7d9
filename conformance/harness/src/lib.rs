//! Tells what an implementation of POSIX shared memory really does.
//!
//! ```text
//! catalogue ─┐
//! generator ─┴─> Script ──> executor (actors × subject) ──> Trace ──> judge (model × profile) ──> Verdict ──> report
//! ```

pub mod assess;
pub mod baseline;
pub mod campaign;
pub mod cli;
pub mod conformance;
pub mod diff;
pub mod doctor;
pub mod executor;
pub mod exit;
pub mod generator;
pub mod mutation;
pub mod names;
pub mod outcomes;
pub mod record;
pub mod report;
pub mod schema;
pub mod smoke;
pub mod subject;
mod whole;

pub use shmconf_adapter::{actor, wire};
pub use shmconf_model::outcomes as possible;
pub use shmconf_model::{call, catalogue, clause, judge, model, outcome, portability, profile, script, trace, verdict};

/// The guide, whose code is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/implementations.md")]
struct Guide;
