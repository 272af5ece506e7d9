//! Tells what an implementation of POSIX shared memory really does.
//!
//! ```text
//! catalogue ─┐
//! generator ─┴─> Script ──> executor (actors × subject) ──> Trace ──> judge (model × profile) ──> Verdict ──> report
//! ```

pub mod call;
pub mod catalogue;
pub mod clause;
pub mod outcome;
pub mod script;
mod text;
pub mod trace;
pub mod verdict;
