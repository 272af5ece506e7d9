//! Memory files (`memfd_create`), which never have a name.

use shmconf_adapter::subject::{CallResult, Refused, Subject, native, system};
use shmconf_model::script::Requirement;
use std::ffi::{CStr, c_int};
use std::os::fd::OwnedFd;

/// Objects made by `memfd_create`, with everything else done by the system's own calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memfd;

const NO_NAMES: &str = "memfd_create makes anonymous objects only";

impl Subject for Memfd {
    fn cannot(&mut self) -> Vec<(Requirement, String)> {
        vec![(Requirement::Named, NO_NAMES.to_owned()), (Requirement::Listing, NO_NAMES.to_owned())]
    }

    fn create(&mut self, _name: &CStr, size: i64) -> CallResult<OwnedFd> {
        let fd = system::memfd(c"shmconf")?;
        native::ftruncate((&fd).into(), size).map(|()| fd)
    }

    fn shm_open(&mut self, _name: &CStr, _oflag: c_int, _mode: u32) -> CallResult<OwnedFd> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn shm_unlink(&mut self, _name: &CStr) -> CallResult<()> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }
}
