//! What user 0 really may do: in a user namespace, or without capabilities, it has less than root has.

use crate::subject::{CallResult, Refused, host, native, user};
use nix::unistd::geteuid;
use shmconf_model::outcome::Errno;
use shmconf_model::trace::Privilege;
use std::ffi::CStr;

/// The user that systems call nobody.
const NOBODY: u32 = 65534;

/// What user 0 may do though a mode forbids it; nothing for anybody else, and where no object can be made to try. `name` is
/// free.
pub(super) fn of_root(name: &CStr) -> Option<Privilege> {
    if !geteuid().is_root() {
        return None;
    }
    let object = native::shm_open(name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0).ok()?;
    let is_denied = |access| matches!(native::shm_open(name, access, 0), Err(Refused::Errno(Errno::EACCES)));
    let privilege = match (is_denied(libc::O_RDONLY), is_denied(libc::O_RDWR)) {
        (_, false) if nix::unistd::fchown(&object, Some(NOBODY.into()), None).is_err() => Privilege::Keeping,
        (_, false) => Privilege::All,
        (false, true) => Privilege::Reading,
        (true, true) => Privilege::Nothing,
    };
    let _ = native::shm_unlink(name);
    // What everybody takes for granted need not be said.
    Some(privilege).filter(|privilege| *privilege != Privilege::All)
}

/// Why this process has not what root has, if that is so: becoming another user, and not being bound by modes. `name` is
/// free.
pub(super) fn no_root(name: &CStr) -> Option<String> {
    let less = |privilege| match privilege {
        Privilege::Keeping => "this process is uid 0, and yet cannot give an object to another user",
        _ => "this process is uid 0, and yet bound by the modes of objects",
    };
    let uid = geteuid();
    if !uid.is_root() {
        return Some(format!("this process is uid {uid}, not root"));
    }
    host::tried("another user, though this process is uid 0", || user::become_user(NOBODY))
        .or_else(|| of_root(name).map(|privilege| less(privilege).to_owned()))
        .or_else(|| host::tried("an owner's rights to what another user owns", || change_what_another_owns(name)))
}

/// Changes an object that was given to another user; succeeds also where none can be made or given, which is another matter.
fn change_what_another_owns(name: &CStr) -> CallResult<()> {
    let Ok(object) = native::shm_open(name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600) else { return Ok(()) };
    let _ = native::shm_unlink(name);
    if nix::unistd::fchown(&object, Some(NOBODY.into()), None).is_err() {
        return Ok(());
    }
    Ok(nix::sys::stat::fchmod(&object, nix::sys::stat::Mode::S_IRUSR)?)
}
