//! `mmap`, `munmap` and `mprotect`

use super::apart;
use super::branch::Cx;
use super::checks::{Checks, Open};
use super::expect::Expect;
use super::size::CERTAIN;
use super::state::{Mapping, Private};
use crate::call::{Label, MapFlags, Prot, Seals};
use crate::clause;
use crate::outcome::Errno;
use crate::profile::{Choice, Offset};

/// Offsets from this on do not fit 32 bits.
const FAR: i64 = 1 << 32;

/// The arguments of `mmap` beside the descriptor.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) offset: i64,
    pub(super) len: i64,
    pub(super) prot: Prot,
    pub(super) flags: MapFlags,
}

pub(super) fn mmap(cx: Cx<'_>, fd: Label, asked: Asked, mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    let Asked { offset, len, prot, flags } = asked;
    let page = cx.state.page;
    let shared = flags.contains(MapFlags::SHARED);
    checks.shall(len == 0, Errno::EINVAL, clause::mmap(5));
    checks.ask(flags.is_empty(), &rules.map_neither);
    checks.ask(flags.is_all(), &rules.map_shared_and_private);
    checks.ask(flags == MapFlags::PRIVATE, &rules.map_private);
    checks.ask(offset % page != 0, &rules.map_unaligned);
    let end = offset.checked_add(len.max(0)).filter(|end| *end <= i64::MAX - page);
    checks.ask(offset < 0 || len < 0 || end.is_none(), &rules.map_invalid_range);
    let Some(open) = checks.descriptor(cx, fd, clause::mmap(9)) else { return };
    let reading = if prot.contains(Prot::READ) { &rules.map_unreadable } else { &rules.map_unread };
    checks.ask(!open.description.read, reading);
    checks.and_by(clause::shm_open(12));
    checks.refuse(shared && prot.contains(Prot::WRITE) && !open.description.write, &rules.map_write_readonly);
    checks.and_by(clause::shm_open(13));
    let writes = shared && prot.contains(Prot::WRITE);
    let sealed = |seal| cx.state.object(open.object).seals.is_some_and(|seals| seals.contains(seal));
    // Where reading can be undone by mprotect, systems refuse a mapping for reading alone, too.
    checks.shall(writes && sealed(Seals::WRITE), Errno::EPERM, clause::seals(5));
    checks.may(shared && sealed(Seals::WRITE), if writes { Errno::EACCES } else { Errno::EPERM }, clause::seals(5));
    checks.shall(writes && sealed(Seals::FUTURE_WRITE), Errno::EPERM, clause::seals(9));
    for errno in [Errno::EPERM, Errno::EACCES, Errno::ENOTSUP] {
        checks.may(prot.contains(Prot::EXEC), errno, clause::mmap(14));
    }
    let (size, end) = (cx.state.object(open.object).size, end.unwrap_or(i64::MAX - page));
    let beyond = whole_pages(end, page) > whole_pages(size, page);
    checks.ask(len > 0 && beyond, &rules.map_beyond_end);
    let limited = cx.process.address_space;
    if limited.is_some_and(|limit| len > limit) {
        match rules.map_limited.choices.iter().find(|choice| !choice.value) {
            Some(choice) => checks.rests_on(choice.justification),
            None => checks.shall(true, Errno::ENOMEM, clause::mmap(16)),
        }
    }
    checks.may(limited.is_some() || len > CERTAIN, Errno::ENOMEM, clause::mmap(16));
    succeed(cx, open, asked, checks);
}

