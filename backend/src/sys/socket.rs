//! Descriptors over a Unix socket.
//!
//! Receiving does not use nix: its `cmsgs` fails where the system cut the control data short, and the
//! descriptors that did arrive would stay open for ever.

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};

use super::{call, set_cloexec};
use crate::{Call, Error};

/// The most descriptors that one message carries on this system.
pub(crate) const MAX_FDS: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    if cfg!(target_env = "musl") { 252 } else { 253 }
} else if cfg!(any(target_os = "freebsd", target_vendor = "apple")) {
    254
} else {
    // OpenBSD: 16 bytes each in a cluster of 2048. What the others take is not known to be less.
    127
};

/// Room for more descriptors than any system sends at once, so that the system never has to cut:
/// XNU would forget those that do not fit, open.
const CONTROL_WORDS: usize = 2048;

/// Sends without a signal where the other end is gone; Apple's systems have that per socket only.
#[cfg(not(target_vendor = "apple"))]
const SEND_FLAGS: MsgFlags = MsgFlags::MSG_NOSIGNAL;
#[cfg(target_vendor = "apple")]
const SEND_FLAGS: MsgFlags = MsgFlags::empty();

/// Asks for descriptors that are close-on-exec from the start.
#[cfg(not(any(target_vendor = "apple", target_os = "illumos", target_os = "solaris")))]
const CLOEXEC: libc::c_int = libc::MSG_CMSG_CLOEXEC;
#[cfg(any(target_vendor = "apple", target_os = "illumos", target_os = "solaris"))]
const CLOEXEC: libc::c_int = 0;

/// Sends one message and tells how many bytes of `data` went with it.
pub(crate) fn send(socket: impl AsFd, data: &[u8], fds: &[BorrowedFd<'_>]) -> Result<usize, Error> {
    let raw: Vec<RawFd> = fds.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&raw)];
    let control = if raw.is_empty() { &[][..] } else { &rights[..] };
    call(Call::Sendmsg, || {
        let socket = socket.as_fd().as_raw_fd();
        sendmsg::<()>(socket, &[IoSlice::new(data)], control, SEND_FLAGS, None)
    })
}

/// One message: bytes of data, descriptors, and whether descriptors were lost.
pub(crate) struct Message {
    pub(crate) bytes: usize,
    pub(crate) fds: Vec<OwnedFd>,
    pub(crate) truncated: bool,
}

/// Receives one message. Every descriptor that the system installed is in it, and close-on-exec.
pub(crate) fn receive(socket: impl AsFd, data: &mut [u8]) -> Result<Message, Error> {
    let mut control = [MaybeUninit::<u64>::uninit(); CONTROL_WORDS];
    let mut part = IoSliceMut::new(data);
    // SAFETY: all fields of a message header may be zero, some of them are private to a system.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = (&raw mut part).cast();
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    let bytes = call(Call::Recvmsg, || {
        header.msg_controllen = size_of_val(&control) as _;
        let socket = socket.as_fd().as_raw_fd();
        // SAFETY: the header points to one buffer each for data and control, which outlive the call.
        let bytes = unsafe { libc::recvmsg(socket, &raw mut header, CLOEXEC) };
        Errno::result(bytes).map(isize::cast_unsigned)
    })?;
    let fds = take_fds(&header);
    if CLOEXEC == 0 {
        fds.iter().try_for_each(|fd| set_cloexec(fd, true))?;
    }
    Ok(Message { bytes, fds, truncated: header.msg_flags & libc::MSG_CTRUNC != 0 })
}

/// Takes ownership of all descriptors in a received message's control data.
fn take_fds(header: &libc::msghdr) -> Vec<OwnedFd> {
    let mut fds = Vec::new();
    // SAFETY: the header is one that the system has filled in.
    let mut next = unsafe { libc::CMSG_FIRSTHDR(header) };
    // SAFETY: a pointer that the system's own macros give is null or valid within the control data.
    while let Some(message) = unsafe { next.as_ref() } {
        if (message.cmsg_level, message.cmsg_type) == (libc::SOL_SOCKET, libc::SCM_RIGHTS) {
            // SAFETY: the message is valid, and its data follow its header.
            let first = unsafe { libc::CMSG_DATA(next) }.cast::<RawFd>();
            let start = first.addr() - next.addr();
            let len: usize = message.cmsg_len as _;
            let count = len.saturating_sub(start) / size_of::<RawFd>();
            for index in 0..count {
                // SAFETY: the descriptor lies within the data, which need not be aligned for it.
                let raw = unsafe { first.wrapping_add(index).read_unaligned() };
                // SAFETY: the system has installed it for us, and nothing else owns it.
                fds.push(unsafe { OwnedFd::from_raw_fd(raw) });
            }
        }
        // SAFETY: both belong to the message that the system has filled in.
        next = unsafe { libc::CMSG_NXTHDR(header, next) };
    }
    fds
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::IntoRawFd;

    /// Control data that messages are appended to.
    #[derive(Default)]
    struct Control {
        words: [u64; 32],
        used: usize,
    }

    fn append(control: &mut Control, kind: libc::c_int, numbers: &[RawFd]) {
        let len = size_of_val(numbers) as _;
        // SAFETY: it only adds up lengths.
        let space = unsafe { libc::CMSG_SPACE(len) };
        // SAFETY: as above.
        let exact = unsafe { libc::CMSG_LEN(len) };
        let start = control.words.as_mut_ptr().cast::<u8>();
        let message = start.wrapping_add(control.used).cast::<libc::cmsghdr>();
        control.used += space as usize;
        assert!(control.used <= size_of_val(&control.words));
        // SAFETY: a zeroed header is a valid one.
        let mut header: libc::cmsghdr = unsafe { std::mem::zeroed() };
        header.cmsg_len = exact as _;
        (header.cmsg_level, header.cmsg_type) = (libc::SOL_SOCKET, kind);
        // SAFETY: the buffer has room for the message, and every message ends where the next is aligned.
        unsafe { message.write(header) };
        for (index, number) in numbers.iter().enumerate() {
            // SAFETY: the data follow the header and have room for all the numbers.
            let data = unsafe { libc::CMSG_DATA(message) }.cast::<RawFd>();
            // SAFETY: as above.
            unsafe { data.wrapping_add(index).write_unaligned(*number) };
        }
    }

    #[test]
    fn all_descriptors_of_all_messages_are_taken_and_nothing_else() {
        let mut control = Control::default();
        append(&mut control, libc::SCM_RIGHTS, &[701, 702, 703]);
        append(&mut control, libc::SCM_RIGHTS + 1, &[1, 2]);
        append(&mut control, libc::SCM_RIGHTS, &[704]);
        // SAFETY: a zeroed header is a valid one.
        let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
        header.msg_control = control.words.as_mut_ptr().cast();
        header.msg_controllen = control.used as _;
        let numbers = take_fds(&header).into_iter().map(IntoRawFd::into_raw_fd);
        assert_eq!(numbers.collect::<Vec<_>>(), [701, 702, 703, 704]);
    }

    #[test]
    fn no_control_data_are_no_descriptors() {
        // SAFETY: a zeroed header is a valid one, of a message with no control data.
        assert!(take_fds(&unsafe { std::mem::zeroed() }).is_empty());
    }
}
