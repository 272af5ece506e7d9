//! Loads and stores through a mapping.

use crate::call::{Label, Prot};
use crate::clause::{self, ClauseId};
use crate::model::branch::{Cx, Justifications, clauses};
use crate::model::bytes::{Bytes, Span, Value};
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Effects, PrivateStore};
use crate::model::expect::{Expect, Pattern};
use crate::model::rules::sizes::whole_pages;
use crate::model::rules::{coherence, room};
use crate::model::state::{Mapping, Object, ObjectId, Private};
use crate::outcome::Signal;
use crate::profile::{Fault, Justification};
use smallvec::smallvec;

/// A range of a mapping that may be accessed, as a range of the object.
struct Target<'a> {
    map: &'a Mapping,
    object: &'a Object,
    range: (i64, i64),
}

/// An access that is tried: to what, and in which way.
#[derive(Clone, Copy)]
struct Access {
    object: ObjectId,
    range: (i64, i64),
    stores: bool,
}

impl Access {
    /// The access ends its process, and a store may have been made in part.
    fn may_die(self, cx: Cx<'_>, signal: Signal, by: Justifications, checks: &mut Checks<'_>) {
        if self.stores {
            checks.may_die_storing(cx, signal, by, self.object, self.range);
        } else {
            checks.may_die(cx, signal, by);
        }
    }

    /// The access reaches a page of which nothing is known; what is stored there may be seen once the object grows.
    fn may_do_anything(self, by: Justifications, checks: &mut Checks<'_>) {
        let (start, end) = self.range;
        if self.stores {
            checks.outcome(Expect::Ok, by, smallvec![Effect::StoreInPart(self.object, self.range)]);
        } else {
            let unknown = Span { start, end, value: Value::Any };
            checks.outcome(Expect::Bytes(Pattern(vec![unknown])), by, Effects::new());
        }
    }
}

/// Finds the range, or says how the access ends its process.
fn target<'a>(
    cx: Cx<'a>,
    label: Label,
    (offset, len): (i64, i64),
    prot: Prot,
    checks: &mut Checks<'_>,
) -> Option<Target<'a>> {
    let page = cx.state.page;
    // The last page of a mapping is mapped whole.
    let within = |map: &&Mapping| offset >= 0 && len >= 0 && offset.saturating_add(len) <= whole_pages(map.len, page);
    let Some(map) = cx.process.map(label).filter(within) else {
        checks.not_executed();
        return None;
    };
    let object = cx.state.object(map.object);
    let start = map.offset.saturating_add(offset);
    let range = (start, start.saturating_add(len));
    if len == 0 {
        return Some(Target { map, object, range });
    }
    let access = Access { object: map.object, range, stores: prot == Prot::WRITE };
    let in_hole = map.holes.iter().any(|(from, to)| offset < *to && offset.saturating_add(len) > *from);
    let forbidden = !map.prot.contains(prot);
    // Whoever may write or execute may also read on many machines, which no standard speaks of.
    let reads_by_chance = prot == Prot::READ && !map.prot.is_empty();
    let cut_off = range.0 < 0 || range.1 > whole_pages(object.size, page);
    let copied = cut_off && is_copied(map, range);
    let survives = &cx.profile.rules.private_survives;
    let beyond = cut_off && !(copied && survives.always(|survives| *survives));
    if in_hole {
        access.may_die(cx, Signal::SIGSEGV, clauses(&[clause::munmap(1)]), checks);
    }
    if forbidden {
        let clause = if map.protected { clause::mprotect(1) } else { clause::mmap(14) };
        for choice in &cx.profile.rules.access_forbidden.choices {
            access.may_die(cx, choice.value, smallvec![Justification { clause, ..choice.justification }], checks);
        }
    }
    let is_spared = beyond && is_spared_beyond(cx, access, map, checks);
    if beyond && !is_spared {
        beyond_end(cx, access, object, in_hole || forbidden, checks);
    }
    let shows = beyond || range.1 <= map.reached || shows_growth(cx, access, checks);
    if in_hole || forbidden && !reads_by_chance || beyond && !is_spared || !shows {
        checks.block();
        return None;
    }
    if let Some(kept_by) = map.private.as_ref().and_then(|private| private.kept_by) {
        checks.rests_on(kept_by);
    }
    Some(Target { map, object, range })
}

/// Has a private mapping copies of all pages of the range?
fn is_copied(map: &Mapping, (start, end): (i64, i64)) -> bool {
    let Some(private) = &map.private else { return false };
    private.copied.spans(start, end).iter().all(|span| span.value != Value::Byte(0))
}

/// May an access through a private mapping find a page of zeros behind the end, which becomes the mapping's own? Only stores
/// do, and loads once something was stored.
fn is_spared_beyond(cx: Cx<'_>, access: Access, map: &Mapping, checks: &mut Checks<'_>) -> bool {
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

fn beyond_end(cx: Cx<'_>, access: Access, object: &Object, forbidden: bool, checks: &mut Checks<'_>) {
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
fn shows_growth(cx: Cx<'_>, access: Access, checks: &mut Checks<'_>) -> bool {
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
    let Some(Target { map, object, range }) = target(cx, label, (offset, len), Prot::READ, checks) else { return };
    let bytes = coherence::by_mapping(cx, object, range, checks);
    let (spans, by) = match &map.private {
        None => (visible(&bytes, object.size, range), object.bytes_by),
        Some(private) => private_spans(cx, private, (&bytes, object.size), range),
    };
    let tail = if range.1 > object.size { clause::mmap(12) } else { clause::mmap(1) };
    // What a private mapping shows behind the last page is a page of its own from then on.
    let behind = (whole_pages(object.size, cx.state.page).max(range.0), range.1);
    let mut effects = Effects::new();
    if map.private.is_some() && behind.0 < behind.1 {
        let (object, seen) = (map.object, Bytes::default());
        let copied = PrivateStore { process: cx.id, map: label, object, range: behind, byte: None, seen };
        effects.push(Effect::StorePrivate(Box::new(copied)));
    }
    checks.succeed(Expect::Bytes(Pattern(spans)), &[by, tail], effects);
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
    let Some(Target { map, object, range }) = target(cx, label, (offset, len), Prot::WRITE, checks) else { return };
    let (id, page) = (map.object, cx.state.page);
    if room::may_lack(cx, len) {
        checks.may_die_storing(cx, Signal::SIGBUS, clauses(&[clause::mmap(19)]), id, range);
    }
    if let Some(room) = object.room {
        if whole_pages(object.size, page) > room {
            checks.may_die_storing(cx, Signal::SIGBUS, clauses(&[clause::mmap(19)]), id, range);
        }
        if range.1.saturating_sub(range.0) > room {
            return;
        }
    }
    if map.private.is_none() {
        let by = if range.1 > object.size { clause::mmap(13) } else { clause::mmap(2) };
        let stored = Effect::Store { object: id, range, byte, parts: coherence::may_part(cx) };
        return checks.succeed(Expect::Ok, &[by], smallvec![stored]);
    }
    let pages = (range.0 / page * page, whole_pages(range.1, page));
    let current = coherence::by_mapping(cx, object, pages, checks);
    let mut seen = part_of(&current, pages);
    seen.blur(object.size.max(pages.0), pages.1);
    let store = PrivateStore { process: cx.id, map: label, object: id, range, byte: Some(byte), seen };
    let stored = Effect::StorePrivate(Box::new(store));
    checks.succeed(Expect::Ok, &[clause::mmap(3)], smallvec![stored]);
}
