//! Where the pages of an object and its file may hold different bytes, on systems that keep the two apart.

use super::bytes::{Bytes, Value};

/// Where an object's pages and its file may have gone apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Apart {
    /// Was it mapped, so that pages of it may be kept?
    is_mapped: bool,
    /// What was stored to the pages: the file may not hold it yet.
    pub(crate) stored: Bytes,
    /// What was written to the file since: the pages may not show it, and may replace it.
    pub(crate) written: Bytes,
}

impl Apart {
    /// It is mapped.
    pub(crate) fn map(&mut self) {
        self.is_mapped = true;
    }

    /// A mapping stores to it, so that the pages are certain there.
    pub(crate) fn store(&mut self, start: i64, end: i64) {
        self.stored.fill(start, end, Value::Any);
        self.written.fill(start, end, Value::Byte(0));
    }

    /// It is written to.
    pub(crate) fn write(&mut self, start: i64, end: i64) {
        if self.is_mapped {
            self.written.fill(start, end, Value::Any);
        }
    }
}
