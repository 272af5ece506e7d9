//! Loads and stores through a mapping.

use super::map::given_up;
use crate::call::{Label, Prot};
use crate::clause::{self, ClauseId};
use crate::model::branch::{Cx, Justifications, clauses};
use crate::model::bytes::{Bytes, Span, Value};
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Effects, PrivateStore};
use crate::model::expect::{Expect, Pattern};
use crate::model::rules::sizes::whole_pages;
use crate::model::rules::{coherence, room};
use crate::model::state::{Mapped, Mapping, Object, Part, Parts, Private};
use crate::outcome::Signal;
use crate::profile::{Fault, Justification};
use smallvec::{SmallVec, smallvec};

/// An access that is tried: to which parts of what is mapped, and in which way.
struct Access<'a> {
    parts: Parts<'a>,
    stores: bool,
    /// The part that it has come to.
    at: usize,
}

impl Access<'_> {
    /// The access ends its process, and a store may have been made in part.
    fn may_die(&self, cx: Cx<'_>, signal: Signal, by: Justifications, checks: &mut Checks<'_>) {
        let mut effects = if self.stores { self.in_part(self.at + 1) } else { Effects::new() };
        effects.push(Effect::End(cx.id));
        checks.outcome(Expect::Signal(signal), by, effects);
    }

    /// The access reaches a page of which nothing is known; what is stored there may be seen once the object grows.
    fn may_do_anything(&self, by: Justifications, checks: &mut Checks<'_>) {
        if self.stores {
            checks.outcome(Expect::Ok, by, self.in_part(self.parts.len()));
        } else {
            let spans = self.parts.iter().map(|Part { range: (start, end), .. }| (*start, *end));
            let unknown = spans.map(|(start, end)| Span { start, end, value: Value::Any }).collect();
            checks.outcome(Expect::Bytes(Pattern(unknown)), by, Effects::new());
        }
    }

    /// Something is stored to the first parts, of which nobody knows how much.
    fn in_part(&self, parts: usize) -> Effects {
        let mapped = self.parts.iter().take(parts).filter_map(|part| part.mapped);
        mapped.map(|mapped| Effect::StoreInPart(mapped.map.object, mapped.range)).collect()
    }
}

/// Finds the parts, or says that the range is none of the mapping's.
fn access<'a>(
    cx: Cx<'a>,
    label: Label,
    (offset, len): (i64, i64),
    stores: bool,
    checks: &mut Checks<'_>,
) -> Option<Access<'a>> {
    let window = cx.process.window(label);
    let Some(window) = window.filter(|window| window.holds(offset, len)) else {
        checks.not_executed();
        return None;
    };
    let start = window.at + offset;
    given_up(cx, window, checks);
    Some(Access { parts: cx.process.parts(window.area, (start, start + len)), stores, at: 0 })
}

/// Finds what is mapped in the part that the access has come to, or says how it ends its process.
fn target<'a>(cx: Cx<'a>, access: &Access<'a>, checks: &mut Checks<'_>) -> Option<Mapped<'a>> {
    let page = cx.state.page;
    let Some(mapped) = access.parts[access.at].mapped else {
        access.may_die(cx, Signal::SIGSEGV, clauses(&[clause::munmap(1)]), checks);
        checks.block();
        return None;
    };
    let Mapped { map, range, prot, .. } = mapped;
    let object = cx.state.object(map.object);
    let wanted = if access.stores { Prot::WRITE } else { Prot::READ };
    let forbidden = !prot.contains(wanted);
    // Whoever may write or execute may also read on many machines, which no standard speaks of.
    let reads_by_chance = !access.stores && !prot.is_empty();
    let cut_off = range.0 < 0 || range.1 > whole_pages(object.size, page);
    let copied = cut_off && is_copied(map, range);
    let survives = &cx.profile.rules.private_survives;
    let beyond = cut_off && !(copied && survives.always(|survives| *survives));
    if forbidden {
        let clause = if mapped.protected { clause::mprotect(1) } else { clause::mmap(14) };
        for choice in &cx.profile.rules.access_forbidden.choices {
            access.may_die(cx, choice.value, smallvec![Justification { clause, ..choice.justification }], checks);
        }
    }
    let is_spared = beyond && is_spared_beyond(cx, access, map, checks);
    if beyond && !is_spared {
        beyond_end(cx, access, object, forbidden, checks);
    }
    let shows = beyond || range.1 <= map.reached || shows_growth(cx, access, checks);
    if forbidden && !reads_by_chance || beyond && !is_spared || !shows {
        checks.block();
        return None;
    }
    if let Some(kept_by) = map.private.as_ref().and_then(|private| private.kept_by) {
        checks.rests_on(kept_by);
    }
    Some(mapped)
}

