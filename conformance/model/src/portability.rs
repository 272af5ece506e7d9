//! Where the calls of a trace would have had another outcome on another platform.
//!
//! The calls are replayed by the rules of that platform. What was seen is followed as long as the platform allows it.
//! Where it does not, that is a difference, and the replay goes on as that platform would, so that what comes later is a
//! consequence and no noise. Pure, like the judge.

use crate::call::Label;
use crate::judge::{self, violations};
use crate::model::{self, Branch, Expect, Site, State};
use crate::outcome::{Outcome, Received};
use crate::profile::Profile;
use crate::trace::{Event, Platform, Trace};
use crate::verdict::{Allowed, Certainty, Difference, Elsewhere, Verdict};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::OnceLock;

/// More differences than these of one platform, equally sure, say nothing new.
const MOST_DIFFERENCES: usize = 3;
/// More states than these are not followed.
const MOST_STATES: usize = 64;

/// The platforms on which the calls of a trace would have had other outcomes, in the order of `profiles`.
pub fn elsewhere(trace: &Trace, profiles: &[Profile]) -> Vec<Elsewhere> {
    let compared = profiles.iter().map(|profile| (profile, differences(trace, profile)));
    let differing = compared.filter(|(_, differences)| !differences.is_empty());
    differing.map(|(profile, differences)| Elsewhere { profile: profile.name.clone(), differences }).collect()
}

/// The platforms that are known, but for one.
pub fn platforms_beside(home: &str) -> Vec<Profile> {
    let others = Profile::ids().filter(|id| *id != home && *id != "posix");
    others.filter_map(|id| Profile::get(id).ok()).collect()
}

/// The first calls of a trace that would have had another outcome by the rules of a profile.
pub fn differences(trace: &Trace, profile: &Profile) -> Vec<Difference> {
    let mut waiting: Vec<(u32, &Event)> = (0..).zip(&trace.events).collect();
    waiting.sort_by_key(|(_, event)| event.start);
    let overlap = waiting.windows(2).any(|two| two[1].1.start < two[0].1.end);
    let own = own_deviations(&trace.header.platform);
    let mut replay = Replay { profile, own, states: vec![State::initial(&trace.header)], differences: Vec::new() };
    // What comes next is among the first, which leave a queue at little cost.
    let mut waiting = VecDeque::from(waiting);
    while !waiting.is_empty() {
        let at = replay.next(&waiting);
        let Some((index, event)) = waiting.remove(at) else { break };
        replay.advance(index, event);
    }
    let mut differences = replay.differences;
    // Only the judge tries every order of calls that overlap.
    if overlap && !differences.is_empty() && judge::judge(trace, profile).verdict != Verdict::Fail {
        differences.retain(|difference| difference.certainty != Certainty::Certain);
    }
    differences
}

/// The departures of the platform that a trace is from, by ID.
fn own_deviations(platform: &Platform) -> &'static BTreeSet<String> {
    static DEVIATIONS: OnceLock<BTreeMap<String, BTreeSet<String>>> = OnceLock::new();
    static NONE: BTreeSet<String> = BTreeSet::new();
    let all = DEVIATIONS.get_or_init(|| {
        let ids = |profile: &Profile| profile.deviations.iter().map(|deviation| deviation.id.clone()).collect();
        let profiles = Profile::ids().filter_map(|id| Profile::get(id).ok());
        profiles.map(|profile| (profile.id.clone(), ids(&profile))).collect()
    });
    all.get(Profile::id_for(platform)).unwrap_or(&NONE)
}

/// What the platform may be like by now, and what was found.
struct Replay<'a> {
    profile: &'a Profile,
    /// What happens at times on the trace's own platform, too, is no difference.
    own: &'static BTreeSet<String>,
    states: Vec<State>,
    differences: Vec<Difference>,
}

