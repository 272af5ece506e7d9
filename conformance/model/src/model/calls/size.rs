//! `ftruncate` and `posix_fallocate`

use crate::call::{Label, Seals};
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::{Checks, Open};
use crate::model::effect::{Effect, Effects};
use crate::model::expect::Expect;
use crate::model::rules::permission::{self, Permission};
use crate::model::rules::room;
use crate::model::rules::sizes::{self, CERTAIN, Rounded};
use crate::model::state::{Object, ObjectId};
use crate::outcome::Errno;
use crate::profile::{Check, Choice, Resize, Response, Tail};
use smallvec::smallvec;

pub(in crate::model) fn ftruncate(cx: Cx<'_>, fd: Label, size: i64, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    checks.refuse(Check::Argument, size < 0, &rules.size_negative, &[clause::ftruncate(11)]);
    if checks.is_before(Check::Limit, Check::Descriptor) && cx.process.number(fd).is_some() {
        sizes::limit(cx, &rules.size_limit, (size, size_of(cx, fd)), clause::ftruncate(10), checks);
    }
    let Some(open) = checks.descriptor(cx, fd, clause::ftruncate(9)) else { return };
    let object = cx.state.object(open.object);
    checks.ask(Check::Descriptor, !open.description.write, &rules.size_readonly, &[clause::shm_open(13)]);
    if !cx.process.is_root() && permission::by_mode(cx, object, false, true) == Permission::Denied {
        checks.ask(Check::Permission, true, &rules.size_denied, &[]);
    }
    let shrinks = size >= 0 && size < object.size;
    checks.ask(Check::Mapped, shrinks && object.is_mapped(), &rules.shrink_mapped, &[]);
    if !checks.is_before(Check::Limit, Check::Descriptor) {
        sizes::limit(cx, &rules.size_limit, (size, object.size), clause::ftruncate(10), checks);
    }
    checks.shall(Check::Seal, shrinks && object.is_sealed(Seals::SHRINK), Errno::EPERM, &[clause::seals(3)]);
    checks.shall(Check::Seal, size > object.size && object.is_sealed(Seals::GROW), Errno::EPERM, &[clause::seals(4)]);
    too_large(cx, object, size, checks);
    if object.mode_by.clause == clause::fchmod(1) {
        checks.rests_on(clause::fchmod(5));
    }
    let once = rules.resize.choices.iter().filter(|choice| choice.value == Resize::Once && object.sized);
    for choice in once {
        let required = rules.resize.always(|resize| *resize == Resize::Once);
        if required {
            checks.shall_by(Check::Resizing, Errno::EINVAL, smallvec![choice.justification]);
        } else {
            checks.may_by(Check::Resizing, Errno::EINVAL, smallvec![choice.justification]);
        }
    }
    let by = if size < object.size { clause::ftruncate(4) } else { clause::ftruncate(1) };
    for rounded in sizes::rounded(cx, size) {
        for tail in sizes::tails(cx, object, size, by) {
            for kept in sizes::kept(cx, object, size, by) {
                // A size that is not the one asked for is a deviation once somebody sees it.
                let mut checks = checks.way(rounded.justification.clause.into());
                let effects = resized(cx, open, size, &rounded, &tail, &kept);
                checks.way(kept.justification).way(tail.justification).succeed(Expect::Ok, &[clause::call(1)], effects);
            }
        }
    }
}

/// The size of the object that a label is open on; 0 where it is open on none.
fn size_of(cx: Cx<'_>, fd: Label) -> i64 {
    let descriptor = cx.process.number(fd).and_then(|number| cx.process.fd(number));
    let object = descriptor.and_then(|descriptor| cx.state.description(descriptor.description)?.object);
    object.map_or(0, |object| cx.state.object(object).size)
}

/// What refuses a size for want of room, or may.
fn too_large(cx: Cx<'_>, object: &Object, size: i64, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let beyond_room = object.room.is_some_and(|room| size > room);
    checks.ask(Check::Room, beyond_room, &rules.size_beyond_room, &[]);
    let certain = rules.size_always.choices.iter().min_by_key(|choice| choice.value);
    if let Some(certain) = certain.filter(|certain| size > CERTAIN && size <= certain.value) {
        checks.rests_on(certain.justification);
    }
    if certain.is_none_or(|certain| size > certain.value) {
        for choice in &rules.size_too_large.choices {
            if let Response::Errno(errno) = choice.value {
                checks.may_by(Check::Room, errno, smallvec![choice.justification]);
            }
        }
    }
    if size > CERTAIN && !rules.size_beyond_room.always(|response| *response == Response::Ok) {
        for choice in &rules.size_beyond_room.choices {
            if let Response::Errno(errno) = choice.value {
                checks.may(Check::Room, true, errno, &[clause::ftruncate(13)]);
            }
        }
    } else if size > object.size {
        room::for_size(cx, size, &[clause::ftruncate(13)], checks);
    }
}

