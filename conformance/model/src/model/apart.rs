//! Systems that keep what mappings store apart from what read and write see, until it is written back.

use super::branch::Cx;
use super::bytes::{Bytes, Value};
use super::checks::Checks;
use super::state::Object;
use std::borrow::Cow;

/// Where an object's pages and its file may have gone apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Apart {
    /// Was it mapped, so that pages of it may be kept?
    is_mapped: bool,
    /// What was stored to the pages: the file may not hold it yet.
    stored: Bytes,
    /// What was written to the file since: the pages may not show it, and may replace it.
    written: Bytes,
}

impl Apart {
    /// It is mapped.
    pub(super) fn map(&mut self) {
        self.is_mapped = true;
    }

    /// A mapping stores to it, so that the pages are certain there.
    pub(super) fn store(&mut self, start: i64, end: i64) {
        self.stored.fill(start, end, Value::Open);
        self.written.fill(start, end, Value::Byte(0));
    }

    /// It is written to.
    pub(super) fn write(&mut self, start: i64, end: i64) {
        if self.is_mapped {
            self.written.fill(start, end, Value::Open);
        }
    }
}

/// May the two go apart at all?
pub(super) fn is_possible(cx: Cx<'_>) -> bool {
    !cx.profile.rules.io_coherent.always(|coherent| *coherent)
}

/// An object's bytes as a mapping shows them, of which `[start, end)` is asked for.
pub(super) fn by_mapping<'a>(
    cx: Cx<'_>,
    object: &'a Object,
    range: (i64, i64),
    checks: &mut Checks<'_>,
) -> Cow<'a, Bytes> {
    seen(cx, object, &[&object.apart.written], range, checks)
}

/// An object's bytes as `read` gives them, of which `[start, end)` is asked for.
pub(super) fn by_reading<'a>(
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
    let spans = uncertain.iter().flat_map(|bytes| bytes.spans(start, end));
    let spans: Vec<_> = spans.filter(|span| span.value == Value::Open && span.start < span.end).collect();
    let apart = cx.profile.rules.io_coherent.choices.iter().find(|choice| !choice.value);
    let Some(apart) = apart.filter(|_| !spans.is_empty()) else { return Cow::Borrowed(&object.bytes) };
    checks.rests_on(apart.justification);
    let mut bytes = object.bytes.clone();
    for span in spans {
        bytes.fill(span.start, span.end, Value::Open);
    }
    Cow::Owned(bytes)
}
