//! Who this process is: its user, its group, and the groups beside it.

use super::refused::{CallResult, Refused};
use super::system;
use nix::unistd::{Gid, Uid, getegid, geteuid, getuid, setegid, seteuid, setgid, setuid};
use shmconf_model::outcome::Errno;

/// Becomes a user, for good; root also takes the group of the same number, with no other group. The system's own list of
/// groups has to have one where macOS is not to ask its directory service which groups the user is in.
pub(crate) fn become_user(uid: u32) -> CallResult<()> {
    if geteuid().is_root() {
        set_groups(&[uid])?;
        setgid(Gid::from_raw(uid))?;
    }
    become_user_alone(uid)
}

/// Becomes a user, for good, and keeps the groups. Nobody but root comes to be another user than it is.
pub(crate) fn become_user_alone(uid: u32) -> CallResult<()> {
    let is_other = [getuid(), geteuid()].iter().any(|own| own.as_raw() != uid);
    if !geteuid().is_root() && is_other {
        return Err(Errno::EPERM.into());
    }
    Ok(setuid(Uid::from_raw(uid))?)
}

/// Becomes a user whom the real one can come back from.
pub(crate) fn become_user_for_now(uid: u32) -> CallResult<()> {
    Ok(seteuid(Uid::from_raw(uid))?)
}

/// Takes a group; whoever is not root may stay in its own.
pub(crate) fn take_group(gid: u32) -> CallResult<()> {
    let gid = Gid::from_raw(gid);
    let taken = if geteuid().is_root() { setgid(gid) } else { setegid(gid) };
    Ok(taken?)
}

/// Takes supplementary groups.
pub(crate) fn take_groups(gids: &[u32]) -> CallResult<()> {
    let own = system::OWN_GROUP_IS_LISTED.then(|| getegid().as_raw());
    set_groups(&own.into_iter().chain(gids.iter().copied()).collect::<Vec<_>>())
}

/// The supplementary groups, if that can be told.
pub fn groups() -> Option<Vec<u32>> {
    // SAFETY: without a list nothing is written.
    let count = unsafe { libc::getgroups(0, std::ptr::null_mut()) };
    let mut groups = vec![0; usize::try_from(count).ok()?];
    // SAFETY: the list has room for as many as are asked for.
    let count = unsafe { libc::getgroups(count, groups.as_mut_ptr()) };
    groups.truncate(usize::try_from(count).ok()?);
    Some(groups)
}

fn set_groups(gids: &[u32]) -> CallResult<()> {
    // SAFETY: the list has as many groups as are told.
    match unsafe { libc::setgroups(gids.len() as _, gids.as_ptr()) } {
        0 => Ok(()),
        _ => Err(Refused::last()),
    }
}
