//! A shared library as a subject: the calls that it exports under their C names, and the system's for the others.
//!
//! Nothing but these calls goes to the library, in contrast to one that is preloaded: the harness's own calls, and those of the
//! C library within itself, are the system's. conformance/adapter/c/library.h says what a library has to keep to.

mod exports;
mod numbers;

use exports::Exports;
use numbers::Numbers;
use shmconf_adapter::subject::{CallResult, Fd, Libc, Refused, Region, Status, Subject, errno, native, system};
use shmconf_model::call::{FileLock, Lock, MemfdFlags, Seals};
use shmconf_model::outcome::Content;
use shmconf_model::script::Requirement;
use std::ffi::{CStr, c_int};
use std::os::fd::{BorrowedFd, IntoRawFd, OwnedFd};

/// The calls that a shared library exports.
#[derive(Debug)]
pub struct Library {
    exports: Exports,
    numbers: Numbers,
    /// What the names begin with that are made up here.
    prefix: String,
}

/// Why a shared library cannot be a subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`library:{path}` cannot be tested: {problem}")]
pub struct LibraryError {
    path: String,
    problem: String,
}

const NO_NAMES: &str = "the library exports memfd_create alone";
const OWN_NUMBERS: &str = "the library counts its descriptors itself, and the system knows nothing of them";

/// What a function returned, or the error that it left behind where that is -1.
fn checked(returned: c_int) -> CallResult<()> {
    if returned == -1 { Err(Refused::last()) } else { Ok(()) }
}

/// What a function returned that is not -1.
fn returned(returned: c_int) -> CallResult<c_int> {
    checked(returned).map(|()| returned)
}

/// What a function has put into a buffer.
fn into_buffer(len: usize, call: impl FnOnce(&mut [u8]) -> isize) -> CallResult<Content> {
    let mut buffer = vec![0; len.min(native::MAX_TRANSFER_BYTES)];
    let moved = usize::try_from(call(&mut buffer)).map_err(|_| Refused::last())?;
    Ok(Content::of(buffer.get(..moved).unwrap_or(&buffer)))
}

/// A number of bytes that a function returned.
fn moved(returned: isize) -> CallResult<i64> {
    if returned < 0 { Err(Refused::last()) } else { Ok(returned as i64) }
}

impl Library {
    /// Loads the library of that path.
    ///
    /// # Errors
    ///
    /// It cannot be loaded, or exports too little.
    pub fn load(path: &str) -> Result<Library, LibraryError> {
        let exports = exports::load(path).map_err(|problem| LibraryError { path: path.to_owned(), problem })?;
        let numbers = Numbers::new(exports.close.is_some());
        Ok(Library { exports, numbers, prefix: String::new() })
    }

    /// Opens an object of a fresh name; answers whether the system knows its descriptor.
    fn counts_itself(&mut self) -> bool {
        let name = format!("{}{:x}-own", self.prefix, std::process::id());
        let Ok(name) = std::ffi::CString::new(name) else { return false };
        if let Ok(fd) = self.create(&name, 1) {
            // What closing says is for scripts to ask.
            let _ = self.give_back(fd);
        }
        self.numbers.are_own()
    }

    /// Closes a descriptor that no script has got.
    fn give_back(&mut self, fd: OwnedFd) -> CallResult<()> {
        // SAFETY: nobody else has it.
        let fd = unsafe { Fd::from_raw(fd.into_raw_fd()) };
        // SAFETY: as above.
        unsafe { self.close(fd) }
    }
}

impl Subject for Library {
    fn cannot(&mut self) -> Vec<(Requirement, String)> {
        let mut cannot = Vec::new();
        if self.exports.shm_open.is_none() {
            cannot.extend([Requirement::Named, Requirement::Listing].map(|needed| (needed, NO_NAMES.to_owned())));
        }
        if self.counts_itself() {
            let lacks = [
                Requirement::Passing,
                Requirement::Exec,
                Requirement::Limits,
                Requirement::Seals,
                Requirement::Memfd,
                Requirement::Reopening,
                Requirement::Punching,
            ];
            cannot.extend(lacks.map(|needed| (needed, OWN_NUMBERS.to_owned())));
        }
        cannot
    }

    fn name_prefix(&mut self, prefix: &str) {
        prefix.clone_into(&mut self.prefix);
    }

