//! Lays something where an object would be, on systems that keep objects as files called after their names.

use super::{CallResult, Refused, listing};
use nix::sys::stat::{FchmodatFlags, Mode, SFlag, fchmodat, mknod};
use nix::unistd::{mkdir, symlinkat};
use shmconf_model::constants::Planted;
use std::ffi::CStr;
use std::path::PathBuf;

/// Lays a directory or a FIFO, which everybody may read, write and search.
pub(crate) fn plant(name: &CStr, what: Planted) -> CallResult<()> {
    let path = path(name)?;
    let all = Mode::from_bits_truncate(0o777);
    match what {
        Planted::Directory => mkdir(&path, all)?,
        Planted::Fifo => mknod(&path, SFlag::S_IFIFO, all, 0)?,
    }
    Ok(fchmodat(nix::fcntl::AT_FDCWD, &path, all, FchmodatFlags::FollowSymlink)?)
}

/// Lays a symbolic link to where the object of another name is, or would be.
pub(crate) fn symlink(name: &CStr, to: &CStr) -> CallResult<()> {
    Ok(symlinkat(&path(to)?, nix::fcntl::AT_FDCWD, &path(name)?)?)
}

/// Removes what lies where the object of a name would be, be it a directory.
pub fn remove(name: &CStr) {
    if let Ok(path) = path(name)
        && std::fs::remove_dir(&path).is_err()
    {
        let _ = std::fs::remove_file(path);
    }
}

/// Removes a directory that lies where the object of a name would be; what else does, `shm_unlink` removes.
pub fn remove_directory(name: &CStr) {
    if let Ok(path) = path(name) {
        let _ = std::fs::remove_dir(path);
    }
}

fn path(name: &CStr) -> CallResult<PathBuf> {
    listing::path(name).ok_or_else(|| {
        Refused::Unsupported("this system keeps no objects as files that are called after their names".to_owned())
    })
}