fn succeed(cx: Cx<'_>, open: Open<'_>, asked: Asked, mut checks: Checks<'_>) {
    let shared = asked.flags.contains(MapFlags::SHARED);
    let object = cx.state.object(open.object);
    let sealed = object.seals.is_some_and(|seals| seals.intersects(Seals::WRITE | Seals::FUTURE_WRITE));
    let before = if shared { Default::default() } else { object.bytes.clone() };
    let mapping = |offset| Mapping {
        object: open.object,
        offset,
        len: asked.len,
        reached: whole_pages(object.size, cx.state.page),
        prot: asked.prot,
        may_write: !shared || open.description.write && !sealed,
        private: (!shared).then(|| Private { before: before.clone(), ..Private::default() }),
        holes: Vec::new(),
        protected: false,
    };
    if object.mode_by.clause == clause::fchmod(1) {
        checks.rests_on(clause::fchmod(5));
    }
    let (actor, bind) = (cx.site.actor, cx.site.bind.first().copied());
    let near = Choice { value: Offset::Asked, justification: clause::mmap(1).into() };
    let offsets = if asked.offset >= FAR { &cx.profile.rules.map_far.choices[..] } else { &[near] };
    let (id, may_part) = (open.object, apart::is_possible(cx));
    for choice in offsets {
        let offset = if choice.value == Offset::Asked { asked.offset } else { asked.offset % FAR };
        let mapping = mapping(offset);
        checks.one_way(Expect::Ok, choice.justification, &[clause::call(1)], move |state, _| {
            if may_part {
                state.object_mut(id).apart.map();
            }
            let (Some(process), Some(label)) = (state.process_mut(actor), bind) else { return };
            process.maps.retain(|(known, _)| *known != label);
            let at = process.maps.partition_point(|(known, _)| *known < label);
            process.maps.insert(at, (label, mapping));
        });
    }
}

/// `bytes` rounded up to whole pages.
pub(super) fn whole_pages(bytes: i64, page: i64) -> i64 {
    bytes.saturating_add(page - 1) / page * page
}

pub(super) fn munmap(cx: Cx<'_>, label: Label, range: Option<(i64, i64)>, mut checks: Checks<'_>) {
    let Some(map) = cx.process.map(label) else { return checks.not_executed() };
    let actor = cx.site.actor;
    let Some((offset, len)) = range else {
        return checks.succeed(Expect::Ok, &[clause::munmap(1), clause::munmap(4)], move |state, _| {
            if let Some(process) = state.process_mut(actor) {
                process.maps.retain(|(known, _)| *known != label);
            }
        });
    };
    let page = cx.state.page;
    checks.ask(len == 0, &cx.profile.rules.unmap_empty);
    checks.ask((map.offset + offset) % page != 0, &cx.profile.rules.unmap_unaligned);
    if offset < 0 || len < 0 || offset.saturating_add(len) > whole_pages(map.len, page) {
        return checks.not_executed();
    }
    checks.succeed(Expect::Ok, &[clause::munmap(1), clause::munmap(3)], move |state, _| {
        if let Some(map) = state.process_mut(actor).and_then(|process| process.map_mut(label)) {
            // An address inside a page stands for the whole page.
            map.holes.push((offset / page * page, whole_pages(offset + len, page)));
            map.holes.sort_unstable();
        }
    });
}

pub(super) fn mprotect(cx: Cx<'_>, label: Label, prot: Prot, mut checks: Checks<'_>) {
    let Some(map) = cx.process.map(label) else { return checks.not_executed() };
    checks.refuse(prot.contains(Prot::WRITE) && !map.may_write, &cx.profile.rules.protect_readonly);
    checks.may(!map.holes.is_empty(), Errno::ENOMEM, clause::mprotect(1));
    for errno in [Errno::EPERM, Errno::EACCES, Errno::ENOTSUP] {
        checks.may(prot.contains(Prot::EXEC), errno, clause::mprotect(1));
    }
    let by = if map.private.is_some() { clause::mprotect(3) } else { clause::mprotect(1) };
    let actor = cx.site.actor;
    checks.succeed(Expect::Ok, &[by], move |state, _| {
        if let Some(map) = state.process_mut(actor).and_then(|process| process.map_mut(label)) {
            map.prot = prot;
            map.protected = true;
        }
    });
}
