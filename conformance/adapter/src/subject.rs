//! The implementation under test, seen from an actor: one method for each call, at the level of C.
//!
//! Every method has the system's own call as its default, so that a subject consists of what it does differently.

pub mod descriptors;
pub mod errno;
pub mod hazard;
pub mod host;
pub mod listing;
pub mod native;
pub mod obstacle;
pub mod passing;
pub mod system;
pub(crate) mod timer;
pub mod user;

mod fd;
mod refused;
mod region;
mod status;

pub use fd::Fd;
pub use passing::Message;
pub use refused::{CallResult, Refused};
pub use region::Region;
pub use status::Status;

use passing::Room;
use shmconf_model::call::{FileLock, Lock, MemfdFlags, Seals};
use shmconf_model::constants::Timestamp;
use shmconf_model::outcome::{Content, FileType, Stat};
use shmconf_model::script::Requirement;
use std::ffi::{CStr, c_int};
use std::os::fd::{BorrowedFd, OwnedFd};

/// The shared memory of this system's C library.
#[derive(Debug, Clone, Copy, Default)]
pub struct Libc;

impl Subject for Libc {}

/// An implementation of shared memory.
///
/// What a call opens is an [`OwnedFd`], which becomes the script's. What a script names is an [`Fd`], which may be closed, since
/// what a call says of a closed descriptor is one of the questions. What a call maps is a [`Region`]. Lengths, offsets and sizes
/// are bytes, as the script gives them: they may be negative, or larger than the system's `off_t`.
///
/// A subject without `unsafe` overrides what it likes but [`Subject::close`] and [`Subject::dup2`]:
///
/// ```
/// #![forbid(unsafe_code)]
/// use shmconf_adapter::subject::{CallResult, Subject, native};
/// use std::ffi::{CStr, c_int};
/// use std::os::fd::OwnedFd;
///
/// struct Mine;
///
/// impl Subject for Mine {
///     fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
///         native::shm_open(name, oflag, mode & 0o777)
///     }
/// }
/// ```
///
/// It cannot have the actor write where nothing is mapped:
///
/// ```compile_fail,E0133
/// use shmconf_adapter::subject::{CallResult, Fd, Region, Subject};
/// use std::ffi::c_int;
///
/// struct Mine;
///
/// impl Subject for Mine {
///     fn mmap(&mut self, len: usize, _: c_int, _: c_int, _: Fd<'_>, _: i64) -> CallResult<Region> {
///         Ok(Region::from_raw(std::ptr::without_provenance_mut(0x1000), len))
///     }
/// }
/// ```
///
/// nor close, or use, a descriptor that is another's:
///
/// ```compile_fail,E0133
/// use shmconf_adapter::subject::{Fd, native};
///
/// native::ftruncate(Fd::from_raw(3), 0);
/// ```
///
/// ```compile_fail,E0133
/// use shmconf_adapter::subject::{Libc, Subject};
/// use std::os::fd::AsFd;
///
/// let file = std::fs::File::open("/dev/null").expect("it is there");
/// let _ = Libc.close(file.as_fd().into());
/// ```
pub trait Subject {
    /// What the subject cannot do, each with the reason, beside what its host cannot.
    fn cannot(&mut self) -> Vec<(Requirement, String)> {
        Vec::new()
    }

    /// Tells what the names begin with of every object that the subject makes up a name for: `/` and at most 15 bytes. The
    /// harness removes such names when an actor is killed. Called before any other call.
    fn name_prefix(&mut self, _prefix: &str) {}

    /// Gives back what the subject itself keeps from one script to the next.
    fn reset(&mut self) {}

