//! Objects that have a name, for memory that outlives its process: a snapshot, or a restart.
//!
//! Who creates an object owns its name, until somebody calls [`unlink`]; dropping memory never takes a name
//! away, since the name is there for the next process. An object that keeps its name keeps its memory, until
//! the system restarts.
//!
//! ```
//! use shmfd::Commit;
//! use shmfd::named::{self, ObjectName};
//!
//! let name: ObjectName = "/shmfd-doc-example".parse()?;
//! let memory = named::create(&name, 4096, 0o600, Commit::Checked)?;
//! let again = named::open(&name)?;
//! named::unlink(&name)?;
//! assert_eq!(again.size(), memory.size());
//! # Ok::<(), shmfd::Error>(())
//! ```

use std::ffi::{CStr, CString};
use std::fmt;
use std::str::FromStr;

use crate::commit::check_size;
use crate::name::limits;
use crate::{Commit, Error, ErrorKind, Expect, SharedMemory, sys};

/// A name that means the same on every system: a slash, then 1 to 29 bytes with no slash among them, and
/// neither `.` nor `..`.
///
/// macOS before 10.15 allows 30 bytes; what an inner slash means differs from system to system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectName(CString);

impl ObjectName {
    /// The most bytes that a name has, with its slash.
    pub const MAX: usize = limits::EVERYWHERE;

    pub(crate) fn as_c_str(&self) -> &CStr {
        &self.0
    }
}

impl FromStr for ObjectName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let bad = || Error::from(ErrorKind::BadName { name: name.into() });
        if !limits::is_portable(name) {
            return Err(bad());
        }
        CString::new(name).map(Self).map_err(|_| bad())
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.to_string_lossy().fmt(f)
    }
}

/// Creates an object of `size` bytes that does not exist yet, with the permission bits `mode`, whatever the
/// umask, and as sure of its room as `commit` says. Where it cannot be finished, it is unlinked again.
///
/// Bits beyond 0777 are set where the system has them for such an object, as Linux has most, and an error elsewhere.
/// On OpenBSD nobody but its owner can open it, whatever `mode` is. On FreeBSD its owner needs to be able to
/// read and write it (0600) to unlink it.
///
/// # Errors
///
/// [`ErrorKind::Exists`]; [`ErrorKind::BadMode`], where the object would not have had all bits of `mode` or more; and as
/// for [`Builder::create`](crate::Builder::create).
#[doc = include_str!("../docs/named-create.md")]
pub fn create(name: &ObjectName, size: u64, mode: u16, commit: Commit) -> Result<SharedMemory, Error> {
    check_size(size)?;
    let fd = sys::create_named(name.as_c_str(), mode)?;
    let give_mode = || sys::give_mode(&fd, mode);
    // Its owner may need permissions to unlink it, should sizing fail; and sizing can take bits away.
    match give_mode().and_then(|()| commit.size(&fd, size)).and_then(|()| give_mode()) {
        Ok(()) => Ok(SharedMemory::adopted(fd, size)),
        // Of two failures, the name that stays behind is the one that somebody must act on.
        Err(error) => unlink(name).and(Err(error)),
    }
}

/// Opens an object that exists, for reading and writing.
///
/// # Errors
///
/// [`ErrorKind::NotFound`]; [`ErrorKind::Permission`]; [`ErrorKind::BadDescriptor`] where it is empty, because
/// its creator has not sized it yet or never will.
#[doc = include_str!("../docs/named-open.md")]
pub fn open(name: &ObjectName) -> Result<SharedMemory, Error> {
    let fd = sys::open_named(name.as_c_str())?;
    Ok(Expect::new().take(fd)?)
}

/// Takes the name away. The memory lives on in whoever has it.
///
/// # Errors
///
/// [`ErrorKind::NotFound`]; [`ErrorKind::Permission`].
///
/// # References
///
/// [POSIX `shm_unlink`](https://pubs.opengroup.org/onlinepubs/9799919799/functions/shm_unlink.html)
#[doc = include_str!("../docs/named-unlink.md")]
pub fn unlink(name: &ObjectName) -> Result<(), Error> {
    sys::unlink_named(name.as_c_str())
}
