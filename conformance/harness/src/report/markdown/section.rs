//! A part of a summary that has no more bytes than it may, and says what was left out.

use std::io::{self, Write};

/// A heading with entries below it.
pub(super) struct Section {
    heading: &'static str,
    /// What the entries are called.
    what: &'static str,
    /// How many bytes there is room for.
    room: usize,
    text: String,
    left_out: usize,
}

impl Section {
    pub(super) fn new(heading: &'static str, what: &'static str, room: usize) -> Section {
        Section { heading, what, room, text: String::new(), left_out: 0 }
    }

    /// Adds an entry if there is room for it.
    pub(super) fn add(&mut self, entry: &str) {
        if self.text.len() + entry.len() <= self.room {
            self.text.push_str(entry);
        } else {
            self.left_out += 1;
        }
    }

    /// Writes it, if there is anything in it.
    pub(super) fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        let Section { heading, what, text, left_out, .. } = self;
        if text.is_empty() && *left_out == 0 {
            return Ok(());
        }
        if !heading.is_empty() {
            writeln!(output, "{heading}\n")?;
        }
        writeln!(output, "{}\n", text.trim_end())?;
        if *left_out > 0 {
            writeln!(output, "{left_out} more {what} have no room in a summary; they are in the whole report.\n")?;
        }
        Ok(())
    }
}
