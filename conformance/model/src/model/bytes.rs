//! What an object, or a private copy of its pages, holds: spans of bytes, and where the standard leaves it open, nothing
//! certain.

use crate::outcome::Content;
use std::collections::BTreeMap;

/// What stands at a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// This byte.
    Byte(u8),
    /// Any byte: what was stored there, or zero, or what was there before.
    Any,
}

/// `[start, end)` holds `value` throughout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) value: Value,
}

impl Span {
    /// Number of bytes.
    pub(crate) fn len(self) -> u64 {
        self.end.abs_diff(self.start)
    }
}

/// Bytes without an end. What no span covers is zero; neighbouring spans differ, and none is plain zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bytes {
    /// Where each span ends and what it holds, by where it starts.
    spans: BTreeMap<i64, (i64, Value)>,
}

impl Bytes {
    /// Makes `[start, end)` hold `value`.
    pub(crate) fn fill(&mut self, start: i64, end: i64, value: Value) {
        if start >= end {
            return;
        }
        self.split(start);
        self.split(end);
        while let Some((&at, _)) = self.spans.range(start..end).next() {
            self.spans.remove(&at);
        }
        if value == Value::Byte(0) {
            return;
        }
        let (mut start, mut end) = (start, end);
        if let Some((&before, &(to, held))) = self.spans.range(..start).next_back()
            && to == start
            && held == value
        {
            start = before;
        }
        if let Some(&(to, held)) = self.spans.get(&end)
            && held == value
        {
            self.spans.remove(&end);
            end = to;
        }
        self.spans.insert(start, (end, value));
    }

    /// Has a span end at `at` rather than reach across it.
    fn split(&mut self, at: i64) {
        let Some((_, (end, value))) = self.spans.range_mut(..at).next_back() else { return };
        if *end > at {
            let rest = (std::mem::replace(end, at), *value);
            self.spans.insert(at, rest);
        }
    }

    /// Makes everything from `start` on zero.
    pub(crate) fn clear_from(&mut self, start: i64) {
        self.fill(start, i64::MAX, Value::Byte(0));
    }

    /// Is anything but zero at or behind `start`?
    pub(crate) fn holds_from(&self, start: i64) -> bool {
        self.spans.last_key_value().is_some_and(|(_, (end, _))| *end > start)
    }

    /// Makes what is certain in `[start, end)` uncertain where it is not zero.
    pub(crate) fn blur(&mut self, start: i64, end: i64) {
        for span in self.set_spans(start, end).collect::<Vec<_>>() {
            self.fill(span.start, span.end, Value::Any);
        }
    }

    /// The spans of `[start, end)` that are not zero.
    pub(crate) fn set_spans(&self, start: i64, end: i64) -> impl Iterator<Item = Span> {
        let across = self.spans.range(..start).next_back();
        let inside = if start < end { Some(self.spans.range(start..end)) } else { None };
        let spans = across.into_iter().chain(inside.into_iter().flatten());
        spans.filter_map(move |(&from, &(to, value))| {
            let (from, to) = (from.max(start), to.min(end));
            (from < to).then_some(Span { start: from, end: to, value })
        })
    }

    /// The spans of `[start, end)`, with those of zeros.
    pub(crate) fn spans(&self, start: i64, end: i64) -> Vec<Span> {
        let mut found = Vec::new();
        let mut at = start;
        for span in self.set_spans(start, end) {
            if at < span.start {
                found.push(Span { start: at, end: span.start, value: Value::Byte(0) });
            }
            found.push(span);
            at = span.end;
        }
        if at < end {
            found.push(Span { start: at, end, value: Value::Byte(0) });
        }
        found
    }

    /// How many pages of the first `size` bytes hold something that is not zero for certain.
    pub(crate) fn pages_held(&self, size: i64, page: i64) -> i64 {
        let mut held = 0;
        let mut counted = -1;
        for span in self.set_spans(0, size).filter(|span| span.value != Value::Any) {
            let (first, last) = ((span.start / page).max(counted + 1), (span.end - 1) / page);
            held += (last - first + 1).max(0);
            counted = counted.max(last);
        }
        held
    }

    /// How many spans there are.
    pub(crate) fn weight(&self) -> usize {
        self.spans.len()
    }
}

/// Is `content` what `spans` say, byte for byte?
pub(crate) fn agree(spans: &[Span], content: &Content) -> bool {
    let mut runs = content.runs().iter().copied();
    let mut run = runs.next();
    for span in spans {
        let mut left = span.len();
        while left > 0 {
            let Some(current) = run.as_mut() else { return false };
            if span.value != Value::Any && span.value != Value::Byte(current.byte) {
                return false;
            }
            let used = left.min(current.len);
            left -= used;
            current.len -= used;
            if current.len == 0 {
                run = runs.next();
            }
        }
    }
    run.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![(0u8..3).prop_map(Value::Byte), Just(Value::Any)]
    }

    proptest! {
        #[test]
        fn spans_hold_what_an_array_of_bytes_would(fills in proptest::collection::vec((0i64..40, 0i64..40, value()), 0..20)) {
            let mut bytes = Bytes::default();
            let mut array = [Value::Byte(0); 40];
            for (start, end, value) in fills {
                bytes.fill(start, end, value);
                if start < end {
                    array[start as usize..end as usize].fill(value);
                }
            }
            for span in bytes.spans(0, 40) {
                prop_assert!(array[span.start as usize..span.end as usize].iter().all(|held| *held == span.value));
            }
            let neighbours: Vec<Span> = bytes.set_spans(0, 40).collect();
            prop_assert!(neighbours.windows(2).all(|two| two[0].end < two[1].start || two[0].value != two[1].value));
            prop_assert_eq!(bytes.spans(0, 40).into_iter().map(Span::len).sum::<u64>(), 40);
        }
    }
}
