//! The replay of a trace's calls by the rules of a platform.

use super::instead;
use crate::call::{Call, Label};
use crate::judge::violations;
use crate::model::{self, Branch, Expect, Site, State};
use crate::outcome::{Errno, Outcome, Received};
use crate::profile::Profile;
use crate::trace::{Event, Header};
use crate::verdict::{Allowed, Certainty, Difference};
use std::collections::VecDeque;

/// What comes of a call for a lock that waits, where another lock keeps it out.
const WAITS: &str = "waits until the other lock is gone";
/// More states than these are not followed.
const MOST_STATES: usize = 64;

/// The calls that would have had another outcome by the rules of a profile, whatever that leaves open. The events are by
/// the time at which they began, each with its place in the trace.
pub(super) fn differences(
    header: &Header,
    events: Vec<(u32, &Event)>,
    home: &Profile,
    profile: &Profile,
) -> Vec<Difference> {
    let mut initial = header.clone();
    initial.platform.page_size = pages_of(header, profile);
    let states = vec![State::initial(&initial)];
    let pages = header.platform.page_size;
    let mut replay = Replay { home, pages, profile, states, differences: Vec::new(), unsent: Vec::new() };
    // What comes next is among the first, which leave a queue at little cost.
    let mut waiting = VecDeque::from(events);
    while !waiting.is_empty() {
        let agrees = |index, event: &Event| replay.states.iter().any(|state| may_answer(profile, state, index, event));
        let at = next(&waiting, agrees);
        let Some((index, event)) = waiting.remove(at) else { break };
        replay.advance(index, event);
    }
    replay.differences
}

/// What the platform may be like by now, and what was found.
struct Replay<'a> {
    /// What the trace was judged by: an outcome that might have been seen there, too, is no difference.
    home: &'a Profile,
    /// The size of a page where the trace was made, in bytes.
    pages: u64,
    profile: &'a Profile,
    states: Vec<State>,
    differences: Vec<Difference>,
    /// Who would have sent whom a message, and had nothing to send.
    unsent: Vec<(Label, Label)>,
}

/// Can anything be said of the call, as it was executed and can be judged?
pub(super) fn is_replayed(event: &Event) -> bool {
    event.unjudged.is_none() && !matches!(event.outcome, Outcome::Unsupported(_) | Outcome::NotExecuted(_))
}

/// May a platform answer as was seen?
pub(super) fn may_answer(profile: &Profile, state: &State, index: u32, event: &Event) -> bool {
    branches(profile, state, index, event).iter().any(|branch| is_alike(&branch.expect, &event.outcome))
}

/// Which call comes next, of those that wait by the time at which they began: of those that overlap with the first one, one that
/// `agrees` with the rules, by its place in the trace.
pub(super) fn next(waiting: &VecDeque<(u32, &Event)>, agrees: impl Fn(u32, &Event) -> bool) -> usize {
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
        if alone || agrees(*index, event) {
            return at;
        }
    }
    0
}

