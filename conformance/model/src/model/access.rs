//! Who may do what with an object, by its mode.

use super::branch::Cx;
use super::checks::Checks;
use super::state::Object;
use crate::clause::ClauseId;
use crate::outcome::Errno;

/// What permission bits say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Granted,
    /// To the owner, by the bits of the group or of others.
    GrantedToAll,
    Denied,
    /// The bits that decide are not known.
    Unknown,
}

impl Access {
    pub(super) fn is_granted(self) -> bool {
        matches!(self, Access::Granted | Access::GrantedToAll)
    }
}

/// May the process read, or write, the object by its permission bits? The superuser's privilege is a matter of its own.
pub(super) fn by_mode(cx: Cx<'_>, object: &Object, read: bool, write: bool) -> Access {
    let wanted = u32::from(read) << 2 | u32::from(write) << 1;
    let bits = |shift: u32| {
        if object.mode_open >> shift & wanted != 0 {
            Access::Unknown
        } else if object.mode >> shift & wanted == wanted {
            Access::Granted
        } else {
            Access::Denied
        }
    };
    let process = cx.process;
    let beside_owner = || match object.gid {
        Some(gid) if gid == process.gid => bits(3),
        Some(_) => bits(0),
        None if bits(3) == bits(0) => bits(0),
        None => Access::Unknown,
    };
    if process.uid != object.uid {
        return beside_owner();
    }
    let alone = &cx.profile.rules.owner_class_alone;
    match (bits(6), beside_owner()) {
        (Access::Denied, other) if other != Access::Denied && !alone.always(|alone| *alone) => match other {
            Access::Granted if alone.always(|alone| !alone) => Access::GrantedToAll,
            _ => Access::Unknown,
        },
        (own, _) => own,
    }
}

/// Where the mode forbids what is `wanted` (to read, to write), the call fails with EACCES, except for a superuser whom
/// the platform lets pass.
pub(super) fn check(cx: Cx<'_>, checks: &mut Checks<'_>, object: &Object, wanted: (bool, bool), clause: ClauseId) {
    let rules = &cx.profile.rules;
    let bypass = &rules.open_root;
    // A mode that is not the one asked for decides otherwise for others alone.
    let departs = object.mode_by.deviation.is_some() && object.uid != cx.process.uid;
    if departs {
        checks.rests_on(object.mode_by);
    }
    match by_mode(cx, object, wanted.0, wanted.1) {
        Access::Granted => return,
        Access::GrantedToAll => return checks.rests_on(rules.owner_class_alone.choices[0].justification),
        Access::Denied if !cx.process.is_root() || bypass.always(|bypass| !bypass) => {
            checks.shall(true, Errno::EACCES, clause);
        }
        Access::Unknown => checks.may(true, Errno::EACCES, clause),
        Access::Denied => checks.may(!bypass.always(|bypass| *bypass), Errno::EACCES, clause),
    }
    checks.and_by(crate::clause::shm_open(31));
    if departs {
        checks.and_by(object.mode_by);
    }
}
