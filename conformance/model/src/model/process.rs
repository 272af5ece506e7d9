//! What a process is, and how it begins, changes and ends.

use super::branch::Cx;
use super::checks::Checks;
use super::expect::Expect;
use super::state::{Process, Store};
use crate::call::{Label, Resource};
use crate::clause;
use crate::outcome::{Errno, Signal};

pub(super) fn fork(cx: Cx<'_>, child: Label, checks: Checks<'_>) {
    let process = Process { base: None, ..cx.process.clone() };
    checks.succeed(Expect::Ok, &[clause::fork(1), clause::fork(2), clause::fork(3)], move |state, _| {
        for object in process.maps.iter().map(|(_, map)| map.object) {
            state.object_mut(object).bytes_by = clause::fork(2);
        }
        let at = state.processes.iter().position(|(name, _)| *name == child);
        match at {
            Some(at) => state.processes[at].1 = process,
            None => state.processes.push((child, process)),
        }
    });
}

pub(super) fn exec(checks: Checks<'_>, actor: Label) {
    checks.succeed(Expect::Ok, &[clause::exec(1), clause::exec(2)], move |state, _| {
        let Some(process) = state.process_mut(actor) else { return };
        process.fds.retain(|fd| !fd.cloexec);
        process.maps.clear();
        process.base = None;
    });
}

pub(super) fn exit(code: u8, mut checks: Checks<'_>, actor: Label) {
    checks.outcome_with(Expect::Exited(i32::from(code)), &[clause::exit(1)], move |state, _| state.end(actor));
}

pub(super) fn kill(cx: Cx<'_>, signal: Signal, mut checks: Checks<'_>) {
    if cx.process.ignored.contains(&signal) && signal != Signal::SIGKILL {
        return checks.answer(Expect::Ok, &[clause::exit(3)]);
    }
    checks.dies(cx.site.actor, signal, clause::exit(3));
}

pub(super) fn sigignore(signal: Signal, checks: Checks<'_>, actor: Label) {
    checks.succeed(Expect::Ok, &[clause::call(1)], move |state, _| {
        if let Some(process) = state.process_mut(actor) {
            process.ignored.push(signal);
            process.ignored.sort_unstable();
        }
    });
}

pub(super) fn umask(cx: Cx<'_>, mode: u32, checks: Checks<'_>) {
    let actor = cx.site.actor;
    checks.succeed(Expect::Value(i64::from(cx.process.umask)), &[clause::umask(1)], move |state, _| {
        if let Some(process) = state.process_mut(actor) {
            process.umask = mode & 0o777;
        }
    });
}

pub(super) fn rlimit(resource: Resource, limit: i64, checks: Checks<'_>, actor: Label) {
    checks.succeed(Expect::Ok, &[clause::call(1)], move |state, _| {
        let Some(process) = state.process_mut(actor) else { return };
        match resource {
            Resource::Fsize => process.fsize = Some(limit),
            Resource::Nofile => process.nofile = Some(limit),
            Resource::As => process.address_space = Some(limit),
        }
    });
}

pub(super) fn setuid(cx: Cx<'_>, uid: u32, mut checks: Checks<'_>) {
    checks.shall(!cx.process.is_root() && cx.process.uid != uid, Errno::EPERM, clause::call(1));
    let actor = cx.site.actor;
    checks.succeed(Expect::Ok, &[clause::call(1)], move |state, _| {
        if let Some(process) = state.process_mut(actor) {
            (process.uid, process.gid) = (uid, uid);
        }
    });
}

pub(super) fn limited_store(bytes: i64, checks: Checks<'_>, actor: Label) {
    checks.succeed(Expect::Ok, &[clause::call(1)], move |state, _| {
        if let Some(process) = state.process_mut(actor) {
            (process.store, process.room) = (Store::Own(actor), Some(bytes));
        }
    });
}
