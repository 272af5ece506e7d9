//! Calls on descriptors themselves: `fstat`, `fchmod`, `dup`, `close` and `fcntl`.

use crate::call::{Label, OpenFlags, Seals, StatusFlags};
use crate::clause::{self, ClauseId};
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::model::state::{Description, DescriptionId, Object, ObjectId};
use crate::outcome::Errno;
use crate::profile::{Check, Justification, Response};
use smallvec::smallvec;

/// A process that sets no limit of its own can have descriptors up to here.
const CERTAIN_NUMBER: i32 = 64;

/// What a new open file description allows.
#[derive(Clone, Copy, Default)]
pub(super) struct Access {
    pub(super) read: bool,
    pub(super) write: bool,
    pub(super) status: StatusFlags,
    /// Is the descriptor closed by exec?
    pub(super) cloexec: bool,
    /// Is it closed by fork?
    pub(super) clofork: bool,
    /// Are the flags those that were asked for, as no C library adds any?
    pub(super) as_asked: bool,
}

/// Opens a description, as the descriptor that the outcome tells. Whether exec closes it rests on `by`.
pub(super) fn open(cx: Cx<'_>, object: Option<ObjectId>, access: Access, by: ClauseId) -> Effect {
    let Access { read, write, status, cloexec, clofork, as_asked } = access;
    let description = Description {
        object,
        kind: None,
        read,
        write,
        status,
        is_set: as_asked,
        lock: None,
        offset: None,
        references: 0,
    };
    Effect::Open {
        process: cx.id,
        bind: cx.site.bind.first().copied(),
        id: DescriptionId(cx.site.event),
        description,
        cloexec: (cloexec, by),
        clofork,
    }
}

pub(in crate::model) fn fstat(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fstat(3)) else { return };
    let object = cx.state.object(open.object);
    let stat = |mode, mode_open| {
        let (size, uid, gid) = (object.size, object.uid, object.gid);
        Expect::Stat { size, mode, mode_open, uid, gid }
    };
    // From fstat:2 on they speak of the mode and the owner: see `of_what_differs`.
    let mut by: Vec<Justification> = vec![clause::fstat(1).into(), object.size_by, clause::fstat(2).into()];
    if object.nameless && object.mode_by.clause == clause::create(9) {
        for choice in &cx.profile.rules.create_mode.choices {
            checks.way(choice.justification).answer(stat(choice.value.0, 0), &by);
        }
        return;
    }
    by.push(object.mode_by);
    if !object.nameless {
        by.extend([clause::shm_open(16), clause::shm_open(17)].map(Justification::clause));
    }
    checks.answer(stat(object.mode, object.mode_open), &by);
}

pub(in crate::model) fn fchmod(cx: Cx<'_>, fd: Label, mode: u32, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let Some(open) = checks.descriptor(cx, fd, clause::fchmod(2)) else { return };
    let object = cx.state.object(open.object);
    let of_others = object.uid != cx.process.uid && !cx.process.is_root();
    checks.refuse(Check::Owner, of_others && !cx.process.may_have_rights(), &rules.fchmod_denied, &[]);
    checks.may(Check::Owner, of_others && cx.process.may_have_rights(), Errno::EPERM, &[clause::fchmod(3)]);
    special_bits(cx, object, mode, checks);
    checks.ask(Check::Support, true, &rules.fchmod, &[]);
    if object.nameless {
        executable(cx, object, mode, checks);
    }
    // Bits beside the permissions need not be kept, and are cleared for some callers.
    let certain = 0o777;
    let kept = rules.fchmod_bits.choices.iter().fold(0, |kept, bits| kept | bits.value.0);
    if mode & !certain != 0 {
        rules.fchmod_bits.choices.iter().for_each(|bits| checks.rests_on(bits.justification));
    }
    let changed = Effect::Chmod(open.object, mode & certain, mode & kept & !certain & 0o7777);
    checks.succeed(Expect::Ok, &[clause::fchmod(1)], smallvec![changed]);
}

