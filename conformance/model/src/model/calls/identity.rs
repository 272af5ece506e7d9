//! Calls on what an object is beside its size and its mode: whose it is, its number, how many names it has, what kind of
//! file it is said to be, and how many blocks it takes.

use crate::call::Label;
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::outcome::Errno;
use crate::profile::{Blocks, Check, Identity, Kind, Links};
use smallvec::smallvec;

pub(in crate::model) fn fchown(cx: Cx<'_>, fd: Label, uid: u32, gid: u32, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let Some(open) = checks.descriptor(cx, fd, clause::fchown(2)) else { return };
    let object = cx.state.object(open.object);
    checks.may(Check::Owner, cx.process.may_be_alone(), Errno::EINVAL, &[clause::fchown(4)]);
    let is_owner = object.uid == cx.process.uid;
    let is_bound = !cx.process.is_root() && !cx.process.may_have_rights();
    checks.ask(Check::Owner, is_bound && !is_owner, &rules.fchown_of_others, &[]);
    let gives_away = uid != object.uid && uid != cx.process.uid;
    checks.shall(Check::Owner, is_bound && gives_away, Errno::EPERM, &[clause::fchown(3)]);
    // An owner may give it to any group of the process.
    let is_in = if object.gid == Some(gid) { Some(true) } else { cx.process.is_in(gid) };
    let stays = object.gid.is_none();
    let is_refused = is_bound && is_in == Some(false) && !stays;
    checks.shall(Check::Owner, is_refused, Errno::EPERM, &[clause::fchown(3)]);
    let may_be_refused = cx.process.may_have_rights() || is_bound && is_in != Some(true);
    checks.may(Check::Owner, may_be_refused, Errno::EPERM, &[clause::fchown(3)]);
    checks.ask(Check::Support, true, &rules.fchown, &[]);
    checks.succeed(Expect::Ok, &[clause::fchown(1)], smallvec![Effect::Chown(open.object, uid, gid)]);
}

/// The number is the same for every descriptor of an object, and another for every other object in the same place.
pub(in crate::model) fn inode(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fstat(3)) else { return };
    let object = cx.state.object(open.object);
    for choice in &cx.profile.rules.inode.choices {
        let expect = match (choice.value, object.inode) {
            (Identity::Zero, _) => Expect::Value(0),
            (Identity::Any, _) => Expect::Between(i64::MIN, i64::MAX),
            (Identity::Own, Some(number)) => Expect::Value(number),
            (Identity::Own, None) => {
                let others = cx.state.objects().filter(|(_, other)| object.lives_beside(other));
                Expect::NewValue(others.filter_map(|(_, other)| other.inode).collect())
            }
        };
        let learned = smallvec![Effect::LearnInode(open.object)];
        checks.way(choice.justification).succeed(expect, &[clause::fstat(4)], learned);
    }
}

pub(in crate::model) fn links(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fstat(3)) else { return };
    let object = cx.state.object(open.object);
    for choice in &cx.profile.rules.links.choices {
        let expect = match choice.value {
            Links::CountedOrOne if object.nameless => Expect::Between(0, 1),
            Links::Counted | Links::CountedOrOne => Expect::Value(i64::from(object.references.names)),
            Links::Zero => Expect::Value(0),
            Links::Any => Expect::Between(0, i64::MAX),
        };
        checks.way(choice.justification).answer(expect, &[clause::fstat(4)]);
    }
}

pub(in crate::model) fn filetype(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    let descriptor = cx.process.number(fd).and_then(|number| cx.process.fd(number));
    let description = descriptor.and_then(|fd| cx.state.description(fd.description));
    if let Some(kind) = description.and_then(|description| description.kind) {
        return checks.answer(Expect::FileType(Some(kind)), &[clause::call(8)]);
    }
    if checks.descriptor(cx, fd, clause::fstat(3)).is_none() {
        return;
    }
    for choice in &cx.profile.rules.file_type.choices {
        let expect = match choice.value {
            Kind::Is(kind) => Expect::FileType(Some(kind)),
            Kind::Any => Expect::FileType(None),
        };
        checks.way(choice.justification).answer(expect, &[clause::fstat(4)]);
    }
}

/// A page that holds something takes its blocks. One that holds zeros may, and so may what huge pages take beside.
pub(in crate::model) fn blocks(cx: Cx<'_>, fd: Label, checks: &mut Checks<'_>) {
    /// The size of a block, in bytes.
    const BLOCK: i64 = 512;
    let Some(open) = checks.descriptor(cx, fd, clause::fstat(3)) else { return };
    let object = cx.state.object(open.object);
    for choice in &cx.profile.rules.blocks.choices {
        let expect = match choice.value {
            Blocks::Held => {
                let held = object.bytes.pages_held(object.size, cx.state.page);
                Expect::Between(held.saturating_mul(cx.state.page / BLOCK), i64::MAX)
            }
            Blocks::Zero => Expect::Value(0),
            Blocks::Any => Expect::Between(i64::MIN, i64::MAX),
        };
        checks.way(choice.justification).answer(expect, &[clause::fstat(4)]);
    }
}
