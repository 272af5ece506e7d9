//! `ftruncate` and `posix_fallocate`

use super::access::{self, Access};
use super::branch::Cx;
use super::bytes::Value;
use super::checks::Checks;
use super::expect::Expect;
use super::state::{Object, ObjectId};
use crate::call::{Label, Seals};
use crate::clause::{self, ClauseId};
use crate::outcome::{Errno, Signal};
use crate::profile::{Beyond, Choice, Justification, Resize, Response, Rounding, Rule, Tail};

/// Sizes up to this many bytes are certain to be accepted where there is room.
pub(super) const CERTAIN: i64 = 1 << 30;

/// A size as the platform sets it.
pub(super) struct Rounded {
    pub(super) size: i64,
    pub(super) justification: Justification,
}

/// The sizes that an object may get which is asked to be `size` bytes large.
pub(super) fn rounded(cx: Cx<'_>, size: i64) -> Vec<Rounded> {
    let page = cx.state.page;
    let round = |rounding| match rounding {
        Rounding::Exact => size,
        Rounding::Page => size.saturating_add(page - 1) / page * page,
    };
    let rule = &cx.profile.rules.size_rounding;
    let mut sizes: Vec<Rounded> = Vec::with_capacity(rule.choices.len());
    for choice in &rule.choices {
        let rounded = round(choice.value);
        let justification =
            if rounded == size { Justification::clause(clause::ftruncate(1)) } else { choice.justification };
        if sizes.iter().all(|known| known.size != rounded) {
            sizes.push(Rounded { size: rounded, justification });
        }
    }
    sizes
}

/// A size that the limit of the process refuses, where an object is to become `size` bytes large that is `current` bytes
/// large.
pub(super) fn limit(
    cx: Cx<'_>,
    rule: &Rule<Beyond>,
    (size, current): (i64, i64),
    clause: ClauseId,
    checks: &mut Checks<'_>,
) {
    let Some(limit) = cx.process.fsize else { return };
    let grows = Beyond::Growing.refuses(limit, size, current);
    let limited = &cx.profile.rules.size_limited;
    if limited.always(|limited| !limited) {
        if grows {
            checks.rests_on(limited.choices[0].justification);
        }
        return;
    }
    if grows {
        return over_limit(cx, clause.into(), checks);
    }
    for choice in rule.choices.iter().filter(|choice| choice.value.refuses(limit, size, current)) {
        let is_beyond = Beyond::Any.refuses(limit, size, current);
        refused(cx, if is_beyond { clause.into() } else { choice.justification }, checks);
    }
    if rule.always(|beyond| beyond.refuses(limit, size, current)) {
        checks.block();
    }
}

/// What lies beyond the limit of the process is refused.
pub(super) fn over_limit(cx: Cx<'_>, justification: Justification, checks: &mut Checks<'_>) {
    refused(cx, justification, checks);
    checks.block();
}

/// EFBIG, or the end by SIGXFSZ where that is not ignored.
fn refused(cx: Cx<'_>, justification: Justification, checks: &mut Checks<'_>) {
    let actor = cx.site.actor;
    if cx.process.ignored.contains(&Signal::SIGXFSZ) {
        checks.error(Errno::EFBIG, justification);
    } else {
        checks.outcome_by(Expect::Signal(Signal::SIGXFSZ), justification, move |state, _| state.end(actor));
    }
}

pub(super) fn ftruncate(cx: Cx<'_>, fd: Label, size: i64, mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    checks.refuse(size < 0, &rules.size_negative);
    checks.and_by(clause::ftruncate(11));
    let Some(open) = checks.descriptor(cx, fd, clause::ftruncate(9)) else { return };
    let object = cx.state.object(open.object);
    checks.ask(!open.description.write, &rules.size_readonly);
    checks.and_by(clause::shm_open(13));
    if !cx.process.is_root() && access::by_mode(cx, object, false, true) == Access::Denied {
        checks.ask(true, &rules.size_denied);
    }
    checks.ask(size >= 0 && size < object.size && cx.state.is_mapped(open.object), &rules.shrink_mapped);
    limit(cx, &rules.size_limit, (size, object.size), clause::ftruncate(10), &mut checks);
    if object.sized && rules.resize.always(|resize| *resize == Resize::Once) {
        return checks.error(Errno::EINVAL, rules.resize.choices[0].justification);
    }
    let sealed = |seal| object.seals.is_some_and(|seals: Seals| seals.contains(seal));
    checks.shall(size >= 0 && size < object.size && sealed(Seals::SHRINK), Errno::EPERM, clause::seals(3));
    checks.shall(size > object.size && sealed(Seals::GROW), Errno::EPERM, clause::seals(4));
    let beyond_room = object.room.is_some_and(|room| size > room);
    checks.ask(beyond_room, &rules.size_beyond_room);
    let certain = rules.size_always.choices.iter().map(|choice| choice.value).min().unwrap_or(CERTAIN);
    if size > certain {
        for choice in &rules.size_too_large.choices {
            if let Response::Errno(errno) = choice.value {
                checks.error(errno, choice.justification);
            }
        }
    } else if size > CERTAIN {
        checks.rests_on(rules.size_always.choices[0].justification);
    }
    if size > CERTAIN && rules.size_beyond_room.choices.len() > 1 {
        checks.may(true, Errno::ENOMEM, clause::ftruncate(13));
        checks.may(true, Errno::ENOSPC, clause::ftruncate(13));
    }
    if object.mode_by.clause == clause::fchmod(1) {
        checks.rests_on(clause::fchmod(5));
    }
    let (id, page) = (open.object, cx.state.page);
    let by = if size < object.size { clause::ftruncate(4) } else { clause::ftruncate(1) };
    for rounded in rounded(cx, size) {
        for tail in tails(cx, object, size, by) {
            // A size that is not the one asked for is a deviation once somebody sees it.
            let mut checks = checks.way(rounded.justification.clause.into());
            for kept in kept(cx, object, size, by) {
                checks.way(kept.justification).one_way(
                    Expect::Ok,
                    tail.justification,
                    &[clause::call(1)],
                    move |state, _| {
                        let object = state.object_mut(id);
                        resize(object, rounded.size, tail.value);
                        object.size_by = rounded.justification;
                        if !kept.value {
                            object.bytes.blur(size / page * page, size);
                        }
                    },
                );
            }
        }
    }
}