/// Bits beside the permissions that an ordinary owner may not be allowed to set.
fn special_bits(cx: Cx<'_>, object: &Object, mode: u32, checks: &mut Checks<'_>) {
    const STICKY: u32 = 0o1000;
    const SET_GROUP: u32 = 0o2000;
    let rules = &cx.profile.rules;
    let is_ordinary = !cx.process.is_root();
    checks.ask(Check::Argument, is_ordinary && mode & STICKY != 0, &rules.fchmod_sticky, &[]);
    let is_in = object.gid.and_then(|gid| cx.process.is_in(gid));
    if is_in == Some(false) {
        checks.ask(Check::Permission, is_ordinary && mode & SET_GROUP != 0, &rules.fchmod_setgid, &[]);
    } else if is_ordinary && mode & SET_GROUP != 0 && is_in.is_none() {
        for choice in &rules.fchmod_setgid.choices {
            if let Response::Errno(errno) = choice.value {
                checks.may_by(Check::Permission, errno, smallvec![choice.justification]);
            }
        }
    }
}

/// The seal `EXEC` holds the bits that allow executing.
fn executable(cx: Cx<'_>, object: &Object, mode: u32, checks: &mut Checks<'_>) {
    let differs = ((object.mode ^ mode) | object.mode_open) & 0o111 != 0;
    let sure = (object.mode ^ mode) & !object.mode_open & 0o111 != 0;
    let sealed = object.is_sealed(Seals::EXEC);
    let ignored = cx.profile.rules.seal_exec.choices.iter().find(|choice| sealed && !choice.value);
    if let Some(choice) = ignored {
        return checks.rests_on(choice.justification);
    }
    checks.shall(Check::Seal, sealed && sure, Errno::EPERM, &[clause::seals(10)]);
    let may_be_sealed = sealed && !sure || object.seals.is_none() && object.seals_open.contains(Seals::EXEC);
    checks.may(Check::Seal, may_be_sealed && differs, Errno::EPERM, &[clause::seals(10)]);
}

pub(in crate::model) fn dup(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    let Some(descriptor) = checks.number(cx, fd, clause::dup(4)) else { return };
    checks.shall(Check::Number, cx.process.is_full(), Errno::EMFILE, &[clause::dup(5)]);
    checks.may(Check::Number, cx.process.may_be_full(), Errno::EMFILE, &[clause::dup(5)]);
    let bind = cx.site.bind.first().copied();
    let duplicated = Effect::Duplicate { process: cx.id, bind, id: descriptor.description };
    let clauses = [clause::dup(1), clause::dup(2), clause::dup(3)];
    checks.succeed(Expect::Fd(cx.process.lowest_free()), &clauses, smallvec![duplicated]);
}

/// The number may be open, and is closed first.
pub(in crate::model) fn dup2(cx: Cx<'_>, fd: Label, onto: Label, checks: &mut Checks<'_>) {
    let Some(number) = cx.process.number(onto) else { return checks.not_executed() };
    let Some(descriptor) = checks.number(cx, fd, clause::dup(8)) else { return };
    let expect = Expect::Fd(Some(number));
    let bind = cx.site.bind.first().copied();
    if descriptor.number == number {
        let named = bind.map(|bind| Effect::Label(cx.id, bind, number)).into_iter().collect();
        return checks.succeed(expect, &[clause::dup(7)], named);
    }
    let beyond = cx.process.nofile.is_some_and(|limit| i64::from(number) >= limit);
    checks.shall(Check::Number, beyond, Errno::EBADF, &[clause::dup(8)]);
    let duplicated = Effect::Duplicate { process: cx.id, bind, id: descriptor.description };
    let closed = Effect::Unlock(cx.id, number);
    checks.succeed(expect, &[clause::dup(6), clause::dup(2), clause::dup(3)], smallvec![closed, duplicated]);
}

pub(in crate::model) fn dupfd(cx: Cx<'_>, fd: Label, least: u32, checks: &mut Checks<'_>) {
    let Some(descriptor) = checks.number(cx, fd, clause::fcntl(4)) else { return };
    let least = i32::try_from(least).unwrap_or(i32::MAX);
    let free = cx.process.base.is_some().then(|| cx.process.free().find(|number| *number >= least)).flatten();
    let limit = cx.process.nofile;
    let beyond = limit.is_some_and(|limit| i64::from(least) >= limit);
    checks.refuse(Check::Argument, beyond, &cx.profile.rules.dupfd_beyond, &[]);
    // Of the limit nothing is known where it is high.
    checks.may(Check::Argument, limit.is_none() && least >= CERTAIN_NUMBER, Errno::EINVAL, &[clause::fcntl(7)]);
    let full = limit.zip(free).is_some_and(|(limit, free)| i64::from(free) >= limit);
    checks.shall(Check::Number, full && !beyond, Errno::EMFILE, &[clause::fcntl(8)]);
    checks.may(Check::Number, cx.process.may_be_full(), Errno::EMFILE, &[clause::fcntl(8)]);
    let duplicated =
        Effect::Duplicate { process: cx.id, bind: cx.site.bind.first().copied(), id: descriptor.description };
    checks.succeed(Expect::Fd(free), &[clause::fcntl(6), clause::dup(2), clause::dup(3)], smallvec![duplicated]);
}

