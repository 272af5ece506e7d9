//! One message of one byte on a stream socket, with descriptors (`SCM_RIGHTS`).
//!
//! Written on `recvmsg` itself, as what arrives with a control buffer that is too small must be seen to the last number.

use super::fd::Fd;
use super::refused::{CallResult, Refused};
use super::{errno, native, system};
use std::ffi::{c_int, c_uint};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// The descriptors of a message that has arrived.
#[derive(Debug, Default)]
pub struct Message {
    /// In the order in which they were sent.
    pub fds: Vec<OwnedFd>,
    /// Did the system say that some did not fit?
    pub truncated: bool,
}

/// How much room there is for descriptors that arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// For so many and not one more, without the padding, which may let in another one.
    Exactly(usize),
    /// For so many, in the form in which the system hands them over whole.
    For(usize),
}

/// The most descriptors that a control buffer has room for here; no system passes as many.
const MAX_ROOM: usize = 1 << 20;

impl Room {
    fn fds(self) -> usize {
        match self {
            Room::Exactly(fds) | Room::For(fds) => fds,
        }
    }

    fn bytes(self) -> usize {
        match self {
            Room::For(fds) if system::PADDING_ARRIVES => padded_bytes(fds),
            Room::Exactly(fds) | Room::For(fds) => control_bytes(fds),
        }
    }
}

/// Bytes of control data that hold `fds` descriptors and not one more.
fn control_bytes(fds: usize) -> usize {
    if fds == 0 {
        return 0;
    }
    let bytes = (fds * size_of::<RawFd>()) as c_uint;
    // SAFETY: arithmetic only.
    unsafe { libc::CMSG_LEN(bytes) as usize }
}

/// The same with the padding behind them, which DragonFly asks for of whoever sends.
///
/// # References
///
/// DragonFly sys/kern/uipc_usrreq.c:unp_internalize
fn padded_bytes(fds: usize) -> usize {
    if fds == 0 {
        return 0;
    }
    let bytes = (fds * size_of::<RawFd>()) as c_uint;
    // SAFETY: arithmetic only.
    unsafe { libc::CMSG_SPACE(bytes) as usize }
}

/// A control buffer with room for a header more than is used, aligned for one.
fn buffer(bytes: usize) -> Vec<u64> {
    vec![0; bytes.div_ceil(8) + 4]
}

fn message(data: &mut libc::iovec, control: &mut [u64], control_bytes: usize) -> libc::msghdr {
    // SAFETY: every field of a message may be zero.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = data;
    message.msg_iovlen = 1;
    if control_bytes > 0 {
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = control_bytes as _;
    }
    message
}

/// Sends `fds` with one byte.
pub fn send(socket: BorrowedFd<'_>, fds: &[Fd<'_>]) -> CallResult<()> {
    send_bytes(socket, b".", fds).map(drop)
}

/// Sends `fds` with a few bytes; answers how many of these were sent.
pub fn send_bytes(socket: BorrowedFd<'_>, bytes: &[u8], fds: &[Fd<'_>]) -> CallResult<usize> {
    let mut data = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let mut control = buffer(padded_bytes(fds.len()));
    let message = message(&mut data, &mut control, padded_bytes(fds.len()));
    if !fds.is_empty() {
        let numbers: Vec<RawFd> = fds.iter().map(|fd| fd.number()).collect();
        let bytes = std::mem::size_of_val(&numbers[..]);
        // SAFETY: the message has a control buffer with room for one header.
        let header = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
        // SAFETY: every field of a header may be zero; some systems have padding.
        let mut filled: libc::cmsghdr = unsafe { std::mem::zeroed() };
        filled.cmsg_level = libc::SOL_SOCKET;
        filled.cmsg_type = libc::SCM_RIGHTS;
        filled.cmsg_len = control_bytes(fds.len()) as _;
        // SAFETY: the header lies in the buffer, which is aligned for it.
        unsafe { header.write(filled) };
        // SAFETY: the data of a header follow it in the buffer.
        let target = unsafe { libc::CMSG_DATA(header) };
        // SAFETY: the buffer was made for that many descriptors.
        unsafe { std::ptr::copy_nonoverlapping(numbers.as_ptr().cast::<u8>(), target, bytes) };
    }
    loop {
        // SAFETY: the message refers to live buffers.
        let sent = unsafe { libc::sendmsg(socket.as_raw_fd(), &raw const message, system::NO_SIGNAL) };
        if let Ok(sent) = usize::try_from(sent) {
            return Ok(sent);
        }
        match errno::last() {
            shmconf_model::outcome::Errno::EINTR => {}
            failed => return Err(Refused::Errno(failed)),
        }
    }
}

