//! Crates that others use for shared memory, each as a subject of the suite.
//!
//! Each subject makes the calls that its crate offers. What the crate has no call for, or what the types of its functions cannot
//! say, such as a negative size, is the system's own call; and what its objects lack, such as a name, is said to be lacking.

mod ipc_channel;
mod memfd;
mod memmap2;
mod rustix;
mod shared_memory;

pub use ipc_channel::IpcChannel;
pub use memfd::Memfd;
pub use memmap2::Memmap2;
pub use rustix::Rustix;
pub use shared_memory::SharedMemory;

use shmconf_adapter::model::outcome::Errno;
use shmconf_adapter::model::script::Requirement;
use shmconf_adapter::subject::{CallResult, Refused, errno, native};
use std::io;
use std::os::fd::OwnedFd;

/// Why a subject has no names.
const NO_NAMES: &str = "the crate makes objects without a name";

/// What a subject without names cannot do.
fn without_names() -> Vec<(Requirement, String)> {
    [Requirement::Named, Requirement::Listing].map(|what| (what, NO_NAMES.to_owned())).into()
}

/// An error of the standard library, as the system said it.
fn refused(error: &io::Error) -> Refused {
    match error.raw_os_error() {
        Some(number) => errno::of(number).into(),
        None if error.kind() == io::ErrorKind::InvalidInput => Errno::EINVAL.into(),
        None => Refused::Unsupported(error.to_string()),
    }
}

/// A descriptor of the lowest number that is free now, within the limit of descriptors, for one that was made beside others.
fn lowest(fd: &OwnedFd) -> CallResult<OwnedFd> {
    let fd = native::dup(fd.into())?;
    native::set_cloexec((&fd).into(), true)?;
    Ok(fd)
}
