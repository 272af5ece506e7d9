//! Subjects with one planted fault each, to see that the suite finds it.
//!
//! A mutant is the native subject with one method overridden. A state that a fault needs belongs to one process.

mod death;
mod descriptor;
mod existing;
mod flags;
mod kept;
mod lock;
mod map;
mod memfd;
mod message;
mod moment;
mod names;
mod note;
mod obstacle;
mod offset;
mod open;
mod reference;
mod refused;
mod resize;
mod rights;
mod sealed;
mod seals;
mod sharing;
mod size;
mod split;
mod table;
mod times;
mod told;
mod unlink;
mod user;
mod write;

pub use table::ALL;

use shmconf_adapter::subject::Subject;
use std::fmt;
use std::str::FromStr;

/// A planted fault.
#[derive(Clone, Copy)]
pub struct Mutant {
    /// What stands behind `mutant:`.
    pub name: &'static str,
    /// What is wrong with it, in a sentence.
    pub sentence: &'static str,
    /// Where an implementation had it: a report, or the file of a system that does so.
    pub seen: Option<&'static str>,
    make: fn() -> Box<dyn Subject>,
}

/// A name that no mutant has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no mutant is called `{found}`; `shmconf explain mutant` shows them all")]
pub struct NotAMutant {
    /// What stood there.
    pub found: String,
}

impl Mutant {
    /// The subject.
    pub fn make(self) -> Box<dyn Subject> {
        (self.make)()
    }
}

impl FromStr for Mutant {
    type Err = NotAMutant;

    fn from_str(text: &str) -> Result<Mutant, NotAMutant> {
        ALL.iter().find(|mutant| mutant.name == text).copied().ok_or_else(|| NotAMutant { found: text.to_owned() })
    }
}

impl PartialEq for Mutant {
    fn eq(&self, other: &Mutant) -> bool {
        self.name == other.name
    }
}

impl Eq for Mutant {}

impl fmt::Debug for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
