//! The name of a subject, `kind[:argument]`, and what it stands for.

use super::kinds::{Argument, KINDS, forms, strategies};
use super::mutant::{Mutant, NotAMutant};
use super::qemu::{DEFAULT_BINARY, Qemu};
use super::{Libc, Library, LibraryError, Memfd, Shmfd, Subject};
use shmconf_model::profile::Profile;
use shmfd::Strategy;
use std::fmt;
use std::str::FromStr;

/// An implementation under test, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spec {
    /// `libc`: the calls of this system's C library.
    Libc,
    /// `shmfd[:STRATEGY]`: the crate `shmfd`.
    Shmfd(Strategy),
    /// `memfd`: `memfd_create`.
    Memfd,
    /// `qemu[:BINARY]`: QEMU's memory-backend-shm, by that program.
    Qemu(String),
    /// `command:COMMAND`: a program that speaks the protocol, split into words as a shell does.
    Command(String, Vec<String>),
    /// `library:PATH`: the calls that a shared library exports.
    Library(String),
    /// `model:PROFILE`: the model in the place of an implementation, by the ID of a built-in profile.
    Model(String),
    /// `mutant:NAME`: the native subject with one planted fault.
    Mutant(Mutant),
}

/// Why a text names no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// There is no such kind.
    #[error("no kind of subject is called `{found}`; there are {}; see `shmconf explain subjects`", forms())]
    Kind {
        /// What stood there.
        found: String,
    },
    /// The kind takes no argument.
    #[error("the subject `{kind}` takes no argument, found `{kind}:{found}`")]
    NoArgument {
        /// The kind.
        kind: &'static str,
        /// What stood behind the colon.
        found: String,
    },
    /// There is no such way of making objects.
    #[error("shmfd has no strategy called `{found}`; there are {}", strategies())]
    Strategy {
        /// What stood behind the colon.
        found: String,
    },
    /// There is no such mutant.
    #[error(transparent)]
    Mutant(#[from] NotAMutant),
    /// The command cannot be split into words, or has none.
    #[error(
        "`command:` takes a program and its arguments, as in command:\"python3 adapter.py\"; found `command:{found}`"
    )]
    Command {
        /// What stood behind the colon.
        found: String,
    },
    /// No library is named.
    #[error("`library:` takes the path of a shared library, as in library:./libmine.so")]
    Library,
    /// There is no such profile.
    #[error("`model:` takes a profile, and none is called `{found}`; there are {}", Profile::ids().collect::<Vec<_>>().join(", "))]
    Profile {
        /// What stood behind the colon.
        found: String,
    },
    /// The platform has no such release or setting.
    #[error("`model:` takes a profile, and {problem}")]
    Circumstances {
        /// What is wrong with them.
        problem: String,
    },
}

impl Spec {
    /// Is it neither this system's own shared memory nor made of it as far as is known? POSIX alone says then what it must do.
    pub fn is_foreign(&self) -> bool {
        matches!(self, Spec::Command(..) | Spec::Library(_))
    }

    /// The subject itself, for a process of ours to call; nothing where another program or the model is the subject.
    ///
    /// # Errors
    ///
    /// A shared library cannot be loaded, or exports too little.
    pub fn make(&self) -> Result<Option<Box<dyn Subject>>, LibraryError> {
        Ok(Some(match self {
            Spec::Libc => Box::new(Libc),
            Spec::Shmfd(strategy) => Box::new(Shmfd::new(*strategy)),
            Spec::Memfd => Box::new(Memfd),
            Spec::Qemu(binary) => Box::new(Qemu::new(binary)),
            Spec::Library(path) => Box::new(Library::load(path)?),
            Spec::Mutant(mutant) => mutant.make(),
            Spec::Command(..) | Spec::Model(_) => return Ok(None),
        }))
    }
}

impl FromStr for Spec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Spec, SpecError> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let kind = KINDS.iter().find(|kind| kind.name == name);
        let kind = kind.ok_or_else(|| SpecError::Kind { found: text.to_owned() })?;
        match (kind.argument, argument) {
            (Argument::None, Some(found)) => Err(SpecError::NoArgument { kind: kind.name, found: found.to_owned() }),
            _ => (kind.make)(argument.unwrap_or_default()),
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
            Spec::Qemu(binary) if binary == DEFAULT_BINARY => f.write_str("qemu"),
            Spec::Qemu(binary) => write!(f, "qemu:{binary}"),
            Spec::Mutant(mutant) => write!(f, "mutant:{}", mutant.name),
            Spec::Command(command, _) => write!(f, "command:{command}"),
            Spec::Library(path) => write!(f, "library:{path}"),
            Spec::Model(profile) => write!(f, "model:{profile}"),
        }
    }
}
