//! `mmap`, `munmap` and `mprotect`

use super::seals::refuse_writing;
use crate::call::{Label, MapFlags, Prot, Seals};
use crate::clause;
use crate::model::branch::Cx;
use crate::model::bytes::Bytes;
use crate::model::checks::{Checks, Open};
use crate::model::effect::{Effect, Effects};
use crate::model::expect::Expect;
use crate::model::rules::coherence;
use crate::model::rules::sizes::{CERTAIN, whole_pages};
use crate::model::state::{Kept, MapId, Mapped, Mapping, Parts, Private, Window};
use crate::outcome::Errno;
use crate::profile::{Check, Choice, Offset, Response, Rule, Rules};
use smallvec::{SmallVec, smallvec};

/// The errors with which a mapping over another one leaves that as it was.
const SPARING: [Errno; 3] = [Errno::EBADF, Errno::EINVAL, Errno::ENOTSUP];

/// Offsets from this on do not fit 32 bits.
const FAR: i64 = 1 << 32;

/// The arguments of `mmap` beside the descriptor.
#[derive(Clone, Copy)]
pub(in crate::model) struct Asked {
    pub(in crate::model) offset: i64,
    pub(in crate::model) len: i64,
    pub(in crate::model) prot: Prot,
    pub(in crate::model) flags: MapFlags,
    /// The mapping that it is to lie over, and from where on.
    pub(in crate::model) over: Option<(Label, i64)>,
}

impl Asked {
    fn is_shared(self) -> bool {
        self.flags.contains(MapFlags::SHARED)
    }
}

pub(in crate::model) fn mmap(cx: Cx<'_>, fd: Label, asked: Asked, checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let Asked { offset, len, prot, flags, over } = asked;
    let page = cx.state.page;
    let first = checks.outcomes();
    let Ok(window) = place(cx, over, len, checks) else { return };
    checks.shall(Check::Argument, len == 0, Errno::EINVAL, &[clause::mmap(5)]);
    checks.ask(Check::Flags, flags.is_empty(), &rules.map_neither, &[]);
    checks.ask(Check::Flags, flags.is_all(), &rules.map_shared_and_private, &[]);
    checks.ask(Check::Support, flags == MapFlags::PRIVATE, &rules.map_private, &[]);
    checks.ask(Check::Alignment, offset % page != 0, &rules.map_unaligned, &[]);
    let aligned = window.is_none_or(|window| (window.at + window.skew) % page == 0);
    checks.shall(Check::Address, !aligned, Errno::EINVAL, &[clause::mmap(24)]);
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
    let object = cx.state.object(open.object);
    let in_store = if asked.is_shared() { &rules.map_exec } else { &rules.map_private_exec };
    let executing = executing(rules, object.kept(), in_store, &rules.map_memfd_exec);
    checks.ask_any(Check::Protection, prot.contains(Prot::EXEC), &executing, &[]);
    checks.ask(Check::Protection, prot.contains(Prot::EXEC | Prot::WRITE), &rules.map_write_exec, &[]);
    let (size, end) = (object.size, end.unwrap_or(i64::MAX - page));
    let beyond = whole_pages(end, page) > whole_pages(size, page);
    checks.ask(Check::End, len > 0 && beyond, &rules.map_beyond_end, &[]);
    if over.is_none() {
        address_space(cx, len, checks);
    }
    succeed(cx, open, asked, window, checks);
    if let Some(Window { area, at, len, .. }) = window {
        checks.may_have_done(first, clause::mmap(25), &SPARING, &Effect::Unmap(cx.id, area, (at, at + len)));
    }
}

/// The addresses that a mapping over another one is to have; none where the system chooses.
fn place(cx: Cx<'_>, over: Option<(Label, i64)>, len: i64, checks: &mut Checks<'_>) -> Result<Option<Window>, ()> {
    let Some((label, at)) = over else { return Ok(None) };
    let window = cx.process.window(label).filter(|window| window.holds(at, len));
    let Some(window) = window else {
        checks.not_executed();
        return Err(());
    };
    given_up(cx, window, checks);
    Ok(Some(Window { at: window.at + at, len: whole_pages(len, cx.state.page), ..window }))
}

