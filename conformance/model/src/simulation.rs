//! The model in the place of an implementation, as if it were that platform: no process is started, and nothing is
//! asked of the system.

use crate::call::{Call, Label, Name};
use crate::model::{self, Branch, Expect, Site, State};
use crate::naming::{Naming, Token};
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::script::{Requirement, Script};
use crate::trace::{self, Actor, Event, Header, Machine, Platform, Trace};
use std::collections::{BTreeMap, HashSet};

/// What a call takes, and what lies between two of them, in nanoseconds.
const TICK: u64 = 1000;
/// The descriptors that a process begins with.
pub(crate) const OPEN: [i32; 4] = [0, 1, 2, 3];
/// The user and the group of actors that need no privilege.
pub(crate) const ORDINARY: u32 = 1000;
/// The size of a page where a profile does not tell, in bytes.
pub(crate) const PAGE: u64 = 4096;

/// A platform that is not at hand.
pub struct Simulation {
    subject: String,
    profile: Profile,
    naming: Naming,
    platform: Platform,
}

impl Simulation {
    /// The platform of a profile, for one of the workers of a run.
    pub fn new(subject: &str, profile: Profile, token: Token, share: (u32, u32)) -> Simulation {
        let (release, libc) = (profile.circumstances.release(), profile.circumstances.part());
        let platform = Platform {
            os: profile.id.clone(),
            release,
            libc,
            page_size: profile.page_size(PAGE),
            ..Platform::default()
        };
        Simulation { subject: subject.to_owned(), profile, naming: Naming::new(token, share), platform }
    }

    /// The rules that it answers by.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The system that it stands for.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// What a trace of the script says first.
    pub fn header(&self, script: &Script, seed: u64) -> Header {
        let mut settings = self.profile.circumstances.settings().clone();
        settings.remove(Profile::PAGE_SIZE);
        Header {
            format: trace::FORMAT.to_owned(),
            case: script.id.clone(),
            subject: self.subject.clone(),
            platform: self.platform.clone(),
            machine: Machine { settings, ..Machine::default() },
            seed,
            in_pages: script.is_in_pages(),
            actors: actors(script),
        }
    }

    /// What the platform would have answered, call by call. Those that may overlap are made one after the other.
    pub fn execute(&mut self, script: &Script, seed: u64) -> Trace {
        let header = self.header(script, seed);
        let mut names = self.naming.next_script();
        let mut state = State::initial(&header);
        let mut events = Vec::new();
        for line in script.lines() {
            for actor in line.who.actors() {
                let call = line.call.resolve(self.platform.page_size, &mut |name: &Name| names.literal(name));
                let number = events.len() as u32;
                let site = Site { actor, bind: &line.bind, event: number, creating: 0, fds: Some(&OPEN) };
                let outcome;
                (state, outcome) = self.answer(state, site, &call);
                let start = u64::from(number) * 2 * TICK;
                let begins = matches!(call, Call::Fork { .. } | Call::Exec) && outcome == Outcome::Ok;
                let (bind, fds, end) = (line.bind.clone(), begins.then(|| OPEN.to_vec()), start + TICK);
                events.push(Event { actor, bind, call, outcome, fds, unjudged: None, waits: false, start, end });
            }
        }
        Trace { header, events, others: Vec::new() }
    }

    /// What the platform answers, and the state afterwards. The one before is taken, so that nothing of it is copied.
    fn answer(&self, state: State, site: Site<'_>, call: &Call) -> (State, Outcome) {
        let mut branches = Vec::new();
        model::step(&self.profile, &state, site, call, &mut branches);
        let Some(likeliest) = (0..branches.len()).min_by_key(|at| unlikeliness(&branches[*at])) else {
            return (state, Outcome::Unsupported("the model allows nothing".to_owned()));
        };
        let branch = branches.swap_remove(likeliest);
        let outcome = branch.expect.example(&state, site.actor);
        (branch.apply(state, &outcome), outcome)
    }
}

/// Departures come first, so that they are seen wherever they are possible; then success.
fn unlikeliness(branch: &Branch) -> (bool, u8) {
    let rank = match branch.expect {
        Expect::Errno(_) => 1,
        Expect::Signal(_) => 2,
        Expect::Hang => 3,
        _ => 0,
    };
    (!branch.departs(), rank)
}

/// Everybody who is there from the beginning; children come with their fork.
fn actors(script: &Script) -> Vec<Actor> {
    let needs = script.requirements();
    let takes_rights = [Requirement::Root, Requirement::PidNamespace, Requirement::LimitedStore];
    let id = if takes_rights.iter().any(|right| needs.contains(right)) { 0 } else { ORDINARY };
    let (mut there, mut known): (Vec<Label>, HashSet<Label>) = (Vec::new(), HashSet::new());
    for line in script.lines() {
        let peer = match line.call {
            Call::Send { to: peer, .. } | Call::Recv { from: peer, .. } => Some(peer),
            _ => None,
        };
        for name in line.who.actors().into_iter().chain(peer) {
            if known.insert(name) {
                there.push(name);
            }
        }
        known.extend(line.call.child());
    }
    there.into_iter().map(|name| beginner(name, id)).collect()
}

/// An actor that has done nothing yet, of that user and group.
pub(crate) fn beginner(name: Label, id: u32) -> Actor {
    Actor {
        name,
        uid: id,
        gid: id,
        groups: Some(Vec::new()),
        umask: 0o022,
        privilege: None,
        limits: BTreeMap::new(),
        process: None,
        since: 0,
        fds: Some(OPEN.to_vec()),
    }
}
