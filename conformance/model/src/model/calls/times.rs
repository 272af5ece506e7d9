//! `timestamp`: the times of an object, and which of its calls they show.

use crate::call::{Call, Label};
use crate::clause;
use crate::constants::Timestamp;
use crate::model::branch::{Branch, Cx};
use crate::model::checks::Checks;
use crate::model::effect::Effect;
use crate::model::expect::Expect;
use crate::model::state::{ObjectId, State, Touches};
use crate::profile::Times;
use smallvec::smallvec;

/// A time is later than it was where something was done that it must show, and the same where nothing was that it may show.
pub(in crate::model) fn timestamp(cx: Cx<'_>, fd: Label, which: Timestamp, checks: &mut Checks<'_>) {
    let Some(open) = checks.descriptor(cx, fd, clause::fstat(3)) else { return };
    let told = cx.state.object(open.object).times.told(which);
    for choice in &cx.profile.rules.times.choices {
        let expect = match (choice.value, shown(choice.value, which), told) {
            (Times::Zero, ..) => Expect::Value(0),
            (_, None, _) => Expect::Between(i64::MIN, i64::MAX),
            (_, Some(_), None) => Expect::Time(1),
            (_, Some(shown), Some(told)) if told.since.intersects(shown.surely) => {
                Expect::Time(told.at.saturating_add(1))
            }
            (_, Some(shown), Some(told)) if told.since.intersects(shown.perhaps) => Expect::Time(told.at),
            (_, Some(_), Some(told)) => Expect::Value(told.at),
        };
        // Whatever the choice: each would have a state of its own otherwise.
        let learned = smallvec![Effect::LearnTime(open.object, which)];
        checks.way(choice.justification).succeed(expect, &[clause::fstat(4)], learned);
    }
}

/// What a time shows.
struct Shown {
    surely: Touches,
    perhaps: Touches,
}

fn shown(times: Times, which: Timestamp) -> Option<Shown> {
    let written = Touches::WRITTEN | Touches::RESIZED;
    let by_chance = Touches::TRIED | Touches::RESERVED | Touches::STORED | Touches::SAME_SIZE;
    let mapped = Touches::MAPPED | Touches::LOADED | Touches::STORED;
    let (surely, perhaps) = match (times, which) {
        (Times::Zero | Times::Any, _) => return None,
        // It may be the same second still.
        (Times::MarkedBySecond, _) => {
            let exact = shown(Times::Marked, which)?;
            (Touches::empty(), exact.surely | exact.perhaps)
        }
        (Times::Marked, Timestamp::Access) => (Touches::empty(), Touches::READ | Touches::MAPPED),
        (Times::Marked, Timestamp::Modification) => (written | Touches::SAME_SIZE, by_chance),
        (Times::Marked, Timestamp::Change) => {
            (written | Touches::SAME_SIZE | Touches::ATTRIBUTES | Touches::UNLINKED, by_chance)
        }
        (Times::MarkedLate, Timestamp::Access) => (Touches::empty(), Touches::READ | mapped),
        (Times::MarkedLate, Timestamp::Modification) => (written, by_chance | mapped),
        (Times::MarkedLate, Timestamp::Change) => {
            (written | Touches::ATTRIBUTES, by_chance | mapped | Touches::UNLINKED)
        }
        (Times::OfSizes, Timestamp::Access) => (Touches::MAPPED, Touches::empty()),
        (Times::OfSizes, _) => (Touches::RESIZED, Touches::WRITTEN),
    };
    Some(Shown { surely, perhaps })
}

/// Adds to each branch of a call what the times of objects may show of it.
pub(in crate::model) fn touch(cx: Cx<'_>, call: &Call, branches: &mut [Branch]) {
    let writes_nothing = matches!(call, Call::Write { len, .. } | Call::Pwrite { len, .. } if len.get() == 0);
    if !cx.state.knows_times || writes_nothing {
        return;
    }
    for branch in branches {
        let done = branch.effects.iter().filter_map(|effect| by_effect(cx.state, effect));
        let touched: Vec<_> = done.chain(by_call(cx, call, branch)).collect();
        branch.effects.extend(touched.into_iter().map(|(object, touches)| Effect::Touch(object, touches)));
    }
}

fn by_effect(state: &State, effect: &Effect) -> Option<(ObjectId, Touches)> {
    let sized = |id: ObjectId, size| {
        let is_same = state.object(id).size == size;
        (id, if is_same { Touches::SAME_SIZE } else { Touches::RESIZED })
    };
    match effect {
        Effect::Unname(key) => Some((state.named(key)?, Touches::UNLINKED)),
        Effect::Empty(id, _) => Some(sized(*id, 0)),
        Effect::Resize { object, size, .. } => Some(sized(*object, *size)),
        Effect::Write { object, .. } => Some((*object, Touches::WRITTEN)),
        Effect::Punch(id, _) => Some((*id, Touches::RESERVED)),
        Effect::Chmod(id, ..) | Effect::Chown(id, ..) => Some((*id, Touches::ATTRIBUTES)),
        Effect::Store { object, .. } | Effect::StoreInPart(object, _) => Some((*object, Touches::STORED)),
        Effect::Map { mapping, .. } => Some((mapping.object, Touches::MAPPED)),
        _ => None,
    }
}

/// What no effect tells: what was read, and what failed or changed nothing.
fn by_call(cx: Cx<'_>, call: &Call, branch: &Branch) -> Vec<(ObjectId, Touches)> {
    let fails = matches!(branch.expect, Expect::Errno(_) | Expect::Signal(_));
    let behind = |fd: &Label| {
        let descriptor = cx.process.number(*fd).and_then(|number| cx.process.fd(number))?;
        cx.state.description(descriptor.description)?.object
    };
    let with = |fd: &Label, touches| behind(fd).map(|object| (object, touches)).into_iter().collect();
    match call {
        Call::Read { fd, .. } | Call::Pread { fd, .. } => with(fd, Touches::READ),
        Call::Write { fd, .. } | Call::Pwrite { fd, .. } if fails => with(fd, Touches::TRIED),
        Call::PosixFallocate { fd, .. } | Call::Punch { fd, .. } => with(fd, Touches::RESERVED),
        Call::Load { map, .. } | Call::Store { map, .. } | Call::Mlock { map } | Call::Msync { map } => {
            let objects = cx.process.window(*map).into_iter().flat_map(|window| cx.process.lying_in(window.area));
            objects.map(|(_, map)| (map.object, Touches::LOADED)).collect()
        }
        _ => Vec::new(),
    }
}
