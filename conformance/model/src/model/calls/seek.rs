//! `lseek`, of which POSIX leaves open what it does with shared memory.

use crate::call::{Label, Whence};
use crate::clause;
use crate::model::branch::Cx;
use crate::model::bytes::Value;
use crate::model::checks::{Checks, Open};
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::outcome::Errno;
use crate::profile::{Check, Response};
use smallvec::smallvec;

pub(in crate::model) fn lseek(cx: Cx<'_>, fd: Label, offset: i64, whence: Whence, checks: &mut Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::lseek(4)) else { return };
    let from = match whence {
        Whence::Set => Some(0),
        Whence::Cur => open.description.offset,
        Whence::End => Some(cx.state.object(open.object).size),
        Whence::Data | Whence::Hole => return to_data(cx, open, offset, whence, checks),
    };
    let rules = &cx.profile.rules;
    let Some(from) = from else {
        checks.may(Check::Argument, offset < 0, Errno::EINVAL, &[clause::lseek(2)]);
        checks.ask(Check::Support, true, &rules.lseek, &[]);
        for choice in rules.lseek_too_far.choices.iter().filter(|_| offset > 0) {
            if let Response::Errno(errno) = choice.value {
                checks.may_by(Check::Range, errno, smallvec![choice.justification]);
            }
        }
        let anywhere = Expect::Between(offset.max(0), i64::MAX);
        let clauses = [clause::lseek(1), clause::shm_open(10)];
        return checks.succeed(anywhere, &clauses, smallvec![Effect::LearnOffset(open.id)]);
    };
    let too_far = from.checked_add(offset).is_none() && offset > 0;
    checks.ask(Check::Range, too_far, &rules.lseek_too_far, &[]);
    let to = from.saturating_add(offset);
    checks.shall(Check::Argument, to < 0, Errno::EINVAL, &[clause::lseek(2)]);
    checks.ask(Check::Support, true, &rules.lseek, &[]);
    checks.ask(Check::Range, to > cx.state.object(open.object).size, &rules.lseek_beyond_end, &[]);
    checks.succeed(Expect::Value(to), &[clause::lseek(1)], smallvec![Effect::Seek(open.id, to)]);
}

/// To the next byte that is in no hole, or to the next hole. Which zeros are in holes nobody says.
fn to_data(cx: Cx<'_>, open: Open<'_>, offset: i64, whence: Whence, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let object = cx.state.object(open.object);
    checks.ask(Check::Support, true, &rules.lseek, &[]);
    checks.ask(Check::Support, true, &rules.lseek_data, &[]);
    for errno in [Errno::EINVAL, Errno::ENXIO] {
        checks.shall(Check::Argument, offset < 0, errno, &[clause::lseek(9)]);
    }
    checks.shall(Check::Range, offset >= object.size, Errno::ENXIO, &[clause::lseek(8)]);
    let spans = object.bytes.spans(offset.max(0), object.size);
    let may_be_zero = |value: Value| matches!(value, Value::Any | Value::Byte(0));
    let learned = smallvec![Effect::LearnOffset(open.id)];
    if whence == Whence::Hole {
        let first = spans.iter().find(|span| may_be_zero(span.value)).map_or(object.size, |span| span.start);
        return checks.succeed(Expect::Between(first, object.size), &[clause::lseek(7)], learned);
    }
    let held = spans.iter().find(|span| !may_be_zero(span.value)).map(|span| span.start);
    checks.may(Check::Range, held.is_none(), Errno::ENXIO, &[clause::lseek(8)]);
    let last = held.unwrap_or(object.size - 1);
    checks.succeed(Expect::Between(offset, last), &[clause::lseek(6)], learned);
}
