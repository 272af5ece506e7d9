//! `mmap`, `munmap` and `mprotect`

use super::seals::refuse_writing;
use crate::call::{Label, MapFlags, Prot, Seals};
use crate::clause;
use crate::model::branch::Cx;
use crate::model::checks::{Checks, Open};
use crate::model::effect::{Effect, Effects};
use crate::model::expect::Expect;
use crate::model::rules::coherence;
use crate::model::rules::sizes::{CERTAIN, whole_pages};
use crate::model::state::{Mapping, Private};
use crate::outcome::Errno;
use crate::profile::{Check, Choice, Offset, Response};
use smallvec::smallvec;

/// Offsets from this on do not fit 32 bits.
const FAR: i64 = 1 << 32;

/// The arguments of `mmap` beside the descriptor.
#[derive(Clone, Copy)]
pub(in crate::model) struct Asked {
    pub(in crate::model) offset: i64,
    pub(in crate::model) len: i64,
    pub(in crate::model) prot: Prot,
    pub(in crate::model) flags: MapFlags,
}

impl Asked {
    fn is_shared(self) -> bool {
        self.flags.contains(MapFlags::SHARED)
    }
}

pub(in crate::model) fn mmap(cx: Cx<'_>, fd: Label, asked: Asked, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let Asked { offset, len, prot, flags } = asked;
    let page = cx.state.page;
    checks.shall(Check::Argument, len == 0, Errno::EINVAL, &[clause::mmap(5)]);
    checks.ask(Check::Flags, flags.is_empty(), &rules.map_neither, &[]);
    checks.ask(Check::Flags, flags.is_all(), &rules.map_shared_and_private, &[]);
    checks.ask(Check::Support, flags == MapFlags::PRIVATE, &rules.map_private, &[]);
    checks.ask(Check::Alignment, offset % page != 0, &rules.map_unaligned, &[]);
    let end = offset.checked_add(len.max(0));
    let invalid = offset < 0 || len < 0 || end.is_none();
    checks.ask(Check::Range, invalid, &rules.map_invalid_range, &[]);
    if !invalid && end.is_some_and(|end| end > i64::MAX - page) {
        last_page(cx, checks);
    }
    let Some(open) = checks.descriptor(cx, fd, clause::mmap(9)) else { return };
    let reading = if prot.contains(Prot::READ) { &rules.map_unreadable } else { &rules.map_unread };
    checks.ask(Check::AccessMode, !open.description.read, reading, &[clause::shm_open(12)]);
    let writes = asked.is_shared() && prot.contains(Prot::WRITE);
    let read_only = writes && !open.description.write;
    checks.refuse(Check::AccessMode, read_only, &rules.map_write_readonly, &[clause::shm_open(13)]);
    seals(cx, open, asked, writes, checks);
    let executes = asked.is_shared() && prot.contains(Prot::EXEC);
    checks.ask(Check::Protection, executes, &rules.map_exec, &[]);
    checks.ask(Check::Protection, executes && prot.contains(Prot::WRITE), &rules.map_write_exec, &[]);
    let executes = !asked.is_shared() && prot.contains(Prot::EXEC);
    checks.ask(Check::Protection, executes, &rules.map_private_exec, &[]);
    checks.ask(Check::Protection, executes && prot.contains(Prot::WRITE), &rules.map_write_exec, &[]);
    let (size, end) = (cx.state.object(open.object).size, end.unwrap_or(i64::MAX - page));
    let beyond = whole_pages(end, page) > whole_pages(size, page);
    checks.ask(Check::End, len > 0 && beyond, &rules.map_beyond_end, &[]);
    address_space(cx, len, checks);
    succeed(cx, open, asked, checks);
}

/// Systems differ in whether the last page that an offset can be in can be mapped.
fn last_page(cx: Cx<'_>, checks: &mut Checks<'_>) {
    for choice in &cx.profile.rules.map_invalid_range.choices {
        if let Response::Errno(errno) = choice.value {
            checks.may_by(Check::Range, errno, smallvec![choice.justification]);
        }
    }
}

/// Where reading can be undone by mprotect, systems refuse a mapping for reading alone, too.
fn seals(cx: Cx<'_>, open: Open<'_>, asked: Asked, writes: bool, checks: &mut Checks<'_>) {
    let object = cx.state.object(open.object);
    let sealed = object.is_sealed(Seals::WRITE);
    checks.refuse(Check::Seal, writes && sealed, &cx.profile.rules.map_sealed, &[]);
    let may_write = asked.is_shared() && !writes && open.description.write;
    checks.ask(Check::Seal, may_write && sealed, &cx.profile.rules.map_sealed_reading, &[]);
    refuse_writing(cx, object, writes, checks);
}

fn address_space(cx: Cx<'_>, len: i64, checks: &mut Checks<'_>) {
    let limit = cx.process.address_space;
    if limit.is_some_and(|limit| len > limit) {
        match cx.profile.rules.map_limited.choices.iter().find(|choice| !choice.value) {
            Some(choice) => checks.rests_on(choice.justification),
            None => checks.shall(Check::Limit, true, Errno::ENOMEM, &[clause::mmap(16)]),
        }
    }
    checks.may(Check::Limit, limit.is_some() || len > CERTAIN, Errno::ENOMEM, &[clause::mmap(16)]);
}

