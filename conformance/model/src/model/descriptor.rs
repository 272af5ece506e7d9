//! Calls on descriptors themselves: `fstat`, `fchmod`, `dup`, `close` and `fcntl`.

use super::branch::Cx;
use super::checks::Checks;
use super::expect::Expect;
use super::state::Descriptor;
use crate::call::{Label, OpenFlags};
use crate::clause;
use crate::outcome::{Errno, Outcome};
use crate::profile::Justification;

pub(super) fn fstat(cx: Cx<'_>, fd: Label, mut checks: Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fstat(3)) else { return };
    let object = cx.state.object(open.object);
    let stat = |mode, mode_open| {
        let (size, uid, gid) = (object.size, object.uid, object.gid);
        Expect::Stat { size, mode, mode_open, uid, gid }
    };
    let mut justifications: Vec<Justification> = vec![clause::fstat(1).into(), clause::fstat(2).into(), object.size_by];
    if object.nameless && object.mode_by.clause == clause::create(9) {
        for choice in &cx.profile.rules.create_mode.choices {
            checks.way(choice.justification).answer(stat(choice.value.0, 0), &justifications);
        }
        return;
    }
    justifications.push(object.mode_by);
    if !object.nameless {
        justifications
            .extend([Justification::clause(clause::shm_open(16)), Justification::clause(clause::shm_open(17))]);
    }
    checks.answer(stat(object.mode, object.mode_open), &justifications);
}

pub(super) fn fchmod(cx: Cx<'_>, fd: Label, mode: u32, mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    let Some(open) = checks.descriptor(cx, fd, clause::fchmod(2)) else { return };
    let object = cx.state.object(open.object);
    checks.refuse(object.uid != cx.process.uid && !cx.process.is_root(), &rules.fchmod_denied);
    checks.ask(true, &rules.fchmod);
    let id = open.object;
    // Bits beside the permissions need not be kept, and are cleared for some callers.
    let certain = 0o777;
    checks.succeed(Expect::Ok, &[clause::fchmod(1)], move |state, _| {
        let object = state.object_mut(id);
        object.mode = mode & certain;
        object.mode_open = mode & !certain & 0o7777;
        object.mode_by = clause::fchmod(1).into();
    });
}

pub(super) fn dup(cx: Cx<'_>, fd: Label, mut checks: Checks<'_>) {
    let Some(descriptor) = checks.number(cx, fd, clause::dup(4)) else { return };
    checks.shall(cx.process.is_full(), Errno::EMFILE, clause::dup(5));
    let (actor, bind) = (cx.site.actor, cx.site.bind.first().copied());
    let expect = Expect::Fd(cx.process.lowest_free());
    checks.succeed(expect, &[clause::dup(1), clause::dup(2), clause::dup(3)], move |state, outcome| {
        let (Outcome::Fd(number), Some(process)) = (outcome, state.process_mut(actor)) else { return };
        let new = Descriptor { number: *number, cloexec: false, cloexec_by: clause::dup(3).into(), ..descriptor };
        process.add_fd(new);
        if let Some(label) = bind {
            process.bind(label, *number);
        }
    });
}

pub(super) fn close(cx: Cx<'_>, fd: Label, mut checks: Checks<'_>) {
    let Some(descriptor) = checks.number(cx, fd, clause::close(2)) else { return };
    let actor = cx.site.actor;
    checks.succeed(Expect::Ok, &[clause::close(1)], move |state, _| {
        let object = state.description(descriptor.description).and_then(|description| description.object);
        let Some(process) = state.process_mut(actor) else { return };
        process.fds.retain(|fd| fd.number != descriptor.number);
        let mapped = object.filter(|object| process.maps.iter().any(|(_, map)| map.object == *object));
        if let Some(object) = mapped {
            state.object_mut(object).bytes_by = clause::mmap(4);
        }
    });
}

pub(super) fn getfd(cx: Cx<'_>, fd: Label, mut checks: Checks<'_>) {
    let Some(descriptor) = checks.number(cx, fd, clause::fcntl(4)) else { return };
    checks.answer(Expect::Value(i64::from(descriptor.cloexec)), &[clause::fcntl(1).into(), descriptor.cloexec_by]);
}

pub(super) fn setfd(cx: Cx<'_>, fd: Label, cloexec: bool, mut checks: Checks<'_>) {
    let Some(descriptor) = checks.number(cx, fd, clause::fcntl(4)) else { return };
    let actor = cx.site.actor;
    checks.succeed(Expect::Ok, &[clause::fcntl(2)], move |state, _| {
        let Some(process) = state.process_mut(actor) else { return };
        for fd in process.fds.iter_mut().filter(|fd| fd.number == descriptor.number) {
            *fd = Descriptor { cloexec, cloexec_by: clause::fcntl(2).into(), ..*fd };
        }
    });
}

pub(super) fn getfl(cx: Cx<'_>, fd: Label, mut checks: Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fcntl(4)) else { return };
    let (access, by) = match (open.description.read, open.description.write) {
        _ if cx.state.object(open.object).nameless => (OpenFlags::RDWR, clause::create(3)),
        (true, true) => (OpenFlags::RDWR, clause::shm_open(14)),
        (false, true) => (OpenFlags::WRONLY, clause::shm_open(12)),
        _ => (OpenFlags::RDONLY, clause::shm_open(13)),
    };
    checks.answer(Expect::Access(access), &[clause::fcntl(3), by]);
}

/// `fds()`: as many as the calls have opened, and no more.
pub(super) fn fds(cx: Cx<'_>, mut checks: Checks<'_>) {
    if let Some(justification) = cx.process.leaked_by {
        checks.rests_on(justification);
    }
    checks.answer(
        Expect::Value((cx.process.fds.len() + cx.process.leaked) as i64),
        &[clause::call(3), clause::create(8)],
    );
}