impl Replay<'_> {
    /// Which call comes next: of those that overlap with the first one, one that the platform agrees with.
    fn next(&self, waiting: &VecDeque<(u32, &Event)>) -> usize {
        let mut end = u64::MAX;
        let mut actors: Vec<Label> = Vec::new();
        for (at, (index, event)) in waiting.iter().enumerate() {
            if event.start >= end {
                break;
            }
            end = end.min(event.end);
            if actors.contains(&event.actor) {
                continue;
            }
            actors.push(event.actor);
            let alone = at == 0 && waiting.get(1).is_none_or(|(_, next)| next.start >= end);
            if alone || self.states.iter().any(|state| self.agrees(state, *index, event)) {
                return at;
            }
        }
        0
    }

    fn branches(&self, state: &State, index: u32, event: &Event) -> Vec<Branch> {
        let mut branches = Vec::new();
        let site = Site { actor: event.actor, bind: &event.bind, event: index, creating: 0, fds: event.fds.as_deref() };
        model::step(self.profile, state, site, &event.call, &mut branches);
        branches
    }

    fn agrees(&self, state: &State, index: u32, event: &Event) -> bool {
        self.branches(state, index, event).iter().any(|branch| is_alike(&branch.expect, &event.outcome))
    }

    /// Follows what was seen, or what the platform would do instead.
    fn advance(&mut self, index: u32, event: &Event) {
        if matches!(event.outcome, Outcome::Unsupported(_) | Outcome::NotExecuted(_)) {
            return;
        }
        let mut next = Vec::new();
        let mut parted = Vec::new();
        let mut possible = Vec::new();
        let mut unknown = Vec::new();
        for state in std::mem::take(&mut self.states) {
            let branches = self.branches(&state, index, event);
            // What cannot be called there follows from an earlier difference.
            if branches.iter().all(|branch| branch.expect == Expect::NotExecuted) {
                next.push(state);
                continue;
            }
            let (alike, unlike): (Vec<Branch>, Vec<Branch>) =
                branches.into_iter().partition(|branch| is_alike(&branch.expect, &event.outcome));
            if alike.is_empty() {
                parted.push((state, unlike));
                continue;
            }
            let (assumed, known): (Vec<Branch>, Vec<Branch>) = unlike.into_iter().partition(Branch::is_assumed);
            unknown.extend(assumed);
            possible.extend(known.into_iter().filter(|branch| self.departs_otherwise(branch)));
            let outcomes: Vec<Outcome> =
                alike.iter().map(|branch| as_there(&branch.expect, &event.outcome, &state, event.actor)).collect();
            // The last branch takes the state over, since a copy that changes costs all of a large part.
            let mut before = Some(state);
            for (at, (branch, outcome)) in alike.iter().zip(&outcomes).enumerate() {
                let from = if at + 1 == alike.len() { before.take() } else { before.clone() };
                next.extend(from.map(|state| branch.apply(state, outcome)));
            }
        }
        if next.is_empty() {
            let branches = || parted.iter().flat_map(|(_, branches)| branches);
            let is_assumed = branches().any(Branch::is_assumed);
            let certainty = if is_assumed { Certainty::Unknown } else { Certainty::Certain };
            self.found(index, event, self.explain(branches()), certainty);
            next.extend(parted.into_iter().map(|(state, branches)| follow(state, branches, event.actor)));
        } else {
            self.found(index, event, self.explain(&possible), Certainty::Possible);
            self.found(index, event, self.explain(&unknown), Certainty::Unknown);
        }
        for state in next {
            if self.states.len() < MOST_STATES && !self.states.contains(&state) {
                self.states.push(state);
            }
        }
    }

    /// Does it rest on a departure that the trace's own platform does not have?
    fn departs_otherwise(&self, branch: &Branch) -> bool {
        let mut deviations =
            branch.justifications.iter().filter_map(|justification| self.profile.deviation(*justification));
        deviations.any(|deviation| !self.own.contains(&deviation.id))
    }

    /// What would come back. Where the platform always departs, there is nothing else.
    fn explain<'b>(&self, branches: impl IntoIterator<Item = &'b Branch>) -> Vec<Allowed> {
        let mut branches: Vec<&Branch> = branches.into_iter().collect();
        let always = |branch: &&Branch| {
            let mut deviations =
                branch.justifications.iter().filter_map(|justification| self.profile.deviation(*justification));
            deviations.any(|deviation| deviation.always)
        };
        if branches.iter().any(always) {
            branches.retain(|branch| branch.departs());
        }
        let mut there = violations::allowed(self.profile, branches);
        there.sort_by_key(|allowed| {
            allowed.justifications.iter().all(|justification| justification.deviation.is_none())
        });
        there
    }

    /// Keeps the first differences of each certainty, if there are any; the same one again says nothing new.
    fn found(&mut self, index: u32, event: &Event, there: Vec<Allowed>, certainty: Certainty) {
        let is_told = there.is_empty() || self.differences.iter().any(|found| found.there == there);
        let alike = self.differences.iter().filter(|found| found.certainty == certainty);
        if !is_told && alike.count() < MOST_DIFFERENCES {
            let (line, observed) = (event.line(), event.outcome.clone());
            self.differences.push(Difference { event: index as usize, line, observed, there, certainty });
        }
    }
}

/// Goes on as the platform would: by its departure, if there is one.
fn follow(state: State, mut branches: Vec<Branch>, actor: Label) -> State {
    let at = branches.iter().position(Branch::departs).unwrap_or(0);
    if branches.is_empty() {
        return state;
    }
    let branch = branches.swap_remove(at);
    let outcome = branch.expect.example(&state, actor);
    branch.apply(state, &outcome)
}

/// Is the outcome like that, whatever numbers descriptors have? Those depend on what was open.
fn is_alike(expect: &Expect, outcome: &Outcome) -> bool {
    matches!((expect, outcome), (Expect::Fd(_), Outcome::Fd(_))) || expect.matches(outcome)
}

/// What was seen, with the numbers that descriptors would have there.
fn as_there(expect: &Expect, seen: &Outcome, state: &State, actor: Label) -> Outcome {
    match seen {
        Outcome::Fd(_) => expect.example(state, actor),
        Outcome::Received(Received { fds, truncated }) => {
            let expect = Expect::Received { least: fds.len(), most: fds.len(), truncated: *truncated };
            expect.example(state, actor)
        }
        _ => seen.clone(),
    }
}
