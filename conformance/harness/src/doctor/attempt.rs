//! Tries whether an object can be made at all: the shortest way to know what no setting tells.

use crate::executor;
use crate::subject::{Libc, Subject};
use shmconf_adapter::subject::Refused;
use shmconf_model::call::MemfdFlags;
use std::ffi::CString;

/// Makes an object with a name that nobody else has, and takes the name away.
pub(super) fn named() -> Result<(), String> {
    let name = format!("{}{}doctor", shmconf_model::call::name::PREFIX, executor::random_token());
    let name = CString::new(name).map_err(|error| error.to_string())?;
    let opened = Libc.shm_open(&name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600);
    drop(opened.map_err(|refused| told("shm_open", &refused))?);
    Libc.shm_unlink(&name).map_err(|refused| told("shm_unlink", &refused))
}

/// Makes a memfd, where the system has them.
pub(super) fn memfd() -> Result<(), String> {
    match Libc.memfd_create(c"shmconf", MemfdFlags::CLOEXEC) {
        Err(Refused::Errno(errno)) => Err(told("memfd_create", &Refused::Errno(errno))),
        // The system has none, which is not wrong.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn told(call: &str, refused: &Refused) -> String {
    match refused {
        Refused::Errno(errno) => format!("{call} says {errno}"),
        Refused::Unsupported(reason) => reason.clone(),
    }
}
