//! `read` and `write`, of which POSIX leaves open what they do with shared memory.

use super::seals;
use crate::call::{Label, Seals, StatusFlags};
use crate::clause::{self, ClauseId};
use crate::model::branch::Cx;
use crate::model::checks::{Checks, Open};
use crate::model::effect::{Effect, Effects};
use crate::model::expect::{Expect, Pattern};
use crate::model::rules::sizes::CERTAIN;
use crate::model::rules::{coherence, room, sizes};
use crate::outcome::Errno;
use crate::profile::{Check, Choice, Justification, Response, TooFar, Write};
use smallvec::smallvec;

/// `read` where `at` is `None`, else `pread`.
pub(in crate::model) fn read(cx: Cx<'_>, fd: Label, at: Option<i64>, len: i64, checks: &mut Checks<'_>) {
    if len < 0 {
        return checks.not_executed();
    }
    checks.shall(Check::Argument, at.is_some_and(|at| at < 0), Errno::EINVAL, &[clause::read(1)]);
    let Some(open) = checks.descriptor(cx, fd, clause::read(2)) else { return };
    checks.shall(Check::Descriptor, !open.description.read, Errno::EBADF, &[clause::read(2)]);
    if !is_positioned(cx, at, clause::read(1), checks) {
        return;
    }
    checks.ask(Check::Support, true, &cx.profile.rules.read, &[]);
    let object = cx.state.object(open.object);
    let start = at.or(open.description.offset).unwrap_or(0);
    checks.ask(Check::Range, start.checked_add(len).is_none(), &cx.profile.rules.read_too_far, &[]);
    let end = start.saturating_add(len).min(object.size).max(start);
    let bytes = coherence::by_reading(cx, object, (start, end), checks);
    let by = if end - start < len { clause::read(3) } else { object.bytes_by };
    if end - start < len && object.size_by.deviation.is_some() {
        checks.rests_on(object.size_by);
    }
    let expect = Expect::Bytes(Pattern(if start < end { bytes.spans(start, end) } else { Vec::new() }));
    let effects = if at.is_none() { smallvec![Effect::Seek(open.id, end)] } else { Effects::new() };
    checks.succeed(expect, &[clause::read(1), by], effects);
}

/// Can the call be made at an offset that it gives, if it gives one? An error rests on `by`.
fn is_positioned(cx: Cx<'_>, at: Option<i64>, by: ClauseId, checks: &mut Checks<'_>) -> bool {
    let rule = &cx.profile.rules.positioned;
    let fails = rule.always(|response| *response != Response::Ok);
    for choice in rule.choices.iter().filter(|_| at.is_some()) {
        let by = smallvec![Justification { clause: by, ..choice.justification }];
        match choice.value {
            Response::Errno(errno) if fails => checks.shall_by(Check::Support, errno, by),
            Response::Errno(errno) => checks.may_by(Check::Support, errno, by),
            Response::Ok => {}
        }
    }
    at.is_none() || !fails
}

/// `write` where `at` is `None`, else `pwrite`.
pub(in crate::model) fn write(
    cx: Cx<'_>,
    fd: Label,
    at: Option<i64>,
    byte: Option<u8>,
    len: i64,
    checks: &mut Checks<'_>,
) {
    if len < 0 {
        return checks.not_executed();
    }
    checks.shall(Check::Argument, at.is_some_and(|at| at < 0), Errno::EINVAL, &[clause::write(1)]);
    let Some(open) = checks.descriptor(cx, fd, clause::write(2)) else { return };
    checks.shall(Check::Descriptor, !open.description.write, Errno::EBADF, &[clause::write(2)]);
    if !is_positioned(cx, at, clause::write(1), checks) {
        return;
    }
    let object = cx.state.object(open.object);
    checks.shall(Check::Seal, len > 0 && object.is_sealed(Seals::WRITE), Errno::EPERM, &[clause::seals(5)]);
    seals::refuse_writing(cx, object, len > 0, checks);
    let rules = &cx.profile.rules;
    for choice in if object.nameless { &rules.create_write.choices } else { &rules.write.choices } {
        let mut checks = checks.way(choice.justification);
        if let Write::Errno(errno) = choice.value {
            checks.may_by(Check::Support, errno, smallvec![choice.justification]);
            continue;
        }
        for (start, by) in starts(cx, open, at) {
            let mut checks = checks.way(by);
            if len == 0 {
                nothing_beyond_limit(cx, start, &mut checks);
                let nothing = Written { moves: false, byte, start, end: start, amount: Amount::All };
                wrote(cx, open, nothing, &mut checks);
                continue;
            }
            if start.checked_add(len).is_none() && choice.value == Write::Extends {
                too_far(cx, &mut checks);
            }
            let end = start.saturating_add(len);
            let written = Written { moves: at.is_none(), byte, start, end, amount: Amount::All };
            match choice.value {
                Write::Short => wrote(cx, open, Written { end: end.min(object.size), ..written }, &mut checks),
                _ => extends(cx, open, written, &mut checks),
            }
        }
    }
}

/// A write of nothing that begins beyond the limit of the process may be refused, too.
fn nothing_beyond_limit(cx: Cx<'_>, start: i64, checks: &mut Checks<'_>) {
    let rule = &cx.profile.rules.write_nothing_limited;
    if cx.process.fsize.is_none_or(|limit| start <= limit) {
        return;
    }
    for choice in rule.choices.iter().filter(|choice| choice.value) {
        checks.limit(cx, choice.justification, rule.always(|limited| *limited));
    }
}

