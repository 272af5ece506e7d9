//! Opening an object anew by a descriptor of it, as `/proc/self/fd` does.

use super::{Asked, descriptor, emptied, no_number};
use crate::call::{Label, OpenFlags, ReopenFlags, Seals};
use crate::clause;
use crate::model::branch::{Cx, clauses};
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Effects};
use crate::model::expect::Expect;
use crate::model::rules::permission;
use crate::model::state::{Description, DescriptionId};
use crate::outcome::Errno;
use crate::profile::{Check, Justification};
use smallvec::smallvec;

pub(in crate::model) fn reopen(cx: Cx<'_>, fd: Label, flags: ReopenFlags, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let asked = Asked { flags: flags.into(), mode: 0 };
    let is_closed = cx.process.number(fd).is_some_and(|number| cx.process.fd(number).is_none());
    if is_closed {
        checks.shall(Check::Descriptor, true, Errno::ENOENT, &[clause::reopen(4)]);
        return no_number(cx, &rules.open_emfile_spares, checks, None::<fn(Justification) -> Effects>);
    }
    if let Some((id, description)) = other(cx, fd) {
        let description = Description { references: 0, lock: None, ..description.clone() };
        let bind = cx.site.bind.first().copied();
        let cloexec = (asked.flags.contains(OpenFlags::CLOEXEC), clause::reopen(1));
        let process = cx.id;
        let opened = Effect::Open { process, bind, id, description, cloexec, clofork: false };
        return checks.outcome(Expect::Anything, clauses(&[clause::shm_open(4)]), smallvec![opened]);
    }
    let Some(open) = checks.descriptor(cx, fd, clause::reopen(4)) else { return };
    let object = cx.state.object(open.object);
    checks.ask(Check::Support, true, &rules.reopen, &[]);
    let wanted = (asked.reads(), asked.writes() || asked.truncates());
    permission::check(cx, checks, object, wanted, &[clause::reopen(2)]);
    let shrinks = asked.truncates() && object.size > 0;
    checks.shall(Check::Seal, shrinks && object.is_sealed(Seals::SHRINK), Errno::EPERM, &[clause::seals(3)]);
    let empty = |by| emptied(cx, open.object, by);
    no_number(cx, &rules.trunc_emfile_spares, checks, asked.truncates().then_some(empty));
    let mut effects = Effects::new();
    if asked.truncates() {
        checks.rests_on(clause::reopen(3));
        effects.extend(emptied(cx, open.object, clause::reopen(3).into()));
    }
    let cloexec = asked.flags.contains(OpenFlags::CLOEXEC);
    let access = descriptor::Access { cloexec, as_asked: true, ..asked.access(true) };
    effects.push(descriptor::open(cx, Some(open.object), access, clause::reopen(1)));
    checks.succeed(Expect::Fd(cx.process.lowest_free()), &[clause::reopen(1)], effects);
}

/// A new description like that behind a label, where that is no object's. Nothing more is known of what comes of it.
fn other(cx: Cx<'_>, fd: Label) -> Option<(DescriptionId, &Description)> {
    let descriptor = cx.process.fd(cx.process.number(fd)?)?;
    let description = cx.state.description(descriptor.description)?;
    description.object.is_none().then_some((DescriptionId(cx.site.event), description))
}
