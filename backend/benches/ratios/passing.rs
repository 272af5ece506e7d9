//! Sending a descriptor over a socket, receiving it and closing it, in one process.

#![expect(clippy::multiple_unsafe_ops_per_block, reason = "C in all but its syntax")]

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use shmfd::{Builder, passing};

use crate::table::{Contender, compare};

pub(crate) fn run() {
    let memory = Builder::new(4096).create().unwrap();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let with_shmfd = || {
        passing::send(&ours, b"x", &[memory.as_fd()]).unwrap();
        drop(passing::receive(&theirs, &mut [0], 1).unwrap());
    };
    let raw = memory.as_fd().as_raw_fd();
    let bare = || {
        bare_send(ours.as_raw_fd(), raw);
        drop(bare_receive(theirs.as_raw_fd()));
    };
    let name = "libc sendmsg and recvmsg";
    let contenders = vec![Contender::new(name, name, bare), Contender::new("shmfd passing", name, with_shmfd)];
    compare("send, receive and close one descriptor", 400, 100, contenders);
}

#[repr(align(8))]
struct Control([u8; 24]);

fn bare_send(socket: i32, fd: i32) {
    let mut control = Control([0; 24]);
    let mut data = IoSlice::new(b"x");
    // SAFETY: a zeroed header is valid, and all that it is made to point to outlives the call.
    unsafe {
        let mut header: libc::msghdr = std::mem::zeroed();
        header.msg_iov = (&raw mut data).cast();
        header.msg_iovlen = 1;
        header.msg_control = control.0.as_mut_ptr().cast();
        header.msg_controllen = libc::CMSG_SPACE(4) as _;
        let message = libc::CMSG_FIRSTHDR(&header);
        (*message).cmsg_level = libc::SOL_SOCKET;
        (*message).cmsg_type = libc::SCM_RIGHTS;
        (*message).cmsg_len = libc::CMSG_LEN(4) as _;
        libc::CMSG_DATA(message).cast::<i32>().write_unaligned(fd);
        assert_eq!(libc::sendmsg(socket, &header, libc::MSG_NOSIGNAL), 1);
    }
}

fn bare_receive(socket: i32) -> OwnedFd {
    let (mut control, mut byte) = (Control([0; 24]), [0]);
    let mut data = IoSliceMut::new(&mut byte);
    // SAFETY: a zeroed header is valid, and all that it is made to point to outlives the call.
    unsafe {
        let mut header: libc::msghdr = std::mem::zeroed();
        header.msg_iov = (&raw mut data).cast();
        header.msg_iovlen = 1;
        header.msg_control = control.0.as_mut_ptr().cast();
        header.msg_controllen = libc::CMSG_SPACE(4) as _;
        assert_eq!(libc::recvmsg(socket, &mut header, libc::MSG_CMSG_CLOEXEC), 1);
        let message = libc::CMSG_FIRSTHDR(&header);
        OwnedFd::from_raw_fd(libc::CMSG_DATA(message).cast::<i32>().read_unaligned())
    }
}