/// Once nothing is left of what was mapped, its addresses may have another use, so that nothing can be tried there.
pub(super) fn given_up(cx: Cx<'_>, window: Window, checks: &mut Checks<'_>) {
    if cx.process.lying_in(window.area).next().is_none() {
        checks.not_executed();
    }
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

fn succeed(cx: Cx<'_>, open: Open<'_>, asked: Asked, over: Option<Window>, checks: &mut Checks<'_>) {
    let page = cx.state.page;
    let id = MapId(cx.site.event);
    let own = Window { area: id, at: 0, len: whole_pages(asked.len, page), skew: asked.offset % page };
    let shared = asked.is_shared();
    let object = cx.state.object(open.object);
    let future = cx.profile.rules.seal_future_write.always(|holds| *holds) && object.is_sealed(Seals::FUTURE_WRITE);
    let sealed = future || object.is_sealed(Seals::WRITE);
    let before = if shared { Default::default() } else { object.bytes.clone() };
    let mapping = |offset| Mapping {
        object: open.object,
        offset,
        window: over.unwrap_or(own),
        reached: whole_pages(object.size, page),
        asked: asked.prot,
        may_write: !shared || open.description.write && !sealed,
        private: (!shared).then(|| Private { before: before.clone(), ..Private::default() }),
        holes: Bytes::default(),
        protected: Bytes::default(),
        locked: false,
    };
    if over.is_some() {
        checks.rests_on(clause::mmap(23));
    }
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
            id,
            mapping: Box::new(mapping(offset)),
            parts: coherence::may_part(cx),
        };
        checks.way(choice.justification).succeed(Expect::Ok, &[clause::call(1)], smallvec![mapped]);
    }
}

/// A range of addresses that a call is about, with what is mapped there.
pub(super) struct Target<'a> {
    pub(super) area: MapId,
    pub(super) range: (i64, i64),
    parts: Parts<'a>,
}

impl Target<'_> {
    pub(super) fn has_holes(&self) -> bool {
        self.parts.iter().any(|part| part.mapped.is_none())
    }

    /// Up to where everything is mapped.
    fn first_hole(&self) -> i64 {
        self.parts.iter().find(|part| part.mapped.is_none()).map_or(self.range.1, |part| part.range.0)
    }

    pub(super) fn mapped(&self) -> impl Iterator<Item = Mapped<'_>> {
        self.parts.iter().filter_map(|part| part.mapped)
    }
}

/// What a platform says to executing an object: as in the store of named objects, as for a memfd, or as for one of them.
fn executing<'a>(
    rules: &Rules,
    kept: Kept,
    in_store: &'a Rule<Response>,
    memfd: &'a Rule<Response>,
) -> SmallVec<[&'a Rule<Response>; 2]> {
    let has_memfds = rules.memfd.choices.iter().any(|choice| choice.value == Response::Ok);
    match kept {
        Kept::InEither if !has_memfds => smallvec![in_store],
        Kept::InStore => smallvec![in_store],
        Kept::Apart => smallvec![memfd],
        Kept::InEither => smallvec![in_store, memfd],
    }
}

