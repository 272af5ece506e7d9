//! A store through a private mapping, and the pages that it copies.

use crate::clause;
use crate::model::bytes::{Bytes, Span, Value};
use crate::model::rules::sizes::whole_pages;
use crate::model::state::{MapId, ObjectId, Private, ProcessId, State};

/// A store through a private mapping.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PrivateStore {
    pub(crate) process: ProcessId,
    pub(crate) map: MapId,
    pub(crate) object: ObjectId,
    pub(crate) range: (i64, i64),
    /// What is stored; nothing where the pages are copied alone.
    pub(crate) byte: Option<u8>,
    /// What the mapping shows there before.
    pub(crate) seen: Bytes,
}

impl PrivateStore {
    /// Changes the state.
    pub(super) fn apply(&self, state: &mut State) {
        if self.byte.is_some() {
            state.bytes_rest_on(self.object, clause::mmap(3));
        }
        let page = state.page;
        let map = state.process_mut(self.process).and_then(|process| process.maps.get_mut(&self.map));
        if let Some(private) = map.and_then(|map| map.private.as_mut()) {
            copy_pages(private, &self.seen, self.range, page);
            if let Some(byte) = self.byte {
                private.own.fill(self.range.0, self.range.1, Value::Byte(byte));
            }
        }
    }
}

/// The whole pages of a range that a private mapping has not copied yet become its own.
fn copy_pages(private: &mut Private, seen: &Bytes, (start, end): (i64, i64), page: i64) {
    let (start, end) = (start / page * page, whole_pages(end, page));
    for Span { start, end, value } in private.copied.spans(start, end) {
        if value == Value::Byte(0) {
            for span in seen.spans(start, end) {
                private.own.fill(span.start, span.end, span.value);
            }
        }
    }
    private.copied.fill(start, end, Value::Byte(1));
}
