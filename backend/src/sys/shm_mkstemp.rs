//! Implementation using `shm_mkstemp` and `shm_unlink`: OpenBSD since 5.4.
//!
//! OpenBSD recommends it: the C library draws the name and tries again where it exists. The object
//! is a file in `/tmp` with mode 0600 until its name is gone.

use std::ffi::{CStr, c_char, c_int};
use std::os::fd::{FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::mman::shm_unlink;

use super::{call, set_mode};
use crate::{Call, Error, ErrorKind, FinalMode, Name};

unsafe extern "C" {
    fn shm_mkstemp(template: *mut c_char) -> c_int;
}

pub(super) fn create(mode: FinalMode) -> Result<OwnedFd, Error> {
    let mut template = [0; Name::LEN + 1];
    let fd = call(Call::ShmMkstemp, || {
        template = *b"/shmfd-XXXXXXXXXXXXXXXXXXXXXX\0";
        // SAFETY: the template is writable, ends in a NUL and has its six X and more before that.
        let raw = Errno::result(unsafe { shm_mkstemp(template.as_mut_ptr().cast()) })?;
        // SAFETY: the call has just returned this descriptor, which nothing else owns.
        Ok(unsafe { OwnedFd::from_raw_fd(raw) })
    })?;
    let name = CStr::from_bytes_until_nul(&template).unwrap_or_default();
    call(Call::ShmUnlink, || shm_unlink(name))
        .map_err(|e| e.told_as(ErrorKind::NotUnlinked { name: Name::from_bytes(template) }))?;
    set_mode(&fd, mode)?;
    Ok(fd)
}
