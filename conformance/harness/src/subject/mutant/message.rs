//! Faults of descriptors sent and received.

use shmconf_adapter::subject::{Answer, Libc, Subject, descriptors, native, passing};
use shmconf_model::outcome::Received;
use std::ffi::CString;
use std::os::fd::RawFd;

#[derive(Default)]
pub(super) struct OtherObject;

impl Subject for OtherObject {
    fn recv(&mut self, socket: RawFd, wanted: usize, room: Option<usize>) -> Answer<Option<Received>> {
        let received = Libc.recv(socket, wanted, room)?;
        for &fd in received.iter().flat_map(|received| &received.fds) {
            let size = native::fstat(fd)?.size;
            let name = format!("{}-other-{:x}", shmconf_model::call::name::PREFIX, std::process::id());
            let other = Libc.create(&CString::new(name).unwrap_or_default(), size)?;
            descriptors::replace(other, fd);
            native::set_cloexec(fd, true)?;
            native::close(other)?;
        }
        Ok(received)
    }
}

#[derive(Default)]
pub(super) struct NoCloexec;

impl Subject for NoCloexec {
    fn recv(&mut self, socket: RawFd, wanted: usize, room: Option<usize>) -> Answer<Option<Received>> {
        let received = Libc.recv(socket, wanted, room)?;
        for &fd in received.iter().flat_map(|received| &received.fds) {
            native::set_cloexec(fd, false)?;
        }
        Ok(received)
    }
}

#[derive(Default)]
pub(super) struct TruncationUnseen;

impl Subject for TruncationUnseen {
    fn recv(&mut self, socket: RawFd, wanted: usize, room: Option<usize>) -> Answer<Option<Received>> {
        let received = Libc.recv(socket, wanted, room)?;
        Ok(received.map(|received| Received { truncated: false, ..received }))
    }
}

#[derive(Default)]
pub(super) struct LastLost;

impl Subject for LastLost {
    fn send(&mut self, socket: RawFd, fds: &[RawFd]) -> Answer<()> {
        let fds = if fds.len() > 1 { &fds[..fds.len() - 1] } else { fds };
        passing::send(socket, fds)
    }
}