impl Replay<'_> {
    /// Follows what was seen.
    fn advance(&mut self, index: u32, event: &Event) {
        let (mut next, mut is_sent) = (Vec::new(), true);
        let mut parted = Vec::new();
        let (mut possible, mut unknown) = (Vec::new(), Vec::new());
        for state in std::mem::take(&mut self.states) {
            let branches = branches(self.profile, &state, index, event);
            // What cannot be called there was not put right after an earlier difference.
            if branches.iter().all(|branch| branch.expect == Expect::NotExecuted) {
                is_sent = false;
                next.push(state);
                continue;
            }
            let (alike, unlike): (Vec<Branch>, Vec<Branch>) =
                branches.into_iter().partition(|branch| is_alike(&branch.expect, &event.outcome));
            if alike.is_empty() {
                parted.push((state, unlike));
                continue;
            }
            if !unlike.is_empty() {
                let (assumed, known) = self.beyond_home(unlike, &state, index, event);
                unknown.extend(assumed);
                possible.extend(known.into_iter().filter(|branch| self.is_home() || self.departs_otherwise(branch)));
            }
            follow(&mut next, state, &alike, event);
        }
        if let Some((from, to)) = sent(event).filter(|_| !is_sent) {
            self.unsent.push((from, to));
        }
        if next.is_empty() && self.waits_for_unsent(event, &parted) {
            next.extend(parted.into_iter().map(|(state, _)| state));
        } else if next.is_empty() {
            self.part(index, event, parted, &mut next);
        } else {
            self.found(index, event, &possible, Certainty::Possible);
            self.found(index, event, &unknown, Certainty::Unknown);
        }
        for state in next {
            if self.states.len() < MOST_STATES && !self.states.contains(&state) {
                self.states.push(state);
            }
        }
    }

    /// Does it wait for a message that was not sent there? That is not told again.
    fn waits_for_unsent(&mut self, event: &Event, parted: &[(State, Vec<Branch>)]) -> bool {
        let Call::Recv { from, .. } = &event.call else { return false };
        let mut branches = parted.iter().flat_map(|(_, branches)| branches);
        let at = self.unsent.iter().position(|unsent| *unsent == (*from, event.actor));
        let at = at.filter(|_| branches.all(|branch| branch.expect == Expect::Hang));
        at.map(|at| self.unsent.remove(at)).is_some()
    }

    /// Is it the departure by which the trace's own platform may do something else there?
    fn departs_as(&self, branch: &Branch, at_home: &[Branch]) -> bool {
        let deviations = |branch: &Branch, profile: &Profile| -> Vec<String> {
            let named = branch.justifications.iter().filter_map(|justification| profile.deviation(*justification));
            named.map(|deviation| deviation.id.clone()).collect()
        };
        let there = deviations(branch, self.profile);
        !there.is_empty() && at_home.iter().any(|own| deviations(own, self.home) == there)
    }

    /// Is it the trace's own platform, in another release or set otherwise?
    fn is_home(&self) -> bool {
        self.profile.id == self.home.id
    }

    /// Does it rest on a departure that the trace's own platform does not have?
    fn departs_otherwise(&self, branch: &Branch) -> bool {
        let mut deviations =
            branch.justifications.iter().filter_map(|justification| self.profile.deviation(*justification));
        deviations.any(|deviation| !self.home.deviations.iter().any(|own| own.id == deviation.id))
    }

    /// Nothing that was seen can happen there: tells so, and goes on as if it had. Where the platform does not have the call, what
    /// it made is not there, and what is done with that is not told, but for a memfd, in whose place the object is that is advised; a
    /// lock that it refuses is in nobody's way.
    fn part(&mut self, index: u32, event: &Event, parted: Vec<(State, Vec<Branch>)>, next: &mut Vec<State>) {
        let mut there = Vec::new();
        let mut assumed = Vec::new();
        for (state, unlike) in parted {
            let at_home = self.at_home(&state, index, event);
            let (guessed, mut known): (Vec<Branch>, Vec<Branch>) = unlike.into_iter().partition(Branch::is_assumed);
            // What might have been seen at home, too, is said where there is nothing else.
            if known.iter().any(|branch| !is_among(branch, &at_home)) {
                known.retain(|branch| !is_among(branch, &at_home));
            }
            let as_seen = |branches: Vec<Branch>| -> Vec<Branch> {
                branches.into_iter().filter(|branch| is_alike(&branch.expect, &event.outcome)).collect()
            };
            // A mapping is rounded to the pages of that platform, where the call is possible with them.
            let alike = match as_seen(branches(self.home, &state, index, event)) {
                alike if alike.is_empty() => as_seen(at_home),
                alike => alike,
            };
            // What a call would have made that the platform does not have is not there.
            let is_refused = match event.call {
                Call::FcntlSetlk { .. } | Call::Flock { .. } => known.iter().all(is_error),
                _ => !event.bind.is_empty() && known.iter().all(is_of_no_such_call),
            };
            let is_missing = is_refused && guessed.is_empty() && !known.is_empty();
            if let (true, Call::MemfdCreate { .. }) = (is_missing, &event.call) {
                next.push(instead::of_memfd(self.profile, state, index, event));
                there.extend(known);
                continue;
            }
            match known.iter().chain(&guessed).position(Branch::departs).or(Some(0)) {
                Some(at) if alike.is_empty() || is_missing => {
                    let branch = known.iter().chain(&guessed).nth(at);
                    let outcome = branch.map(|branch| branch.expect.example(&state, event.actor));
                    let after = branch.zip(outcome).map(|(branch, outcome)| branch.apply(state, &outcome));
                    next.extend(after.map(|state| without_labels(state, event)));
                }
                _ => follow(next, state, &alike, event),
            }
            there.extend(known);
            assumed.extend(guessed);
        }
        if there.is_empty() {
            self.found(index, event, &assumed, Certainty::Unknown);
        } else {
            self.found(index, event, &there, Certainty::Certain);
        }
    }

    /// What might have been seen where the trace was made.
    fn at_home(&self, state: &State, index: u32, event: &Event) -> Vec<Branch> {
        branches(self.home, &state.with_pages(self.pages), index, event)
    }

    /// Without what might have been seen at home, too: first what is only taken from POSIX, then what is known.
    fn beyond_home(
        &self,
        mut branches_there: Vec<Branch>,
        state: &State,
        index: u32,
        event: &Event,
    ) -> (Vec<Branch>, Vec<Branch>) {
        let at_home = self.at_home(state, index, event);
        branches_there.retain(|branch| !is_among(branch, &at_home) && !self.departs_as(branch, &at_home));
        branches_there.into_iter().partition(Branch::is_assumed)
    }

    /// Keeps a difference, if there is one.
    fn found(&mut self, index: u32, event: &Event, branches: &[Branch], certainty: Certainty) {
        let mut there = self.explain(branches, &event.outcome);
        // A program that waits for a lock does not learn that it cannot have it.
        let is_busy = |allowed: &&mut Allowed| matches!(&*allowed.outcome, "EAGAIN" | "EACCES");
        there.iter_mut().filter(|_| event.waits).filter(is_busy).for_each(|allowed| allowed.outcome = WAITS.to_owned());
        there.dedup();
        if !there.is_empty() {
            let (line, observed, under) = (event.line(), event.outcome.clone(), String::new());
            self.differences.push(Difference { event: index as usize, line, observed, there, certainty, under });
        }
    }

    /// What would come back. Where the platform always departs, there is nothing else.
    fn explain(&self, branches: &[Branch], seen: &Outcome) -> Vec<Allowed> {
        let mut branches: Vec<Branch> =
            branches.iter().map(|branch| violations::of_what_differs(branch, seen)).collect();
        let always = |branch: &Branch| {
            let mut deviations =
                branch.justifications.iter().filter_map(|justification| self.profile.deviation(*justification));
            deviations.any(|deviation| deviation.always)
        };
        if branches.iter().any(always) {
            branches.retain(Branch::departs);
        }
        let mut there = violations::allowed(self.profile, &branches);
        there.sort_by_key(|allowed| {
            allowed.justifications.iter().all(|justification| justification.deviation.is_none())
        });
        there
    }
}

