//! The crate `memfd`: memory files with seals.

use crate::{NO_NAMES, refused, without_names};
use memfd::{FileSeal, MemfdOptions};
use shmconf_adapter::model::call::{MemfdFlags, Seals};
use shmconf_adapter::model::script::Requirement;
use shmconf_adapter::subject::{CallResult, Fd, Refused, Subject, native, system};
use std::ffi::{CStr, c_int};
use std::os::fd::{FromRawFd, OwnedFd};

/// Memory files made and sealed by the crate `memfd`.
pub struct Memfd;

/// The flags that its options have.
const OFFERED: MemfdFlags = MemfdFlags::CLOEXEC.union(MemfdFlags::ALLOW_SEALING);

const SEALS: [(Seals, FileSeal); 5] = [
    (Seals::SEAL, FileSeal::SealSeal),
    (Seals::SHRINK, FileSeal::SealShrink),
    (Seals::GROW, FileSeal::SealGrow),
    (Seals::WRITE, FileSeal::SealWrite),
    (Seals::FUTURE_WRITE, FileSeal::SealFutureWrite),
];

fn said(error: memfd::Error) -> Refused {
    match error {
        memfd::Error::Create(error) | memfd::Error::AddSeals(error) | memfd::Error::GetSeals(error) => refused(&error),
    }
}

/// Does something with a descriptor as the crate's type, and gives it back.
fn with<T>(fd: Fd<'_>, what: impl FnOnce(&memfd::Memfd) -> Result<T, memfd::Error>) -> CallResult<T> {
    // SAFETY: the script's descriptor, or a number that is not open; it is not closed here.
    let memfd = std::mem::ManuallyDrop::new(unsafe { memfd::Memfd::from_raw_fd(fd.number()) });
    what(&memfd).map_err(said)
}

impl Subject for Memfd {
    fn cannot(&mut self) -> Vec<(Requirement, String)> {
        without_names()
    }

    fn shm_open(&mut self, _: &CStr, _: c_int, _: u32) -> CallResult<OwnedFd> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn shm_unlink(&mut self, _: &CStr) -> CallResult<()> {
        Err(Refused::Unsupported(NO_NAMES.to_owned()))
    }

    fn create(&mut self, _: &CStr, size: i64) -> CallResult<OwnedFd> {
        let memfd = MemfdOptions::new().allow_sealing(true).create("subjects").map_err(said)?;
        let Ok(len) = u64::try_from(size) else {
            let fd = OwnedFd::from(memfd.into_file());
            return native::ftruncate((&fd).into(), size).map(|()| fd);
        };
        memfd.as_file().set_len(len).map_err(|error| refused(&error))?;
        Ok(memfd.into_file().into())
    }

    fn memfd_create(&mut self, name: &CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
        let Some(name) = name.to_str().ok().filter(|_| OFFERED.contains(flags)) else {
            return system::memfd_create(name, flags);
        };
        let options = MemfdOptions::new()
            .close_on_exec(flags.contains(MemfdFlags::CLOEXEC))
            .allow_sealing(flags.contains(MemfdFlags::ALLOW_SEALING));
        options.create(name).map(|memfd| memfd.into_file().into()).map_err(said)
    }

    fn seals(&mut self, fd: Fd<'_>) -> CallResult<Seals> {
        let seals = with(fd, memfd::Memfd::seals)?;
        Ok(SEALS.iter().filter(|(_, seal)| seals.contains(seal)).map(|(seal, _)| *seal).collect())
    }

    fn add_seals(&mut self, fd: Fd<'_>, seals: Seals) -> CallResult<()> {
        let known: Seals = SEALS.iter().map(|(seal, _)| *seal).collect();
        if !known.contains(seals) {
            return Err(Refused::Unsupported(format!("the crate does not know all of {seals}")));
        }
        with(fd, |memfd| memfd.add_seals(SEALS.iter().filter(|(seal, _)| seals.contains(*seal)).map(|(_, seal)| seal)))
    }
}
