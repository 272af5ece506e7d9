//! What an object, or a private copy of its pages, holds: spans of bytes, and where the standard leaves it open, nothing
//! certain.

use crate::outcome::Content;

/// What stands at a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// This byte.
    Byte(u8),
    /// Any byte: what was stored there, or zero, or what was there before.
    Open,
}

/// `[start, end)` holds `value` throughout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) value: Value,
}

/// Bytes without an end. What no span covers is zero; spans are in order, apart or different, and never plain zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bytes {
    spans: Vec<Span>,
}

impl Bytes {
    /// Makes `[start, end)` hold `value`.
    pub(crate) fn fill(&mut self, start: i64, end: i64, value: Value) {
        if start >= end {
            return;
        }
        let mut spans = Vec::with_capacity(self.spans.len() + 2);
        let mut new = Some(Span { start, end, value }).filter(|span| span.value != Value::Byte(0));
        for span in &self.spans {
            if span.start >= start {
                spans.extend(new.take());
            }
            if span.start < start {
                spans.push(Span { end: span.end.min(start), ..*span });
            }
            if span.end > end {
                spans.push(Span { start: span.start.max(end), ..*span });
            }
        }
        spans.extend(new);
        spans.sort_by_key(|span| span.start);
        self.spans = spans;
        self.join();
    }

    /// Makes everything from `start` on zero.
    pub(crate) fn clear_from(&mut self, start: i64) {
        self.spans.retain(|span| span.start < start);
        if let Some(last) = self.spans.last_mut() {
            last.end = last.end.min(start);
        }
    }

    /// Is anything but zero at or behind `start`?
    pub(crate) fn holds_from(&self, start: i64) -> bool {
        self.spans.last().is_some_and(|last| last.end > start)
    }

    /// Makes what is certain in `[start, end)` uncertain where it is not zero.
    pub(crate) fn blur(&mut self, start: i64, end: i64) {
        for span in self.spans(start, end) {
            if span.value != Value::Byte(0) {
                self.fill(span.start, span.end, Value::Open);
            }
        }
    }

    /// The spans of `[start, end)`, with those of zeros.
    pub(crate) fn spans(&self, start: i64, end: i64) -> Vec<Span> {
        let mut found = Vec::new();
        let mut at = start;
        for span in self.spans.iter().filter(|span| span.end > start && span.start < end) {
            let (from, to) = (span.start.max(start), span.end.min(end));
            if at < from {
                found.push(Span { start: at, end: from, value: Value::Byte(0) });
            }
            found.push(Span { start: from, end: to, value: span.value });
            at = to;
        }
        if at < end {
            found.push(Span { start: at, end, value: Value::Byte(0) });
        }
        found
    }

    fn join(&mut self) {
        self.spans.dedup_by(|next, before| {
            let joins = before.end == next.start && before.value == next.value;
            if joins {
                before.end = next.end;
            }
            joins
        });
    }
}

/// Is `content` what `spans` say, byte for byte?
pub(crate) fn agree(spans: &[Span], content: &Content) -> bool {
    let mut runs = content.runs().iter().copied();
    let mut run = runs.next();
    for span in spans {
        let mut left = (span.end - span.start) as u64;
        while left > 0 {
            let Some(current) = run.as_mut() else { return false };
            if span.value != Value::Open && span.value != Value::Byte(current.byte) {
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
