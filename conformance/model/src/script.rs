//! A script: calls, who makes them, and nothing about what should happen.
//!
//! The text form has one call a line, so that a person can read a case, write one, and paste a counterexample into an
//! issue. docs/scripts.md describes it.

mod check;
mod error;
mod id;
mod lex;
mod parse;
mod print;

pub use crate::call::{NotARequirement, Requirement};
pub use crate::suggestion::Suggestion;
pub use error::ParseError;
pub use id::{Id, NotAnId};

use crate::call::{Call, Label, Name};
use std::collections::{BTreeSet, HashSet};
use std::str::FromStr;

/// What a script can have at most; one that has more is refused.
pub mod limits {
    /// Bytes of the text.
    pub const TEXT: usize = 64 << 20;
    /// Bytes of a line.
    pub const LINE: usize = 64 << 10;
    /// Actors.
    pub const ACTORS: usize = 10_000;
    /// Actors of a row, such as `a[1..64]`.
    pub const ROW: u32 = 1024;
    /// Calls, each actor of a row counted.
    pub const CALLS: usize = 1_000_000;
    /// How deep children of children go.
    pub const GENERATIONS: usize = 32;
    /// How often a script can be executed in one run.
    pub const REPEAT: u32 = 10_000;
}

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
        let (mut actors, mut known) = (Vec::new(), HashSet::new());
        for line in self.lines() {
            for actor in line.who.actors().into_iter().chain(line.call.child()) {
                if known.insert(actor) {
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

    /// Do calls of it race?
    pub fn has_race(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Race(_)))
    }

    /// The script without the calls that ask for a requirement, unless its head asks for it too, or nothing would be left.
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

    /// Does it give amounts in pages?
    pub fn is_in_pages(&self) -> bool {
        let resolved = |line: &Line, page| line.call.resolve(page, &mut |name: &Name| name.to_string());
        self.lines().any(|line| resolved(line, 1) != resolved(line, 2))
    }

    /// Everything that the script needs: what it says, and what its calls ask for.
    pub fn requirements(&self) -> BTreeSet<Requirement> {
        let asked = self.lines().flat_map(|line| Requirement::of(&line.call));
        self.requirements.iter().chain(asked).copied().collect()
    }
}

impl Script {
    /// Reads a script that need not say what it is called: without an ID in its first line it is called `otherwise`.
    ///
    /// # Errors
    ///
    /// [`ParseError`] says where the script cannot be read, or could not do what it says.
    pub fn read(text: &str, otherwise: Id) -> Result<Script, ParseError> {
        parse::parse(text, Some(otherwise))
    }

    /// Could the calls do what they say? Every label is bound by an earlier call of its actor, and every actor that is spoken
    /// to makes calls.
    ///
    /// # Errors
    ///
    /// The first line that could not, as the script prints.
    pub fn check(&self) -> Result<(), ParseError> {
        parse::parse(&self.to_string(), None).map(drop)
    }
}

/// Reads and checks a script with an ID in its first line.
impl FromStr for Script {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Script, ParseError> {
        parse::parse(text, None)
    }
}

/// Reads one line with a call.
impl FromStr for Line {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Line, ParseError> {
        parse::line(text)
    }
}