/// A write that ends beyond the largest offset.
fn too_far(cx: Cx<'_>, checks: &mut Checks<'_>) {
    let rule = &cx.profile.rules.write_too_far;
    let required = rule.always(|answer| *answer != TooFar::Ok);
    for Choice { value, justification } in rule.choices.iter().cloned() {
        match value {
            TooFar::Ok => checks.rests_on(justification),
            TooFar::Limit => checks.limit(cx, justification, required),
            TooFar::Errno(errno) if required => checks.shall_by(Check::Range, errno, smallvec![justification]),
            TooFar::Errno(errno) => checks.may_by(Check::Range, errno, smallvec![justification]),
        }
    }
}

/// Where a write begins: where the call says, at the file offset, or at the end.
fn starts(cx: Cx<'_>, open: Open<'_>, at: Option<i64>) -> Vec<(i64, Justification)> {
    let rules = &cx.profile.rules;
    let size = cx.state.object(open.object).size;
    let asked = at.or(open.description.offset).unwrap_or(0);
    if !open.description.status.contains(StatusFlags::APPEND) {
        return vec![(asked, clause::write(1).into())];
    }
    let appends = if at.is_some() { &rules.pwrite_appends.choices } else { &rules.write_appends.choices };
    appends.iter().map(|choice| (if choice.value { size } else { asked }, choice.justification)).collect()
}

/// A write that goes as far as it is asked to, unless something is in its way.
fn extends(cx: Cx<'_>, open: Open<'_>, written: Written, checks: &mut Checks<'_>) {
    let (rules, object, end) = (&cx.profile.rules, cx.state.object(open.object), written.end);
    if object.is_sealed(Seals::GROW) && end > object.size {
        checks.may(Check::Seal, true, Errno::EPERM, &[clause::seals(4)]);
        return wrote(cx, open, Written { end: object.size, amount: Amount::UpTo, ..written }, checks);
    }
    if end > CERTAIN && end > object.size {
        for choice in &rules.write_too_large.choices {
            if let Response::Errno(errno) = choice.value {
                checks.may_by(Check::Room, errno, smallvec![choice.justification]);
            }
        }
    }
    let unlimited = rules.write_limit.always(|limited| *limited == Write::Extends);
    let limit = cx.process.fsize.filter(|limit| end > *limit);
    if let Some(limit) = limit.filter(|_| !unlimited) {
        return beyond_limit(cx, open, limit, written, checks);
    }
    if limit.is_some() {
        rules.write_limit.choices.iter().for_each(|choice| checks.rests_on(choice.justification));
    }
    let beyond_room = object.room.is_some_and(|room| end > room);
    if beyond_room || room::may_lack(cx, end.saturating_sub(written.start)) {
        for choice in &rules.write_beyond_room.choices {
            checks.may_by(Check::Room, choice.value, smallvec![choice.justification]);
        }
        // A nameless object need not be in the store that was made small.
        let most = if beyond_room && !object.nameless { end - 1 } else { end };
        return wrote(cx, open, Written { end: most, amount: Amount::UpTo, ..written }, checks);
    }
    wrote(cx, open, written, checks);
}

/// A write that would make the object larger than the limit of the process.
fn beyond_limit(cx: Cx<'_>, open: Open<'_>, limit: i64, written: Written, checks: &mut Checks<'_>) {
    for choice in &cx.profile.rules.write_limit.choices {
        let mut checks = checks.way(choice.justification);
        match choice.value {
            Write::Extends => wrote(cx, open, written, &mut checks),
            Write::Short if written.start < limit => {
                wrote(cx, open, Written { end: limit, amount: Amount::UpTo, ..written }, &mut checks);
            }
            Write::Short | Write::Errno(_) => {
                let by = if written.start < limit { choice.justification } else { clause::write(4).into() };
                checks.limit(cx, by, true);
            }
        }
    }
}

/// How much of what was asked is written.
#[derive(Clone, Copy, PartialEq)]
enum Amount {
    All,
    /// As far as it is known to fit, or less.
    UpTo,
}

/// What a write may have done.
#[derive(Clone, Copy)]
struct Written {
    /// Does the file offset move, as with `write`?
    moves: bool,
    byte: Option<u8>,
    start: i64,
    end: i64,
    amount: Amount,
}

fn wrote(cx: Cx<'_>, open: Open<'_>, written: Written, checks: &mut Checks<'_>) {
    let Written { moves, byte, start, end, amount } = written;
    let most = end.saturating_sub(start).max(0);
    let expect = match amount {
        Amount::All => Expect::Value(most),
        Amount::UpTo => Expect::Between(1.min(most), most),
    };
    let object = cx.state.object(open.object);
    for tail in sizes::tails(cx, object, end, clause::write(1)) {
        let wrote = Effect::Write {
            object: open.object,
            start,
            byte,
            tail: tail.value,
            offset: moves.then_some(open.id),
            parts: coherence::may_part(cx),
        };
        checks.way(tail.justification).succeed(expect.clone(), &[clause::write(1)], smallvec![wrote]);
    }
}