/// Has a private mapping copies of all pages of the range?
fn is_copied(map: &Mapping, (start, end): (i64, i64)) -> bool {
    let Some(private) = &map.private else { return false };
    private.copied.spans(start, end).iter().all(|span| span.value != Value::Byte(0))
}

/// May an access through a private mapping find a page of zeros behind the end, which becomes the mapping's own? Only stores
/// do, and loads once something was stored.
fn is_spared_beyond(cx: Cx<'_>, access: &Access<'_>, map: &Mapping, checks: &mut Checks<'_>) -> bool {
    let rule = &cx.profile.rules.private_beyond_end;
    let has_stored = map.private.as_ref().map(|private| access.stores || private.copied.holds_from(i64::MIN));
    let Some(spared) = rule.choices.iter().find(|choice| choice.value == Fault::Ok) else { return false };
    if has_stored != Some(true) {
        return false;
    }
    for choice in &rule.choices {
        if let Fault::Signal(signal) = choice.value {
            access.may_die(cx, signal, smallvec![choice.justification], checks);
        }
    }
    checks.rests_on(spared.justification);
    true
}

fn beyond_end(cx: Cx<'_>, access: &Access<'_>, object: &Object, forbidden: bool, checks: &mut Checks<'_>) {
    let clause = if object.bytes_by == clause::ftruncate(3) { clause::ftruncate(5) } else { clause::mmap(11) };
    let emptied = (object.size == 0).then_some(object.size_by).filter(|by| by.deviation.is_some());
    for choice in &cx.profile.rules.access_beyond_end.choices {
        let by: Justifications =
            [Justification { clause, ..choice.justification }].into_iter().chain(emptied).collect();
        match choice.value {
            Fault::Signal(signal) => access.may_die(cx, signal, by, checks),
            Fault::Ok if forbidden => {}
            Fault::Ok => access.may_do_anything(by, checks),
        }
    }
}

/// May a mapping show what its object grew by since? Where it does not the access ends its process.
fn shows_growth(cx: Cx<'_>, access: &Access<'_>, checks: &mut Checks<'_>) -> bool {
    let mut shows = false;
    for choice in &cx.profile.rules.map_grows.choices {
        if choice.value {
            shows = true;
            checks.rests_on(choice.justification);
        } else {
            access.may_die(cx, Signal::SIGBUS, smallvec![choice.justification], checks);
        }
    }
    shows
}

pub(in crate::model) fn load(cx: Cx<'_>, label: Label, offset: i64, len: i64, checks: &mut Checks<'_>) {
    let Some(mut access) = access(cx, label, (offset, len), false, checks) else { return };
    let (mut shown, mut by, mut effects) = (Vec::new(), SmallVec::<[ClauseId; 4]>::new(), Effects::new());
    while access.at < access.parts.len() {
        let Some(Mapped { id, map, range, .. }) = target(cx, &access, checks) else { return };
        let object = cx.state.object(map.object);
        if has_new_page(cx, object, range) {
            may_lack_room(cx, &access, object, len, checks);
        }
        let bytes = coherence::by_mapping(cx, object, range, checks);
        let (spans, because) = match &map.private {
            None => (visible(&bytes, object.size, range), object.bytes_by),
            Some(private) => private_spans(cx, private, (&bytes, object.size), range),
        };
        shown.extend(spans);
        by.extend([because, if range.1 > object.size { clause::mmap(12) } else { clause::mmap(1) }]);
        // What a private mapping shows behind the last page is a page of its own from then on.
        let behind = (whole_pages(object.size, cx.state.page).max(range.0), range.1);
        if map.private.is_some() && behind.0 < behind.1 {
            let (object, seen) = (map.object, Bytes::default());
            let copied = PrivateStore { process: cx.id, map: id, object, range: behind, byte: None, seen };
            effects.push(Effect::StorePrivate(Box::new(copied)));
        }
        access.at += 1;
    }
    if by.is_empty() {
        by.push(clause::mmap(1));
    }
    checks.succeed(Expect::Bytes(Pattern(shown)), &by, effects);
}

/// Is there a page in that range that nothing was stored into? It takes room once it is touched, be it by a load.
fn has_new_page(cx: Cx<'_>, object: &Object, (start, end): (i64, i64)) -> bool {
    let page = cx.state.page;
    let end = end.min(whole_pages(object.size, page));
    let mut known = start / page * page;
    for span in object.bytes.set_spans(known, whole_pages(end, page)) {
        if span.start / page * page > known {
            return true;
        }
        known = known.max(whole_pages(span.end, page));
    }
    known < end
}

