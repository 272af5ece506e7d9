//! Locks of a process on a whole object, as `fcntl` gives them without waiting.

use crate::call::{Label, Lock};
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::outcome::Errno;
use crate::profile::Check;
use smallvec::smallvec;

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
    let by = if lock == Lock::Nothing { clause::fcntl(10) } else { clause::fcntl(9) };
    checks.succeed(Expect::Ok, &[by], smallvec![Effect::Lock(cx.id, open.object, lock)]);
}