pub(in crate::model) fn close(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    let Some(descriptor) = checks.number(cx, fd, clause::close(2)) else { return };
    checks.succeed(Expect::Ok, &[clause::close(1)], smallvec![Effect::Close(cx.id, descriptor.number)]);
}

pub(in crate::model) fn getfd(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    let Some(descriptor) = checks.number(cx, fd, clause::fcntl(4)) else { return };
    checks.answer(Expect::Value(i64::from(descriptor.cloexec)), &[clause::fcntl(1).into(), descriptor.cloexec_by]);
}

pub(in crate::model) fn setfd(cx: Cx<'_>, fd: Label, cloexec: bool, checks: &mut Checks<'_>) {
    let Some(descriptor) = checks.number(cx, fd, clause::fcntl(4)) else { return };
    let set = Effect::SetCloexec(cx.id, descriptor.number, cloexec);
    checks.succeed(Expect::Ok, &[clause::fcntl(2)], smallvec![set]);
}

pub(in crate::model) fn getfl(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fcntl(4)) else { return };
    let nameless = cx.state.object(open.object).nameless;
    let (access, by) = match (open.description.read, open.description.write) {
        (true, true) if nameless => (OpenFlags::RDWR, clause::create(3)),
        (true, true) => (OpenFlags::RDWR, clause::shm_open(14)),
        (false, true) => (OpenFlags::WRONLY, clause::shm_open(12)),
        (false, false) => (OpenFlags::empty(), clause::shm_open(12)),
        (true, false) => (OpenFlags::RDONLY, clause::shm_open(13)),
    };
    let status = open.description.status;
    let mut flags = access;
    flags.set(OpenFlags::APPEND, status.contains(StatusFlags::APPEND));
    flags.set(OpenFlags::NONBLOCK, status.contains(StatusFlags::NONBLOCK));
    let by = if status.is_empty() { &[clause::fcntl(3), by][..] } else { &[clause::fcntl(3), by, clause::fcntl(5)] };
    let nonblocking = &cx.profile.rules.open_nonblocking;
    // What has no name may be a memfd, for which nobody adds a flag.
    let as_asked = open.description.is_set || nameless || !nonblocking.always(|adds| *adds);
    if as_asked || flags.contains(OpenFlags::NONBLOCK) {
        checks.answer(Expect::Access(flags), by);
    }
    for choice in nonblocking.choices.iter().filter(|choice| choice.value && !open.description.is_set) {
        checks.way(choice.justification).answer(Expect::Access(flags | OpenFlags::NONBLOCK), by);
    }
}

/// The flags of the description, which every descriptor of it shows. Some systems set them and say that they could not.
pub(in crate::model) fn setfl(cx: Cx<'_>, fd: Label, flags: StatusFlags, checks: &mut Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fcntl(4)) else { return };
    for choice in &cx.profile.rules.set_status.choices {
        let set = smallvec![Effect::SetStatus(open.id, flags)];
        match choice.value {
            Response::Ok => checks.way(choice.justification).succeed(Expect::Ok, &[clause::fcntl(5)], set),
            Response::Errno(errno) => checks.may_with(Check::Support, errno, choice.justification, set),
        }
    }
}

/// `fds()`: as many as the calls have opened, and no more.
pub(in crate::model) fn fds(cx: Cx<'_>, checks: &mut Checks<'_>) {
    if let Some(justification) = cx.process.leaked_by {
        checks.rests_on(justification);
    }
    let open = cx.process.fds.len() + cx.process.leaked;
    if cx.process.fds.values().any(|fd| is_nameless(cx, fd.description)) {
        checks.rests_on(clause::create(8));
    }
    checks.answer(Expect::Value(open as i64), &[clause::call(3)]);
}

fn is_nameless(cx: Cx<'_>, id: DescriptionId) -> bool {
    let object = cx.state.description(id).and_then(|description| description.object);
    object.is_some_and(|object| cx.state.object(object).nameless)
}
