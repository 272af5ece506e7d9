//! `memfd_create`: an object without a name, with flags that say how it can be sealed and executed.

use super::{create, descriptor};
use crate::call::{MemfdFlags, Name, Seals};
use crate::clause;
use crate::model::apart::Apart;
use crate::model::branch::Cx;
use crate::model::bytes::Bytes;
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::model::state::{Object, ObjectId, References, Times};
use crate::outcome::Errno;
use crate::profile::{Check, Choice};
use smallvec::smallvec;
use std::sync::Arc;

/// The flags that say whether it can be executed.
const EXECUTION: MemfdFlags = MemfdFlags::EXEC.union(MemfdFlags::NOEXEC_SEAL);

pub(in crate::model) fn memfd_create(cx: Cx<'_>, name: &Name, flags: MemfdFlags, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    checks.ask(Check::Support, true, &rules.memfd, &[]);
    let invalid = flags.contains(MemfdFlags::UNKNOWN) || flags.contains(EXECUTION);
    checks.shall(Check::Flags, invalid, Errno::EINVAL, &[clause::memfd_create(7)]);
    checks.ask(Check::Flags, flags.intersects(EXECUTION), &rules.memfd_exec_known, &[]);
    checks.ask(Check::Flags, flags.contains(MemfdFlags::EXEC), &rules.memfd_exec, &[]);
    length(cx, name, checks);
    checks.shall(Check::Number, cx.process.is_full(), Errno::EMFILE, &[clause::memfd_create(8)]);
    checks.may(Check::Number, cx.process.may_be_full(), Errno::EMFILE, &[clause::memfd_create(8)]);
    let said =
        [Choice { value: flags.contains(MemfdFlags::NOEXEC_SEAL), justification: clause::memfd_create(4).into() }];
    let noexec = if flags.intersects(EXECUTION) { &said[..] } else { &rules.memfd_noexec.choices };
    for noexec in noexec {
        let id = ObjectId(cx.site.event);
        let made = Effect::Make(id, Arc::new(object(cx, flags, noexec.value)));
        let cloexec = flags.contains(MemfdFlags::CLOEXEC);
        let access = descriptor::Access { cloexec, ..create::ACCESS };
        let opened = descriptor::open(cx, Some(id), access, clause::memfd_create(2));
        let by = [clause::memfd_create(1), clause::memfd_create(3), clause::memfd_create(5)];
        checks.way(noexec.justification).succeed(Expect::Fd(cx.process.lowest_free()), &by, smallvec![made, opened]);
    }
}

/// The name is too long, or may be.
fn length(cx: Cx<'_>, name: &Name, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let len = name.literal().map_or(0, |name| name.len() as i64);
    let too_long = rules.memfd_name_most.always(|most| len > *most);
    checks.refuse(Check::Length, too_long, &rules.memfd_name_too_long, &[clause::memfd_create(11)]);
    if !too_long && !rules.memfd_name_most.always(|most| len <= *most) {
        for errno in &rules.memfd_name_too_long.choices {
            checks.may_by(Check::Length, errno.value, smallvec![errno.justification]);
        }
    }
}

/// The new object; `noexec` where it cannot be executed.
fn object(cx: Cx<'_>, flags: MemfdFlags, noexec: bool) -> Object {
    let seals = match (noexec, flags.contains(MemfdFlags::ALLOW_SEALING)) {
        (true, _) => Seals::EXEC,
        (false, true) => Seals::empty(),
        (false, false) => Seals::SEAL,
    };
    let bits = if noexec { !0o111 } else { !0 };
    let modes = cx.profile.rules.memfd_mode.choices.iter().map(|choice| choice.value.0 & bits);
    let (certain, possible) = modes.fold((!0, 0), |(all, any), mode| (all & mode, any | mode));
    Object {
        size: 0,
        size_by: clause::memfd_create(1).into(),
        sized: false,
        mode: certain & 0o7777,
        mode_open: (certain ^ possible) & 0o7777,
        mode_by: clause::memfd_create(9).into(),
        uid: cx.process.uid,
        gid: Some(cx.process.gid),
        bytes: Bytes::default(),
        bytes_by: clause::ftruncate(2),
        apart: Apart::default(),
        nameless: true,
        memfd: true,
        seals: Some(seals),
        seals_open: Seals::empty(),
        inode: None,
        times: Times::default(),
        left_by: None,
        room: None,
        references: References::default(),
    }
}
