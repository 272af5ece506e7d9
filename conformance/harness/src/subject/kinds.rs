//! The table of subjects: every kind, what stands behind its colon, and how it is made of that.
//!
//! A new kind is an entry here and a variant of [`Spec`]; the command's messages and `shmconf explain subjects` follow.

use super::qemu::DEFAULT_BINARY;
use super::spec::{Spec, SpecError};
use shmconf_model::profile::{Profile, ProfileError};
use shmfd::Strategy;

/// A kind of subject.
#[derive(Debug)]
pub struct SubjectKind {
    /// What stands before the colon.
    pub name: &'static str,
    /// What stands behind it.
    pub argument: Argument,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// An example of how it is named.
    pub example: &'static str,
    pub(super) make: fn(&str) -> Result<Spec, SpecError>,
}

/// What stands behind the colon of a subject's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// Nothing.
    None,
    /// Something of this sort, or nothing.
    Optional(&'static str),
    /// Something of this sort.
    Required(&'static str),
}

impl SubjectKind {
    /// How such a subject is named, as `shmfd[:STRATEGY]`.
    pub fn form(&self) -> String {
        match self.argument {
            Argument::None => self.name.to_owned(),
            Argument::Optional(argument) => format!("{}[:{argument}]", self.name),
            Argument::Required(argument) => format!("{}:{argument}", self.name),
        }
    }
}

/// Every kind of subject.
pub const KINDS: &[SubjectKind] = &[
    SubjectKind {
        name: "libc",
        argument: Argument::None,
        about: "The calls of this system's C library: shm_open, ftruncate, mmap and the others.",
        example: "libc",
        make: |_| Ok(Spec::Libc),
    },
    SubjectKind {
        name: "shmfd",
        argument: Argument::Optional("STRATEGY"),
        about: "The crate shmfd, which makes anonymous objects; the strategy says in which way, and auto is the default.",
        example: "shmfd:memfd",
        make: |argument| {
            let strategy = if argument.is_empty() { "auto" } else { argument };
            strategy.parse().map(Spec::Shmfd).map_err(|_| SpecError::Strategy { found: argument.to_owned() })
        },
    },
    SubjectKind {
        name: "memfd",
        argument: Argument::None,
        about: "Anonymous objects made by memfd_create, on systems that have it.",
        example: "memfd",
        make: |_| Ok(Spec::Memfd),
    },
    SubjectKind {
        name: "qemu",
        argument: Argument::Optional("BINARY"),
        about: "The object of QEMU's memory-backend-shm, as a vhost-user device receives it: QEMU 9.1 or later for x86_64, on Linux, with a shmconf that has the feature `qemu`. QEMU refuses sizes that are no whole pages; what is too much is cut off by ftruncate.",
        example: "qemu:qemu-system-x86_64",
        make: |argument| Ok(Spec::Qemu(if argument.is_empty() { DEFAULT_BINARY } else { argument }.to_owned())),
    },
    SubjectKind {
        name: "library",
        argument: Argument::Required("PATH"),
        about: "A shared library that exports shm_open and shm_unlink, or memfd_create, and what else it likes of the calls; the others are the system's. In contrast to a library that is preloaded under libc, it is asked by scripts alone, and held to posix.",
        example: "library:./libmine.so",
        make: |argument| {
            if argument.is_empty() { Err(SpecError::Library) } else { Ok(Spec::Library(argument.to_owned())) }
        },
    },
    SubjectKind {
        name: "command",
        argument: Argument::Required("COMMAND"),
        about: "Any program that speaks the protocol of docs/protocol.md; the command is split into words as a shell does.",
        example: "command:\"python3 adapter.py\"",
        make: |argument| match shell_words::split(argument) {
            Ok(words) if !words.is_empty() => Ok(Spec::Command(argument.to_owned(), words)),
            _ => Err(SpecError::Command { found: argument.to_owned() }),
        },
    },
    SubjectKind {
        name: "model",
        argument: Argument::Required("PROFILE"),
        about: "The model itself, as if it were the platform of that profile, which may have a release and settings, as in macos@13; no process is started.",
        example: "model:freebsd",
        make: |argument| match Profile::get(argument) {
            Ok(profile) => Ok(Spec::Model(profile.name)),
            Err(ProfileError::Unknown { id, .. }) => Err(SpecError::Profile { found: id }),
            Err(error) => Err(SpecError::Circumstances { problem: error.to_string() }),
        },
    },
    SubjectKind {
        name: "mutant",
        argument: Argument::Required("NAME"),
        about: "The C library's calls with one planted fault, to test that the suite finds it.",
        example: "mutant:excl-ignored",
        make: |argument| Ok(Spec::Mutant(argument.parse()?)),
    },
];

/// The kinds as people name them, with commas between them.
pub(super) fn forms() -> String {
    KINDS.iter().map(SubjectKind::form).collect::<Vec<_>>().join(", ")
}

/// The strategies of the crate shmfd, with commas between them.
pub(super) fn strategies() -> String {
    let all = [Strategy::Auto].into_iter().chain(Strategy::ALL);
    all.map(|strategy| strategy.to_string()).collect::<Vec<_>>().join(", ")
}
