//! An implementation of shared memory by somebody else: objects are files of a directory of its own.
//!
//! It overrides what makes and removes names, and has no `unsafe`: the adapter does not let it misuse memory or descriptors.
//! Its tests are the suite.

#![forbid(unsafe_code)]

use shmconf_adapter::model::outcome::Errno;
use shmconf_adapter::subject::{CallResult, Refused, Subject};
use std::ffi::{CStr, c_int};
use std::fs::OpenOptions;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The objects of a directory.
pub struct Files {
    directory: PathBuf,
    /// Is an object that exists opened, though it should be made?
    opens_what_exists: bool,
    /// A descriptor of its own, open over calls, which no script may close.
    own: std::fs::File,
}

fn refused(error: &io::Error) -> Refused {
    match error.raw_os_error() {
        Some(number) => Refused::Errno(shmconf_adapter::subject::errno::of(number)),
        None => Refused::Unsupported(error.to_string()),
    }
}

impl Files {
    /// The objects of a directory that exists.
    ///
    /// # Errors
    ///
    /// Those of opening it.
    pub fn of(directory: &Path) -> io::Result<Files> {
        Ok(Files { directory: directory.to_owned(), opens_what_exists: false, own: std::fs::File::open(directory)? })
    }

    /// The objects of a directory which everybody may use, in the one that `OUTSIDE` names, or in that for temporary files. A program
    /// whose effective user is another one has no `TMPDIR`.
    ///
    /// # Panics
    ///
    /// There is no such directory and none can be made.
    pub fn temporary() -> Files {
        let place = std::env::var_os("OUTSIDE").map_or_else(std::env::temp_dir, PathBuf::from);
        let directory = place.join("outside");
        if std::fs::create_dir(&directory).is_ok() {
            // Where that fails, cases with several users tell.
            let _ = std::fs::set_permissions(&directory, PermissionsExt::from_mode(0o1777));
        }
        Files::of(&directory).expect("temporary files have a directory")
    }

    /// The same with a fault: `O_EXCL` means nothing.
    pub fn faulty(self) -> Files {
        Files { opens_what_exists: true, ..self }
    }

    fn path(&self, name: &CStr) -> CallResult<PathBuf> {
        let name = name.to_str().map_err(|_| Errno::EINVAL)?.trim_start_matches('/');
        if ["", ".", ".."].contains(&name) || name.contains('/') {
            Err(Errno::EINVAL.into())
        } else {
            Ok(self.directory.join(name))
        }
    }
}

impl Subject for Files {
    fn shm_open(&mut self, name: &CStr, oflag: c_int, mode: u32) -> CallResult<OwnedFd> {
        let access = oflag & libc::O_ACCMODE;
        let mut options = OpenOptions::new();
        options.read(access != libc::O_WRONLY).write(access != libc::O_RDONLY).mode(mode);
        let exclusive = if self.opens_what_exists { 0 } else { libc::O_EXCL };
        options.custom_flags(oflag & (libc::O_CREAT | exclusive | libc::O_TRUNC) | libc::O_CLOEXEC);
        let file = options.open(self.path(name)?).map_err(|error| refused(&error))?;
        self.own.sync_data().map_err(|error| refused(&error))?;
        Ok(file.into())
    }

    fn shm_unlink(&mut self, name: &CStr) -> CallResult<()> {
        std::fs::remove_file(self.path(name)?).map_err(|error| match error.raw_os_error() {
            // What a directory with the sticky bit says of another's file.
            Some(libc::EPERM) => Errno::EACCES.into(),
            _ => refused(&error),
        })
    }
}
