//! A script: calls, who makes them, and nothing about what should happen.
//!
//! The text form has one call a line, so that a person can read a case, write one, and paste a counterexample into an
//! issue. docs/scripts.md describes it.

mod lex;
mod parse;
mod print;

pub use parse::ParseError;

use crate::call::{Call, Label, Resource};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A named script, as a file holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// `area/what_happens`.
    pub id: Id,
    /// What the script is about, in sentences; one entry a line.
    pub about: Vec<String>,
    /// What the subject and the host must be able to do, beside what the calls themselves ask for.
    pub requirements: BTreeSet<Requirement>,
    /// How often it is executed in one run; more than once where chance decides what happens.
    pub repeat: u32,
    /// The calls.
    pub steps: Vec<Step>,
}

/// A case's ID, `area/what_happens`; it is API and never changes its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

/// A text that cannot be an ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ID is words of a-z, 0-9 and `-`, with slashes between them, such as exclusive/existing-name")]
pub struct NotAnId;

/// One line, or one `race` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A call; the next step begins when it has ended.
    Line(Line),
    /// Calls of several actors that start at one barrier. Those of one actor are made in order.
    Race(Vec<Line>),
}

/// A call and who makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Who makes it.
    pub who: Who,
    /// What its descriptors, or its mapping, are called from then on.
    pub bind: Vec<Label>,
    /// The call.
    pub call: Call,
}

/// One actor, or a numbered row of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The actor, or what the row is called.
    pub stem: Label,
    /// `a[1..64]` is the actors `a1` to `a64`.
    pub row: Option<(u32, u32)>,
}

impl Who {
    /// One actor.
    pub fn one(actor: Label) -> Who {
        Who { stem: actor, row: None }
    }

    /// The actors in order.
    pub fn actors(self) -> Vec<Label> {
        match self.row {
            None => vec![self.stem],
            Some((first, last)) => (first..=last).filter_map(|number| self.stem.numbered(number).ok()).collect(),
        }
    }
}

impl Step {
    /// The lines of the step.
    pub fn lines(&self) -> &[Line] {
        match self {
            Step::Line(line) => std::slice::from_ref(line),
            Step::Race(lines) => lines,
        }
    }
}

impl Script {
    /// Every actor in order of its first appearance, with those that a fork makes.
    pub fn actors(&self) -> Vec<Label> {
        let mut actors = Vec::new();
        for line in self.lines() {
            let children = match line.call {
                Call::Fork { child, .. } => Some(child),
                _ => None,
            };
            for actor in line.who.actors().into_iter().chain(children) {
                if !actors.contains(&actor) {
                    actors.push(actor);
                }
            }
        }
        actors
    }

    /// Every line in order.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.steps.iter().flat_map(Step::lines)
    }

    /// The script without the calls that ask for a need, unless it says itself that it needs it, or nothing would be left.
    pub fn without(&self, requirement: Requirement) -> Option<Script> {
        let keeps = |line: &&Line| !Requirement::of(&line.call).contains(&requirement);
        let step = |step: &Step| match step {
            Step::Line(line) => keeps(&line).then(|| step.clone()),
            Step::Race(lines) => {
                let kept: Vec<Line> = lines.iter().filter(keeps).cloned().collect();
                (!kept.is_empty()).then_some(Step::Race(kept))
            }
        };
        let steps: Vec<Step> = self.steps.iter().filter_map(step).collect();
        (!self.requirements.contains(&requirement) && !steps.is_empty()).then(|| Script { steps, ..self.clone() })
    }

    /// Everything that the script needs: what it says, and what its calls ask for.
    pub fn requirements(&self) -> BTreeSet<Requirement> {
        let asked = self.lines().flat_map(|line| Requirement::of(&line.call));
        self.requirements.iter().chain(asked).copied().collect()
    }
}

impl Id {
    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first word.
    pub fn area(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Id, NotAnId> {
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if text.contains('/') && text.split('/').all(word) { Ok(Id(text.to_owned())) } else { Err(NotAnId) }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

crate::text::serde_as_text!(Id, "pattern": "^[a-z0-9-]+(/[a-z0-9-]+)+$");

macro_rules! requirements {
    ($($(#[doc = $doc:literal])+ $requirement:ident = $word:literal,)+) => {
        /// Something that a subject or its host may be unable to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Requirement {
            $($(#[doc = $doc])+ $requirement,)+
        }

        impl Requirement {
            /// Every need, with what it means.
            pub const ALL: &[(Requirement, &str)] = &[$((Requirement::$requirement, concat!($($doc),+))),+];
        }

        impl fmt::Display for Requirement {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Requirement::$requirement => $word,)+ })
            }
        }

        impl FromStr for Requirement {
            type Err = NotARequirement;

            fn from_str(text: &str) -> Result<Requirement, NotARequirement> {
                match text {
                    $($word => Ok(Requirement::$requirement),)+
                    _ => Err(NotARequirement { found: text.to_owned(), expected: [$($word),+].join(", ") }),
                }
            }
        }
    };
}

/// A word that is no need.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of {expected}")]
pub struct NotARequirement {
    found: String,
    expected: String,
}

requirements! {
    /// Objects that have names: `shm_open` and `shm_unlink`.
    Named = "named",
    /// Objects made without a name: `create`.
    Anonymous = "anonymous",
    /// Descriptors sent from one actor to another.
    Passing = "passing",
    /// Children that go on with what their parent had.
    Fork = "fork",
    /// A new program in the same process.
    Exec = "exec",
    /// Seals.
    Seals = "seals",
    /// The right to become another user.
    Root = "root",
    /// A PID namespace of one's own.
    PidNamespace = "pid-namespace",
    /// A store of objects of one's own, as small as one likes.
    LimitedStore = "limited-store",
    /// A list of the names that exist.
    Listing = "listing",
    /// A generator of unique names.
    UniqueNames = "unique-names",
    /// Resource limits.
    Limits = "limits",
    /// A limit of the address space.
    AddressSpace = "address-space",
    /// Storage that is set aside ahead: `posix_fallocate`.
    Reserving = "reserving",
}

crate::text::serde_as_text!(Requirement, "enum": Requirement::ALL.iter().map(|(requirement, _)| requirement.to_string()).collect::<Vec<_>>());

impl Requirement {
    /// What a call asks for.
    pub fn of(call: &Call) -> &'static [Requirement] {
        match call {
            Call::ShmOpen { .. } | Call::ShmUnlink { .. } => &[Requirement::Named],
            Call::Create { .. } => &[Requirement::Anonymous],
            Call::PosixFallocate { .. } => &[Requirement::Reserving],
            Call::Send { .. } | Call::Recv { .. } => &[Requirement::Passing],
            Call::Fork { pid_namespace: true, .. } => &[Requirement::PidNamespace],
            Call::Fork { .. } => &[Requirement::Fork],
            Call::Exec => &[Requirement::Exec],
            Call::FcntlGetSeals { .. } | Call::FcntlAddSeals { .. } => &[Requirement::Seals],
            Call::Setuid { .. } => &[Requirement::Root],
            Call::LimitedStore { .. } => &[Requirement::LimitedStore],
            Call::Names => &[Requirement::Listing],
            Call::UniqueNames { .. } | Call::Collide => &[Requirement::UniqueNames],
            Call::Rlimit { resource: Resource::As, .. } => &[Requirement::Limits, Requirement::AddressSpace],
            Call::Rlimit { .. } => &[Requirement::Limits],
            _ => &[],
        }
    }
}

impl FromStr for Script {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Script, ParseError> {
        parse::parse(text)
    }
}
