//! No objects with a name: Android, whose C library has no `shm_open`.

use std::ffi::CStr;
use std::os::fd::OwnedFd;

use crate::{Call, Error, ErrorKind, Feature};

pub(crate) fn create_named(_name: &CStr, _mode: u16) -> Result<OwnedFd, Error> {
    Err(ErrorKind::Unsupported(Feature::Call(Call::ShmOpen)).into())
}

pub(crate) fn give_mode(_fd: &OwnedFd, _asked: u16) -> Result<(), Error> {
    Err(ErrorKind::Unsupported(Feature::Call(Call::ShmOpen)).into())
}

pub(crate) fn open_named(_name: &CStr) -> Result<OwnedFd, Error> {
    Err(ErrorKind::Unsupported(Feature::Call(Call::ShmOpen)).into())
}

pub(crate) fn unlink_named(_name: &CStr) -> Result<(), Error> {
    Err(ErrorKind::Unsupported(Feature::Call(Call::ShmUnlink)).into())
}
