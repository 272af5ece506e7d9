//! An implementation of shared memory by somebody else: objects are files of a directory of its own.
//!
//! It overrides what makes and removes names, and has no `unsafe`: the adapter does not let it misuse memory or descriptors.

#![forbid(unsafe_code)]

use shmconf_adapter::model::outcome::Errno;
use shmconf_adapter::subject::{CallResult, Refused, Subject};
use std::ffi::{CStr, c_int};
use std::fs::OpenOptions;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

struct Files {
    directory: PathBuf,
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
        options.custom_flags(oflag & (libc::O_CREAT | libc::O_EXCL | libc::O_TRUNC) | libc::O_CLOEXEC);
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

fn main() -> io::Result<()> {
    let directory = PathBuf::from(std::env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?);
    let own = std::fs::File::open(&directory)?;
    shmconf_adapter::actor::main(Files { directory, own })
}
