//! The implementation under test, seen from an actor: one method for each call, at the level of C.
//!
//! Every method has the system's own call as its default, so that a subject consists of what it does differently.

pub mod descriptors;
pub mod errno;
pub mod hazard;
pub mod host;
pub mod listing;
pub mod native;
pub mod passing;
pub mod system;

use passing::Room;
use shmconf_model::call::Seals;
use shmconf_model::outcome::{Content, Errno, Received, Stat};
use shmconf_model::script::Requirement;
use std::ffi::{CStr, c_int};
use std::os::fd::RawFd;

/// What a call answers.
pub type Answer<T> = Result<T, Refused>;

/// Why a call did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It failed and said why.
    Errno(Errno),
    /// The subject has no such call, and says why.
    Unsupported(String),
}

impl From<Errno> for Refused {
    fn from(errno: Errno) -> Refused {
        Refused::Errno(errno)
    }
}

impl From<nix::errno::Errno> for Refused {
    fn from(errno: nix::errno::Errno) -> Refused {
        Refused::Errno(errno::of(errno as i32))
    }
}

/// The shared memory of this system's C library.
#[derive(Debug, Clone, Copy, Default)]
pub struct Libc;

impl Subject for Libc {}

/// An implementation of shared memory.
///
/// Descriptors are bare numbers, since what a call says of a closed one is one of the questions. Lengths, offsets and
/// sizes are bytes, as the script gives them: they may be negative, or larger than the system's `off_t`.
pub trait Subject {
    /// What the subject cannot do, each with the reason, beside what its host cannot.
    fn cannot(&mut self) -> Vec<(Requirement, String)> {
        Vec::new()
    }

    /// Gives back what the subject itself keeps from one script to the next.
    fn reset(&mut self) {}

    /// `shm_open(name, oflag, mode)`
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> Answer<RawFd> {
        native::shm_open(name, oflag, mode)
    }

    /// `shm_unlink(name)`
    fn shm_unlink(&mut self, name: &CStr) -> Answer<()> {
        native::shm_unlink(name)
    }

    /// Makes an object of `size` bytes without a name; `name` is free, for a subject that needs one on the way.
    ///
    /// The default is what QEMU's memory-backend-shm does: an exclusive create with mode 0, an unlink at once, a size.
    fn create(&mut self, name: &CStr, size: i64) -> Answer<RawFd> {
        let late_mode = system::UNLINK_NEEDS_ACCESS;
        let mode = if late_mode { 0o600 } else { 0 };
        let fd = self.shm_open(name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, mode)?;
        let made = self
            .shm_unlink(name)
            .and_then(|()| if late_mode { self.fchmod(fd, 0) } else { Ok(()) })
            .and_then(|()| self.ftruncate(fd, size));
        if let Err(refused) = made {
            self.close(fd)?;
            return Err(refused);
        }
        Ok(fd)
    }

    /// `ftruncate(fd, size)`
    fn ftruncate(&mut self, fd: RawFd, size: i64) -> Answer<()> {
        native::ftruncate(fd, size)
    }

    /// `posix_fallocate(fd, offset, len)`
    fn posix_fallocate(&mut self, fd: RawFd, offset: i64, len: i64) -> Answer<()> {
        system::posix_fallocate(fd, offset, len)
    }

    /// `fstat(fd, &stat)`
    fn fstat(&mut self, fd: RawFd) -> Answer<Stat> {
        native::fstat(fd)
    }

    /// `fchmod(fd, mode)`
    fn fchmod(&mut self, fd: RawFd, mode: u32) -> Answer<()> {
        native::fchmod(fd, mode)
    }

