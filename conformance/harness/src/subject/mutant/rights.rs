//! Faults of which descriptors of a message arrive, and as what.

use shmconf_adapter::subject::{CallResult, Fd, Libc, Message, Subject, descriptors, native, passing, system};
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd};

#[derive(Default)]
pub(super) struct Reversed;

impl Subject for Reversed {
    fn send(&mut self, socket: BorrowedFd<'_>, fds: &[Fd<'_>]) -> CallResult<()> {
        let reversed: Vec<Fd<'_>> = fds.iter().rev().copied().collect();
        passing::send(socket, &reversed)
    }
}

#[derive(Default)]
pub(super) struct BeyondTheRoom;

impl Subject for BeyondTheRoom {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        const ALL: usize = 253;
        let Some(room) = room else { return Libc.recv(socket, wanted, room) };
        let received = Libc.recv(socket, wanted, Some(ALL))?;
        Ok(received.map(|mut received| {
            let kept = received.fds.split_off(room.min(received.fds.len()));
            let truncated = received.truncated || !kept.is_empty();
            for fd in kept {
                let _kept = fd.into_raw_fd();
            }
            Message { truncated, ..received }
        }))
    }
}

#[derive(Default)]
pub(super) struct ReadersWiden;

impl Subject for ReadersWiden {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        let received = Libc.recv(socket, wanted, room)?;
        for fd in received.iter().flat_map(|received| &received.fds) {
            if native::status_flags(fd.into())? & libc::O_ACCMODE == libc::O_RDONLY
                && let Ok(wide) = system::reopen(fd.into(), libc::O_RDWR)
            {
                // SAFETY: both are this subject's.
                unsafe { descriptors::replace(wide.as_raw_fd(), fd.as_raw_fd()) };
                native::set_cloexec(fd.into(), true)?;
            }
        }
        Ok(received)
    }
}

#[derive(Default)]
pub(super) struct TwiceIsOnce;

impl Subject for TwiceIsOnce {
    fn send(&mut self, socket: BorrowedFd<'_>, fds: &[Fd<'_>]) -> CallResult<()> {
        let mut once: Vec<Fd<'_>> = Vec::new();
        fds.iter().for_each(|fd| {
            if !once.contains(fd) {
                once.push(*fd)
            }
        });
        passing::send(socket, &once)
    }
}

#[derive(Default)]
pub(super) struct FirstAloneCloexec;

impl Subject for FirstAloneCloexec {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        let received = Libc.recv(socket, wanted, room)?;
        for fd in received.iter().flat_map(|received| received.fds.iter().skip(1)) {
            native::set_cloexec(fd.into(), false)?;
        }
        Ok(received)
    }
}

#[derive(Default)]
pub(super) struct PartKept;

impl Subject for PartKept {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        let received = Libc.recv(socket, wanted, room)?;
        Ok(received.map(|received| {
            if !received.truncated || room.is_some() {
                return received;
            }
            for fd in received.fds {
                let _kept = fd.into_raw_fd();
            }
            Message { fds: Vec::new(), truncated: true }
        }))
    }
}
