//! Who a process is: its user, its group, and the groups beside it.

use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Identity};
use crate::model::expect::Expect;
use crate::outcome::Errno;
use crate::profile::Check;
use smallvec::smallvec;

pub(in crate::model) fn setgid(cx: Cx<'_>, gid: u32, checks: &mut Checks<'_>) {
    checks.shall(Check::Permission, !cx.process.is_root() && cx.process.gid != gid, Errno::EPERM, &[clause::call(5)]);
    becomes(cx, Identity::Group(gid), checks);
}

pub(in crate::model) fn setgroups(cx: Cx<'_>, gids: &[u32], checks: &mut Checks<'_>) {
    checks.shall(Check::Permission, !cx.process.is_root(), Errno::EPERM, &[clause::call(5)]);
    becomes(cx, Identity::Groups(gids.into()), checks);
}

pub(in crate::model) fn setuid(cx: Cx<'_>, uid: u32, checks: &mut Checks<'_>) {
    // The list of groups is set, too, which takes root even for whom one is already.
    let is_other = cx.process.uid != uid;
    checks.shall(Check::Permission, !cx.process.is_root() && is_other, Errno::EPERM, &[clause::call(5)]);
    checks.may(Check::Permission, !cx.process.is_root() && !is_other, Errno::EPERM, &[clause::call(5)]);
    becomes(cx, Identity::User(uid), checks);
}

/// Whoever is not root may become the user that it was before, and stay the one that it is.
pub(in crate::model) fn seteuid(cx: Cx<'_>, uid: u32, checks: &mut Checks<'_>) {
    let process = cx.process;
    checks.shall(Check::Permission, !process.is_root() && !process.has_been(uid), Errno::EPERM, &[clause::call(5)]);
    becomes(cx, Identity::EffectiveUser(uid), checks);
}

fn becomes(cx: Cx<'_>, who: Identity, checks: &mut Checks<'_>) {
    checks.succeed(Expect::Ok, &[clause::call(5)], smallvec![Effect::Become(cx.id, who)]);
}
