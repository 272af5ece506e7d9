//! A file descriptor of shared memory that has no name, on any POSIX system.

#![doc = include_str!("../README.md")]
#![warn(missing_debug_implementations)]

mod advice;
mod builder;
mod call;
mod commit;
mod error;
mod expect;
mod feature;
#[cfg(feature = "vm-memory")]
mod guest;
pub mod handover;
mod mapping;
mod memory;
pub mod name;
pub mod named;
pub mod passing;
mod prealloc;
#[cfg(feature = "qemu")]
pub mod qemu;
mod size;
mod strategy;
mod sys;

pub use advice::{Nodes, Numa};
pub use builder::{Builder, FinalMode};
pub use call::Call;
pub use commit::Commit;
pub use error::{Error, ErrorKind};
pub use expect::{DescriptorFault, Expect, Refused};
pub use feature::Feature;
pub use mapping::{Atomic, MapOptions, Mapping};
pub use memory::{Facts, SharedMemory, SizeGuard};
pub use name::{Name, Prefix};
pub use prealloc::{Prealloc, Progress};
pub use strategy::Strategy;
