//! Who may do what with an object, by its mode.

use crate::clause::{self, ClauseId};
use crate::model::branch::Cx;
use crate::model::branch::Justifications;
use crate::model::checks::Checks;
use crate::model::state::Object;
use crate::outcome::Errno;
use crate::profile::{Check, Justification};

/// What permission bits say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model) enum Permission {
    Granted,
    /// To the owner, by the bits of the group or of others.
    GrantedToAll,
    Denied,
    /// The bits that decide are not known.
    Unknown,
}

impl Permission {
    pub(in crate::model) fn is_granted(self) -> bool {
        matches!(self, Permission::Granted | Permission::GrantedToAll)
    }
}

/// May the process read, or write, the object by its permission bits? The superuser's privilege is a matter of its own.
pub(in crate::model) fn by_mode(cx: Cx<'_>, object: &Object, read: bool, write: bool) -> Permission {
    let wanted = u32::from(read) << 2 | u32::from(write) << 1;
    let bits = |shift: u32| {
        if object.mode_open >> shift & wanted != 0 {
            Permission::Unknown
        } else if object.mode >> shift & wanted == wanted {
            Permission::Granted
        } else {
            Permission::Denied
        }
    };
    let process = cx.process;
    let beside_owner = || match object.gid.and_then(|gid| process.is_in(gid)) {
        Some(true) => bits(3),
        Some(false) => bits(0),
        None if bits(3) == bits(0) => bits(0),
        None => Permission::Unknown,
    };
    if process.uid != object.uid {
        return beside_owner();
    }
    let alone = &cx.profile.rules.owner_class_alone;
    match (bits(6), beside_owner()) {
        (Permission::Denied, other) if other != Permission::Denied && !alone.always(|alone| *alone) => match other {
            Permission::Granted if alone.always(|alone| !alone) => Permission::GrantedToAll,
            _ => Permission::Unknown,
        },
        (own, _) => own,
    }
}

/// Where the mode forbids what is `wanted` (to read, to write), the call fails with EACCES, except for a superuser whom
/// the platform lets pass. The error rests on `by`.
pub(in crate::model) fn check(
    cx: Cx<'_>,
    checks: &mut Checks<'_>,
    object: &Object,
    wanted: (bool, bool),
    by: &[ClauseId],
) {
    let rules = &cx.profile.rules;
    // A mode that is not the one asked for decides otherwise for others alone.
    let departs = object.mode_by.deviation.is_some() && object.uid != cx.process.uid;
    if departs {
        checks.rests_on(object.mode_by);
    }
    let is_in_group = || object.gid.and_then(|gid| cx.process.is_in(gid)) == Some(true);
    let by_group = (object.uid != cx.process.uid && is_in_group()).then_some(clause::file_access(1));
    if let Some(by_group) = by_group {
        checks.rests_on(by_group);
    }
    let error = || {
        let clauses = by.iter().copied().chain([clause::shm_open(31)]).chain(by_group).map(Justification::clause);
        clauses.chain(departs.then_some(object.mode_by)).collect::<Justifications>()
    };
    match by_mode(cx, object, wanted.0, wanted.1) {
        Permission::Granted => {}
        Permission::GrantedToAll => {
            let lets_in = rules.owner_class_alone.choices.iter().find(|choice| !choice.value);
            lets_in.into_iter().for_each(|choice| checks.rests_on(choice.justification));
        }
        Permission::Denied if !cx.process.is_spared(wanted) || rules.open_root.always(|bypass| !bypass) => {
            checks.shall_by(Check::Permission, Errno::EACCES, error());
        }
        Permission::Denied if rules.open_root.always(|bypass| *bypass) => {}
        Permission::Denied | Permission::Unknown => checks.may_by(Check::Permission, Errno::EACCES, error()),
    }
}
