//! Leaves no names behind.

use shmconf_adapter::subject::{Refused, descriptors, listing, native, obstacle};
use shmconf_model::outcome::Errno;
use std::ffi::{CStr, CString};
use std::os::fd::AsFd;

/// Is there an object of that name?
pub(super) fn exists(name: &str) -> bool {
    let Ok(name) = CString::new(name) else { return false };
    match native::shm_open(&name, libc::O_RDONLY, 0) {
        // Some systems open a directory as `/.`, which is nobody's object.
        Ok(fd) => !descriptors::is_directory(fd.as_fd()),
        Err(refused) => refused == Refused::Errno(Errno::EACCES),
    }
}

/// Removes a name, on which no process may be within a call; answers whether it is gone, as one that never was is.
pub(super) fn remove(name: &str) -> bool {
    CString::new(name).map_or(true, |name| is_removed(&name))
}

fn is_removed(name: &CStr) -> bool {
    listing::unlock(name);
    obstacle::remove_directory(name);
    let stays = [Errno::EACCES, Errno::EPERM, Errno::EROFS];
    !matches!(native::shm_unlink(name), Err(Refused::Errno(errno)) if stays.contains(&errno))
}

/// Removes every name that begins so, however many slashes are before it, where names can be listed.
pub(super) fn sweep_prefix(prefix: &str) {
    let ours = |name: &CStr| bare(name.to_bytes()).starts_with(bare(prefix.as_bytes()));
    for name in listing::all().unwrap_or_default().iter().filter(|name| ours(name)) {
        is_removed(name);
    }
}

/// Without the slashes before it.
fn bare(name: &[u8]) -> &[u8] {
    &name[name.iter().take_while(|byte| **byte == b'/').count()..]
}
