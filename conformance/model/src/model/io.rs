//! `read`, `write` and `lseek`, of which POSIX leaves open what they do with shared memory.

use super::apart;
use super::branch::Cx;
use super::bytes::Value;
use super::checks::{Checks, Open};
use super::expect::{Expect, Pattern};
use super::size;
use super::state::State;
use crate::call::{Label, Seals, Whence};
use crate::clause;
use crate::outcome::{Errno, Outcome};
use crate::profile::Write;

/// `read` where `at` is `None`, else `pread`.
pub(super) fn read(cx: Cx<'_>, fd: Label, at: Option<i64>, len: i64, mut checks: Checks<'_>) {
    if len < 0 {
        return checks.not_executed();
    }
    checks.shall(at.is_some_and(|at| at < 0), Errno::EINVAL, clause::read(1));
    let Some(open) = checks.descriptor(cx, fd, clause::read(2)) else { return };
    checks.shall(!open.description.read, Errno::EBADF, clause::read(2));
    checks.ask(true, &cx.profile.rules.read);
    let object = cx.state.object(open.object);
    let start = at.or(open.description.offset).unwrap_or(0);
    let end = start.saturating_add(len).min(object.size).max(start);
    let bytes = apart::by_reading(cx, object, (start, end), &mut checks);
    let by = if end - start < len { clause::read(3) } else { object.bytes_by };
    if end - start < len && object.size_by.deviation.is_some() {
        checks.rests_on(object.size_by);
    }
    let expect = Expect::Bytes(Pattern(if start < end { bytes.spans(start, end) } else { Vec::new() }));
    checks.succeed(expect, &[clause::read(1), by], move |state, _| {
        if at.is_none() {
            move_to(state, open.id, end);
        }
    });
}

fn move_to(state: &mut State, id: super::state::DescriptionId, offset: i64) {
    if let Some(description) = state.description_mut(id) {
        description.offset = Some(offset);
    }
}

/// `write` where `at` is `None`, else `pwrite`.
pub(super) fn write(cx: Cx<'_>, fd: Label, at: Option<i64>, byte: u8, len: i64, mut checks: Checks<'_>) {
    if len < 0 {
        return checks.not_executed();
    }
    checks.shall(at.is_some_and(|at| at < 0), Errno::EINVAL, clause::write(1));
    let Some(open) = checks.descriptor(cx, fd, clause::write(2)) else { return };
    checks.shall(!open.description.write, Errno::EBADF, clause::write(2));
    let object = cx.state.object(open.object);
    let start = at.or(open.description.offset).unwrap_or(0);
    let end = start.saturating_add(len);
    let sealed = |seal| object.seals.is_some_and(|seals: Seals| seals.intersects(seal));
    checks.shall(len > 0 && sealed(Seals::WRITE), Errno::EPERM, clause::seals(5));
    checks.shall(len > 0 && sealed(Seals::FUTURE_WRITE), Errno::EPERM, clause::seals(9));
    if sealed(Seals::GROW) && end > object.size {
        checks.error(Errno::EPERM, clause::seals(4).into());
        return wrote(cx, open, Written { at, byte, start, end: object.size, amount: Amount::UpTo }, checks);
    }
    let rules = &cx.profile.rules;
    let unlimited = rules.write_limit.always(|limited| *limited == Write::Extends);
    let limit = cx.process.fsize.filter(|limit| end > *limit);
    if (limit.is_none() || unlimited) && object.room.is_some_and(|room| end > room) {
        for choice in &rules.write_beyond_room.choices {
            checks.error(choice.value, choice.justification);
        }
        return wrote(cx, open, Written { at, byte, start, end: end - 1, amount: Amount::UpTo }, checks);
    }
    let written = Written { at, byte, start, end, amount: Amount::All };
    for choice in if object.nameless { &rules.create_write.choices } else { &rules.write.choices } {
        let mut checks = checks.way(choice.justification);
        match (choice.value, limit) {
            (Write::Errno(errno), _) => checks.error(errno, choice.justification),
            (Write::Short, _) => wrote(cx, open, Written { end: end.min(object.size), ..written }, checks),
            (Write::Extends, None) => wrote(cx, open, written, checks),
            (Write::Extends, Some(limit)) => beyond_limit(cx, open, limit, written, checks),
        }
    }
}

/// A write that would make the object larger than the limit of the process.
fn beyond_limit(cx: Cx<'_>, open: Open<'_>, limit: i64, written: Written, mut checks: Checks<'_>) {
    for choice in &cx.profile.rules.write_limit.choices {
        let mut checks = checks.way(choice.justification);
        match choice.value {
            Write::Extends => wrote(cx, open, written, checks),
            Write::Short if written.start < limit => {
                wrote(cx, open, Written { end: limit, amount: Amount::UpTo, ..written }, checks);
            }
            Write::Short | Write::Errno(_) => {
                let justification = if written.start < limit { choice.justification } else { clause::write(4).into() };
                size::over_limit(cx, justification, &mut checks);
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
    /// Where `pwrite` was told to write.
    at: Option<i64>,
    byte: u8,
    start: i64,
    end: i64,
    amount: Amount,
}

fn wrote(cx: Cx<'_>, open: Open<'_>, written: Written, mut checks: Checks<'_>) {
    let Written { at, byte, start, end, amount } = written;
    let most = (end - start).max(0);
    let expect = match amount {
        Amount::All => Expect::Value(most),
        Amount::UpTo => Expect::Between(1.min(most), most),
    };
    let (id, description) = (open.object, open.id);
    let object = cx.state.object(id);
    let may_part = apart::is_possible(cx);
    for tail in size::tails(cx, object, end, clause::write(1)) {
        checks.one_way(expect.clone(), tail.justification, &[clause::write(1)], move |state, outcome| {
            let Outcome::Value(written @ 1..) = *outcome else { return };
            let end = start + written;
            let object = state.object_mut(id);
            if may_part {
                object.apart.write(start, end);
            }
            if end > object.size {
                size::resize(object, end, tail.value);
                object.size_by = clause::write(3).into();
            }
            object.bytes.fill(start, end, Value::Byte(byte));
            object.bytes_by = clause::write(1);
            object.open_special_bits();
            if at.is_none() {
                move_to(state, description, end);
            }
        });
    }
}

pub(super) fn lseek(cx: Cx<'_>, fd: Label, offset: i64, whence: Whence, mut checks: Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::lseek(4)) else { return };
    let from = match whence {
        Whence::Set => Some(0),
        Whence::Cur => open.description.offset,
        Whence::End => Some(cx.state.object(open.object).size),
    };
    let Some(from) = from else {
        checks.may(offset < 0, Errno::EINVAL, clause::lseek(2));
        checks.ask(true, &cx.profile.rules.lseek);
        let anywhere = Expect::Between(offset.max(0), i64::MAX);
        return checks.succeed(anywhere, &[clause::lseek(1), clause::shm_open(10)], move |state, outcome| {
            if let Outcome::Value(to) = *outcome {
                move_to(state, open.id, to);
            }
        });
    };
    let to = from.saturating_add(offset);
    checks.shall(to < 0, Errno::EINVAL, clause::lseek(2));
    checks.ask(true, &cx.profile.rules.lseek);
    checks.ask(to > cx.state.object(open.object).size, &cx.profile.rules.lseek_beyond_end);
    checks.succeed(Expect::Value(to), &[clause::lseek(1)], move |state, _| move_to(state, open.id, to));
}
