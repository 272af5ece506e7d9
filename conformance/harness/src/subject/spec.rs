//! The name of a subject, `kind[:argument]`, and what it stands for.

use super::mutant::{Mutant, NotAMutant};
use super::{Libc, Memfd, Shmfd, Subject};
use shmfd::Strategy;
use std::fmt;
use std::str::FromStr;

/// An implementation under test, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spec {
    /// `libc`: the calls of this system's C library.
    Libc,
    /// `shmfd[:strategy]`: the crate `shmfd`.
    Shmfd(Strategy),
    /// `memfd`: `memfd_create`.
    Memfd,
    /// `mutant:NAME`: the native subject with one planted fault.
    Mutant(Mutant),
    /// `command:CMD`: a program that speaks the protocol, split into words as a shell does.
    Command(String, Vec<String>),
}

/// Why a text names no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// There is no such kind.
    #[error("no kind of subject is called {found:?}; there are {}", KINDS.join(", "))]
    Kind {
        /// What stood there.
        found: String,
    },
    /// The kind takes no argument.
    #[error("the subject {kind} takes no argument, found {found:?}")]
    NoArgument {
        /// The kind.
        kind: &'static str,
        /// What stood behind the colon.
        found: String,
    },
    /// There is no such way of making objects.
    #[error("shmfd knows no strategy {found:?}; there are auto, {}", strategies())]
    Strategy {
        /// What stood behind the colon.
        found: String,
    },
    /// There is no such mutant.
    #[error(transparent)]
    Mutant(#[from] NotAMutant),
    /// The command cannot be split into words, or has none.
    #[error("command: takes a program and its arguments, such as command:\"python3 adapter.py\"; found {found:?}")]
    Command {
        /// What stood behind the colon.
        found: String,
    },
}

/// How subjects are called.
pub const KINDS: &[&str] = &["libc", "shmfd[:STRATEGY]", "memfd", "command:CMD", "mutant:NAME", "model:PROFILE"];

fn strategies() -> String {
    Strategy::ALL.map(|strategy| strategy.to_string()).join(", ")
}

impl Spec {
    /// The subject itself; nothing where another program is the subject.
    pub fn make(&self) -> Option<Box<dyn Subject>> {
        match self {
            Spec::Libc => Some(Box::new(Libc)),
            Spec::Shmfd(strategy) => Some(Box::new(Shmfd::new(*strategy))),
            Spec::Memfd => Some(Box::new(Memfd)),
            Spec::Mutant(mutant) => Some(mutant.make()),
            Spec::Command(..) => None,
        }
    }
}

impl FromStr for Spec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Spec, SpecError> {
        let (kind, argument) = match text.split_once(':') {
            Some((kind, argument)) => (kind, Some(argument)),
            None => (text, None),
        };
        let plain = |kind, spec| match argument {
            None => Ok(spec),
            Some(found) => Err(SpecError::NoArgument { kind, found: found.to_owned() }),
        };
        match kind {
            "libc" => plain("libc", Spec::Libc),
            "memfd" => plain("memfd", Spec::Memfd),
            "shmfd" => {
                let found = argument.unwrap_or("auto");
                found.parse().map(Spec::Shmfd).map_err(|_| SpecError::Strategy { found: found.to_owned() })
            }
            "mutant" => Ok(Spec::Mutant(argument.unwrap_or_default().parse()?)),
            "command" => {
                let found = argument.unwrap_or_default();
                match shell_words::split(found) {
                    Ok(words) if !words.is_empty() => Ok(Spec::Command(found.to_owned(), words)),
                    _ => Err(SpecError::Command { found: found.to_owned() }),
                }
            }
            _ => Err(SpecError::Kind { found: text.to_owned() }),
        }
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spec::Libc => f.write_str("libc"),
            Spec::Shmfd(Strategy::Auto) => f.write_str("shmfd"),
            Spec::Shmfd(strategy) => write!(f, "shmfd:{strategy}"),
            Spec::Memfd => f.write_str("memfd"),
            Spec::Mutant(mutant) => write!(f, "mutant:{}", mutant.name),
            Spec::Command(command, _) => write!(f, "command:{command}"),
        }
    }
}
