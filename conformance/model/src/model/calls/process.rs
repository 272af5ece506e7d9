//! What a process is, and how it begins, changes and ends.

use crate::call::{Label, Resource};
use crate::clause;
use crate::model::branch::{Cx, clauses};
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Identity};
use crate::model::expect::Expect;
use crate::model::state::{ProcessId, Store};
use crate::outcome::{Errno, Signal};
use crate::profile::{Check, Choice};
use smallvec::smallvec;
use std::sync::Arc;

pub(in crate::model) fn fork(cx: Cx<'_>, child: Label, pid_namespace: bool, checks: &mut Checks<'_>) {
    if pid_namespace {
        needs_root(cx, checks);
    }
    let clauses = [clause::fork(1), clause::fork(2), clause::fork(3)];
    checks.succeed(Expect::Ok, &clauses, smallvec![Effect::Fork(cx.id, ProcessId(child), pid_namespace, fds_of(cx))]);
}

pub(in crate::model) fn exec(cx: Cx<'_>, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let kept = [Choice { value: true, justification: clause::exec(1).into() }];
    let locks = if cx.process.locks.is_empty() { &kept[..] } else { &rules.exec_keeps_locks.choices };
    let user = if cx.process.uid == cx.process.real_uid() { &kept[..] } else { &rules.exec_keeps_user.choices };
    for (locks, user) in locks.iter().flat_map(|locks| user.iter().map(move |user| (locks, user))) {
        let lost = (!locks.value).then_some(Effect::LoseLocks(cx.id));
        let fallen = (!user.value).then_some(Effect::Become(cx.id, Identity::RealUser));
        let begins = Effect::Exec(cx.id, cx.site.actor, cx.site.event, fds_of(cx));
        let effects = lost.into_iter().chain(fallen).chain([begins]).collect();
        let by = [clause::exec(1), clause::exec(2)];
        checks.way(locks.justification).way(user.justification).succeed(Expect::Ok, &by, effects);
    }
    if cx.process.is_full() || cx.process.may_be_full() {
        // What starts a program opens its libraries, and ends it where it cannot.
        for code in [127, 1] {
            checks.outcome(Expect::Exited(code), clauses(&[clause::exec(3)]), smallvec![Effect::End(cx.id)]);
        }
    }
}

/// The descriptors of the process that the call makes.
fn fds_of(cx: Cx<'_>) -> Option<Arc<[i32]>> {
    cx.site.fds.map(Arc::from)
}

pub(in crate::model) fn exit(cx: Cx<'_>, code: u8, checks: &mut Checks<'_>) {
    checks.outcome(Expect::Exited(i32::from(code)), clauses(&[clause::exit(1)]), smallvec![Effect::End(cx.id)]);
}

pub(in crate::model) fn kill(cx: Cx<'_>, signal: Signal, checks: &mut Checks<'_>) {
    if cx.process.outlives(signal) {
        return checks.answer(Expect::Ok, &[clause::exit(3)]);
    }
    checks.dies(cx, signal, clauses(&[clause::exit(3)]));
}

pub(in crate::model) fn sigignore(cx: Cx<'_>, signal: Signal, checks: &mut Checks<'_>) {
    checks.shall(Check::Argument, signal == Signal::SIGKILL, Errno::EINVAL, &[clause::call(6)]);
    checks.succeed(Expect::Ok, &[clause::call(5)], smallvec![Effect::Ignore(cx.id, signal)]);
}

/// That a signal interrupts a call is allowed at any time, so that nothing needs to be remembered.
pub(in crate::model) fn alarm(checks: &mut Checks<'_>) {
    checks.answer(Expect::Ok, &[clause::call(5)]);
}

/// What a label stands for is no standard input.
pub(in crate::model) fn close_stdin(cx: Cx<'_>, checks: &mut Checks<'_>) {
    if cx.process.fd(0).is_some() {
        return checks.not_executed();
    }
    checks.succeed(Expect::Ok, &[clause::call(5)], smallvec![Effect::CloseStdin(cx.id)]);
}

pub(in crate::model) fn umask(cx: Cx<'_>, mode: u32, checks: &mut Checks<'_>) {
    let before = Expect::Value(i64::from(cx.process.umask));
    checks.succeed(before, &[clause::umask(1)], smallvec![Effect::Umask(cx.id, mode)]);
}

pub(in crate::model) fn rlimit(cx: Cx<'_>, resource: Resource, limit: i64, checks: &mut Checks<'_>) {
    let before = match resource {
        Resource::Fsize => cx.process.fsize,
        Resource::Nofile => cx.process.nofile,
        Resource::As => cx.process.address_space,
        Resource::Memlock => cx.process.memlock,
    };
    // The hard limit is not known, but it is not below the soft one.
    checks.may(Check::Limit, before.is_some_and(|before| limit > before), Errno::EINVAL, &[clause::call(5)]);
    for least in &cx.profile.rules.nofile_least.choices {
        let counts = if resource == Resource::Nofile { limit.max(least.value) } else { limit };
        let by = if counts > limit { least.justification } else { clause::call(5).into() };
        checks.way(by).succeed(Expect::Ok, &[clause::call(5)], smallvec![Effect::Limit(cx.id, resource, counts)]);
    }
}

pub(in crate::model) fn limited_store(cx: Cx<'_>, bytes: i64, checks: &mut Checks<'_>) {
    needs_root(cx, checks);
    let store = Store::Own(cx.site.event);
    checks.succeed(Expect::Ok, &[clause::call(5)], smallvec![Effect::Confine(cx.id, store, bytes)]);
}

/// A namespace of its own takes the rights of the superuser, which user 0 need not have.
fn needs_root(cx: Cx<'_>, checks: &mut Checks<'_>) {
    let is_zero = cx.process.uid == 0;
    checks.shall(Check::Permission, !is_zero, Errno::EPERM, &[clause::call(5)]);
    checks.may(Check::Permission, is_zero && !cx.process.is_root(), Errno::EPERM, &[clause::call(5)]);
}
