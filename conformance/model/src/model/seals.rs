//! Seals, which POSIX does not know.

use super::branch::Cx;
use super::checks::Checks;
use super::expect::Expect;
use crate::call::{Label, Prot, Seals};
use crate::clause;
use crate::outcome::{Errno, Outcome};

pub(super) fn get(cx: Cx<'_>, fd: Label, mut checks: Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fcntl(4)) else { return };
    let object = cx.state.object(open.object);
    if !object.nameless {
        checks.ask(true, &cx.profile.rules.shm_seals);
        return checks.answer(Expect::Seals { seals: object.seals, open: Seals::empty() }, &[clause::seals(8)]);
    }
    checks.may(object.seals.is_none(), Errno::EINVAL, clause::seals(8));
    let id = open.object;
    let expect = Expect::Seals { seals: object.seals, open: object.seals_open };
    checks.succeed(expect, &[clause::seals(2)], move |state, outcome| {
        if let Outcome::Seals(seals) = outcome {
            let object = state.object_mut(id);
            (object.seals, object.seals_open) = (Some(*seals), Seals::empty());
        }
    });
}

pub(super) fn add(cx: Cx<'_>, fd: Label, seals: Seals, mut checks: Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fcntl(4)) else { return };
    let object = cx.state.object(open.object);
    if !object.nameless {
        return checks.refuse(true, &cx.profile.rules.shm_add_seals);
    }
    let maps = cx.state.processes.iter().flat_map(|(_, process)| &process.maps).map(|(_, map)| map);
    let shared = maps.filter(|map| map.object == open.object && map.private.is_none());
    let unknown = object.seals.is_none();
    checks.may(unknown, Errno::EINVAL, clause::seals(8));
    checks.may(unknown, Errno::EPERM, clause::seals(8));
    checks.shall(!open.description.write, Errno::EPERM, clause::seals(1));
    checks.shall(object.seals.is_some_and(|seals| seals.contains(Seals::SEAL)), Errno::EPERM, clause::seals(7));
    let (writable, could_be): (Vec<_>, Vec<_>) =
        shared.filter(|map| map.may_write).partition(|map| map.prot.contains(Prot::WRITE));
    checks.shall(seals.contains(Seals::WRITE) && !writable.is_empty(), Errno::EBUSY, clause::seals(6));
    checks.may(seals.contains(Seals::WRITE) && !could_be.is_empty(), Errno::EBUSY, clause::seals(6));
    let id = open.object;
    checks.succeed(Expect::Ok, &[clause::seals(1)], move |state, _| {
        let object = state.object_mut(id);
        object.seals = Some(object.seals.unwrap_or_default() | seals);
    });
}
