//! Locks on a whole object that are given without waiting: by `fcntl` to a process, by `flock` to an open file description.

use crate::call::{FileLock, Label, Lock};
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Effects};
use crate::model::expect::Expect;
use crate::outcome::Errno;
use crate::profile::{Check, Justification};
use smallvec::smallvec;

/// What a lock of the other kind does to one that is asked for.
enum OtherKind {
    Refuses(Justification),
    MayRefuse,
    Lets,
}

/// `conflicts` tells whether there is one that would be in the way.
fn of_the_other_kind(cx: Cx<'_>, conflicts: bool) -> OtherKind {
    let rule = &cx.profile.rules.flock_and_fcntl;
    let keeps_out = rule.choices.iter().find(|choice| choice.value).map(|choice| choice.justification);
    match keeps_out.filter(|_| conflicts) {
        Some(by) if rule.always(|keeps_out| *keeps_out) => OtherKind::Refuses(by),
        Some(_) => OtherKind::MayRefuse,
        None => OtherKind::Lets,
    }
}

pub(in crate::model) fn setlk(cx: Cx<'_>, fd: Label, lock: Lock, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let Some(open) = checks.descriptor(cx, fd, clause::fcntl(4)) else { return };
    let allowed = match lock {
        Lock::Read => open.description.read,
        Lock::Write => open.description.write,
        Lock::Nothing => true,
    };
    checks.ask(Check::Support, true, &rules.lock, &[]);
    checks.shall(Check::AccessMode, !allowed, Errno::EBADF, &[clause::fcntl(11)]);
    let conflicts = |held: Lock| held == Lock::Write || lock == Lock::Write;
    let is_held = lock != Lock::Nothing && cx.state.locks_of_others(cx.id, open.object).any(conflicts);
    checks.refuse(Check::Mapped, is_held, &rules.lock_denied, &[]);
    let clashes = |held: FileLock| held == FileLock::Exclusive || lock == Lock::Write;
    let by_file = lock != Lock::Nothing && !is_held && cx.state.file_locks(open.object, None).any(clashes);
    match of_the_other_kind(cx, by_file) {
        OtherKind::Refuses(by) => {
            for denied in &rules.lock_denied.choices {
                checks.shall_with(Check::Mapped, denied.value, by, Effects::new());
            }
        }
        OtherKind::MayRefuse => {
            for denied in &rules.lock_denied.choices {
                checks.may(Check::Mapped, true, denied.value, &[clause::flock(8)]);
            }
        }
        OtherKind::Lets => {}
    }
    let by = if lock == Lock::Nothing { clause::fcntl(10) } else { clause::fcntl(9) };
    checks.succeed(Expect::Ok, &[by], smallvec![Effect::Lock(cx.id, open.object, lock)]);
}

pub(in crate::model) fn flock(cx: Cx<'_>, fd: Label, lock: FileLock, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let Some(open) = checks.descriptor(cx, fd, clause::flock(4)) else { return };
    checks.ask(Check::Support, true, &rules.flock, &[]);
    if lock == FileLock::Nothing {
        return checks.succeed(Expect::Ok, &[clause::flock(3)], smallvec![Effect::Flock(open.id, None)]);
    }
    let conflicts = |held: FileLock| held == FileLock::Exclusive || lock == FileLock::Exclusive;
    let is_held = cx.state.file_locks(open.object, Some(open.id)).any(conflicts);
    let clashes = |held: Lock| held == Lock::Write || lock == FileLock::Exclusive;
    let by_process = !is_held && cx.state.locks(open.object).any(clashes);
    let other_kind = of_the_other_kind(cx, by_process);
    let changes = open.description.lock.is_some_and(|held| held != lock);
    let certain = is_held || matches!(other_kind, OtherKind::Refuses(_));
    let conflict = match other_kind {
        OtherKind::Refuses(by) => by,
        _ => Justification::clause(clause::flock(5)),
    };
    let possible = certain || matches!(other_kind, OtherKind::MayRefuse);
    for keeps in rules.flock_keeps.choices.iter().filter(|_| possible) {
        let lost = changes && !keeps.value;
        let effects: Effects = lost.then_some(Effect::Flock(open.id, None)).into_iter().collect();
        let by = if changes { keeps.justification } else { conflict };
        if certain {
            checks.shall_with(Check::Mapped, Errno::EAGAIN, by, effects);
        } else {
            checks.may_with(Check::Mapped, Errno::EAGAIN, by, effects);
        }
    }
    let locked = smallvec![Effect::Flock(open.id, Some(lock))];
    checks.succeed(Expect::Ok, &[clause::flock(1), clause::flock(2)], locked);
}