/// What may become of the bytes behind the end when an object grows to `end`; where there are none, that rests on `by`.
pub(super) fn tails(cx: Cx<'_>, object: &Object, end: i64, by: ClauseId) -> Vec<Choice<Tail>> {
    if end > object.size && object.bytes.holds_from(object.size) {
        cx.profile.rules.tail.choices.clone()
    } else {
        vec![Choice { value: Tail::Zero, justification: by.into() }]
    }
}

/// May what was stored in the page where an object will end be lost when it shrinks to `size`? Where there is nothing to
/// lose, that rests on `by`.
fn kept(cx: Cx<'_>, object: &Object, size: i64, by: ClauseId) -> Vec<Choice<bool>> {
    let page = cx.state.page;
    if size < object.size
        && object.bytes.spans(size / page * page, size).iter().any(|span| span.value != Value::Byte(0))
    {
        cx.profile.rules.shrink_keeps.choices.clone()
    } else {
        vec![Choice { value: true, justification: by.into() }]
    }
}

/// Sets the size of an object; the bytes cut off are gone. Of what was stored behind the end nothing is said until the
/// object grows.
pub(super) fn resize(object: &mut Object, size: i64, tail: Tail) {
    if size < object.size {
        object.bytes.fill(size, object.size, Value::Byte(0));
    } else if size > object.size && tail == Tail::Zero {
        object.bytes.clear_from(object.size);
    }
    object.bytes_by = if size < object.size { clause::ftruncate(3) } else { clause::ftruncate(2) };
    object.size = size;
    object.size_by = clause::ftruncate(1).into();
    object.sized = true;
    object.open_special_bits();
}

pub(super) fn posix_fallocate(cx: Cx<'_>, fd: Label, offset: i64, len: i64, mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    let end = offset.checked_add(len);
    checks.refuse(len == 0, &rules.fallocate_empty);
    checks.refuse(len < 0 || offset < 0, &rules.fallocate_negative);
    checks.refuse(len > 0 && offset >= 0 && end.is_none(), &rules.fallocate_too_large);
    let Some(open) = checks.descriptor(cx, fd, clause::posix_fallocate(5)) else { return };
    let object = cx.state.object(open.object);
    checks.refuse(!open.description.write, &rules.fallocate_readonly);
    checks.ask(true, &rules.fallocate);
    let end = end.unwrap_or(i64::MAX);
    limit(cx, &rules.fallocate_limit, (end, object.size), clause::posix_fallocate(6), &mut checks);
    checks.shall(
        end > object.size && object.seals.is_some_and(|seals| seals.contains(Seals::GROW)),
        Errno::EPERM,
        clause::seals(4),
    );
    let valid = len > 0 && offset >= 0;
    let beyond_room = object.room.is_some_and(|room| len > room);
    checks.refuse(valid && beyond_room, &rules.fallocate_beyond_room);
    let others = Others::of(cx, open.object);
    if others.are_gone {
        checks.rests_on(clause::close(3));
    }
    let may_lack_room = object.room.is_some_and(|room| others.hold_storage || end > room);
    if valid && !beyond_room && (may_lack_room || end > CERTAIN) {
        for choice in rules.fallocate_beyond_room.choices.iter().chain(&rules.fallocate_too_large.choices) {
            checks.error(choice.value, choice.justification);
        }
    }
    let (id, grows) = (open.object, end > object.size);
    let clauses = [clause::posix_fallocate(1), clause::posix_fallocate(2), clause::posix_fallocate(8)];
    if !grows {
        return checks.answer(Expect::Ok, &clauses);
    }
    for tail in tails(cx, object, end, clause::posix_fallocate(2)) {
        checks.one_way(Expect::Ok, tail.justification, &clauses, move |state, _| {
            let object = state.object_mut(id);
            resize(object, end, tail.value);
            object.size_by = clause::posix_fallocate(1).into();
            object.bytes_by = clause::posix_fallocate(2);
        });
    }
}

/// The other objects of the size-limited store that an object lives in.
struct Others {
    /// Does one that is still there take room away?
    hold_storage: bool,
    /// Has one gone that did?
    are_gone: bool,
}

impl Others {
    fn of(cx: Cx<'_>, id: ObjectId) -> Others {
        let state = cx.state;
        let large = |at: &ObjectId| *at != id && state.object(*at).room.is_some() && state.object(*at).size > 0;
        let is_named = |at: &ObjectId| state.names.iter().any(|(_, named)| named == at);
        let (there, gone): (Vec<_>, Vec<_>) =
            state.object_ids().filter(large).partition(|at| is_named(at) || state.is_referenced(*at));
        Others { hold_storage: !there.is_empty(), are_gone: !gone.is_empty() }
    }
}
