//! `ftruncate` and `posix_fallocate`

use super::branch::Cx;
use super::checks::Checks;
use super::expect::Expect;
use super::state::{Object, State};
use crate::call::{Label, Seals};
use crate::clause::{self, ClauseId};
use crate::outcome::{Errno, Outcome, Signal};
use crate::profile::{Answer, Ground, Resize, Rounding, Tail};

/// Sizes up to this many bytes are certain to be accepted where there is room.
pub(super) const CERTAIN: i64 = 1 << 30;

/// A size as the platform sets it.
pub(super) struct Rounded {
    pub(super) size: i64,
    pub(super) ground: Ground,
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
        let ground = if rounded == size { Ground::clause(clause::ftruncate(1)) } else { choice.ground };
        if sizes.iter().all(|known| known.size != rounded) {
            sizes.push(Rounded { size: rounded, ground });
        }
    }
    sizes
}

/// A size beyond the limit of the process: EFBIG, or the end by SIGXFSZ where that is not ignored.
pub(super) fn over_limit(cx: Cx<'_>, over: bool, clause: ClauseId, checks: &mut Checks<'_>) {
    if !over || cx.profile.rules.size_limited.always(|limited| !limited) {
        return;
    }
    if cx.process.ignored.contains(&Signal::SIGXFSZ) {
        checks.shall(true, Errno::EFBIG, clause);
    } else {
        checks.dies(cx.site.actor, Signal::SIGXFSZ, clause);
    }
}

pub(super) fn ftruncate(cx: Cx<'_>, fd: Label, size: i64, mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    checks.refuse(size < 0, &rules.size_negative);
    let Some(open) = checks.descriptor(cx, fd, clause::ftruncate(9)) else { return };
    let object = cx.state.object(open.object);
    checks.ask(!open.description.write, &rules.size_readonly);
    checks.and_by(clause::shm_open(13));
    let once = object.sized && rules.resize.always(|resize| *resize == Resize::Once);
    if once {
        let ground = rules.resize.choices[0].ground;
        checks.error(Errno::EINVAL, ground);
        return;
    }
    let over = cx.process.fsize.is_some_and(|limit| size > limit && size > object.size);
    over_limit(cx, over, clause::ftruncate(10), &mut checks);
    let sealed = |seal| object.seals.is_some_and(|seals: Seals| seals.contains(seal));
    checks.shall(size >= 0 && size < object.size && sealed(Seals::SHRINK), Errno::EPERM, clause::seals(3));
    checks.shall(size > object.size && sealed(Seals::GROW), Errno::EPERM, clause::seals(4));
    let beyond_room = object.room.is_some_and(|room| size > room);
    checks.ask(beyond_room, &rules.size_beyond_room);
    let certain = rules.size_always.choices.iter().map(|choice| choice.value).min().unwrap_or(CERTAIN);
    if size > certain {
        for choice in &rules.size_too_large.choices {
            if let Answer::Errno(errno) = choice.value {
                checks.error(errno, choice.ground);
            }
        }
    } else if size > CERTAIN && rules.size_beyond_room.choices.len() > 1 {
        checks.may(true, Errno::ENOMEM, clause::ftruncate(13));
        checks.may(true, Errno::ENOSPC, clause::ftruncate(13));
    }
    let id = open.object;
    let tail_matters = size > object.size && object.bytes.holds_from(object.size);
    let by = if size < object.size { clause::ftruncate(4) } else { clause::ftruncate(1) };
    for rounded in rounded(cx, size) {
        for tail in &rules.tail.choices {
            if !tail_matters && tail.value == Tail::Kept {
                continue;
            }
            if !tail_matters || tail.value == Tail::Zero {
                checks.one_way(Expect::Ok, rounded.ground, &[by, clause::call(1)], move |state, _| {
                    resize(state.object_mut(id), rounded.size, Tail::Zero);
                });
            } else {
                checks.one_way(Expect::Ok, tail.ground, &[by], move |state, _| {
                    resize(state.object_mut(id), rounded.size, Tail::Kept)
                });
            }
        }
    }
}

/// Sets the size of an object; the bytes cut off are gone.
fn resize(object: &mut Object, size: i64, tail: Tail) {
    if size <= object.size || tail == Tail::Zero {
        object.bytes.clear_from(size.min(object.size));
    }
    object.bytes_by = if size < object.size { clause::ftruncate(3) } else { clause::ftruncate(2) };
    object.size = size;
    object.size_by = clause::ftruncate(1);
    object.sized = true;
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
    let over = cx.process.fsize.is_some_and(|limit| end > limit && end > object.size);
    over_limit(cx, over, clause::posix_fallocate(6), &mut checks);
    checks.shall(
        end > object.size && object.seals.is_some_and(|seals| seals.contains(Seals::GROW)),
        Errno::EPERM,
        clause::seals(4),
    );
    let valid = len > 0 && offset >= 0;
    let beyond_room = object.room.is_some_and(|room| len > room);
    checks.refuse(valid && beyond_room, &rules.fallocate_beyond_room);
    if valid && !beyond_room && (object.room.is_some() || len > CERTAIN || end > CERTAIN) {
        for choice in rules.fallocate_beyond_room.choices.iter().chain(&rules.fallocate_too_large.choices) {
            checks.error(choice.value, choice.ground);
        }
    }
    let (id, grows) = (open.object, end > object.size);
    let clauses = [clause::posix_fallocate(1), clause::posix_fallocate(2), clause::posix_fallocate(8)];
    if !grows {
        return checks.answer(Expect::Ok, &clauses);
    }
    let tail_matters = object.bytes.holds_from(object.size);
    for tail in rules.tail.choices.iter().filter(|tail| tail_matters || tail.value == Tail::Zero) {
        let kept = tail.value;
        let grow = move |state: &mut State, _: &Outcome| {
            let object = state.object_mut(id);
            resize(object, end, kept);
            object.size_by = clause::posix_fallocate(1);
            object.bytes_by = clause::posix_fallocate(2);
        };
        let ground = if tail_matters { tail.ground } else { clause::posix_fallocate(1).into() };
        checks.one_way(Expect::Ok, ground, &clauses, grow);
    }
}
