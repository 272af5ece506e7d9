//! What POSIX and each platform let shared memory do, as data, and whether a trace of calls was allowed.
//!
//! Nothing here touches the system: no file, no clock, no process. A script goes in and what each platform would do comes
//! out; a trace goes in and a judgement comes out. The same on every machine, and in a browser.
#![forbid(unsafe_code)]

pub mod answers;
pub mod call;
pub mod catalogue;
pub mod clause;
pub mod constants;
#[cfg(test)]
mod drawn;
pub mod judge;
pub mod model;
pub mod names;
pub mod naming;
pub mod outcome;
pub mod outcomes;
pub mod portability;
pub mod profile;
pub mod script;
pub mod simulation;
mod suggestion;
mod text;
pub mod trace;
pub mod verdict;
