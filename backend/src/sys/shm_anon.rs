//! Implementation using `shm_open(SHM_ANON)`: FreeBSD since 4.3.
//!
//! The object never has a name, so nothing can be left behind; it is also the only form that
//! Capsicum allows.

use std::os::fd::{FromRawFd, OwnedFd};

use nix::errno::Errno;

use super::{call, set_mode};
use crate::{Call, Error, FinalMode};

pub(super) fn create(mode: FinalMode) -> Result<OwnedFd, Error> {
    let fd = call(Call::ShmOpen, || {
        // SAFETY: SHM_ANON is a constant that stands in for a name and is not read from.
        let raw = unsafe { libc::shm_open(libc::SHM_ANON, libc::O_RDWR, mode.bits().bits()) };
        let raw = Errno::result(raw)?;
        // SAFETY: the call has just returned this descriptor, which nothing else owns.
        Ok(unsafe { OwnedFd::from_raw_fd(raw) })
    })?;
    if mode != FinalMode::Closed {
        set_mode(&fd, mode)?;
    }
    Ok(fd)
}
