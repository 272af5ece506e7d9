//! What `fstat` tells of an object.

use super::fd::Fd;
use super::native::checked;
use super::refused::CallResult;
use super::system;
use shmconf_model::constants::Timestamp;
use shmconf_model::outcome::{FileType, Stat};
use std::ffi::{c_int, c_void};

/// What `fstat` tells of an object.
#[derive(Clone, Copy)]
pub struct Status(system::c::stat);

impl Status {
    /// What this system's `fstat` tells.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub fn of(fd: Fd<'_>) -> CallResult<Status> {
        // SAFETY: the buffer is one `stat`.
        Status::asked(|buffer| unsafe { system::c::fstat(fd.number(), buffer.cast()) })
    }

    /// What a function tells that fills a `struct stat`, in the form with 64 bits of size, and returns 0, or -1 with `errno`.
    ///
    /// # Errors
    ///
    /// Those of the function.
    pub fn asked(ask: impl FnOnce(*mut c_void) -> c_int) -> CallResult<Status> {
        let mut stat = std::mem::MaybeUninit::<system::c::stat>::zeroed();
        checked(ask(stat.as_mut_ptr().cast()))?;
        // SAFETY: numbers alone, which are zero where the function has not filled them.
        Ok(Status(unsafe { stat.assume_init() }))
    }

    /// Size, permission bits and owner.
    #[allow(clippy::useless_conversion, clippy::unnecessary_cast, reason = "the widths differ between systems")]
    pub fn stat(&self) -> Stat {
        let Status(stat) = self;
        Stat { size: stat.st_size.into(), mode: stat.st_mode as u32 & 0o7777, uid: stat.st_uid, gid: stat.st_gid }
    }

    /// `st_ino`. A number in which the highest bit is set is another one below zero.
    #[allow(clippy::unnecessary_cast, reason = "the widths differ between systems")]
    pub fn inode(&self) -> i64 {
        self.0.st_ino as i64
    }

    /// `st_nlink`.
    #[allow(clippy::unnecessary_cast, reason = "the widths differ between systems")]
    pub fn links(&self) -> i64 {
        self.0.st_nlink as i64
    }

    /// The type in `st_mode`.
    pub fn file_type(&self) -> FileType {
        match self.0.st_mode & libc::S_IFMT {
            0 => FileType::Nothing,
            libc::S_IFREG => FileType::Regular,
            libc::S_IFCHR => FileType::Character,
            libc::S_IFIFO => FileType::Fifo,
            libc::S_IFDIR => FileType::Directory,
            libc::S_IFSOCK => FileType::Socket,
            libc::S_IFBLK => FileType::Block,
            libc::S_IFLNK => FileType::Link,
            _ => FileType::Other,
        }
    }

    /// `st_atim`, `st_mtim` or `st_ctim`, in nanoseconds since the Epoch.
    #[allow(clippy::useless_conversion, reason = "the widths differ between systems")]
    pub fn timestamp(&self, which: Timestamp) -> i64 {
        let (seconds, nanoseconds) = system::timestamp(&self.0, which);
        i64::from(seconds).saturating_mul(1_000_000_000).saturating_add(i64::from(nanoseconds))
    }

    /// `st_blocks`.
    #[allow(clippy::unnecessary_cast, reason = "the widths differ between systems")]
    pub fn blocks(&self) -> i64 {
        self.0.st_blocks as i64
    }
}