    /// `mmap(NULL, len, prot, flags, fd, offset)`
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: RawFd, offset: i64) -> Answer<*mut u8> {
        native::mmap(len, prot, flags, fd, offset)
    }

    /// `munmap(start, len)`
    ///
    /// # Safety
    ///
    /// The range belongs to a mapping that [`Subject::mmap`] returned, and nothing refers into it.
    unsafe fn munmap(&mut self, start: *mut u8, len: usize) -> Answer<()> {
        // SAFETY: the caller's promise.
        unsafe { native::munmap(start, len) }
    }

    /// `mprotect(start, len, prot)`
    ///
    /// # Safety
    ///
    /// As for [`Subject::munmap`].
    unsafe fn mprotect(&mut self, start: *mut u8, len: usize, prot: c_int) -> Answer<()> {
        // SAFETY: the caller's promise.
        unsafe { native::mprotect(start, len, prot) }
    }

    /// Writes `len` times `byte` from `start` on, through a mapping.
    ///
    /// # Safety
    ///
    /// The range belongs to a mapping that [`Subject::mmap`] returned. It need not be accessible: that the process dies
    /// of a signal is one of the outcomes that scripts look for.
    unsafe fn store(&mut self, start: *mut u8, byte: u8, len: usize) -> Answer<()> {
        // SAFETY: the caller's promise.
        unsafe { native::store(start, byte, len) };
        Ok(())
    }

    /// Reads `len` bytes from `start` on, through a mapping.
    ///
    /// # Safety
    ///
    /// As for [`Subject::store`].
    unsafe fn load(&mut self, start: *const u8, len: usize) -> Answer<Content> {
        // SAFETY: the caller's promise.
        Ok(unsafe { native::load(start, len) })
    }

    /// `read(fd, buffer, len)`
    fn read(&mut self, fd: RawFd, len: usize) -> Answer<Content> {
        native::read(fd, len)
    }

    /// `write(fd, buffer, len)` of `len` times `byte`; answers how many were written.
    fn write(&mut self, fd: RawFd, byte: u8, len: usize) -> Answer<i64> {
        native::write(fd, byte, len)
    }

    /// `pread(fd, buffer, len, offset)`
    fn pread(&mut self, fd: RawFd, len: usize, offset: i64) -> Answer<Content> {
        native::pread(fd, len, offset)
    }

    /// `pwrite(fd, buffer, len, offset)` of `len` times `byte`; answers how many were written.
    fn pwrite(&mut self, fd: RawFd, byte: u8, len: usize, offset: i64) -> Answer<i64> {
        native::pwrite(fd, byte, len, offset)
    }

    /// `lseek(fd, offset, whence)`
    fn lseek(&mut self, fd: RawFd, offset: i64, whence: c_int) -> Answer<i64> {
        native::lseek(fd, offset, whence)
    }

    /// `dup(fd)`
    fn dup(&mut self, fd: RawFd) -> Answer<RawFd> {
        native::dup(fd)
    }

    /// `close(fd)`
    fn close(&mut self, fd: RawFd) -> Answer<()> {
        native::close(fd)
    }

    /// `fcntl(fd, F_GETFD)`: is `FD_CLOEXEC` set?
    fn cloexec(&mut self, fd: RawFd) -> Answer<bool> {
        native::cloexec(fd)
    }

    /// `fcntl(fd, F_SETFD, cloexec ? FD_CLOEXEC : 0)`
    fn set_cloexec(&mut self, fd: RawFd, cloexec: bool) -> Answer<()> {
        native::set_cloexec(fd, cloexec)
    }

    /// `fcntl(fd, F_GETFL)`
    fn status_flags(&mut self, fd: RawFd) -> Answer<c_int> {
        native::status_flags(fd)
    }

    /// `fcntl(fd, F_GET_SEALS)`
    fn seals(&mut self, fd: RawFd) -> Answer<Seals> {
        system::seals(fd)
    }

    /// `fcntl(fd, F_ADD_SEALS, seals)`
    fn add_seals(&mut self, fd: RawFd, seals: Seals) -> Answer<()> {
        system::add_seals(fd, seals)
    }

    /// Sends descriptors in one message of one byte on a stream socket.
    fn send(&mut self, socket: RawFd, fds: &[RawFd]) -> Answer<()> {
        passing::send(socket, fds)
    }

    /// Receives one message of one byte and `wanted` descriptors; nothing if the stream has ended.
    ///
    /// With `room` the control buffer holds that many descriptors and not one more, be it that others are dropped.
    fn recv(&mut self, socket: RawFd, wanted: usize, room: Option<usize>) -> Answer<Option<Received>> {
        passing::receive(socket, room.map_or(Room::For(wanted), Room::Exactly), 0)
    }

    /// The names that exist and begin with `prefix`, if the system lets one list them.
    fn names(&mut self, prefix: &str) -> Answer<Vec<String>> {
        listing::names(prefix).map_err(Refused::Unsupported)
    }

    /// `count` names from the subject's own generator, by each of `threads` threads.
    fn unique_names(&mut self, _count: u32, _threads: u32) -> Answer<Vec<String>> {
        Err(Refused::Unsupported("the subject has no generator of names".to_owned()))
    }

    /// Creates an object under the very name that the subject's generator gives out next; answers the name.
    fn collide(&mut self) -> Answer<String> {
        Err(Refused::Unsupported("the subject has no generator of names".to_owned()))
    }
}
