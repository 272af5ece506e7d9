//! `create`: an object that never has a name, which is what this project is about.

use super::descriptor;
use crate::call::{Seals, StatusFlags};
use crate::clause;
use crate::model::apart::Apart;
use crate::model::branch::Cx;
use crate::model::bytes::Bytes;
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::model::rules::room;
use crate::model::rules::sizes::{self, CERTAIN};
use crate::model::state::{Object, ObjectId, References, Times};
use crate::outcome::Errno;
use crate::profile::Check;
use smallvec::smallvec;
use std::sync::Arc;

/// What a nameless object is open for.
pub(super) const ACCESS: descriptor::Access = descriptor::Access {
    read: true,
    write: true,
    status: StatusFlags::empty(),
    cloexec: true,
    clofork: false,
    as_asked: false,
};

pub(in crate::model) fn create(cx: Cx<'_>, asked: i64, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let too_large = [clause::create(7)];
    checks.shall(Check::Argument, asked < 0, Errno::EINVAL, &too_large);
    checks.may(Check::Argument, asked < 0, Errno::EFBIG, &too_large);
    checks.ask(Check::Argument, asked == 0, &rules.create_empty, &[]);
    for errno in [Errno::EFBIG, Errno::EINVAL, Errno::ENOMEM, Errno::ENOSPC] {
        checks.may(Check::Room, asked > CERTAIN, errno, &too_large);
    }
    sizes::limit(cx, &rules.size_limit, (asked, 0), clause::create(7), checks);
    room::for_size(cx, asked, &too_large, checks);
    room::for_a_name(cx, &too_large, checks);
    no_number(cx, checks);
    let bits = || rules.create_mode.choices.iter().map(|choice| choice.value.0);
    let (certain, possible) = bits().fold((!0, 0), |(all, any), bits| (all & bits, any | bits));
    let id = ObjectId(cx.site.event);
    for rounded in sizes::rounded(cx, asked) {
        let departs = rounded.justification.deviation.is_some();
        let object = Object {
            size: rounded.size,
            size_by: if departs { rounded.justification } else { clause::create(1).into() },
            sized: true,
            mode: certain & 0o7777,
            mode_open: (certain ^ possible) & 0o7777,
            mode_by: clause::create(9).into(),
            uid: cx.process.uid,
            gid: rules.open_effective_group.always(|effective| *effective).then_some(cx.process.gid),
            bytes: Bytes::default(),
            bytes_by: clause::create(2),
            apart: Apart::default(),
            nameless: true,
            memfd: false,
            seals: None,
            seals_open: Seals::EXEC,
            inode: None,
            times: Times::default(),
            left_by: None,
            room: cx.process.room,
            references: References::default(),
        };
        let open = descriptor::open(cx, Some(id), ACCESS, clause::create(4));
        let effects = smallvec![Effect::Make(id, Arc::new(object)), open];
        let clauses = [clause::create(1), clause::create(8), clause::create(10), clause::call(1)];
        checks.way(rounded.justification.clause.into()).succeed(Expect::Fd(None), &clauses, effects);
    }
}

/// Without a free number nothing is made, and where the platform looks for one last, a name stays behind if the object had
/// one on the way.
fn no_number(cx: Cx<'_>, checks: &mut Checks<'_>) {
    let is_full = cx.process.is_full();
    if !is_full && !cx.process.may_be_full() {
        return;
    }
    for _ in cx.profile.rules.open_emfile_spares.choices.iter().filter(|choice| !choice.value) {
        let stray = smallvec![Effect::Stray(cx.process.store)];
        checks.may_with(Check::Number, Errno::EMFILE, clause::create(11).into(), stray);
    }
    checks.shall(Check::Number, is_full, Errno::EMFILE, &[clause::create(11)]);
    checks.may(Check::Number, !is_full, Errno::EMFILE, &[clause::create(11)]);
}
