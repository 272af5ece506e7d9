//! Faults of the file offset: whose it is, and what moves it.

use shmconf_adapter::subject::{CallResult, Fd, Libc, Message, Subject, descriptors, native, system};
use shmconf_model::outcome::Content;
use std::collections::BTreeSet;
use std::ffi::{CStr, c_int};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};

/// The same object in an open file description of its own, whose offset begins where the other's is.
fn apart(fd: Fd<'_>) -> CallResult<OwnedFd> {
    let flags = native::status_flags(fd)?;
    let other = system::reopen(fd, flags & (libc::O_ACCMODE | libc::O_APPEND | libc::O_NONBLOCK))?;
    native::lseek((&other).into(), native::lseek(fd, 0, libc::SEEK_CUR)?, libc::SEEK_SET)?;
    Ok(other)
}

#[derive(Default)]
pub(super) struct DuplicatesApart;

impl Subject for DuplicatesApart {
    fn dup(&mut self, fd: Fd<'_>) -> CallResult<OwnedFd> {
        apart(fd).or_else(|_| native::dup(fd))
    }
}

#[derive(Default)]
pub(super) struct ReceivedApart;

impl Subject for ReceivedApart {
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        let received = Libc.recv(socket, wanted, room)?;
        for fd in received.iter().flat_map(|received| &received.fds) {
            if let Ok(other) = apart(fd.into()) {
                // SAFETY: both are this subject's.
                unsafe { descriptors::replace(other.as_raw_fd(), fd.as_raw_fd()) };
                native::set_cloexec(fd.into(), true)?;
            }
        }
        Ok(received)
    }
}

/// Who made the first call, and which descriptors a child has parted from its parent's.
#[derive(Default)]
pub(super) struct ChildApart {
    first: Option<u32>,
    parted: BTreeSet<RawFd>,
}

impl ChildApart {
    fn part(&mut self, fd: Fd<'_>) {
        let is_child = self.first.is_some_and(|first| first != std::process::id());
        if is_child
            && self.parted.insert(fd.number())
            && let Ok(cloexec) = native::cloexec(fd)
            && let Ok(other) = apart(fd)
        {
            // SAFETY: the script's, which knows nothing of the other.
            unsafe { descriptors::replace(other.as_raw_fd(), fd.number()) };
            let _ = native::set_cloexec(fd, cloexec);
        }
    }
}

impl Subject for ChildApart {
    fn reset(&mut self) {
        *self = ChildApart::default();
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        self.first.get_or_insert(std::process::id());
        native::shm_open(name, oflag, mode)
    }

    fn lseek(&mut self, fd: Fd<'_>, offset: i64, whence: c_int) -> CallResult<i64> {
        self.part(fd);
        native::lseek(fd, offset, whence)
    }

    fn read(&mut self, fd: Fd<'_>, len: usize) -> CallResult<Content> {
        self.part(fd);
        native::read(fd, len)
    }

    fn write(&mut self, fd: Fd<'_>, byte: u8, len: usize) -> CallResult<i64> {
        self.part(fd);
        native::write(fd, byte, len)
    }
}

#[derive(Default)]
pub(super) struct Unmoved;

impl Subject for Unmoved {
    fn read(&mut self, fd: Fd<'_>, len: usize) -> CallResult<Content> {
        let at = native::lseek(fd, 0, libc::SEEK_CUR)?;
        let read = native::read(fd, len)?;
        native::lseek(fd, at, libc::SEEK_SET).map(|_| read)
    }

    fn write(&mut self, fd: Fd<'_>, byte: u8, len: usize) -> CallResult<i64> {
        let at = native::lseek(fd, 0, libc::SEEK_CUR)?;
        let written = native::write(fd, byte, len)?;
        native::lseek(fd, at, libc::SEEK_SET).map(|_| written)
    }
}

#[derive(Default)]
pub(super) struct EndFromOffset;

impl Subject for EndFromOffset {
    fn lseek(&mut self, fd: Fd<'_>, offset: i64, whence: c_int) -> CallResult<i64> {
        native::lseek(fd, offset, if whence == libc::SEEK_END { libc::SEEK_CUR } else { whence })
    }
}

#[derive(Default)]
pub(super) struct ReadFromTheStart;

impl Subject for ReadFromTheStart {
    fn read(&mut self, fd: Fd<'_>, len: usize) -> CallResult<Content> {
        native::pread(fd, len, 0)
    }
}

#[derive(Default)]
pub(super) struct SeekInHalf;

impl Subject for SeekInHalf {
    fn lseek(&mut self, fd: Fd<'_>, offset: i64, whence: c_int) -> CallResult<i64> {
        let is_far = (1 << 32..1 << 40).contains(&offset);
        native::lseek(fd, if is_far { offset & i64::from(u32::MAX) } else { offset }, whence)
    }
}
