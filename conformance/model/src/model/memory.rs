//! Loads and stores through a mapping.

use super::apart;
use super::branch::Cx;
use super::bytes::{Bytes, Span, Value};
use super::checks::Checks;
use super::expect::{Expect, Pattern};
use super::map::whole_pages;
use super::state::{Mapping, Object, ObjectId, State};
use crate::call::{Label, Prot};
use crate::clause::{self, ClauseId};
use crate::outcome::Signal;
use crate::profile::{Fault, Justification};

/// A range of a mapping that may be accessed, as a range of the object.
struct Access<'a> {
    map: &'a Mapping,
    object: &'a Object,
    start: i64,
    end: i64,
}

/// Finds the range, or says how the access ends the actor.
fn access<'a>(
    cx: Cx<'a>,
    label: Label,
    offset: i64,
    len: i64,
    prot: Prot,
    checks: &mut Checks<'_>,
) -> Option<Access<'a>> {
    // The last page of a mapping is mapped whole.
    let within =
        |map: &&Mapping| offset >= 0 && len >= 0 && offset.saturating_add(len) <= whole_pages(map.len, cx.state.page);
    let map = cx.process.map(label).filter(within);
    let Some(map) = map else {
        checks.not_executed();
        return None;
    };
    let object = cx.state.object(map.object);
    let start = map.offset.saturating_add(offset);
    let end = start.saturating_add(len);
    if len == 0 {
        return Some(Access { map, object, start, end });
    }
    let in_hole = map.holes.iter().any(|(from, to)| offset < *to && offset + len > *from);
    // Whoever may write or execute may also read on many machines, which no standard speaks of.
    let reads_by_chance = prot == Prot::READ && !map.prot.is_empty();
    let forbidden = !map.prot.contains(prot);
    let beyond = start < 0 || end > whole_pages(object.size, cx.state.page);
    let actor = cx.site.actor;
    let dies = |checks: &mut Checks<'_>, signal, justification: Justification| {
        if prot == Prot::WRITE {
            checks.dies_storing(actor, signal, justification, map.object, (start, end));
        } else {
            checks.dies(actor, signal, justification);
        }
    };
    if in_hole {
        dies(checks, Signal::SIGSEGV, clause::munmap(1).into());
    }
    if forbidden {
        let clause = if map.protected { clause::mprotect(1) } else { clause::mmap(14) };
        for choice in &cx.profile.rules.access_forbidden.choices {
            dies(checks, choice.value, Justification { clause, ..choice.justification });
        }
    }
    if beyond {
        let clause = if object.bytes_by == clause::ftruncate(3) { clause::ftruncate(5) } else { clause::mmap(11) };
        for choice in &cx.profile.rules.access_beyond_end.choices {
            let justification = Justification { clause, ..choice.justification };
            match choice.value {
                Fault::Signal(signal) => dies(checks, signal, justification),
                Fault::Ok if in_hole || forbidden => continue,
                Fault::Ok => anything(map.object, (start, end), prot, justification, checks),
            }
            if object.size == 0 && object.size_by.deviation.is_some() {
                checks.last_by(object.size_by);
            }
        }
    }
    let shows = beyond || end <= map.reached || shows_growth(cx, map.object, (start, end), prot, checks);
    (!in_hole && (!forbidden || reads_by_chance) && !beyond && shows).then_some(Access { map, object, start, end })
}

/// May a mapping show what its object grew by since? Where it does not the access ends the actor.
fn shows_growth(cx: Cx<'_>, id: ObjectId, range: (i64, i64), prot: Prot, checks: &mut Checks<'_>) -> bool {
    let actor = cx.site.actor;
    let mut shows = false;
    for choice in &cx.profile.rules.map_grows.choices {
        if choice.value {
            shows = true;
            checks.rests_on(choice.justification);
        } else if prot == Prot::WRITE {
            checks.dies_storing(actor, Signal::SIGBUS, choice.justification, id, range);
        } else {
            checks.outcome_by(Expect::Signal(Signal::SIGBUS), choice.justification, move |state, _| state.end(actor));
        }
    }
    shows
}