/// Receives one byte with descriptors; nothing if the stream has ended.
pub fn receive(socket: BorrowedFd<'_>, room: Room, flags: c_int) -> CallResult<Option<Message>> {
    let mut byte = [0];
    receive_with(socket, &mut byte, room, flags).map(|(bytes, received)| (bytes > 0).then_some(received))
}

/// Receives up to a buffer of bytes with descriptors; answers how many bytes came.
pub fn receive_with(
    socket: BorrowedFd<'_>,
    bytes: &mut [u8],
    room: Room,
    flags: c_int,
) -> CallResult<(usize, Message)> {
    if room.fds() > MAX_ROOM {
        return Err(Refused::Unsupported(format!("a control buffer has room for {MAX_ROOM} descriptors at most")));
    }
    let mut data = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    let mut control = buffer(room.bytes());
    let mut message = message(&mut data, &mut control, room.bytes());
    let count = loop {
        // SAFETY: the message refers to live buffers.
        let count = unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut message, flags | system::CLOSE_ON_EXEC) };
        match usize::try_from(count).map_err(|_| errno::last()) {
            Ok(count) => break count,
            Err(shmconf_model::outcome::Errno::EINTR) => {}
            Err(failed) => return Err(Refused::Errno(failed)),
        }
    };
    let fds = descriptors(&message);
    if system::CLOSE_ON_EXEC == 0 {
        for fd in &fds {
            native::set_cloexec(fd.into(), true)?;
        }
    }
    Ok((count, Message { fds, truncated: message.msg_flags & libc::MSG_CTRUNC != 0 }))
}

/// The descriptors in the control data of a message that has arrived.
fn descriptors(message: &libc::msghdr) -> Vec<OwnedFd> {
    let mut fds = Vec::new();
    let control_len: usize = message.msg_controllen as _;
    let end = message.msg_control as usize + control_len;
    // SAFETY: the message is as `recvmsg` left it.
    let mut header = unsafe { libc::CMSG_FIRSTHDR(message) };
    while !header.is_null() {
        // SAFETY: not null, so it lies within the control data.
        let libc::cmsghdr { cmsg_level, cmsg_type, cmsg_len, .. } = unsafe { header.read() };
        // SAFETY: the data of a header follow it.
        let data = unsafe { libc::CMSG_DATA(header) };
        if cmsg_level == libc::SOL_SOCKET && cmsg_type == libc::SCM_RIGHTS {
            // Some systems leave the length of what was sent here though less arrived, so that the buffer's end counts.
            let len: usize = cmsg_len as _;
            let stop = (header as usize + len).min(end);
            let count = stop.saturating_sub(data as usize) / size_of::<RawFd>();
            for at in 0..count {
                let source = data.cast::<RawFd>().wrapping_add(at);
                // SAFETY: within the control data; it need not be aligned.
                let number = unsafe { source.read_unaligned() };
                if number >= 0 {
                    // SAFETY: the system has just made it, for this caller.
                    fds.push(unsafe { OwnedFd::from_raw_fd(number) });
                }
            }
        }
        // SAFETY: as for the first header.
        header = unsafe { libc::CMSG_NXTHDR(message, header) };
    }
    fds
}
