//! The implementations that can be tested by name.

mod memfd;
pub mod mutant;
mod shmfd;
mod spec;

pub use memfd::Memfd;
pub use shmconf_adapter::subject::{Libc, Subject};
pub use shmfd::Shmfd;
pub use spec::{KINDS, Spec, SpecError};
