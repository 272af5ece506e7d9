//! Arguments on their way out, with commas between them.

use std::fmt::{self, Display, Formatter};

/// The arguments of a call that were written so far.
pub(in crate::call) struct Written<'f, 'b> {
    to: &'f mut Formatter<'b>,
    any: bool,
    /// The word that comes behind the first argument.
    command: Option<&'static str>,
    /// Does the call create what it opens? Then its mode is always written.
    pub(super) creates: bool,
}

impl<'f, 'b> Written<'f, 'b> {
    pub(in crate::call) fn new(to: &'f mut Formatter<'b>, command: Option<&'static str>) -> Written<'f, 'b> {
        Written { to, any: false, command, creates: false }
    }

    pub(super) fn put(&mut self, argument: &dyn Display) -> fmt::Result {
        if self.any {
            self.to.write_str(", ")?;
        }
        self.any = true;
        write!(self.to, "{argument}")?;
        self.command.take().map_or(Ok(()), |command| write!(self.to, ", {command}"))
    }
}
