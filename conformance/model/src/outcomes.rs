//! Every outcome that a script may have: over all orders of its races, and all choices that a profile leaves.
//!
//! Where the judge asks whether what was seen is allowed, this lists what may be seen, before anything runs. Pure, without a
//! clock: a bound ends what takes too long, and what was found until then is right as far as it goes.
//!
//! # References
//!
//! J. Alglave, L. Maranget, M. Tautschnig, *Herding Cats*, 2014, whose tools do the same for memory models. P. Godefroid,
//! *Partial-Order Methods for the Verification of Concurrent Systems*, 1996.

mod alike;
mod constant;
mod counter;
mod order;
mod plan;
mod seen;
mod short;
pub(crate) mod shown;
#[cfg(test)]
mod tests;
mod walk;

pub use counter::{Counted, Counter};
pub(crate) use plan::Plan;
pub use seen::Found;
pub use short::{in_common, short};

use crate::call::{Call, Label};
use crate::judge::Orders;
use crate::model::Expect;
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::script::Script;
use crate::trace::Header;
use crate::verdict::Explanation;
use std::fmt;

/// A script of more calls than these is not looked at.
pub const MOST_CALLS: usize = 4096;

/// What the search may cost before it is given up.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// Different outcomes of the script.
    pub outcomes: usize,
    /// Steps of the model. Large states count for more.
    pub steps: usize,
    /// Asked now and then: should the search stop?
    pub stop: Option<&'a dyn Fn() -> bool>,
}

impl Default for Bounds<'_> {
    fn default() -> Bounds<'static> {
        Bounds { outcomes: 4096, steps: 500_000, stop: None }
    }
}

impl fmt::Debug for Bounds<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounds").field("outcomes", &self.outcomes).field("steps", &self.steps).finish_non_exhaustive()
    }
}

/// Every outcome that a script may have by the rules of one profile.
#[derive(Debug, Clone)]
pub struct Outcomes {
    /// The calls, in the order of the script.
    pub calls: Vec<ScriptCall>,
    /// What may come back of them, each once, in the order in which they were found.
    pub found: Vec<ScriptOutcome>,
    /// Actors that the script treats alike, so that an outcome stands for itself with them in any other order.
    pub alike: Vec<Vec<Label>>,
    /// How many steps of the model that took.
    pub steps: usize,
    /// Why outcomes may be missing, where they may.
    pub bounded: Option<String>,
}

/// A call of a script, made by one actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptCall {
    /// Who makes it.
    pub actor: Label,
    /// What its answer is bound to.
    pub bind: Vec<Label>,
    /// The call, with names and amounts resolved.
    pub call: Call,
    /// The line as the script has it, such as `b: g = shm_open(@x, RDWR)`.
    pub line: String,
    /// Which race it is part of, from 0, where it is part of one.
    pub race: Option<u32>,
    /// The names in it, to the letter and as the script has them.
    pub(crate) names: Vec<(String, String)>,
}

/// One outcome of a script: what comes back of each call.
#[derive(Debug, Clone)]
pub struct ScriptOutcome {
    /// What comes back, by call.
    pub answers: Vec<Answer>,
    /// An order of the calls, by index, in which that comes back. There may be others.
    pub order: Vec<usize>,
}

/// What comes back of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the outcome has to be like.
    pub expect: Expect,
    /// One that is like that.
    pub example: Outcome,
    /// The outcome as people read it, without what differs though nothing differs: no numbers of descriptors, and no times.
    pub text: String,
    /// Why it is allowed.
    pub why: Vec<Explanation>,
}

/// Lists every outcome of a script. `header` tells of the system and of the actors.
pub fn outcomes(script: &Script, header: &Header, profile: &Profile, bounds: Bounds<'_>) -> Outcomes {
    outcomes_in(script, header, profile, bounds, Orders::Enough)
}

/// The same, by as many orders of racing calls as one likes.
pub fn outcomes_in(
    script: &Script,
    header: &Header,
    profile: &Profile,
    bounds: Bounds<'_>,
    orders: Orders,
) -> Outcomes {
    let all = walk::walk(&plan::Plan::of(script, header), header, profile, bounds, orders);
    constant::keep(all, header, profile, bounds)
}

impl Outcomes {
    /// Does every outcome have the same of that call?
    pub fn is_settled(&self, call: usize) -> bool {
        let mut texts = self.found.iter().filter_map(|outcome| Some(&outcome.answers.get(call)?.text));
        let first = texts.next();
        texts.all(|text| Some(text) == first)
    }
}
