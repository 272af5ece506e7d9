//! What a process notes for those that come after it: an empty object beside the one that it is about, whose name says what
//! and by whom. The harness removes such names with those of the script, and `names()` of a mutant leaves them out.

use nix::sys::signal::kill;
use nix::unistd::Pid;
use shmconf_adapter::subject::{CallResult, Refused, listing, native};
use shmconf_model::call::name::PREFIX;
use std::ffi::{CStr, CString};

/// What the name of every note has, and no other name.
const MARK: &str = ".note-";

/// Notes something about an object. Where there is no room for the name, or no right, nothing is noted.
pub(super) fn leave(object: &CStr, what: &str) {
    if let Some(name) =
        begins_as(object, what).and_then(|begin| CString::new(begin + &std::process::id().to_string()).ok())
        && let Ok(fd) = native::shm_open(&name, libc::O_RDWR | libc::O_CREAT, 0o600)
    {
        let _ = native::close(fd);
    }
}

/// Did a process note that which has ended by now? Its notes are removed, so that this is told once.
pub(super) fn is_of_the_dead(object: &CStr, what: &str) -> bool {
    let dead: Vec<_> = left(object, what).filter(|(_, pid)| kill(Pid::from_raw(*pid), None).is_err()).collect();
    dead.iter().for_each(|(name, _)| drop(native::shm_unlink(name)));
    !dead.is_empty()
}

/// Did another process note that, be it that it has ended since?
pub(super) fn is_of_another(object: &CStr, what: &str) -> bool {
    left(object, what).any(|(_, pid)| pid != std::process::id() as i32)
}

/// Takes back what was noted by whomever.
pub(super) fn remove(object: &CStr, what: &str) {
    left(object, what).for_each(|(name, _)| drop(native::shm_unlink(&name)));
}

/// The names that there are without the notes.
pub(super) fn names(prefix: &str) -> CallResult<Vec<String>> {
    let mut names = listing::names(prefix).map_err(Refused::Unsupported)?;
    names.retain(|name| !name.contains(MARK));
    Ok(names)
}

fn left(object: &CStr, what: &str) -> impl Iterator<Item = (CString, i32)> {
    let names = begins_as(object, what).map(|begin| (begin, listing::all().unwrap_or_default()));
    names.into_iter().flat_map(|(begin, names)| {
        names.into_iter().filter_map(move |name| {
            let pid = name.to_str().ok()?.strip_prefix(&begin)?.parse().ok()?;
            Some((name, pid))
        })
    })
}

/// Only names of the run have notes, as nobody would remove those of others.
fn begins_as(object: &CStr, what: &str) -> Option<String> {
    let object = object.to_str().ok().filter(|object| object.starts_with(PREFIX))?;
    Some(format!("{object}{MARK}{what}-"))
}
