//! Why options are refused, or a backend could not be made.

use std::fmt;

use super::Options;
use crate::Error;

/// Why [`Options`] are refused, or no backend came of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The text is in neither notation.
    Syntax(String),
    /// A key that is needed is missing.
    Missing(&'static str),
    /// A key comes twice in JSON.
    Twice(String),
    /// There is no such key.
    Unknown(String),
    /// A value does not fit its key.
    Expects {
        /// The key.
        key: String,
        /// What its value must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// The backend is of another type.
    OtherType(String),
    /// The ID is not of the form that IDs have.
    BadId(String),
    /// The value of this key is 0.
    Zero(&'static str),
    /// `share=off`.
    ShareOff,
    /// `prealloc=on` with `reserve=off`.
    PreallocWithoutReserve,
    /// `host-nodes` with the default policy.
    NodesWithoutPolicy,
    /// A policy without `host-nodes`.
    PolicyWithoutNodes,
    /// A node above all that there can be.
    NoSuchNode(u64),
    /// `prealloc-context`, with the object that it names.
    NoContext(String),
    /// The options are right and the system refused.
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(why) => write!(f, "the options cannot be read: {why}"),
            Self::Missing("qom-type") => f.write_str("no type of backend is given; begin with memory-backend-shm"),
            Self::Missing(key) => write!(f, "{key} is missing; add {key}=..."),
            Self::Twice(key) => write!(f, "{key} is given twice; say it once"),
            Self::Unknown(key) => write!(f, "memory-backend-shm has no property {key:?}"),
            Self::Expects { key, wanted, found } => {
                write!(f, "{key}={found} is refused: {key} takes {wanted}")
            }
            Self::OtherType(found) => {
                write!(f, "{found:?} is another type of backend; this one is memory-backend-shm")
            }
            Self::BadId(id) => {
                write!(f, "id={id} is refused: an ID is a letter, then letters, digits, -, . and _")
            }
            Self::Zero(key) => write!(f, "{key}=0 is refused: it is at least 1"),
            Self::ShareOff => f.write_str("share=off is refused: this backend is shared memory and nothing else"),
            Self::PreallocWithoutReserve => {
                f.write_str("prealloc=on and reserve=off contradict each other: what is populated is reserved")
            }
            Self::NodesWithoutPolicy => {
                f.write_str("host-nodes is refused with policy=default; say bind, preferred or interleave")
            }
            Self::PolicyWithoutNodes => f.write_str("the policy needs host-nodes"),
            Self::NoSuchNode(node) => {
                let last = super::Nodes::MAX - 1;
                write!(f, "host-nodes={node} is refused: the last node there can be is {last}")
            }
            Self::NoContext(id) => {
                write!(f, "prealloc-context={id} is refused: there are no objects to refer to here")
            }
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl Options {
    /// Makes the backend.
    ///
    /// # Errors
    ///
    /// [`Refusal::Failed`], with what the system says or lacks.
    pub fn create(&self) -> Result<super::Backend, Refusal> {
        super::Backend::new(self).map_err(Refusal::from)
    }
}