/// An access to a page of which nothing is known; what was stored there may be seen once the object grows.
fn anything(id: ObjectId, range: (i64, i64), prot: Prot, justification: Justification, checks: &mut Checks<'_>) {
    let (start, end) = range;
    if prot == Prot::WRITE {
        checks.outcome_by(Expect::Ok, justification, move |state, _| made_in_part(state, id, range));
    } else {
        let unknown = Span { start, end, value: Value::Open };
        checks.outcome_by(Expect::Bytes(Pattern(vec![unknown])), justification, |_, _| {});
    }
}

pub(super) fn load(cx: Cx<'_>, label: Label, offset: i64, len: i64, mut checks: Checks<'_>) {
    let Some(Access { map, object, start, end }) = access(cx, label, offset, len, Prot::READ, &mut checks) else {
        return;
    };
    let mut spans = Vec::new();
    let mut by: ClauseId = object.bytes_by;
    let bytes = apart::by_mapping(cx, object, (start, end), &mut checks);
    match &map.private {
        None => spans.extend(visible(&bytes, object.size, start, end)),
        Some(private) => {
            by = clause::mmap(18);
            let follows = cx.profile.rules.private_follows.always(|follows| *follows);
            let page = cx.state.page;
            let mut at = start;
            while at < end {
                let to = end.min(at / page * page + page);
                if private.copied.contains(&(at / page * page)) {
                    by = clause::mmap(3);
                    spans.extend(private.own.spans(at, to));
                } else if follows || private.before.spans(at, to) == bytes.spans(at, to) {
                    spans.extend(visible(&bytes, object.size, at, to));
                } else {
                    spans.push(Span { start: at, end: to, value: Value::Open });
                }
                at = to;
            }
        }
    }
    let tail = if end > object.size { clause::mmap(12) } else { clause::mmap(1) };
    checks.answer(Expect::Bytes(Pattern(spans)), &[by, tail]);
}

/// What is seen of an object: behind its end nothing is certain but zeros that nobody stored over.
fn visible(bytes: &Bytes, size: i64, start: i64, end: i64) -> Vec<Span> {
    if end <= size {
        return bytes.spans(start, end);
    }
    let mut seen = bytes.clone();
    seen.blur(size.max(start), end);
    seen.spans(start, end)
}

pub(super) fn store(cx: Cx<'_>, label: Label, offset: i64, byte: u8, len: i64, mut checks: Checks<'_>) {
    let Some(Access { map, object, start, end }) = access(cx, label, offset, len, Prot::WRITE, &mut checks) else {
        return;
    };
    let (id, page, actor) = (map.object, cx.state.page, cx.site.actor);
    if let Some(room) = object.room {
        if whole_pages(object.size, page) > room {
            checks.dies_storing(actor, Signal::SIGBUS, clause::mmap(19).into(), id, (start, end));
        }
        if end - start > room {
            return;
        }
    }
    if map.private.is_none() {
        let by = if end > object.size { clause::mmap(13) } else { clause::mmap(2) };
        let may_part = apart::is_possible(cx);
        return checks.succeed(Expect::Ok, &[by], move |state, _| {
            let object = state.object_mut(id);
            if may_part {
                object.apart.store(start, end);
            }
            object.bytes.fill(start, end, Value::Byte(byte));
            object.bytes_by = clause::mmap(2);
        });
    }
    let pages = (start / page * page, whole_pages(end, page));
    let current = apart::by_mapping(cx, object, pages, &mut checks).into_owned();
    checks.succeed(Expect::Ok, &[clause::mmap(3)], move |state, _| {
        let object = state.object_mut(id);
        object.bytes_by = clause::mmap(3);
        let size = object.size;
        let map = state.process_mut(actor).and_then(|process| process.map_mut(label));
        let Some(private) = map.and_then(|map| map.private.as_mut()) else { return };
        let mut at = start / page * page;
        while at < end {
            if !private.copied.contains(&at) {
                private.copied.push(at);
                for span in visible(&current, size, at, at + page) {
                    private.own.fill(span.start, span.end, span.value);
                }
            }
            at += page;
        }
        private.copied.sort_unstable();
        private.own.fill(start, end, Value::Byte(byte));
    });
}

/// A store that ends its actor may have been made in part.
pub(super) fn made_in_part(state: &mut State, object: ObjectId, range: (i64, i64)) {
    state.object_mut(object).bytes.fill(range.0, range.1, Value::Open);
}
