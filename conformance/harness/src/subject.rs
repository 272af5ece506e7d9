//! The implementations that can be tested by name.

mod kinds;
mod library;
mod memfd;
pub mod mutant;
pub mod qemu;
mod shmfd;
mod spec;

pub use kinds::{Argument, KINDS, SubjectKind};
pub use library::{Library, LibraryError};
pub use memfd::Memfd;
pub use qemu::Qemu;
pub use shmconf_adapter::subject::{Libc, Subject};
pub use shmfd::Shmfd;
pub use spec::{Spec, SpecError};
