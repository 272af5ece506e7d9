//! What a platform answers to the calls of a script, made one after the other: what comes back of each, and what else may.
//!
//! Where `simulation` makes a trace of one execution, this keeps every outcome that the rules allow on the way, with why. Calls
//! that may overlap are made in the order of the script; [`crate::outcomes`] knows what other orders come to.

use crate::model::{self, Branch, Expect, Site, State};
use crate::outcome::Outcome;
use crate::outcomes::{Plan, ScriptCall, shown};
use crate::profile::Profile;
use crate::script::{Id, Script};
use crate::simulation::OPEN;
use crate::trace::Header;
use crate::verdict::Allowed;
use crate::{call::Call, judge::violations};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// What a document of this version calls itself.
pub const FORMAT: &str = "shmconf-answers/1";

/// What a platform answers to a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Answers {
    /// [`FORMAT`]
    pub format: String,
    /// The script.
    pub script: Id,
    /// The platform's profile, with the release and the settings that were asked for.
    pub profile: String,
    /// The calls, in order.
    pub calls: Vec<AnsweredCall>,
}

/// A call, and what comes back of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct AnsweredCall {
    /// The line, such as `b: g = shm_open(@x, RDWR)`.
    pub line: String,
    /// Which race it is part of, from 0, where it is part of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub race: Option<u32>,
    /// What may come back, each outcome once. The calls that follow take it that the first one did: a deviation that the platform
    /// always has, else success, else what it does in some releases or as it may be set, else an error.
    pub allowed: Vec<Allowed>,
    /// Is nothing known of the platform, so that all that POSIX leaves open is allowed?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
}

/// What the platform of a profile answers to a script. `header` tells of the system and of the actors, as
/// [`Simulation::header`](crate::simulation::Simulation::header) makes it.
pub fn answers(script: &Script, header: &Header, profile: &Profile) -> Answers {
    let mut answering = Answering::new(&Rc::new(Asked::of(script, header)), header, profile);
    while answering.answer_next() {}
    answering.finish()
}

/// The calls of a script, as every system with pages of one size is asked.
pub struct Asked {
    script: Id,
    calls: Vec<ScriptCall>,
    names: shown::Names,
}

impl Asked {
    /// The calls as they are on the system that `header` tells of.
    pub fn of(script: &Script, header: &Header) -> Asked {
        let calls = Plan::of(script, header).calls;
        Asked { script: script.id.clone(), names: shown::names(&calls), calls }
    }
}

/// Calls that are answered one by one, for whoever may have to stop before the last.
pub struct Answering<'a> {
    asked: Rc<Asked>,
    profile: &'a Profile,
    state: State,
    /// What was answered so far, and what came back of each call.
    calls: Vec<AnsweredCall>,
    examples: Vec<Outcome>,
}

impl<'a> Answering<'a> {
    /// Nothing is answered yet.
    pub fn new(asked: &Rc<Asked>, header: &Header, profile: &'a Profile) -> Answering<'a> {
        let (calls, examples) = (Vec::new(), Vec::new());
        Answering { asked: Rc::clone(asked), profile, state: State::initial(header), calls, examples }
    }

    /// Answers the next call; `false` where none is left.
    pub fn answer_next(&mut self) -> bool {
        let Some(call) = self.asked.calls.get(self.calls.len()) else { return false };
        let mut branches = Vec::new();
        let event = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        let site = Site { actor: call.actor, bind: &call.bind, event, creating: 0, fds: Some(&OPEN) };
        model::step(self.profile, &self.state, site, &call.call, &mut branches);
        let ranked = branches.iter().enumerate().min_by_key(|(_, branch)| unlikeliness(self.profile, branch));
        let likeliest = ranked.map(|(at, _)| at).map(|at| branches.swap_remove(at));
        let outcome = likeliest.as_ref().map_or(Outcome::NotExecuted(String::new()), |branch| {
            let outcome = branch.expect.example(&self.state, call.actor);
            branch.change(&mut self.state, &outcome);
            outcome
        });
        let unknown = likeliest.iter().chain(&branches).any(Branch::is_assumed);
        let allowed = allowed(self.profile, &likeliest.into_iter().chain(branches).collect::<Vec<_>>(), |expect| {
            shown::expected(&call.call, expect, &self.asked.names)
        });
        self.calls.push(AnsweredCall { line: call.line.clone(), race: call.race, allowed, unknown });
        self.examples.push(outcome);
        true
    }

    /// What was answered.
    pub fn finish(self) -> Answers {
        let Answering { asked, profile, mut calls, examples, .. } = self;
        name_objects(&asked.calls, &examples, &mut calls);
        Answers { format: FORMAT.to_owned(), script: asked.script.clone(), profile: profile.name.clone(), calls }
    }
}

/// What comes back as a platform mostly is, and where a program may go on, comes before the rest.
fn unlikeliness(profile: &Profile, branch: &Branch) -> (u8, u8) {
    let deviations = || branch.justifications.iter().filter_map(|justification| profile.deviation(*justification));
    let fails = match branch.expect {
        Expect::Errno(_) => 1,
        Expect::Signal(_) => 2,
        Expect::Hang => 3,
        _ => 0,
    };
    match (deviations().any(|deviation| deviation.always), deviations().next().is_some(), fails) {
        (true, ..) => (0, fails),
        (_, false, 0) => (1, 0),
        (_, true, _) => (2, fails),
        _ => (3, fails),
    }
}

/// Outcomes that read the same are one.
fn allowed(profile: &Profile, branches: &[Branch], text: impl Fn(&Expect) -> String) -> Vec<Allowed> {
    let mut allowed: Vec<Allowed> = Vec::new();
    for branch in branches {
        let outcome = text(&branch.expect);
        if allowed.iter().all(|known| known.outcome != outcome) {
            allowed.push(Allowed { outcome, justifications: violations::explain_branch(profile, branch) });
        }
    }
    // The first is what the calls that follow build on; of the others the order says nothing.
    if let Some(others) = allowed.get_mut(1..) {
        others.sort();
    }
    allowed
}

/// The number of an object says no more than which objects are the same.
fn name_objects(asked: &[ScriptCall], examples: &[Outcome], calls: &mut [AnsweredCall]) {
    let identities = shown::identities(asked.iter().zip(examples));
    for ((call, answered), identity) in asked.iter().zip(calls).zip(identities) {
        if let (Call::Inode { .. }, Some(identity), Some(first)) = (&call.call, identity, answered.allowed.first_mut())
        {
            first.outcome = identity;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naming::Token;
    use crate::simulation::Simulation;

    fn simulation(platform: &str) -> Simulation {
        Simulation::new("model", Profile::get(platform).expect("it is a profile"), Token::of(0), (0, 1))
    }

    fn answered(simulation: &Simulation, script: &Script) -> Answers {
        answers(script, &simulation.header(script, 0), simulation.profile())
    }

    #[test]
    fn every_call_of_the_catalogue_has_an_answer_on_every_platform() {
        for platform in Profile::ids() {
            let simulation = simulation(platform);
            for script in crate::catalogue::cases() {
                let answers = answered(&simulation, script);
                let unanswered = answers.calls.iter().find(|call| call.allowed.is_empty());
                assert_eq!(unanswered, None, "{} on {platform}", script.id);
            }
        }
    }
}
