//! Which sizes an object can get, what refuses one, and what becomes of the bytes at its end.

use crate::clause::{self, ClauseId};
use crate::model::branch::Cx;
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::state::{Object, ObjectId};
use crate::profile::{Beyond, Choice, Justification, Rounding, Rule, Tail};
use smallvec::{SmallVec, smallvec};

/// Sizes up to this many bytes are certain to be accepted where there is room.
pub(in crate::model) const CERTAIN: i64 = 1 << 30;

/// A size as the platform sets it.
pub(in crate::model) struct Rounded {
    pub(in crate::model) size: i64,
    pub(in crate::model) justification: Justification,
}

/// What becomes of the copies that private mappings have of pages beyond `size`, where the object has pages there.
pub(in crate::model) fn cut_copies(cx: Cx<'_>, id: ObjectId, size: i64) -> Option<Effect> {
    let choices = &cx.profile.rules.private_survives.choices;
    let kept = choices.iter().find(|choice| choice.value).map(|choice| choice.justification);
    let shrinks = size < cx.state.object(id).size && cx.state.object(id).is_mapped();
    shrinks.then(|| Effect::CutCopies(id, whole_pages(size, cx.state.page), kept))
}

/// `bytes` rounded up to whole pages.
pub(in crate::model) fn whole_pages(bytes: i64, page: i64) -> i64 {
    bytes.saturating_add(page - 1) / page * page
}

/// The sizes that an object may get which is asked to be `size` bytes large.
pub(in crate::model) fn rounded(cx: Cx<'_>, size: i64) -> SmallVec<[Rounded; 2]> {
    let rule = &cx.profile.rules.size_rounding;
    let mut sizes: SmallVec<[Rounded; 2]> = SmallVec::new();
    for choice in &rule.choices {
        let rounded = match choice.value {
            Rounding::Exact => size,
            // Where there is no such multiple the sum becomes the smallest number.
            Rounding::Page if size > i64::MAX - (cx.state.page - 1) => i64::MIN,
            Rounding::Page => whole_pages(size, cx.state.page),
        };
        let justification =
            if rounded == size { Justification::clause(clause::ftruncate(1)) } else { choice.justification };
        if sizes.iter().all(|known| known.size != rounded) {
            sizes.push(Rounded { size: rounded, justification });
        }
    }
    sizes
}

/// A size that the limit of the process refuses, where an object is to become `size` bytes large that is `current` bytes
/// large.
pub(in crate::model) fn limit(
    cx: Cx<'_>,
    rule: &Rule<Beyond>,
    (size, current): (i64, i64),
    clause: ClauseId,
    checks: &mut Checks<'_>,
) {
    let Some(limit) = cx.process.fsize else { return };
    let grows = Beyond::Growing.refuses(limit, size, current);
    let limited = &cx.profile.rules.size_limited;
    if let Some(choice) = limited.choices.iter().find(|choice| !choice.value) {
        if grows {
            checks.rests_on(choice.justification);
        }
        if limited.always(|limited| !limited) {
            return;
        }
    }
    let holds_always = limited.always(|limited| *limited);
    if grows {
        return checks.limit(cx, clause.into(), holds_always);
    }
    let required = holds_always && rule.always(|beyond| beyond.refuses(limit, size, current));
    for choice in rule.choices.iter().filter(|choice| choice.value.refuses(limit, size, current)) {
        let is_beyond = Beyond::Any.refuses(limit, size, current);
        checks.limit(cx, if is_beyond { clause.into() } else { choice.justification }, required);
    }
}

/// What may become of the bytes behind the end when an object becomes `end` bytes large; where there are none, that rests on
/// `by`.
pub(in crate::model) fn tails(cx: Cx<'_>, object: &Object, end: i64, by: ClauseId) -> SmallVec<[Choice<Tail>; 2]> {
    if !object.bytes.holds_from(object.size) {
        return smallvec![Choice { value: Tail::Zero, justification: by.into() }];
    }
    if end > object.size {
        return cx.profile.rules.tail.choices.iter().cloned().collect();
    }
    let cuts = cx.profile.rules.tail_cut.choices.iter().map(|choice| {
        let value = if choice.value.clears(end, object.size) { Tail::Zero } else { Tail::Kept };
        Choice { value, justification: choice.justification }
    });
    let mut tails = SmallVec::<[Choice<Tail>; 2]>::new();
    for tail in cuts {
        if tails.iter().all(|known| known.value != tail.value) {
            tails.push(tail);
        }
    }
    tails
}

/// May what mappings stored in the page where an object will end be lost when it shrinks to `size`? Where they stored nothing
/// there, that rests on `by`.
pub(in crate::model) fn kept(cx: Cx<'_>, object: &Object, size: i64, by: ClauseId) -> SmallVec<[Choice<bool>; 2]> {
    let page = cx.state.page;
    let mut at_stake = object.apart.stored.set_spans(size / page * page, size);
    if size < object.size && at_stake.next().is_some() {
        cx.profile.rules.shrink_keeps.choices.iter().cloned().collect()
    } else {
        smallvec![Choice { value: true, justification: by.into() }]
    }
}
