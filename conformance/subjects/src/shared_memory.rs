//! The crate `shared_memory`: named objects that come with a size and a mapping.
//!
//! It has no calls of its own for descriptors. `create` has it make an object of the name that is free, opens that name, and lets
//! the crate remove what it made: should the process die on the way, the harness removes it. That the object had a name and the
//! mode 0600 until then is what the crate means to do, and none of the questions here; `tests/facts.rs` holds what its own
//! functions do.

use crate::{NO_NAMES, lowest, without_names};
use shared_memory::{ShmemConf, ShmemError};
use shmconf_adapter::model::outcome::Errno;
use shmconf_adapter::model::script::Requirement;
use shmconf_adapter::subject::{CallResult, Refused, Subject, errno, host, native};
use std::ffi::{CStr, c_int};
use std::os::fd::OwnedFd;

/// Objects made by the crate `shared_memory`.
pub struct SharedMemory;

fn said(error: ShmemError) -> Refused {
    match error {
        ShmemError::MapCreateFailed(number)
        | ShmemError::MapOpenFailed(number)
        | ShmemError::UnknownOsError(number) => errno::of(number.cast_signed()).into(),
        ShmemError::MappingIdExists => Errno::EEXIST.into(),
        error => Refused::Unsupported(error.to_string()),
    }
}

impl Subject for SharedMemory {
    fn cannot(&mut self) -> Vec<(Requirement, String)> {
        without_names()
    }

    fn shm_open(&mut self, _: &CStr, _: c_int, _: u32) -> CallResult<OwnedFd> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn shm_unlink(&mut self, _: &CStr) -> CallResult<()> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    /// The crate refuses the size 0 and has no negative ones: what is too much is cut off by `ftruncate`.
    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        let made = usize::try_from(size).unwrap_or(0).max(1);
        let fd = host::with_spare_descriptors(|| {
            let id = name.to_str().map_err(|_| Errno::EINVAL)?;
            // It removes the name when it is dropped.
            let _object = ShmemConf::new().os_id(id).size(made).create().map_err(said)?;
            native::shm_open(name, libc::O_RDWR, 0)
        })?;
        let fd = lowest(&fd)?;
        native::fchmod((&fd).into(), 0)?;
        if i64::try_from(made) != Ok(size) {
            native::ftruncate((&fd).into(), size)?;
        }
        Ok(fd)
    }
}
