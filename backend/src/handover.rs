//! Handing memory to a program that this process starts, or becomes.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;

use crate::{Call, Error, SharedMemory, sys};

/// Lets the program that `command` starts inherit `memory`, and tells the number that it has there, to be
/// told to the program in an argument or its environment.
///
/// Only that program inherits it: the descriptor stops being close-on-exec in the child alone. Where
/// `command` replaces this process ([`CommandExt::exec`]) and fails to, the descriptor is inheritable from
/// there on.
///
/// # Errors
///
/// [`ErrorKind::DescriptorLimit`](crate::ErrorKind::DescriptorLimit): `command` keeps a descriptor of its own.
pub fn give(command: &mut Command, memory: &SharedMemory) -> Result<RawFd, Error> {
    let kept = memory.try_clone()?;
    let number = kept.as_fd().as_raw_fd();
    let errno = |error: Error| io::Error::from_raw_os_error(error.raw_os_error().unwrap_or(Errno::EIO as i32));
    let inherit = move || sys::set_cloexec(&kept, false).map_err(errno);
    // SAFETY: after the fork it makes one system call and allocates nothing, whether or not that fails.
    unsafe { command.pre_exec(inherit) };
    Ok(number)
}

/// Takes over a descriptor that this program was started with, close-on-exec from here on. See
/// [`Expect::take`](crate::Expect::take) for what to do with it.
///
/// # Errors
///
/// `EBADF` where there is no such descriptor.
///
/// # Safety
///
/// Nothing else in this process owns the descriptor `number`.
pub unsafe fn take(number: RawFd) -> Result<OwnedFd, Error> {
    // A negative number cannot even be borrowed.
    if number < 0 {
        return Err(Error::os(Call::Fcntl, Errno::EBADF));
    }
    // SAFETY: it is borrowed for a call that does no harm to a descriptor that is not open.
    sys::set_cloexec(unsafe { BorrowedFd::borrow_raw(number) }, true)?;
    // SAFETY: it is open, as the call has shown, and as promised nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}
