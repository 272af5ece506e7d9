//! `shm_unlink`

use super::obstacle;
use crate::call::Name;
use crate::clause;
use crate::model::branch::{Branch, Cx};
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Effects};
use crate::model::expect::Expect;
use crate::model::rules::names::{self, Reading, Use};
use crate::model::rules::permission;
use crate::model::state::{Key, Object, ObjectId};
use crate::outcome::Errno;
use crate::profile::{Check, Justification, Order, UnlinkRight};
use smallvec::smallvec;

pub(in crate::model) fn shm_unlink(cx: Cx<'_>, name: &Name, orders: &[Order], out: &mut Vec<Branch>) {
    for reading in names::readings(cx, name, Use::Unlink, orders) {
        let mut checks = Checks::new(cx, orders, out);
        match reading {
            Reading::NoObject(_) => {}
            Reading::Errno(errno, by, check) => {
                names::find_store(cx, &mut checks);
                checks.shall_by(check, errno, smallvec![by]);
            }
            Reading::Key(key, justification) => {
                checks.rests_on(justification);
                names::find_store(cx, &mut checks);
                match cx.state.named(&key) {
                    _ if cx.state.obstacle(&key).is_some() => {
                        let thing = cx.state.obstacle(&key).into_iter();
                        thing.for_each(|thing| obstacle::unlink(cx, key.clone(), thing, &mut checks));
                    }
                    None => {
                        let clauses = [clause::shm_unlink(11), clause::shm_unlink(7)];
                        checks.shall(Check::Existence, true, Errno::ENOENT, &clauses);
                    }
                    Some(object) => remove(cx, key, object, &mut checks),
                }
            }
        }
        checks.finish();
    }
}

fn remove(cx: Cx<'_>, key: Key, id: ObjectId, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let object = cx.state.object(id);
    let rights = rules.unlink_right.choices.iter();
    let (granted, denied): (Vec<_>, Vec<_>) = rights.partition(|choice| may_remove(cx, object, choice.value));
    if !denied.is_empty() {
        // POSIX leaves open who beside the owner may remove a name, so that refusing the owner alone departs from it.
        let owner = may_remove(cx, object, UnlinkRight::Owner);
        let departs = denied.iter().find(|choice| owner && choice.justification.deviation.is_some());
        for choice in &rules.unlink_denied.choices {
            let by = departs.map_or(choice.justification, |departs| departs.justification);
            let by = smallvec![by, Justification::clause(clause::shm_unlink(8))];
            if granted.is_empty() {
                checks.shall_by(Check::Permission, choice.value, by);
            } else {
                checks.may_by(Check::Permission, choice.value, by);
            }
        }
    }
    if let Some(justification) = object.left_by {
        checks.rests_on(justification);
    }
    let mut effects: Effects = smallvec![Effect::Unname(key)];
    if object.is_referenced() {
        effects.push(Effect::BytesRestOn(id, clause::shm_unlink(3)));
    }
    checks.succeed(Expect::Ok, &[clause::shm_unlink(1), clause::shm_unlink(2), clause::shm_unlink(6)], effects);
}

fn may_remove(cx: Cx<'_>, object: &Object, right: UnlinkRight) -> bool {
    let owner = object.uid == cx.process.uid || cx.process.is_root();
    let has = |read, write| permission::by_mode(cx, object, read, write).is_granted() || cx.process.is_root();
    match right {
        UnlinkRight::Owner => owner,
        UnlinkRight::OwnerOrWriter => owner || has(false, true),
        UnlinkRight::ReaderAndWriter => has(true, true),
        UnlinkRight::Writer => has(false, true),
        UnlinkRight::Anyone => true,
    }
}
