//! Storage that is taken out of the middle of an object.

use super::seals;
use crate::call::{Label, Seals};
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::outcome::Errno;
use crate::profile::Check;
use smallvec::smallvec;

pub(in crate::model) fn punch(cx: Cx<'_>, fd: Label, offset: i64, len: i64, checks: &mut Checks<'_>) {
    let invalid = offset < 0 || len <= 0;
    checks.shall(Check::Argument, invalid, Errno::EINVAL, &[clause::punch(3)]);
    let end = offset.checked_add(len);
    for errno in [Errno::EFBIG, Errno::EINVAL] {
        checks.shall(Check::Range, !invalid && end.is_none(), errno, &[clause::punch(5)]);
    }
    let Some(open) = checks.descriptor(cx, fd, clause::punch(2)) else { return };
    checks.shall(Check::Descriptor, !open.description.write, Errno::EBADF, &[clause::punch(2)]);
    checks.ask(Check::Support, true, &cx.profile.rules.punch, &[]);
    let object = cx.state.object(open.object);
    checks.shall(Check::Seal, object.is_sealed(Seals::WRITE), Errno::EPERM, &[clause::seals(5)]);
    seals::refuse_writing(cx, object, true, checks);
    let range = (offset, end.unwrap_or(i64::MAX));
    checks.succeed(Expect::Ok, &[clause::punch(1)], smallvec![Effect::Punch(open.object, range)]);
}
