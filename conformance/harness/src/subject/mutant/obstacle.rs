//! Faults where a symbolic link lies at a name.

use shmconf_adapter::subject::{CallResult, Subject, listing, native};
use std::ffi::{CStr, CString, c_int};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;

#[derive(Default)]
pub(super) struct LinkFollowed;

impl Subject for LinkFollowed {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        native::shm_open(&behind(name), oflag, mode)
    }
}

#[derive(Default)]
pub(super) struct TargetUnlinked;

impl Subject for TargetUnlinked {
    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        native::shm_unlink(&behind(name))
    }
}

/// The name that a link leads to, or the name itself where no link lies.
fn behind(name: &CStr) -> CString {
    let target = listing::path(name).and_then(|path| std::fs::read_link(path).ok());
    let file = target.as_ref().and_then(|target| target.file_name());
    file.and_then(|file| CString::new([b"/", file.as_bytes()].concat()).ok()).unwrap_or_else(|| name.to_owned())
}