/// An access for which the store has no room ends its process.
fn may_lack_room(cx: Cx<'_>, access: &Access<'_>, object: &Object, len: i64, checks: &mut Checks<'_>) {
    let lacks = object.room.is_some_and(|room| whole_pages(object.size, cx.state.page) > room);
    if lacks || room::may_lack(cx, len) {
        access.may_die(cx, Signal::SIGBUS, clauses(&[clause::mmap(19)]), checks);
    }
}

/// What a private mapping shows: its own copies, and elsewhere what the object has, as far as that is certain.
fn private_spans(
    cx: Cx<'_>,
    private: &Private,
    (bytes, size): (&Bytes, i64),
    (start, end): (i64, i64),
) -> (Vec<Span>, ClauseId) {
    let follows = cx.profile.rules.private_follows.always(|follows| *follows);
    let mut spans = Vec::new();
    let mut by = clause::mmap(18);
    for part in private.copied.spans(start, end) {
        if part.value != Value::Byte(0) {
            by = clause::mmap(3);
            spans.extend(private.own.spans(part.start, part.end));
        } else if follows {
            spans.extend(visible(bytes, size, (part.start, part.end)));
        } else {
            spans.extend(uncopied(cx.state.page, &private.before, (bytes, size), part));
        }
    }
    (spans, by)
}

/// Pages of which the object has had the same bytes since it was mapped are certain, the others are not.
fn uncopied(page: i64, before: &Bytes, (bytes, size): (&Bytes, i64), part: Span) -> Vec<Span> {
    let mut changed = Bytes::default();
    for then in before.spans(part.start, part.end) {
        for now in bytes.spans(then.start, then.end).into_iter().filter(|now| now.value != then.value) {
            let from = (now.start / page * page).max(part.start);
            changed.fill(from, whole_pages(now.end, page).min(part.end), Value::Any);
        }
    }
    let mut spans = Vec::new();
    for part in changed.spans(part.start, part.end) {
        match part.value {
            Value::Any => spans.push(part),
            Value::Byte(_) => spans.extend(visible(bytes, size, (part.start, part.end))),
        }
    }
    spans
}

/// What is seen of an object: behind its end nothing is certain but zeros that nobody stored over.
fn visible(bytes: &Bytes, size: i64, (start, end): (i64, i64)) -> Vec<Span> {
    if end <= size {
        return bytes.spans(start, end);
    }
    let mut seen = part_of(bytes, (start, end));
    seen.blur(size.max(start), end);
    seen.spans(start, end)
}

fn part_of(bytes: &Bytes, (start, end): (i64, i64)) -> Bytes {
    let mut part = Bytes::default();
    for span in bytes.set_spans(start, end) {
        part.fill(span.start, span.end, span.value);
    }
    part
}

pub(in crate::model) fn store(cx: Cx<'_>, label: Label, offset: i64, byte: u8, len: i64, checks: &mut Checks<'_>) {
    let Some(mut access) = access(cx, label, (offset, len), true, checks) else { return };
    let (page, mut by, mut effects) = (cx.state.page, SmallVec::<[ClauseId; 2]>::new(), Effects::new());
    while access.at < access.parts.len() {
        let Some(Mapped { id: map_id, map, range, .. }) = target(cx, &access, checks) else { return };
        let (id, object) = (map.object, cx.state.object(map.object));
        may_lack_room(cx, &access, object, len, checks);
        if object.room.is_some_and(|room| range.1.saturating_sub(range.0) > room) {
            return;
        }
        if map.private.is_none() {
            by.push(if range.1 > object.size { clause::mmap(13) } else { clause::mmap(2) });
            effects.push(Effect::Store { object: id, range, byte, parts: coherence::may_part(cx) });
        } else {
            let pages = (range.0 / page * page, whole_pages(range.1, page));
            let current = coherence::by_mapping(cx, object, pages, checks);
            let mut seen = part_of(&current, pages);
            seen.blur(object.size.max(pages.0), pages.1);
            let store = PrivateStore { process: cx.id, map: map_id, object: id, range, byte: Some(byte), seen };
            by.push(clause::mmap(3));
            effects.push(Effect::StorePrivate(Box::new(store)));
        }
        access.at += 1;
    }
    if by.is_empty() {
        by.push(clause::mmap(2));
    }
    checks.succeed(Expect::Ok, &by, effects);
}
