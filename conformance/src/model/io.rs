//! `read`, `write` and `lseek`, of which POSIX leaves open what they do with shared memory.

use super::branch::Cx;
use super::bytes::Value;
use super::checks::{Checks, Open};
use super::expect::{Expect, Pattern};
use super::size;
use super::state::State;
use crate::call::{Label, Seals, Whence};
use crate::clause;
use crate::outcome::{Errno, Outcome};
use crate::profile::{Tail, Write};

/// `read` where `at` is `None`, else `pread`.
pub(super) fn read(cx: Cx<'_>, fd: Label, at: Option<i64>, len: i64, mut checks: Checks<'_>) {
    if len < 0 {
        return checks.not_made();
    }
    checks.shall(at.is_some_and(|at| at < 0), Errno::EINVAL, clause::read(1));
    let Some(open) = checks.descriptor(cx, fd, clause::read(2)) else { return };
    checks.shall(!open.description.read, Errno::EBADF, clause::read(2));
    checks.ask(true, &cx.profile.rules.read);
    let object = cx.state.object(open.object);
    let start = at.unwrap_or(open.description.offset);
    let end = start.saturating_add(len).min(object.size).max(start);
    let by = if end - start < len { clause::read(3) } else { object.bytes_by };
    let expect = Expect::Bytes(Pattern(if start < end { object.bytes.spans(start, end) } else { Vec::new() }));
    checks.succeed(expect, &[clause::read(1), by], move |state, _| {
        if at.is_none() {
            move_to(state, open.id, end);
        }
    });
}

fn move_to(state: &mut State, id: super::state::DescriptionId, offset: i64) {
    if let Some(description) = state.description_mut(id) {
        description.offset = offset;
    }
}

/// `write` where `at` is `None`, else `pwrite`.
pub(super) fn write(cx: Cx<'_>, fd: Label, at: Option<i64>, byte: u8, len: i64, mut checks: Checks<'_>) {
    if len < 0 {
        return checks.not_made();
    }
    checks.shall(at.is_some_and(|at| at < 0), Errno::EINVAL, clause::write(1));
    let Some(open) = checks.descriptor(cx, fd, clause::write(2)) else { return };
    checks.shall(!open.description.write, Errno::EBADF, clause::write(2));
    let object = cx.state.object(open.object);
    let start = at.unwrap_or(open.description.offset);
    let end = start.saturating_add(len);
    let sealed = |seal| object.seals.is_some_and(|seals: Seals| seals.intersects(seal));
    checks.shall(len > 0 && sealed(Seals::WRITE | Seals::FUTURE_WRITE), Errno::EPERM, clause::seals(5));
    if sealed(Seals::GROW) && end > object.size {
        checks.error(Errno::EPERM, clause::seals(4).into());
        return wrote(cx, open, at, byte, (start, object.size), Amount::UpTo, checks);
    }
    let limit =
        cx.process.fsize.filter(|limit| end > *limit && cx.profile.rules.size_limited.always(|limited| *limited));
    if let Some(limit) = limit {
        size::over_limit(cx, start >= limit, clause::write(4), &mut checks);
        if start < limit {
            wrote(cx, open, at, byte, (start, limit), Amount::UpTo, checks);
        }
        return;
    }
    if object.room.is_some_and(|room| end > room) {
        for choice in &cx.profile.rules.write_beyond_room.choices {
            checks.error(choice.value, choice.ground);
        }
        return wrote(cx, open, at, byte, (start, end - 1), Amount::UpTo, checks);
    }
    for choice in &cx.profile.rules.write.choices {
        let mut checks = checks.way(choice.ground);
        match choice.value {
            Write::Errno(errno) => checks.error(errno, choice.ground),
            Write::Extends => wrote(cx, open, at, byte, (start, end), Amount::All, checks),
            Write::Short => wrote(cx, open, at, byte, (start, end.min(object.size)), Amount::All, checks),
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

fn wrote(
    cx: Cx<'_>,
    open: Open<'_>,
    at: Option<i64>,
    byte: u8,
    (start, end): (i64, i64),
    amount: Amount,
    mut checks: Checks<'_>,
) {
    let most = (end - start).max(0);
    let expect = match amount {
        Amount::All => Expect::Value(most),
        Amount::UpTo => Expect::Between(1.min(most), most),
    };
    let (object, id) = (open.object, open.id);
    let size = cx.state.object(object).size;
    let tail_matters = end > size && cx.state.object(object).bytes.holds_from(size);
    for tail in cx.profile.rules.tail.choices.iter().filter(|tail| tail_matters || tail.value == Tail::Zero) {
        let kept = tail.value == Tail::Kept;
        let ground = if tail_matters { tail.ground } else { clause::write(1).into() };
        checks.one_way(expect.clone(), ground, &[clause::write(1)], move |state, outcome| {
            let Outcome::Value(written @ 1..) = *outcome else { return };
            let end = start + written;
            let object = state.object_mut(object);
            if end > object.size {
                if !kept {
                    object.bytes.clear_from(object.size);
                }
                object.size = end;
                object.size_by = clause::write(3);
                object.sized = true;
            }
            object.bytes.fill(start, end, Value::Byte(byte));
            object.bytes_by = clause::write(1);
            if at.is_none() {
                move_to(state, id, end);
            }
        });
    }
}

pub(super) fn lseek(cx: Cx<'_>, fd: Label, offset: i64, whence: Whence, mut checks: Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::lseek(4)) else { return };
    let from = match whence {
        Whence::Set => 0,
        Whence::Cur => open.description.offset,
        Whence::End => cx.state.object(open.object).size,
    };
    let to = from.saturating_add(offset);
    checks.shall(to < 0, Errno::EINVAL, clause::lseek(2));
    checks.ask(true, &cx.profile.rules.lseek);
    checks.succeed(Expect::Value(to), &[clause::lseek(1)], move |state, _| move_to(state, open.id, to));
}
