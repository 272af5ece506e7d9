//! The crate `ipc-channel`: the objects of its `IpcSharedMemory`.
//!
//! It has no calls of its own for descriptors. `create` has it make an object and takes the descriptor that is new then.

use crate::{NO_NAMES, lowest, without_names};
use ipc_channel::ipc::IpcSharedMemory;
use shmconf_adapter::model::outcome::Errno;
use shmconf_adapter::model::script::Requirement;
use shmconf_adapter::subject::{CallResult, Fd, Refused, Subject, descriptors, native};
use std::ffi::{CStr, c_int};
use std::os::fd::OwnedFd;

/// Objects made by the crate `ipc-channel`.
pub struct IpcChannel;

/// The crate writes every byte when it makes an object: more than this would take the machine's memory.
const LARGEST: i64 = 64 << 20;

impl Subject for IpcChannel {
    fn cannot(&mut self) -> Vec<(Requirement, String)> {
        without_names()
    }

    fn shm_open(&mut self, _: &CStr, _: c_int, _: u32) -> CallResult<OwnedFd> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn shm_unlink(&mut self, _: &CStr) -> CallResult<()> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    /// The crate has no object for the size 0, and no negative ones: what is too much is cut off by `ftruncate`. So are larger
    /// sizes made, for which there is not room everywhere.
    fn create(&mut self, _: &CStr, size: i64) -> CallResult<OwnedFd> {
        let made = size.clamp(1, LARGEST);
        let before = descriptors::open();
        let memory = IpcSharedMemory::from_byte(0, usize::try_from(made).map_err(|_| Errno::EINVAL)?);
        let new = descriptors::open().into_iter().find(|number| !before.contains(number)).ok_or(Errno::EBADF)?;
        // SAFETY: the crate has just made it and keeps it open until `memory` is dropped.
        let fd = unsafe { Fd::from_raw(new) }.duplicate().map_err(|error| crate::refused(&error))?;
        drop(memory);
        let fd = lowest(&fd)?;
        if made != size {
            native::ftruncate((&fd).into(), size)?;
        }
        Ok(fd)
    }
}
