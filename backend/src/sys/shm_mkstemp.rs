//! Implementation using `shm_mkstemp` and `shm_unlink`: OpenBSD since 5.4.
//!
//! OpenBSD recommends it: the C library draws the name and tries again where it exists. The object
//! is a file in `/tmp` with mode 0600 until its name is gone.

use std::ffi::{c_char, c_int};
use std::os::fd::{FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::mman::shm_unlink;

use super::{call, set_mode};
use crate::{Call, Error, ErrorKind, FinalMode, Name, Prefix};

unsafe extern "C" {
    fn shm_mkstemp(template: *mut c_char) -> c_int;
}

pub(super) fn create(mode: FinalMode, prefix: Prefix) -> Result<OwnedFd, Error> {
    let mut template = Name::template(prefix);
    let fd = call(Call::ShmMkstemp, || {
        template = Name::template(prefix);
        // SAFETY: the template is writable, ends in a NUL and has its six X and more before that.
        let raw = Errno::result(unsafe { shm_mkstemp(template.as_mut_ptr().cast()) })?;
        // SAFETY: the call has just returned this descriptor, which nothing else owns.
        Ok(unsafe { OwnedFd::from_raw_fd(raw) })
    })?;
    let name = Name::from_bytes(template);
    call(Call::ShmUnlink, || shm_unlink(name.as_c_str())).map_err(|e| e.told_as(ErrorKind::NotUnlinked { name }))?;
    set_mode(&fd, mode)?;
    Ok(fd)
}
