//! `create`: an object that never has a name, which is what this project is about.

use super::apart::Apart;
use super::branch::Cx;
use super::bytes::Bytes;
use super::checks::Checks;
use super::expect::Expect;
use super::open::Opens;
use super::size;
use super::state::Object;
use crate::call::Seals;
use crate::clause;
use crate::outcome::Errno;
use crate::profile::Choice;

pub(super) fn create(cx: Cx<'_>, asked: i64, mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    checks.shall(asked < 0, Errno::EINVAL, clause::create(7));
    checks.may(asked < 0, Errno::EFBIG, clause::create(7));
    checks.ask(asked == 0, &rules.create_empty);
    for errno in [Errno::EFBIG, Errno::EINVAL, Errno::ENOMEM, Errno::ENOSPC] {
        checks.may(asked > size::CERTAIN, errno, clause::create(7));
    }
    size::limit(cx, &rules.size_limit, (asked, 0), clause::create(7), &mut checks);
    if cx.process.is_full() {
        no_descriptor(cx, &mut checks);
    }
    let bits = || rules.create_mode.choices.iter().map(|choice| choice.value.0);
    let (certain, possible) = bits().fold((!0, 0), |(all, any), bits| (all & bits, any | bits));
    for rounded in size::rounded(cx, asked) {
        let object = Object {
            size: rounded.size,
            size_by: if rounded.justification.deviation.is_some() {
                rounded.justification
            } else {
                clause::create(1).into()
            },
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
            seals: None,
            seals_open: Seals::EXEC,
            left_by: None,
            room: cx.process.room,
        };
        let opens = Opens::both(cx);
        let clauses = [clause::create(1), clause::create(8), clause::create(10), clause::call(1)];
        checks.one_way(Expect::Fd(None), rounded.justification.clause.into(), &clauses, move |state, outcome| {
            let id = state.add_object(object);
            opens.create(state, outcome, id);
        });
    }
}

/// Without a free descriptor nothing is made, and where the platform looks for one last, a name stays behind if the
/// object had one on the way.
fn no_descriptor(cx: Cx<'_>, checks: &mut Checks<'_>) {
    let store = cx.process.store;
    let leaves = |choice: &&Choice<bool>| !choice.value;
    for _ in cx.profile.rules.open_emfile_spares.choices.iter().filter(leaves) {
        checks.error_with(Errno::EMFILE, clause::shm_open(38).into(), move |state| state.strays.push(store));
    }
    checks.shall(true, Errno::EMFILE, clause::shm_open(38));
}
