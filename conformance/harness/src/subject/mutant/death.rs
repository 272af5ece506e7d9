//! Faults that show after the death of a creator: what it made goes with it, as its successors find out.

use shmconf_adapter::subject::{CallResult, Subject, native};
use std::ffi::{CStr, c_int};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

#[derive(Default)]
pub(super) struct NameDies;

impl Subject for NameDies {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if creator_is_dead(name) {
            native::shm_unlink(name)?;
        }
        noted(name, oflag, native::shm_open(name, oflag, mode))
    }
}

#[derive(Default)]
pub(super) struct ContentsDie;

impl Subject for ContentsDie {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        if creator_is_dead(name) {
            let fd = native::shm_open(name, libc::O_RDWR, 0)?;
            native::ftruncate((&fd).into(), 0)?;
            native::close(fd)?;
        }
        noted(name, oflag, native::shm_open(name, oflag, mode))
    }
}

/// The file that says who created the object.
fn note(name: &CStr) -> PathBuf {
    let bare = std::ffi::OsStr::from_bytes(name.to_bytes().strip_prefix(b"/").unwrap_or_default());
    std::env::temp_dir().join(bare).with_extension("creator")
}

fn noted(name: &CStr, oflag: c_int, opened: CallResult<OwnedFd>) -> CallResult<OwnedFd> {
    if opened.is_ok() && oflag & libc::O_EXCL != 0 {
        let _ = std::fs::write(note(name), std::process::id().to_string());
    }
    opened
}

/// Is there somebody who created it, and is dead? That is told once.
fn creator_is_dead(name: &CStr) -> bool {
    let creator = std::fs::read_to_string(note(name)).ok().and_then(|text| text.parse().ok());
    let dead = |pid| nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err();
    let is_dead = creator.is_some_and(dead);
    if is_dead {
        let _ = std::fs::remove_file(note(name));
    }
    is_dead
}
