//! Every call that a script can make, with its arguments, as plain data.
//!
//! A call says what is asked for and never what should come back. The same type stands in scripts, where names
//! and amounts may be symbolic (`@x`, `PAGE+1`), and, resolved, on the wire and in traces.

pub mod amount;
mod argument;
mod entry;
mod label;
mod members;
pub mod name;
pub mod reference;
mod refers;
mod requirement;
mod table;

pub use crate::constants::{
    FileLock, Lock, MapFlags, MemfdFlags, OpenFlags, Prot, ReopenFlags, Resource, Seals, StatusFlags, Timestamp,
    Whence, flags,
};
pub use amount::Amount;
pub(crate) use argument::{MOST_NEW_NAMES, Source, label as read_label};
pub use entry::{Binds, Entry, Parameter};
pub use label::{Label, NotALabel};
pub use name::{Form, Name};
pub use refers::Handle;
pub use requirement::{NotARequirement, Requirement};
pub use table::Call;
pub(crate) use table::Function;

use argument::{Part, Written};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A range of a mapping, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Range {
    /// First byte.
    pub offset: Amount,
    /// Number of bytes.
    pub len: Amount,
}

/// A place in the address space: where a mapping has one of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Over {
    /// The mapping.
    pub map: Label,
    /// Which byte.
    pub at: Amount,
}

/// A number in a call that no script can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("found {found}, expected {what} from {least} to {most}")]
pub struct OutOfRange {
    what: &'static str,
    found: u32,
    least: u32,
    most: u32,
}

impl Call {
    /// What the table of calls says of it.
    pub fn entry(&self) -> &'static Entry {
        self.function().entry()
    }

    /// The object name that the call is about, if it has one.
    pub fn name(&self) -> Option<&Name> {
        let mut name = None;
        self.parts(&mut |part| {
            if let Part::Name(found) = part {
                name = Some(found);
            }
        });
        name
    }

    /// The call with every symbolic name and amount made concrete.
    ///
    /// `literal` turns a symbolic name into the bytes that the subject gets; `page` is the page size in bytes, see
    /// [`Amount::resolve`].
    pub fn resolve(&self, page: u64, literal: &mut dyn FnMut(&Name) -> String) -> Call {
        let mut call = self.clone();
        call.parts_mut(&mut |part| match part {
            Part::Name(name) => *name = Name::Literal(literal(name)),
            Part::Amount(amount) => *amount = amount.resolve(page),
            _ => {}
        });
        call
    }
}

impl Function {
    /// What the table of calls says of it.
    pub(crate) fn entry(self) -> &'static Entry {
        &Call::ENTRIES[self as usize]
    }

    /// The first function of that name.
    pub(crate) fn first_called(name: &str) -> Option<Function> {
        Function::ALL.iter().copied().find(|function| function.entry().name == name)
    }

    /// The function of that name and command.
    pub(crate) fn called(name: &str, command: &str) -> Option<Function> {
        let is_it = |entry: &Entry| entry.name == name && entry.command == Some(command);
        Function::ALL.iter().copied().find(|function| is_it(function.entry()))
    }
}

/// As in C, with the arguments that matter.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = self.entry();
        write!(f, "{}(", entry.name)?;
        self.write(&mut Written::new(f, entry.command))?;
        f.write_str(")")
    }
}
