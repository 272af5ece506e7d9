//! Faults of descriptors sent and received.

use shmconf_adapter::subject::{CallResult, Fd, Libc, Message, Status, Subject, descriptors, native, passing};
use shmconf_model::constants::FileType;
use std::ffi::CString;
use std::os::fd::{AsRawFd, BorrowedFd};

#[derive(Default)]
pub(super) struct OtherObject;

impl Subject for OtherObject {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        let received = Libc.recv(socket, wanted, room)?;
        for fd in received.iter().flat_map(|received| &received.fds) {
            let size = native::fstat(fd.into())?.size;
            let name = format!("{}-other-{:x}", shmconf_model::call::name::PREFIX, std::process::id());
            let other = Libc.create(&CString::new(name).unwrap_or_default(), size)?;
            // SAFETY: both have just arrived, and stay this subject's.
            unsafe { descriptors::replace(other.as_raw_fd(), fd.as_raw_fd()) };
            native::set_cloexec(fd.into(), true)?;
            native::close(other)?;
        }
        Ok(received)
    }
}

#[derive(Default)]
pub(super) struct NoCloexec;

impl Subject for NoCloexec {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        let received = Libc.recv(socket, wanted, room)?;
        for fd in received.iter().flat_map(|received| &received.fds) {
            native::set_cloexec(fd.into(), false)?;
        }
        Ok(received)
    }
}

#[derive(Default)]
pub(super) struct TruncationUnseen;

impl Subject for TruncationUnseen {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        let received = Libc.recv(socket, wanted, room)?;
        Ok(received.map(|received| Message { truncated: false, ..received }))
    }
}

#[derive(Default)]
pub(super) struct MostLost;

impl Subject for MostLost {
    fn send(&mut self, socket: BorrowedFd<'_>, fds: &[Fd<'_>]) -> CallResult<()> {
        const MOST: usize = 64;
        let most = if fds.len() > 110 { fds.len() } else { MOST };
        passing::send(socket, &fds[..fds.len().min(most)])
    }
}

#[derive(Default)]
pub(super) struct NotTheLowest;

impl Subject for NotTheLowest {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        let Some(received) = Libc.recv(socket, wanted, room)? else { return Ok(None) };
        let mut fds = Vec::new();
        for fd in received.fds {
            let other = native::dup_from((&fd).into(), fd.as_raw_fd() + 1)?;
            native::set_cloexec((&other).into(), true)?;
            fds.push(other);
        }
        Ok(Some(Message { fds, ..received }))
    }
}

#[derive(Default)]
pub(super) struct StatusLost;

impl Subject for StatusLost {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        let received = Libc.recv(socket, wanted, room)?;
        // The first one keeps what it has.
        for fd in received.iter().flat_map(|received| received.fds.iter().skip(1)) {
            native::set_status_flags(fd.into(), 0)?;
        }
        Ok(received)
    }
}

#[derive(Default)]
pub(super) struct LastLost;

impl Subject for LastLost {
    fn send(&mut self, socket: BorrowedFd<'_>, fds: &[Fd<'_>]) -> CallResult<()> {
        let fds = if fds.len() > 1 { &fds[..fds.len() - 1] } else { fds };
        passing::send(socket, fds)
    }
}

#[derive(Default)]
pub(super) struct ObjectsFirst;

impl Subject for ObjectsFirst {
    fn send(&mut self, socket: BorrowedFd<'_>, fds: &[Fd<'_>]) -> CallResult<()> {
        let is_file = |fd: &Fd<'_>| Status::of(*fd).is_ok_and(|status| status.file_type() == FileType::Regular);
        let (files, others): (Vec<Fd<'_>>, Vec<Fd<'_>>) = fds.iter().copied().partition(is_file);
        passing::send(socket, &[files, others].concat())
    }
}
