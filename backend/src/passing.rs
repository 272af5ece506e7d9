//! Handing descriptors to another process over a Unix socket.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::{DescriptorFault, Error, ErrorKind, sys};

/// The most descriptors that one message carries on this system.
pub const MAX_FDS: usize = sys::MAX_FDS;

/// Sends `data` and, with its first byte, `fds`; tells how many bytes of `data` were sent.
///
/// On a stream socket that may be fewer than all: send the rest without descriptors. The receiver's
/// descriptors refer to the same memory, with the access mode of those sent. Keep yours until the
/// receiver has said that it has them: a message in flight has been lost when its sender closed at once.
///
/// Where the other end is gone, the error is `EPIPE` and no signal is raised; on Apple's systems the socket
/// needs `SO_NOSIGPIPE` for that.
///
/// # Errors
///
/// [`ErrorKind::BadMessage`], before anything is sent: more than [`MAX_FDS`] descriptors, or no data for
/// them to travel with. Else what `sendmsg` says.
///
/// # References
///
/// [POSIX `sendmsg`](https://pubs.opengroup.org/onlinepubs/9799919799/functions/sendmsg.html)
#[doc = include_str!("../docs/send.md")]
pub fn send(socket: impl AsFd, data: &[u8], fds: &[BorrowedFd<'_>]) -> Result<usize, Error> {
    if fds.len() > MAX_FDS || (data.is_empty() && !fds.is_empty()) {
        return Err(ErrorKind::BadMessage { fds: fds.len(), max: MAX_FDS }.into());
    }
    sys::send(socket, data, fds)
}

/// What arrived in one message.
#[derive(Debug)]
#[non_exhaustive]
pub struct Received {
    /// How many bytes of data. 0 where the other end is gone.
    pub bytes: usize,
    /// The descriptors, close-on-exec.
    pub fds: Vec<OwnedFd>,
}

/// Receives data into `data`, and at most `max_fds` descriptors with it.
///
/// The descriptors are close-on-exec; where the system cannot receive them so, another thread that starts
/// a program at the same moment can still pass them on. Count them, since gVisor drops those that this process
/// has no room for and does not say so, and check what each is before it is mapped: [`Expect`](crate::Expect).
///
/// # Errors
///
/// [`ErrorKind::BadDescriptor`] with [`DescriptorFault::TooMany`] or [`DescriptorFault::Lost`]: more
/// descriptors arrived, or were sent, than `max_fds`. All of them are closed, and the data are in `data`.
/// [`ErrorKind::DescriptorLimit`]: on macOS and the BSDs, this process has no room for all of the descriptors,
/// and they are lost. Else what `recvmsg` says.
///
/// # References
///
/// [POSIX `recvmsg`](https://pubs.opengroup.org/onlinepubs/9799919799/functions/recvmsg.html)
#[doc = include_str!("../docs/receive.md")]
pub fn receive(socket: impl AsFd, data: &mut [u8], max_fds: usize) -> Result<Received, Error> {
    let sys::Message { bytes, fds, truncated } = sys::receive(socket, data)?;
    if truncated {
        return Err(ErrorKind::BadDescriptor(DescriptorFault::Lost).into());
    }
    if fds.len() > max_fds {
        let fault = DescriptorFault::TooMany { arrived: fds.len(), wanted: max_fds };
        return Err(ErrorKind::BadDescriptor(fault).into());
    }
    Ok(Received { bytes, fds })
}