/// The size of a page on that platform, in bytes: the one that was seen, if it may be. A program whose amounts are in pages
/// has asked for their size, and would there, too.
pub(super) fn pages_of(header: &Header, profile: &Profile) -> u64 {
    let seen = header.platform.page_size;
    if header.in_pages { seen } else { profile.page_size(seen) }
}

/// What may come of a call.
pub(super) fn branches(profile: &Profile, state: &State, index: u32, event: &Event) -> Vec<Branch> {
    let mut branches = Vec::new();
    let site = Site { actor: event.actor, bind: &event.bind, event: index, creating: 0, fds: event.fds.as_deref() };
    model::step(profile, state, site, &event.call, &mut branches);
    branches
}

/// The states after what was seen, by those branches.
fn follow(next: &mut Vec<State>, state: State, alike: &[Branch], event: &Event) {
    let outcomes: Vec<Outcome> =
        alike.iter().map(|branch| as_there(&branch.expect, &event.outcome, &state, event.actor)).collect();
    // The last branch takes the state over, since a copy that changes costs all of a large part.
    let mut before = Some(state);
    for (at, (branch, outcome)) in alike.iter().zip(&outcomes).enumerate() {
        let from = if at + 1 == alike.len() { before.take() } else { before.clone() };
        next.extend(from.map(|state| branch.apply(state, outcome)));
    }
}

/// What was to be made is not there, and its labels stand for nothing, though they may have stood for something before.
fn without_labels(mut state: State, event: &Event) -> State {
    let process = state.process_id(event.actor).filter(|_| !event.bind.is_empty());
    if let Some(process) = process.and_then(|process| state.process_mut(process)) {
        for label in &event.bind {
            process.labels.remove(label);
            process.windows.remove(label);
        }
    }
    state
}

/// From whom a message goes to whom, where the call sends one.
fn sent(event: &Event) -> Option<(Label, Label)> {
    if let Call::Send { to, .. } = &event.call { Some((event.actor, *to)) } else { None }
}

fn is_error(branch: &Branch) -> bool {
    matches!(branch.expect, Expect::Errno(_))
}

/// Does the platform say that it does not have the call?
fn is_of_no_such_call(branch: &Branch) -> bool {
    branch.expect == Expect::Errno(Errno::ENOSYS)
}

/// Is there a branch with the same outcome?
fn is_among(branch: &Branch, others: &[Branch]) -> bool {
    others.iter().any(|other| match (&branch.expect, &other.expect) {
        (Expect::Fd(_), Expect::Fd(_)) => true,
        (one, other) => one == other,
    })
}

/// Is the outcome like that, whatever numbers descriptors have? Those depend on what was open.
pub(super) fn is_alike(expect: &Expect, outcome: &Outcome) -> bool {
    match (expect, outcome) {
        (Expect::Fd(_), Outcome::Fd(_)) => true,
        (Expect::Received { least, most, truncated, .. }, _) => {
            let expect = Expect::Received { least: *least, most: *most, numbers: None, truncated: *truncated };
            expect.matches(outcome)
        }
        _ => expect.matches(outcome),
    }
}

/// What was seen, with the numbers that descriptors would have there.
pub(super) fn as_there(expect: &Expect, seen: &Outcome, state: &State, actor: Label) -> Outcome {
    match seen {
        Outcome::Fd(_) => expect.example(state, actor),
        Outcome::Received(Received { fds, truncated }) => {
            let expect = Expect::Received { least: fds.len(), most: fds.len(), numbers: None, truncated: *truncated };
            expect.example(state, actor)
        }
        _ => seen.clone(),
    }
}