    /// `shm_open(name, oflag, mode)`
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        native::shm_open(name, oflag, mode)
    }

    /// `shm_unlink(name)`
    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        native::shm_unlink(name)
    }

    /// Makes an object of `size` bytes without a name; `name` is free, for a subject that needs one on the way.
    ///
    /// The default is what QEMU's memory-backend-shm does: an exclusive create with mode 0, an unlink at once, a size.
    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        let late_mode = system::UNLINK_NEEDS_ACCESS;
        let mode = if late_mode { 0o600 } else { 0 };
        let fd = self.shm_open(name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, mode)?;
        let made = self
            .shm_unlink(name)
            .and_then(|()| if late_mode { self.fchmod((&fd).into(), 0) } else { Ok(()) })
            .and_then(|()| self.ftruncate((&fd).into(), size));
        made.map(|()| fd)
    }

    /// `memfd_create(name, flags)`
    fn memfd_create(&mut self, name: &CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
        system::memfd_create(name, flags)
    }

    /// `ftruncate(fd, size)`
    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        native::ftruncate(fd, size)
    }

    /// `posix_fallocate(fd, offset, len)`
    fn posix_fallocate(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        system::posix_fallocate(fd, offset, len)
    }

    /// `fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, len)`, or what does that here
    fn punch(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        system::punch(fd, offset, len)
    }

    /// All that `fstat(fd, &stat)` tells, of which the next calls are parts.
    fn status(&mut self, fd: Fd<'_>) -> CallResult<Status> {
        Status::of(fd)
    }

    /// Size, permission bits and owner of `fstat(fd, &stat)`
    fn fstat(&mut self, fd: Fd<'_>) -> CallResult<Stat> {
        self.status(fd).map(|status| status.stat())
    }

    /// `fchmod(fd, mode)`
    fn fchmod(&mut self, fd: Fd<'_>, mode: u32) -> CallResult<()> {
        native::fchmod(fd, mode)
    }

    /// `fchown(fd, uid, gid)`
    fn fchown(&mut self, fd: Fd<'_>, uid: u32, gid: u32) -> CallResult<()> {
        native::fchown(fd, uid, gid)
    }

    /// `st_ino` of `fstat(fd, &stat)`
    fn inode(&mut self, fd: Fd<'_>) -> CallResult<i64> {
        self.status(fd).map(|status| status.inode())
    }

    /// `st_nlink` of `fstat(fd, &stat)`
    fn links(&mut self, fd: Fd<'_>) -> CallResult<i64> {
        self.status(fd).map(|status| status.links())
    }

    /// The type in `st_mode` of `fstat(fd, &stat)`
    fn file_type(&mut self, fd: Fd<'_>) -> CallResult<FileType> {
        self.status(fd).map(|status| status.file_type())
    }

    /// `st_blocks` of `fstat(fd, &stat)`
    fn blocks(&mut self, fd: Fd<'_>) -> CallResult<i64> {
        self.status(fd).map(|status| status.blocks())
    }

    /// `st_atim`, `st_mtim` or `st_ctim` of `fstat(fd, &stat)`, in nanoseconds since the Epoch
    fn timestamp(&mut self, fd: Fd<'_>, which: Timestamp) -> CallResult<i64> {
        self.status(fd).map(|status| status.timestamp(which))
    }

    /// `mmap(NULL, len, prot, flags, fd, offset)`
    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        native::mmap(len, prot, flags, fd, offset)
    }

    /// `mmap(start + at, len, prot, flags | MAP_FIXED, fd, offset)`, where `start` is the first address of a region, in which
    /// the range lies.
    #[expect(clippy::too_many_arguments, reason = "mmap has as many")]
    fn mmap_over(
        &mut self,
        region: &mut Region,
        at: usize,
        len: usize,
        prot: c_int,
        flags: c_int,
        fd: Fd<'_>,
        offset: i64,
    ) -> CallResult<()> {
        native::mmap_over(region, at, len, prot, flags, fd, offset)
    }

    /// `munmap(start + offset, len)`, where `start` is the first address of a region.
    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        native::munmap(region, offset, len)
    }

    /// `mprotect(start + offset, len, prot)`
    fn mprotect(&mut self, region: &mut Region, offset: usize, len: usize, prot: c_int) -> CallResult<()> {
        native::mprotect(region, offset, len, prot)
    }

    /// `msync(start + offset, len, MS_SYNC)`
    fn msync(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        native::msync(region, offset, len)
    }

    /// `mlock(start + offset, len)`
    fn mlock(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        native::mlock(region, offset, len)
    }

    /// `munlock(start + offset, len)`
    fn munlock(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        native::munlock(region, offset, len)
    }

    /// Writes `len` times `byte` from `offset` on, through a mapping.
    ///
    /// The range need not be accessible: that the process dies of a signal is one of the outcomes that scripts look for.
    fn store(&mut self, region: &Region, offset: usize, byte: u8, len: usize) -> CallResult<()> {
        native::store(region, offset, byte, len)
    }

    /// Reads `len` bytes from `offset` on, through a mapping. As for [`Subject::store`].
    fn load(&mut self, region: &Region, offset: usize, len: usize) -> CallResult<Content> {
        native::load(region, offset, len)
    }

    /// `read(fd, buffer, len)`
    fn read(&mut self, fd: Fd<'_>, len: usize) -> CallResult<Content> {
        native::read(fd, len)
    }

    /// `write(fd, buffer, len)` of `len` times `byte`; answers how many were written.
    fn write(&mut self, fd: Fd<'_>, byte: u8, len: usize) -> CallResult<i64> {
        native::write(fd, byte, len)
    }

    /// `pread(fd, buffer, len, offset)`
    fn pread(&mut self, fd: Fd<'_>, len: usize, offset: i64) -> CallResult<Content> {
        native::pread(fd, len, offset)
    }

    /// `pwrite(fd, buffer, len, offset)` of `len` times `byte`; answers how many were written.
    fn pwrite(&mut self, fd: Fd<'_>, byte: u8, len: usize, offset: i64) -> CallResult<i64> {
        native::pwrite(fd, byte, len, offset)
    }

    /// `lseek(fd, offset, whence)`
    fn lseek(&mut self, fd: Fd<'_>, offset: i64, whence: c_int) -> CallResult<i64> {
        native::lseek(fd, offset, whence)
    }

    /// `dup(fd)`
    fn dup(&mut self, fd: Fd<'_>) -> CallResult<OwnedFd> {
        native::dup(fd)
    }

    /// `dup2(fd, onto)`
    ///
    /// # Safety
    ///
    /// The number of `onto` is not open, or whoever owns what it stands for gives it up.
    unsafe fn dup2(&mut self, fd: Fd<'_>, onto: Fd<'_>) -> CallResult<()> {
        // SAFETY: the caller's promise.
        unsafe { native::dup2(fd, onto) }
    }

    /// `fcntl(fd, F_DUPFD, least)`
    fn dup_from(&mut self, fd: Fd<'_>, least: c_int) -> CallResult<OwnedFd> {
        native::dup_from(fd, least)
    }

    /// `open("/proc/self/fd/N", oflag)`, where `N` is the number of `fd`
    fn reopen(&mut self, fd: Fd<'_>, oflag: c_int) -> CallResult<OwnedFd> {
        system::reopen(fd, oflag)
    }

    /// `close(fd)`
    ///
    /// # Safety
    ///
    /// The number is not open, or whoever owns what it stands for gives it up.
    unsafe fn close(&mut self, fd: Fd<'_>) -> CallResult<()> {
        // SAFETY: the caller's promise.
        unsafe { native::close_number(fd.number()) }
    }

    /// `fcntl(fd, F_GETFD)`: is `FD_CLOEXEC` set?
    fn cloexec(&mut self, fd: Fd<'_>) -> CallResult<bool> {
        native::cloexec(fd)
    }

    /// `fcntl(fd, F_SETFD, cloexec ? FD_CLOEXEC : 0)`
    fn set_cloexec(&mut self, fd: Fd<'_>, cloexec: bool) -> CallResult<()> {
        native::set_cloexec(fd, cloexec)
    }

    /// `fcntl(fd, F_GETFL)`
    fn status_flags(&mut self, fd: Fd<'_>) -> CallResult<c_int> {
        native::status_flags(fd)
    }

    /// `fcntl(fd, F_SETFL, flags)`
    fn set_status_flags(&mut self, fd: Fd<'_>, flags: c_int) -> CallResult<()> {
        native::set_status_flags(fd, flags)
    }

    /// `fcntl(fd, F_SETLK, &lock)` of the whole object.
    fn lock(&mut self, fd: Fd<'_>, lock: Lock) -> CallResult<()> {
        native::lock(fd, lock)
    }

    /// `flock(fd, lock | LOCK_NB)`
    fn file_lock(&mut self, fd: Fd<'_>, lock: FileLock) -> CallResult<()> {
        native::file_lock(fd, lock)
    }

    /// `fcntl(fd, F_GET_SEALS)`
    fn seals(&mut self, fd: Fd<'_>) -> CallResult<Seals> {
        system::seals(fd)
    }

    /// `fcntl(fd, F_ADD_SEALS, seals)`
    fn add_seals(&mut self, fd: Fd<'_>, seals: Seals) -> CallResult<()> {
        system::add_seals(fd, seals)
    }

    /// Sends descriptors in one message of one byte on a stream socket.
    fn send(&mut self, socket: BorrowedFd<'_>, fds: &[Fd<'_>]) -> CallResult<()> {
        passing::send(socket, fds)
    }

    /// Receives one message of one byte and `wanted` descriptors; nothing if the stream has ended.
    ///
    /// With `room` the control buffer holds that many descriptors and not one more, be it that others are dropped.
    fn recv(&mut self, socket: BorrowedFd<'_>, wanted: usize, room: Option<usize>) -> CallResult<Option<Message>> {
        passing::receive(socket, room.map_or(Room::For(wanted), Room::Exactly), 0)
    }

    /// The names that exist and begin with `prefix`, if the system lets one list them.
    fn names(&mut self, prefix: &str) -> CallResult<Vec<String>> {
        listing::names(prefix).map_err(Refused::Unsupported)
    }

    /// `count` names from the subject's own generator, by each of `threads` threads.
    fn unique_names(&mut self, _count: u32, _threads: u32) -> CallResult<Vec<String>> {
        Err(Refused::Unsupported("the subject has no generator of names".to_owned()))
    }

    /// Creates an object under the very name that the subject's generator gives out next; answers the name.
    fn collide(&mut self) -> CallResult<String> {
        Err(Refused::Unsupported("the subject has no generator of names".to_owned()))
    }
}
