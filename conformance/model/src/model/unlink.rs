//! `shm_unlink`

use super::access;
use super::branch::{Branch, Cx};
use super::checks::Checks;
use super::expect::Expect;
use super::names::{self, Reading, Use};
use super::state::{Key, Object, ObjectId};
use crate::call::Name;
use crate::clause;
use crate::outcome::Errno;
use crate::profile::{Justification, UnlinkRight};

pub(super) fn shm_unlink(cx: Cx<'_>, name: &Name, out: &mut Vec<Branch>) {
    for reading in names::readings(cx, name, Use::Unlink) {
        match reading {
            Reading::NoObject(_) => {}
            Reading::Errno(errno, justification) => out.push(Branch::plain(Expect::Errno(errno), justification)),
            Reading::Key(key, justification) => {
                let mut checks = Checks::new(out);
                checks.rests_on(justification);
                checks.ask(cx.lacks_names(), &cx.profile.rules.named);
                match cx.state.named(&key) {
                    None => {
                        checks.shall(true, Errno::ENOENT, clause::shm_unlink(11));
                        checks.and_by(clause::shm_unlink(7));
                    }
                    Some(object) => remove(cx, key, object, checks),
                }
            }
        }
    }
}

fn remove(cx: Cx<'_>, key: Key, id: ObjectId, mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    let rights = rules
        .unlink_right
        .choices
        .iter()
        .map(|choice| (may_remove(cx, cx.state.object(id), choice.value), choice.justification));
    let (granted, denied): (Vec<_>, Vec<_>) = rights.partition(|(granted, _)| *granted);
    if !denied.is_empty() {
        // POSIX leaves open who beside the owner may remove a name, so that refusing the owner alone departs from it.
        let owner = may_remove(cx, cx.state.object(id), UnlinkRight::Owner);
        let departs = denied.iter().find(|(_, justification)| owner && justification.deviation.is_some());
        for choice in &rules.unlink_denied.choices {
            checks.error(
                choice.value,
                departs.map_or(choice.justification, |(_, justification): &(bool, Justification)| *justification),
            );
        }
        checks.and_by(clause::shm_unlink(8));
    }
    if granted.is_empty() {
        return;
    }
    if let Some(justification) = cx.state.object(id).left_by {
        checks.rests_on(justification);
    }
    let clauses = [clause::shm_unlink(1), clause::shm_unlink(2), clause::shm_unlink(6)];
    checks.succeed(Expect::Ok, &clauses, move |state, _| {
        state.names.retain(|(known, _)| *known != key);
        state.removed.push(key);
        state.removed.sort_unstable();
        if state.is_referenced(id) {
            state.object_mut(id).bytes_by = clause::shm_unlink(3);
        }
    });
}

fn may_remove(cx: Cx<'_>, object: &Object, right: UnlinkRight) -> bool {
    let owner = object.uid == cx.process.uid || cx.process.is_root();
    let has = |read, write| access::by_mode(cx, object, read, write).is_granted() || cx.process.is_root();
    match right {
        UnlinkRight::Owner => owner,
        UnlinkRight::OwnerOrWriter => owner || has(false, true),
        UnlinkRight::ReaderAndWriter => has(true, true),
        UnlinkRight::Writer => has(false, true),
        UnlinkRight::Anyone => true,
    }
}