    fn reset(&mut self) {
        for number in self.numbers.drain() {
            if let Some(close) = self.exports.close {
                // SAFETY: the library's descriptor, which the script has not closed.
                unsafe { close(number) };
            }
        }
    }

    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let Some(shm_open) = self.exports.shm_open else { return Err(Refused::Unsupported(NO_NAMES.to_owned())) };
        // SAFETY: the name is a C string, and the mode is passed as C promotes it.
        self.numbers.open(|| unsafe { shm_open(name.as_ptr(), oflag, mode) })
    }

    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        let Some(shm_unlink) = self.exports.shm_unlink else { return Err(Refused::Unsupported(NO_NAMES.to_owned())) };
        // SAFETY: the name is a C string.
        checked(unsafe { shm_unlink(name.as_ptr()) })
    }

    fn create(&mut self, name: &CStr, size: i64) -> CallResult<OwnedFd> {
        let (fd, unlinked) = if let Some(memfd_create) = self.exports.memfd_create {
            // SAFETY: the name is a C string.
            (
                self.numbers
                    .open(|| unsafe { memfd_create(c"shmconf".as_ptr(), system::memfd_bits(system::MEMFD_FLAGS)) })?,
                Ok(()),
            )
        } else {
            let fd = self.shm_open(name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0)?;
            (fd, self.shm_unlink(name))
        };
        let made = unlinked.and_then(|()| self.ftruncate((&fd).into(), size));
        match made {
            Ok(()) => Ok(fd),
            Err(refused) => {
                self.give_back(fd)?;
                Err(refused)
            }
        }
    }

    fn memfd_create(&mut self, name: &CStr, flags: MemfdFlags) -> CallResult<OwnedFd> {
        let Some(memfd_create) = self.exports.memfd_create else { return Libc.memfd_create(name, flags) };
        // SAFETY: the name is a C string.
        self.numbers.open(|| unsafe { memfd_create(name.as_ptr(), system::memfd_bits(flags)) })
    }

    fn reopen(&mut self, fd: Fd<'_>, oflag: c_int) -> CallResult<OwnedFd> {
        Libc.reopen(self.numbers.systems(fd)?, oflag)
    }

    fn punch(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        Libc.punch(self.numbers.systems(fd)?, offset, len)
    }

    fn ftruncate(&mut self, fd: Fd<'_>, size: i64) -> CallResult<()> {
        let Some(call) = self.exports.ftruncate else { return native::ftruncate(self.numbers.systems(fd)?, size) };
        // SAFETY: numbers only.
        checked(unsafe { call(self.numbers.of(fd)?, size) })
    }

    fn posix_fallocate(&mut self, fd: Fd<'_>, offset: i64, len: i64) -> CallResult<()> {
        let Some(call) = self.exports.posix_fallocate else {
            return Libc.posix_fallocate(self.numbers.systems(fd)?, offset, len);
        };
        // SAFETY: numbers only.
        match unsafe { call(self.numbers.of(fd)?, offset, len) } {
            0 => Ok(()),
            error => Err(errno::of(error).into()),
        }
    }

    fn status(&mut self, fd: Fd<'_>) -> CallResult<Status> {
        let Some(call) = self.exports.fstat else { return Status::of(self.numbers.systems(fd)?) };
        let fd = self.numbers.of(fd)?;
        // SAFETY: the buffer is one `stat`.
        Status::asked(|buffer| unsafe { call(fd, buffer) })
    }

    fn fchmod(&mut self, fd: Fd<'_>, mode: u32) -> CallResult<()> {
        let Some(call) = self.exports.fchmod else { return native::fchmod(self.numbers.systems(fd)?, mode) };
        // SAFETY: numbers only.
        checked(unsafe { call(self.numbers.of(fd)?, mode as libc::mode_t) })
    }

    fn fchown(&mut self, fd: Fd<'_>, uid: u32, gid: u32) -> CallResult<()> {
        let Some(call) = self.exports.fchown else { return native::fchown(self.numbers.systems(fd)?, uid, gid) };
        // SAFETY: numbers only.
        checked(unsafe { call(self.numbers.of(fd)?, uid, gid) })
    }

    fn read(&mut self, fd: Fd<'_>, len: usize) -> CallResult<Content> {
        let Some(call) = self.exports.read else { return native::read(self.numbers.systems(fd)?, len) };
        let fd = self.numbers.of(fd)?;
        // SAFETY: the buffer has that length.
        into_buffer(len, |buffer| unsafe { call(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
    }

    fn write(&mut self, fd: Fd<'_>, byte: u8, len: usize) -> CallResult<i64> {
        let Some(call) = self.exports.write else { return native::write(self.numbers.systems(fd)?, byte, len) };
        let bytes = vec![byte; len.min(native::MAX_TRANSFER_BYTES)];
        // SAFETY: the buffer has that length.
        moved(unsafe { call(self.numbers.of(fd)?, bytes.as_ptr().cast(), bytes.len()) })
    }

    fn pread(&mut self, fd: Fd<'_>, len: usize, offset: i64) -> CallResult<Content> {
        let Some(call) = self.exports.pread else { return native::pread(self.numbers.systems(fd)?, len, offset) };
        let fd = self.numbers.of(fd)?;
        // SAFETY: the buffer has that length.
        into_buffer(len, |buffer| unsafe { call(fd, buffer.as_mut_ptr().cast(), buffer.len(), offset) })
    }

    fn pwrite(&mut self, fd: Fd<'_>, byte: u8, len: usize, offset: i64) -> CallResult<i64> {
        let Some(call) = self.exports.pwrite else {
            return native::pwrite(self.numbers.systems(fd)?, byte, len, offset);
        };
        let bytes = vec![byte; len.min(native::MAX_TRANSFER_BYTES)];
        // SAFETY: the buffer has that length.
        moved(unsafe { call(self.numbers.of(fd)?, bytes.as_ptr().cast(), bytes.len(), offset) })
    }

    fn lseek(&mut self, fd: Fd<'_>, offset: i64, whence: c_int) -> CallResult<i64> {
        let Some(call) = self.exports.lseek else { return native::lseek(self.numbers.systems(fd)?, offset, whence) };
        // SAFETY: numbers only.
        match unsafe { call(self.numbers.of(fd)?, offset, whence) } {
            -1 => Err(Refused::last()),
            at => Ok(at),
        }
    }

    fn dup(&mut self, fd: Fd<'_>) -> CallResult<OwnedFd> {
        let Some(call) = self.exports.dup else { return native::dup(self.numbers.systems(fd)?) };
        let number = self.numbers.of(fd)?;
        // SAFETY: numbers only.
        self.numbers.open(|| unsafe { call(number) })
    }

    unsafe fn dup2(&mut self, fd: Fd<'_>, onto: Fd<'_>) -> CallResult<()> {
        let Some(call) = self.exports.dup2 else {
            // SAFETY: the caller's promise.
            return unsafe { native::dup2(self.numbers.systems(fd)?, self.numbers.systems(onto)?) };
        };
        // SAFETY: the caller's promise.
        checked(unsafe { call(self.numbers.of(fd)?, self.numbers.of(onto)?) })?;
        self.numbers.reopened(onto)
    }

    fn dup_from(&mut self, fd: Fd<'_>, least: c_int) -> CallResult<OwnedFd> {
        let Some(call) = self.exports.fcntl else { return native::dup_from(self.numbers.systems(fd)?, least) };
        let number = self.numbers.of(fd)?;
        if !self.numbers.are_own() {
            // SAFETY: the command takes a number.
            return self.numbers.open(|| unsafe { call(number, libc::F_DUPFD, least) });
        }
        // SAFETY: the command takes a number.
        self.numbers.open_from(least, || unsafe { call(number, libc::F_DUPFD, 0) })
    }

    unsafe fn close(&mut self, fd: Fd<'_>) -> CallResult<()> {
        let Some(call) = self.exports.close else {
            // SAFETY: the caller's promise.
            return unsafe { native::close_number(self.numbers.systems(fd)?.number()) };
        };
        // SAFETY: the caller's promise.
        checked(unsafe { call(self.numbers.of(fd)?) })?;
        if self.numbers.closed(fd) {
            // SAFETY: it stood for what is closed, and for nothing else.
            unsafe { native::close_number(fd.number()) }?;
        }
        Ok(())
    }

    fn cloexec(&mut self, fd: Fd<'_>) -> CallResult<bool> {
        let Some(call) = self.exports.fcntl else { return native::cloexec(self.numbers.systems(fd)?) };
        // SAFETY: the command takes nothing.
        returned(unsafe { call(self.numbers.of(fd)?, libc::F_GETFD) }).map(|flags| flags & libc::FD_CLOEXEC != 0)
    }

    fn set_cloexec(&mut self, fd: Fd<'_>, cloexec: bool) -> CallResult<()> {
        let Some(call) = self.exports.fcntl else { return native::set_cloexec(self.numbers.systems(fd)?, cloexec) };
        let flags = if cloexec { libc::FD_CLOEXEC } else { 0 };
        // SAFETY: the command takes a number.
        checked(unsafe { call(self.numbers.of(fd)?, libc::F_SETFD, flags) })
    }

    fn status_flags(&mut self, fd: Fd<'_>) -> CallResult<c_int> {
        let Some(call) = self.exports.fcntl else { return native::status_flags(self.numbers.systems(fd)?) };
        // SAFETY: the command takes nothing.
        returned(unsafe { call(self.numbers.of(fd)?, libc::F_GETFL) })
    }

    fn set_status_flags(&mut self, fd: Fd<'_>, flags: c_int) -> CallResult<()> {
        let Some(call) = self.exports.fcntl else {
            return native::set_status_flags(self.numbers.systems(fd)?, flags);
        };
        // SAFETY: the command takes a number.
        checked(unsafe { call(self.numbers.of(fd)?, libc::F_SETFL, flags) })
    }

    fn lock(&mut self, fd: Fd<'_>, lock: Lock) -> CallResult<()> {
        let Some(call) = self.exports.fcntl else { return native::lock(self.numbers.systems(fd)?, lock) };
        let whole = native::whole_lock(lock);
        // SAFETY: the command takes a lock.
        checked(unsafe { call(self.numbers.of(fd)?, libc::F_SETLK, &raw const whole) })
    }

    fn file_lock(&mut self, fd: Fd<'_>, lock: FileLock) -> CallResult<()> {
        let Some(call) = self.exports.flock else { return Libc.file_lock(self.numbers.systems(fd)?, lock) };
        // SAFETY: numbers only.
        checked(unsafe { call(self.numbers.of(fd)?, native::flock_operation(lock)) })
    }

    fn seals(&mut self, fd: Fd<'_>) -> CallResult<Seals> {
        Libc.seals(self.numbers.systems(fd)?)
    }

    fn add_seals(&mut self, fd: Fd<'_>, seals: Seals) -> CallResult<()> {
        Libc.add_seals(self.numbers.systems(fd)?, seals)
    }

    fn mmap(&mut self, len: usize, prot: c_int, flags: c_int, fd: Fd<'_>, offset: i64) -> CallResult<Region> {
        let Some(call) = self.exports.mmap else {
            return native::mmap(len, prot, flags, self.numbers.systems(fd)?, offset);
        };
        // SAFETY: without an address, a new mapping replaces nothing.
        let start = unsafe { call(std::ptr::null_mut(), len, prot, flags, self.numbers.of(fd)?, offset) };
        if start == libc::MAP_FAILED {
            return Err(Refused::last());
        }
        // SAFETY: the library has just mapped it, for this caller.
        Ok(unsafe { Region::from_raw(start.cast(), len) })
    }

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
        let Some(call) = self.exports.mmap else {
            return native::mmap_over(region, at, len, prot, flags, self.numbers.systems(fd)?, offset);
        };
        let fd = self.numbers.of(fd)?;
        let map = |start| {
            // SAFETY: the range belongs to the region, and nothing refers into it.
            unsafe { call(start, len, prot, flags | libc::MAP_FIXED, fd, offset) }
        };
        // SAFETY: the library maps the range, or says that it failed.
        unsafe { region.map_over(at, len, map) }
    }

    fn munmap(&mut self, region: &mut Region, offset: usize, len: usize) -> CallResult<()> {
        let Some(call) = self.exports.munmap else { return native::munmap(region, offset, len) };
        // SAFETY: the range belongs to this region, and nothing refers into it.
        checked(unsafe { call(region.start().wrapping_add(offset).cast(), len) })?;
        region.note_unmapped(offset, len);
        Ok(())
    }

    fn send(&mut self, socket: BorrowedFd<'_>, fds: &[Fd<'_>]) -> CallResult<()> {
        let fds = fds.iter().map(|fd| self.numbers.systems(*fd)).collect::<CallResult<Vec<_>>>()?;
        Libc.send(socket, &fds)
    }
}
