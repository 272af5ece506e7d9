//! The report itself, as its schema describes it.

use super::{Document, Format};
use std::io::{self, Write};

/// Indented JSON.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Format for Json {
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *output, document)?;
        output.write_all(b"\n")
    }
}
