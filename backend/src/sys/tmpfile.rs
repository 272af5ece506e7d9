//! Implementation using `open` with `O_TMPFILE` in `/dev/shm`: Linux since 3.11.
//!
//! It is the memory that `shm_open` gives, from the same file system and within its limit, without the
//! moment in which it has a name. `O_EXCL` keeps it from being given one later.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};

use super::{call, set_mode};
use crate::{Call, Error, ErrorKind, Feature, FinalMode, Strategy};

pub(super) fn create(mode: FinalMode) -> Result<OwnedFd, Error> {
    let flags = OFlag::O_TMPFILE | OFlag::O_RDWR | OFlag::O_EXCL | OFlag::O_CLOEXEC;
    let fd = call(Call::Open, || open(c"/dev/shm", flags, mode.bits())).map_err(|error| {
        // A file system that has no such files says EOPNOTSUPP; a kernel that does not know the flag opens
        // the directory, for writing, and says EISDIR.
        if error.is(Errno::EOPNOTSUPP) || error.is(Errno::EISDIR) {
            error.told_as(ErrorKind::Unsupported(Feature::Strategy(Strategy::TmpFile)))
        } else {
            error
        }
    })?;
    if mode != FinalMode::Closed {
        set_mode(&fd, mode)?;
    }
    Ok(fd)
}
