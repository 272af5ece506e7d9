//! Systems that keep what mappings store apart from what read and write see, until it is written back.

use super::branch::Cx;
use super::bytes::{Span, Value};
use super::checks::Checks;
use super::state::{Object, ObjectId, State};

/// How far an object's pages and its file may have gone apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Apart {
    /// There are no pages.
    #[default]
    Never,
    /// It was mapped, so that pages of it may be kept.
    Mapped,
    /// Something was stored to its pages, which the file may not hold yet.
    Stored,
    /// Something was written to the file, which its pages may not show, and which they may replace.
    Written,
}

/// Are the two always the same?
fn coherent(cx: Cx<'_>) -> bool {
    cx.profile.rules.io_coherent.always(|coherent| *coherent)
}

/// What happens to an object's pages or its file, as an effect.
pub(super) fn goes(cx: Cx<'_>, id: ObjectId, to: Apart) -> impl Fn(&mut State) + Copy + use<> {
    let coherent = coherent(cx);
    move |state| {
        let object = state.object_mut(id);
        let has_pages = object.apart != Apart::Never;
        if !coherent && (has_pages || to == Apart::Mapped) {
            object.apart = object.apart.max(to);
        }
    }
}

/// Nothing is certain of `[start, end)` where an object went as far apart as `from`.
pub(super) fn uncertain(
    cx: Cx<'_>,
    object: &Object,
    from: Apart,
    (start, end): (i64, i64),
    checks: &mut Checks<'_>,
) -> Option<Vec<Span>> {
    let choices = &cx.profile.rules.io_coherent.choices;
    let apart = choices.iter().find(|choice| !choice.value).filter(|_| object.apart >= from)?;
    checks.rests_on(apart.ground);
    Some(if start < end { vec![Span { start, end, value: Value::Open }] } else { Vec::new() })
}