fn succeed(cx: Cx<'_>, open: Open<'_>, asked: Asked, checks: &mut Checks<'_>) {
    let shared = asked.is_shared();
    let object = cx.state.object(open.object);
    let future = cx.profile.rules.seal_future_write.always(|holds| *holds) && object.is_sealed(Seals::FUTURE_WRITE);
    let sealed = future || object.is_sealed(Seals::WRITE);
    let before = if shared { Default::default() } else { object.bytes.clone() };
    let mapping = |offset| Mapping {
        object: open.object,
        offset,
        len: asked.len,
        reached: whole_pages(object.size, cx.state.page),
        prot: asked.prot,
        asked: asked.prot,
        may_write: !shared || open.description.write && !sealed,
        private: (!shared).then(|| Private { before: before.clone(), ..Private::default() }),
        holes: Vec::new(),
        protected: false,
    };
    if object.mode_by.clause == clause::fchmod(1) {
        checks.rests_on(clause::fchmod(5));
    }
    let near = Choice { value: Offset::Asked, justification: clause::mmap(1).into() };
    let offsets = if asked.offset >= FAR { &cx.profile.rules.map_far.choices[..] } else { &[near] };
    for choice in offsets {
        let offset = if choice.value == Offset::Asked { asked.offset } else { asked.offset % FAR };
        let mapped = Effect::Map {
            process: cx.id,
            bind: cx.site.bind.first().copied(),
            mapping: Box::new(mapping(offset)),
            parts: coherence::may_part(cx),
        };
        checks.way(choice.justification).succeed(Expect::Ok, &[clause::call(1)], smallvec![mapped]);
    }
}

pub(in crate::model) fn munmap(cx: Cx<'_>, label: Label, range: Option<(i64, i64)>, checks: &mut Checks<'_>) {
    let Some(map) = cx.process.map(label) else { return checks.not_executed() };
    let Some((offset, len)) = range else {
        over_holes(cx, map, (0, whole_pages(map.len, cx.state.page)), checks);
        let unmapped = smallvec![Effect::Unmap(cx.id, label)];
        return checks.succeed(Expect::Ok, &[clause::munmap(1), clause::munmap(4)], unmapped);
    };
    let page = cx.state.page;
    checks.ask(Check::Argument, len == 0, &cx.profile.rules.unmap_empty, &[]);
    let unaligned = map.offset.wrapping_add(offset) % page != 0;
    checks.ask(Check::Alignment, unaligned, &cx.profile.rules.unmap_unaligned, &[]);
    if offset < 0 || len < 0 || offset.saturating_add(len) > whole_pages(map.len, page) {
        return checks.not_executed();
    }
    // An address inside a page stands for the whole page.
    let hole = (offset / page * page, whole_pages(offset.saturating_add(len), page));
    let by = [clause::munmap(1), clause::munmap(3)];
    let cut = || smallvec![Effect::UnmapRange(cx.id, label, hole)];
    if len > 0 {
        over_holes(cx, map, hole, checks);
        return checks.succeed(Expect::Ok, &by, cut());
    }
    for takes_page in &cx.profile.rules.unmap_empty_takes_page.choices {
        let mut checks = checks.way(takes_page.justification);
        if takes_page.value && hole.0 < hole.1 {
            over_holes(cx, map, hole, &mut checks);
            checks.succeed(Expect::Ok, &by, cut());
        } else {
            checks.answer(Expect::Ok, &by);
        }
    }
}

/// Is a part of a range of the mapping not mapped any more?
fn over_holes(cx: Cx<'_>, map: &Mapping, (start, end): (i64, i64), checks: &mut Checks<'_>) {
    let has_holes = map.holes.iter().any(|(from, to)| *from < end && *to > start);
    checks.ask(Check::Range, has_holes, &cx.profile.rules.unmap_hole, &[]);
}

pub(in crate::model) fn mprotect(cx: Cx<'_>, label: Label, prot: Prot, checks: &mut Checks<'_>) {
    let Some(map) = cx.process.map(label) else { return checks.not_executed() };
    let read_only = prot.contains(Prot::WRITE) && !map.may_write;
    checks.refuse(Check::Protection, read_only, &cx.profile.rules.protect_readonly, &[]);
    if !map.holes.is_empty() {
        protect_holes(cx, label, prot, checks);
    }
    let rules = &cx.profile.rules;
    let (executes, writes) = (prot.contains(Prot::EXEC), prot.contains(Prot::WRITE));
    checks.ask(Check::Protection, executes, &rules.protect_exec, &[]);
    checks.ask(Check::Protection, executes && writes, &rules.protect_write_exec, &[]);
    checks.ask(Check::Protection, !map.asked.contains(prot), &rules.protect_raised, &[]);
    let by = if map.private.is_some() { clause::mprotect(3) } else { clause::mprotect(1) };
    checks.succeed(Expect::Ok, &[by], smallvec![Effect::Protect(cx.id, label, prot)]);
}

/// A part of the mapping is not mapped any more. Where that is an error the protection of the rest may have changed.
fn protect_holes(cx: Cx<'_>, label: Label, prot: Prot, checks: &mut Checks<'_>) {
    let rule = &cx.profile.rules.protect_hole;
    let succeeds = rule.choices.iter().find(|choice| choice.value == Response::Ok);
    for choice in &rule.choices {
        let Response::Errno(errno) = choice.value else { continue };
        for effects in [Effects::new(), smallvec![Effect::Protect(cx.id, label, prot)]] {
            match succeeds {
                None => checks.shall_with(Check::Range, errno, choice.justification, effects),
                Some(_) => checks.may_with(Check::Range, errno, choice.justification, effects),
            }
        }
    }
    if let Some(choice) = succeeds {
        checks.rests_on(choice.justification);
    }
}

pub(in crate::model) fn msync(cx: Cx<'_>, label: Label, checks: &mut Checks<'_>) {
    let Some(map) = cx.process.map(label) else { return checks.not_executed() };
    checks.ask(Check::Range, !map.holes.is_empty(), &cx.profile.rules.msync_holes, &[]);
    checks.answer(Expect::Ok, &[clause::msync(1)]);
}