fn resized(
    cx: Cx<'_>,
    open: Open<'_>,
    asked: i64,
    rounded: &Rounded,
    tail: &Choice<Tail>,
    kept: &Choice<bool>,
) -> Effects {
    let (object, page) = (open.object, cx.state.page);
    let shrinks = rounded.size < cx.state.object(object).size;
    let bytes_by = if shrinks { clause::ftruncate(3) } else { clause::ftruncate(2) };
    let (size, by) = (rounded.size, rounded.justification);
    let mut effects: Effects = smallvec![Effect::Resize { object, size, tail: tail.value, by, bytes_by }];
    effects.extend(sizes::cut_copies(cx, object, size));
    if !kept.value {
        effects.push(Effect::LoseStores(object, (asked / page * page, asked)));
    }
    effects
}

pub(in crate::model) fn posix_fallocate(cx: Cx<'_>, fd: Label, offset: i64, len: i64, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let end = offset.checked_add(len);
    let valid = len > 0 && offset >= 0;
    checks.refuse(Check::Argument, len == 0, &rules.fallocate_empty, &[]);
    checks.refuse(Check::Argument, len < 0 || offset < 0, &rules.fallocate_negative, &[]);
    checks.refuse(Check::Argument, valid && end.is_none(), &rules.fallocate_too_large, &[]);
    let Some(open) = checks.descriptor(cx, fd, clause::posix_fallocate(5)) else { return };
    let object = cx.state.object(open.object);
    checks.refuse(Check::Descriptor, !open.description.write, &rules.fallocate_readonly, &[]);
    checks.ask(Check::Support, true, &rules.fallocate, &[]);
    let end = end.unwrap_or(i64::MAX);
    sizes::limit(cx, &rules.fallocate_limit, (end, object.size), clause::posix_fallocate(6), checks);
    let grows = end > object.size;
    checks.shall(Check::Seal, grows && object.is_sealed(Seals::GROW), Errno::EPERM, &[clause::seals(4)]);
    let beyond_room = object.room.is_some_and(|room| len > room);
    checks.refuse(Check::Room, valid && beyond_room, &rules.fallocate_beyond_room, &[]);
    let others = Others::of(cx, open.object);
    if others.are_gone {
        checks.rests_on(clause::close(3));
    }
    let may_lack_room = object.room.is_some_and(|room| others.hold_storage || end > room);
    let may_lack_room = may_lack_room || room::may_lack(cx, len);
    if valid {
        interrupted(cx, open.object, end, checks);
    }
    if valid && !beyond_room && (may_lack_room || end > CERTAIN) {
        for choice in rules.fallocate_beyond_room.choices.iter().chain(&rules.fallocate_too_large.choices) {
            checks.may_by(Check::Room, choice.value, smallvec![choice.justification]);
        }
    }
    let clauses = [clause::posix_fallocate(1), clause::posix_fallocate(2), clause::posix_fallocate(8)];
    if !grows {
        return checks.answer(Expect::Ok, &clauses);
    }
    for Choice { value: tail, justification } in sizes::tails(cx, object, end, clause::posix_fallocate(2)) {
        let (by, bytes_by) = (clause::posix_fallocate(1).into(), clause::posix_fallocate(2));
        let grown = Effect::Resize { object: open.object, size: end, tail, by, bytes_by };
        checks.way(justification).succeed(Expect::Ok, &clauses, smallvec![grown]);
    }
}

/// A signal may interrupt the call before the object has grown, or after that.
fn interrupted(cx: Cx<'_>, id: ObjectId, end: i64, checks: &mut Checks<'_>) {
    let (object, bytes_by) = (cx.state.object(id), clause::posix_fallocate(2));
    for choice in &cx.profile.rules.fallocate_interrupted_spares.choices {
        if choice.value || end <= object.size {
            checks.may(Check::Limit, true, Errno::EINTR, &[clause::posix_fallocate(9)]);
            continue;
        }
        for Choice { value: tail, .. } in sizes::tails(cx, object, end, bytes_by) {
            let grown = Effect::Resize { object: id, size: end, tail, by: choice.justification, bytes_by };
            checks.may_with(Check::Limit, Errno::EINTR, clause::posix_fallocate(9).into(), smallvec![grown]);
        }
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
        if cx.state.object(id).room.is_none() {
            return Others { hold_storage: false, are_gone: false };
        }
        let large = |(at, object): &(ObjectId, &Object)| *at != id && object.room.is_some() && object.size > 0;
        let is_there = |(_, object): &(ObjectId, &Object)| object.references.names > 0 || object.is_referenced();
        let (there, gone): (Vec<_>, Vec<_>) = cx.state.objects().filter(large).partition(is_there);
        Others { hold_storage: !there.is_empty(), are_gone: !gone.is_empty() }
    }
}
