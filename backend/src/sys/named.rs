//! Objects with a name: `shm_open` and `shm_unlink`, on every system but Android.

use std::ffi::CStr;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::mman::{shm_open, shm_unlink};
use nix::sys::stat::{Mode, fchmod};

use super::create_unlink::{FCHMOD_WORKS, SHM_OPEN_SETS_CLOEXEC};
use super::{call, set_cloexec, status};
use crate::{Call, Error, ErrorKind};

/// Creates an object that does not exist yet, with the permissions of `mode` that the umask leaves.
pub(crate) fn create_named(name: &CStr, mode: u16) -> Result<OwnedFd, Error> {
    let rights = Mode::from_bits_truncate(mode as _) & (Mode::S_IRWXU | Mode::S_IRWXG | Mode::S_IRWXO);
    let fd = open(name, OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL, rights)?;
    match close_on_exec(&fd) {
        Ok(()) => Ok(fd),
        Err(error) => unlink_named(name).and(Err(error)),
    }
}

/// Gives an object all of these permission bits, and sees what the system makes of them.
pub(crate) fn give_mode(fd: &OwnedFd, asked: u16) -> Result<(), Error> {
    if FCHMOD_WORKS {
        call(Call::Fchmod, || fchmod(fd, Mode::from_bits_truncate(asked as _)))?;
    }
    let kept = status(fd)?.mode;
    if kept == asked { Ok(()) } else { Err(ErrorKind::BadMode { asked, kept }.into()) }
}

/// Opens an object that exists, for reading and writing.
pub(crate) fn open_named(name: &CStr) -> Result<OwnedFd, Error> {
    let fd = open(name, OFlag::O_RDWR, Mode::empty())?;
    close_on_exec(&fd)?;
    Ok(fd)
}

/// Takes a name away.
pub(crate) fn unlink_named(name: &CStr) -> Result<(), Error> {
    call(Call::ShmUnlink, || shm_unlink(name)).map_err(missing)
}

fn open(name: &CStr, flags: OFlag, mode: Mode) -> Result<OwnedFd, Error> {
    let opened = call(Call::ShmOpen, || shm_open(name, flags, mode));
    opened.map_err(|error| match flags.contains(OFlag::O_CREAT) {
        true if error.is(Errno::EEXIST) => error.told_as(ErrorKind::Exists),
        true => error,
        false => missing(error),
    })
}

fn missing(error: Error) -> Error {
    if error.is(Errno::ENOENT) { error.told_as(ErrorKind::NotFound) } else { error }
}

fn close_on_exec(fd: &OwnedFd) -> Result<(), Error> {
    if SHM_OPEN_SETS_CLOEXEC { Ok(()) } else { set_cloexec(fd, true) }
}
