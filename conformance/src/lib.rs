//! Tells what an implementation of POSIX shared memory really does.
//!
//! ```text
//! catalogue ─┐
//! generator ─┴─> Script ──> executor (actors × subject) ──> Trace ──> judge (model × profile) ──> Verdict ──> report
//! ```

pub mod actor;
pub mod call;
pub mod campaign;
pub mod catalogue;
pub mod clause;
pub mod cli;
pub mod executor;
pub mod exit;
pub mod generator;
pub mod judge;
pub mod model;
pub mod outcome;
pub mod portability;
pub mod profile;
pub mod report;
pub mod schema;
pub mod script;
pub mod subject;
mod text;
pub mod trace;
pub mod verdict;
pub mod wire;