/// The pages of a range, or of all that the label stands for. An address inside a page stands for the whole page.
pub(super) fn target(cx: Cx<'_>, window: Window, (offset, len): (i64, i64)) -> Target<'_> {
    let page = cx.state.page;
    let range = (window.at + offset / page * page, window.at + whole_pages(offset.saturating_add(len), page));
    Target { area: window.area, range, parts: cx.process.parts(window.area, range) }
}

/// The addresses that the label stands for, where the range lies in them.
pub(super) fn window(cx: Cx<'_>, label: Label, range: Option<(i64, i64)>, checks: &mut Checks<'_>) -> Option<Window> {
    let window = cx.process.window(label).filter(|window| range.is_none_or(|(offset, len)| window.holds(offset, len)));
    match window {
        Some(window) => given_up(cx, window, checks),
        None => checks.not_executed(),
    }
    window
}

pub(in crate::model) fn munmap(cx: Cx<'_>, label: Label, range: Option<(i64, i64)>, checks: &mut Checks<'_>) {
    let Some(window) = window(cx, label, range, checks) else { return };
    let Some((offset, len)) = range else {
        let whole = target(cx, window, (0, window.len));
        over_holes(cx, &whole, checks);
        let unmapped = smallvec![Effect::Unmap(cx.id, whole.area, whole.range)];
        return checks.succeed(Expect::Ok, &[clause::munmap(1), clause::munmap(4)], unmapped);
    };
    checks.ask(Check::Argument, len == 0, &cx.profile.rules.unmap_empty, &[]);
    let unaligned = (window.skew + window.at + offset) % cx.state.page != 0;
    checks.ask(Check::Alignment, unaligned, &cx.profile.rules.unmap_unaligned, &[]);
    let hole = target(cx, window, (offset, len));
    let by = [clause::munmap(1), clause::munmap(3)];
    let cut = || smallvec![Effect::Unmap(cx.id, hole.area, hole.range)];
    if len > 0 {
        over_holes(cx, &hole, checks);
        return checks.succeed(Expect::Ok, &by, cut());
    }
    for takes_page in &cx.profile.rules.unmap_empty_takes_page.choices {
        let mut checks = checks.way(takes_page.justification);
        if takes_page.value && hole.range.0 < hole.range.1 {
            over_holes(cx, &hole, &mut checks);
            checks.succeed(Expect::Ok, &by, cut());
        } else {
            checks.answer(Expect::Ok, &by);
        }
    }
}

/// Is a part of a range not mapped any more?
fn over_holes(cx: Cx<'_>, target: &Target<'_>, checks: &mut Checks<'_>) {
    checks.ask(Check::Range, target.has_holes(), &cx.profile.rules.unmap_hole, &[]);
}

pub(in crate::model) fn mprotect(
    cx: Cx<'_>,
    label: Label,
    prot: Prot,
    range: Option<(i64, i64)>,
    checks: &mut Checks<'_>,
) {
    let rules = &cx.profile.rules;
    let Some(window) = window(cx, label, range, checks) else { return };
    let (offset, len) = range.unwrap_or((0, window.len));
    let unaligned = (window.skew + window.at + offset) % cx.state.page != 0;
    checks.ask(Check::Alignment, range.is_some() && unaligned, &rules.protect_unaligned, &[]);
    if len == 0 {
        return checks.answer(Expect::Ok, &[clause::mprotect(1)]);
    }
    let target = target(cx, window, (offset, len));
    let (executes, writes) = (prot.contains(Prot::EXEC), prot.contains(Prot::WRITE));
    let read_only = writes && target.mapped().any(|mapped| !mapped.map.may_write);
    checks.refuse(Check::Protection, read_only, &rules.protect_readonly, &[]);
    if target.has_holes() {
        protect_holes(cx, &target, prot, checks);
    }
    for kept in [Kept::InStore, Kept::Apart, Kept::InEither] {
        let is_met = target.mapped().any(|mapped| cx.state.object(mapped.map.object).kept() == kept);
        let executing = executing(rules, kept, &rules.protect_exec, &rules.protect_memfd_exec);
        checks.ask_any(Check::Protection, executes && is_met, &executing, &[]);
    }
    checks.ask(Check::Protection, executes && writes, &rules.protect_write_exec, &[]);
    let raised = target.mapped().any(|mapped| !mapped.map.asked.contains(prot));
    checks.ask(Check::Protection, raised, &rules.protect_raised, &[]);
    let is_private = target.mapped().any(|mapped| mapped.map.private.is_some());
    let by = if is_private { clause::mprotect(3) } else { clause::mprotect(1) };
    if range.is_some() {
        checks.rests_on(clause::mprotect(6));
    }
    checks.succeed(Expect::Ok, &[by], smallvec![Effect::Protect(cx.id, target.area, target.range, prot)]);
}

/// A part of the range is not mapped any more. Where that is an error the protection of what is mapped before it, or of all
/// the rest, may have changed.
fn protect_holes(cx: Cx<'_>, target: &Target<'_>, prot: Prot, checks: &mut Checks<'_>) {
    let rule = &cx.profile.rules.protect_hole;
    let succeeds = rule.choices.iter().find(|choice| choice.value == Response::Ok);
    let (start, end) = target.range;
    let mut ends: SmallVec<[i64; 3]> = smallvec![start, target.first_hole(), end];
    ends.dedup();
    for choice in &rule.choices {
        let Response::Errno(errno) = choice.value else { continue };
        for end in &ends {
            let changed = Effect::Protect(cx.id, target.area, (start, *end), prot);
            let effects: Effects = (*end > start).then_some(changed).into_iter().collect();
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
    let Some(window) = window(cx, label, None, checks) else { return };
    let has_holes = target(cx, window, (0, window.len)).has_holes();
    checks.ask(Check::Range, has_holes, &cx.profile.rules.msync_holes, &[]);
    checks.answer(Expect::Ok, &[clause::msync(1)]);
}
