//! What a system must provide, and the only choice by system in this crate.
//!
//! Each file of `sys/` is a mechanism, not a system. One that makes memory has
//! `create(mode) -> Result<OwnedFd, Error>`, with a prefix where it draws a name,, and what it returns
//!
//! - MUST be open for reading and writing, and close-on-exec,
//! - MUST have no name, and have had none that another process could expect,
//! - MUST be empty and never have been sized, because macOS sizes an object once,
//! - MUST have the permission bits of `mode`, whatever the umask,
//!
//! and when it fails it MUST leave no descriptor, and no name unless its error tells the name.
//! Every system call goes through [`call`], which is where tests plant faults.

mod advise;
#[cfg(not(target_os = "android"))]
mod create_unlink;
mod descriptor;
#[cfg(all(test, target_os = "linux", not(miri)))]
mod fault;
mod fork;
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
mod memfd;
#[cfg(not(target_os = "android"))]
mod named;
#[cfg(target_os = "android")]
mod nameless;
mod numa;
mod page;
mod seam;
#[cfg(target_os = "freebsd")]
mod shm_anon;
#[cfg(target_os = "openbsd")]
mod shm_mkstemp;
mod socket;
mod space;
#[cfg(target_os = "linux")]
mod tmpfile;
mod wide;

use std::os::fd::OwnedFd;

pub(crate) use advise::{Advice, advise};
pub(crate) use descriptor::{
    ObjectId, access_mode, duplicate, is_memory, read_at, resize, seal_size, seals, set_cloexec, set_mode, status,
};
pub(crate) use fork::{Stamp, stamp};
#[cfg(not(target_os = "android"))]
pub(crate) use named::{create_named, give_mode, open_named, unlink_named};
#[cfg(target_os = "android")]
pub(crate) use nameless::{create_named, give_mode, open_named, unlink_named};
pub(crate) use numa::bind;
pub(crate) use page::{Access, map, page_size, system_page_size, unmap};
pub(crate) use seam::{call, fill_random};
pub(crate) use socket::{MAX_FDS, Message, receive, send};
pub(crate) use space::{no_space, place_of, reserve, room};

use crate::{Error, ErrorKind, Feature, FinalMode, Prefix, Strategy};

/// What this system has, in the order in which [`Strategy::Auto`] tries it.
pub(crate) const SUPPORTED: &[Strategy] = if cfg!(target_os = "freebsd") {
    &[Strategy::ShmAnon, Strategy::PosixUnlinked, Strategy::Memfd]
} else if cfg!(target_os = "openbsd") {
    &[Strategy::ShmMkstemp, Strategy::PosixUnlinked]
} else if cfg!(target_os = "android") {
    &[Strategy::Memfd]
} else if cfg!(target_os = "linux") {
    &[Strategy::Memfd, Strategy::PosixUnlinked, Strategy::TmpFile]
} else {
    &[Strategy::PosixUnlinked]
};

/// Whether the size of a POSIX object can be set once only, as XNU has it.
pub(crate) const SIZED_ONCE: bool = cfg!(target_vendor = "apple");

/// The largest size that is handed to the system. XNU takes any, and up to macOS 12 makes an entry of the kernel's memory
/// for every 4 GiB of it; no more than this can be mapped anyhow.
pub(crate) const LARGEST: u64 = if cfg!(target_vendor = "apple") { 1 << 47 } else { wide::Offset::MAX as u64 };

/// Whether `read`, `write` and `lseek` work on a POSIX object.
pub(crate) const SEEKABLE: bool = !cfg!(target_vendor = "apple");

/// Makes an empty object that has no name, in this one way. If it has one for a moment, that begins with `prefix`.
#[cfg_attr(target_os = "android", expect(unused_variables, reason = "no object has a name"))]
pub(crate) fn create(strategy: Strategy, mode: FinalMode, prefix: Prefix) -> Result<OwnedFd, Error> {
    match strategy {
        #[cfg(not(target_os = "android"))]
        Strategy::PosixUnlinked => create_unlink::create(mode, prefix),
        #[cfg(target_os = "freebsd")]
        Strategy::ShmAnon => shm_anon::create(mode),
        #[cfg(target_os = "openbsd")]
        Strategy::ShmMkstemp => shm_mkstemp::create(mode, prefix),
        #[cfg(target_os = "linux")]
        Strategy::TmpFile => tmpfile::create(mode),
        #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
        Strategy::Memfd => memfd::create(mode),
        lacking => Err(ErrorKind::Unsupported(Feature::Strategy(lacking)).into()),
    }
}
