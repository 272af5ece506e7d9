//! Seals, which POSIX does not know.

use crate::call::{Label, Seals};
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::model::state::Object;
use crate::outcome::Errno;
use crate::profile::Check;
use smallvec::smallvec;

/// Where the seal against future writing keeps writes out, the call fails.
pub(super) fn refuse_writing(cx: Cx<'_>, object: &Object, writes: bool, checks: &mut Checks<'_>) {
    if !writes || !object.is_sealed(Seals::FUTURE_WRITE) {
        return;
    }
    let rule = &cx.profile.rules.seal_future_write;
    for choice in &rule.choices {
        match choice.value {
            true if rule.always(|holds| *holds) => {
                checks.shall(Check::Seal, true, Errno::EPERM, &[clause::seals(9)]);
            }
            true => checks.may(Check::Seal, true, Errno::EPERM, &[clause::seals(9)]),
            false => checks.rests_on(choice.justification),
        }
    }
}

pub(in crate::model) fn get(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fcntl(4)) else { return };
    let object = cx.state.object(open.object);
    if !object.nameless {
        checks.ask(Check::Support, true, &cx.profile.rules.shm_seals, &[]);
        return checks.answer(Expect::Seals { seals: object.seals, open: Seals::empty() }, &[clause::seals(8)]);
    }
    checks.may(Check::Support, object.seals.is_none(), Errno::EINVAL, &[clause::seals(8)]);
    let expect = Expect::Seals { seals: object.seals, open: object.seals_open };
    checks.succeed(expect, &[clause::seals(2)], smallvec![Effect::LearnSeals(open.object)]);
}

pub(in crate::model) fn add(cx: Cx<'_>, fd: Label, seals: Seals, checks: &mut Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fcntl(4)) else { return };
    let object = cx.state.object(open.object);
    if !object.nameless {
        return checks.refuse(Check::Support, true, &cx.profile.rules.shm_add_seals, &[]);
    }
    let unknown = object.seals.is_none();
    checks.ask(Check::Argument, seals.contains(Seals::FUTURE_WRITE), &cx.profile.rules.seal_future_known, &[]);
    checks.ask(Check::Argument, seals.contains(Seals::EXEC), &cx.profile.rules.seal_exec_known, &[]);
    checks.may(Check::Support, unknown, Errno::EINVAL, &[clause::seals(8)]);
    checks.may(Check::Seal, unknown, Errno::EPERM, &[clause::seals(8)]);
    checks.shall(Check::Descriptor, !open.description.write, Errno::EPERM, &[clause::seals(11)]);
    checks.shall(Check::Seal, object.is_sealed(Seals::SEAL), Errno::EPERM, &[clause::seals(7)]);
    if seals.contains(Seals::WRITE) && object.is_mapped() {
        let maps = cx.state.processes().flat_map(|process| process.maps.values());
        let shared = maps.filter(|map| map.object == open.object && map.private.is_none() && map.may_write);
        let (writable, could_be): (Vec<_>, Vec<_>) = shared.partition(|map| map.is_written());
        checks.shall(Check::Mapped, !writable.is_empty(), Errno::EBUSY, &[clause::seals(6)]);
        checks.may(Check::Mapped, !could_be.is_empty(), Errno::EBUSY, &[clause::seals(6)]);
    }
    checks.succeed(Expect::Ok, &[clause::seals(1)], smallvec![Effect::Seal(open.object, seals)]);
}
