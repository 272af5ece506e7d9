//! What a mapping and what `read` show of an object, on systems that keep pages and file apart until they are written
//! back.

use crate::model::branch::Cx;
use crate::model::bytes::{Bytes, Value};
use crate::model::checks::Checks;
use crate::model::state::Object;
use std::borrow::Cow;

/// May the two go apart at all?
pub(in crate::model) fn may_part(cx: Cx<'_>) -> bool {
    !cx.profile.rules.io_coherent.always(|coherent| *coherent)
}

/// An object's bytes as a mapping shows them, of which `[start, end)` is asked for.
pub(in crate::model) fn by_mapping<'a>(
    cx: Cx<'_>,
    object: &'a Object,
    range: (i64, i64),
    checks: &mut Checks<'_>,
) -> Cow<'a, Bytes> {
    seen(cx, object, &[&object.apart.written], range, checks)
}

/// An object's bytes as `read` gives them, of which `[start, end)` is asked for.
pub(in crate::model) fn by_reading<'a>(
    cx: Cx<'_>,
    object: &'a Object,
    range: (i64, i64),
    checks: &mut Checks<'_>,
) -> Cow<'a, Bytes> {
    seen(cx, object, &[&object.apart.stored, &object.apart.written], range, checks)
}

fn seen<'a>(
    cx: Cx<'_>,
    object: &'a Object,
    uncertain: &[&Bytes],
    (start, end): (i64, i64),
    checks: &mut Checks<'_>,
) -> Cow<'a, Bytes> {
    let apart = cx.profile.rules.io_coherent.choices.iter().find(|choice| !choice.value);
    let spans: Vec<_> = match apart {
        Some(_) => uncertain.iter().flat_map(|bytes| bytes.set_spans(start, end)).collect(),
        None => Vec::new(),
    };
    let Some(apart) = apart.filter(|_| !spans.is_empty()) else { return Cow::Borrowed(&object.bytes) };
    checks.rests_on(apart.justification);
    let mut bytes = object.bytes.clone();
    for span in spans {
        bytes.fill(span.start, span.end, Value::Any);
    }
    Cow::Owned(bytes)
}
