//! The implementations that can be tested by name.

mod kinds;
mod memfd;
pub mod mutant;
pub mod qemu;
mod shmfd;
mod spec;

pub use kinds::{Argument, KINDS, SubjectKind};
pub use memfd::Memfd;
pub use qemu::Qemu;
pub use shmconf_adapter::subject::{Libc, Subject};
pub use shmfd::Shmfd;
pub use spec::{Spec, SpecError};
