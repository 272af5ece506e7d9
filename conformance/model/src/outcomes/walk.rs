//! The walk over orders and choices: depth first, with memory, so that what was found is whole whenever it ends.

use super::alike::Alike;
use super::order::Order;
use super::plan::{Plan, Rows};
use super::shown::{self, Names};
use super::{Answer, Bounds, MOST_CALLS, Outcomes, ScriptCall, ScriptOutcome};
use crate::judge::{Orders, violations};
use crate::model::{self, Branch, Expect, Justifications, Site, State};
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::trace::Header;
use foldhash::quality::FixedState;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;

pub(super) fn walk(plan: &Plan, header: &Header, profile: &Profile, bounds: Bounds<'_>, orders: Orders) -> Outcomes {
    let alike = if orders == Orders::Enough { Alike::of(plan) } else { Alike::nobody(plan) };
    let names = shown::names(&plan.calls);
    let fds = header.actors.first().and_then(|actor| actor.fds.clone());
    let first = Node {
        at: 0,
        order: None,
        taken: Vec::new(),
        state: State::initial(header),
        texts: vec![0; plan.calls.len()],
        last: None,
    };
    let mut walk = Walk {
        plan,
        profile,
        orders,
        alike,
        names,
        fds,
        words: Words::default(),
        seen: HashSet::new(),
        stack: vec![first],
        ends: HashMap::new(),
        found: Vec::new(),
        steps: 0,
        branches: Vec::new(),
    };
    let bounded = walk.go(bounds);
    walk.finish(bounded)
}

/// Somewhere on the way through a script.
#[derive(Clone)]
struct Node {
    /// The step of the script.
    at: usize,
    /// What the racing calls of the step may read and write.
    order: Option<Rc<Order>>,
    /// How many calls of each row of the step have been made.
    taken: Vec<u32>,
    state: State,
    /// What came back so far, by call; 0 for nothing yet.
    texts: Vec<u32>,
    last: Option<Rc<Made>>,
}

/// A call that was made on the way, with what came back.
struct Made {
    call: usize,
    expect: Expect,
    example: Outcome,
    by: Justifications,
    before: Option<Rc<Made>>,
}

/// Texts by number, from 1.
#[derive(Default)]
struct Words {
    numbers: HashMap<String, u32>,
}

impl Words {
    fn number(&mut self, text: String) -> u32 {
        let next = self.numbers.len() as u32 + 1;
        *self.numbers.entry(text).or_insert(next)
    }
}

struct Walk<'a> {
    plan: &'a Plan,
    profile: &'a Profile,
    orders: Orders,
    alike: Alike,
    names: Names,
    /// The descriptors that a process begins with, as far as that is known.
    fds: Option<Vec<i32>>,
    words: Words,
    seen: HashSet<u128>,
    stack: Vec<Node>,
    /// Where each outcome stands among those that were found.
    ends: HashMap<Vec<String>, usize>,
    /// How many deviations and changes of actor each needs, and the outcome.
    found: Vec<((usize, usize), ScriptOutcome)>,
    steps: usize,
    branches: Vec<Branch>,
}

impl Walk<'_> {
    /// Walks until nothing is left. Says why, where it ends before.
    fn go(&mut self, bounds: Bounds<'_>) -> Option<String> {
        if self.plan.calls.len() > MOST_CALLS {
            return Some(format!("the script has {} calls, more than {MOST_CALLS}", self.plan.calls.len()));
        }
        let mut rounds = 0_usize;
        while let Some(node) = self.stack.pop() {
            self.visit(node);
            if self.steps > bounds.steps {
                return Some(format!("not every order could be tried in {} steps", bounds.steps));
            }
            if self.found.len() >= bounds.outcomes && !self.stack.is_empty() {
                return Some(format!("there are {} outcomes or more", bounds.outcomes));
            }
            rounds += 1;
            if rounds.is_multiple_of(64) && bounds.stop.is_some_and(|stop| stop()) {
                return Some("the search was asked to stop".to_owned());
            }
        }
        None
    }

    fn visit(&mut self, mut node: Node) {
        let plan = self.plan;
        let Some(rows) = plan.steps.get(node.at) else { return self.end(&node) };
        if node.taken.is_empty() {
            node.taken = vec![0; rows.len()];
            let order = || Rc::new(Order::of(&node.state, rows, &plan.calls));
            node.order = (rows.len() > 1 && self.orders == Orders::Enough).then(order);
        }
        let next: Vec<usize> = (0..rows.len()).filter(|row| next_call(rows, &node.taken, *row).is_some()).collect();
        if next.is_empty() {
            node.at += 1;
            node.taken.clear();
            node.order = None;
            self.stack.push(node);
            return;
        }
        if !self.seen.insert(fingerprint(&(node.at, &node.taken, &node.texts, &node.state))) {
            return;
        }
        let mut enough = match &node.order {
            Some(order) => order.enough(&node.taken, &next),
            None => next.clone(),
        };
        self.alike.thin(node.at, &node.taken, &mut enough);
        if self.try_rows(&node, rows, &enough, false) || self.try_rows(&node, rows, &next, false) {
            return;
        }
        // Everybody waits for what never comes.
        self.try_rows(&node, rows, &next, true);
    }

    /// Goes on by the next call of each row that does not wait for another, or of those that do. Is there one?
    fn try_rows(&mut self, node: &Node, rows: &Rows, tried: &[usize], waiting: bool) -> bool {
        let mut after = Vec::new();
        for row in tried {
            let Some(call) = next_call(rows, &node.taken, *row) else { continue };
            let Some(asked) = self.plan.calls.get(call) else { continue };
            let mut branches = std::mem::take(&mut self.branches);
            branches.clear();
            self.steps += 1 + node.state.weight() / 4096;
            model::step(self.profile, &node.state, self.site(call, asked), &asked.call, &mut branches);
            let waits = branches.iter().all(|branch| branch.expect == Expect::Hang);
            if waits == waiting {
                after.extend(branches.iter().map(|branch| self.after(node, (*row, call), asked, branch)));
            }
            self.branches = branches;
        }
        let any = !after.is_empty();
        self.stack.extend(after.into_iter().rev());
        any
    }

    fn site<'s>(&'s self, call: usize, asked: &'s ScriptCall) -> Site<'s> {
        let creating = self.plan.creating(asked);
        Site { actor: asked.actor, bind: &asked.bind, event: call as u32, creating, fds: self.fds.as_deref() }
    }

    /// Where a call leads by one of its branches.
    fn after(&mut self, node: &Node, (row, call): (usize, usize), asked: &ScriptCall, branch: &Branch) -> Node {
        let example = branch.expect.example(&node.state, asked.actor);
        let text = self.text(asked, &branch.expect, &example);
        let number = self.words.number(text);
        let mut after = node.clone();
        branch.change(&mut after.state, &example);
        if let Some(taken) = after.taken.get_mut(row) {
            *taken += 1;
        }
        if let Some(text) = after.texts.get_mut(call) {
            *text = number;
        }
        let (expect, by) = (branch.expect.clone(), branch.justifications.clone());
        after.last = Some(Rc::new(Made { call, expect, example, by, before: after.last.take() }));
        after
    }

    fn text(&self, asked: &ScriptCall, expect: &Expect, example: &Outcome) -> String {
        match shown::expected(&asked.call, expect, &self.names) {
            text if shown::is_identity(&asked.call, expect) => format!("{text} {example}"),
            text => text,
        }
    }

    /// Keeps the outcome at the end of the script, if it is new or comes about in a simpler way.
    fn end(&mut self, node: &Node) {
        let mut made: Vec<&Made> = Vec::new();
        let mut last = node.last.as_deref();
        while let Some(step) = last {
            made.push(step);
            last = step.before.as_deref();
        }
        made.reverse();
        let order: Vec<usize> = made.iter().map(|made| made.call).collect();
        let mut by_call = made.clone();
        by_call.sort_by_key(|made| made.call);
        let texts = self.texts(&by_call);
        let departures = made.iter().filter(|made| made.by.iter().any(|by| by.deviation.is_some())).count();
        let actors: Vec<_> = order.iter().filter_map(|call| Some(self.plan.calls.get(*call)?.actor)).collect();
        let effort = (departures, actors.windows(2).filter(|pair| pair.first() != pair.last()).count());
        let key = self.key(&texts);
        let known = self.ends.get(&key).copied();
        if known.and_then(|at| self.found.get(at)).is_some_and(|(known, _)| *known <= effort) {
            return;
        }
        let answers = by_call.iter().zip(texts).map(|(made, text)| Answer {
            expect: made.expect.clone(),
            example: made.example.clone(),
            text,
            why: self.why(made),
        });
        let outcome = (effort, ScriptOutcome { answers: answers.collect(), order });
        match known.and_then(|at| self.found.get_mut(at)) {
            Some(known) => *known = outcome,
            None => {
                self.ends.insert(key, self.found.len());
                self.found.push(outcome);
            }
        }
    }

    fn texts(&self, by_call: &[&Made]) -> Vec<String> {
        let asked = |made: &Made| self.plan.calls.get(made.call);
        let pairs: Vec<(&ScriptCall, &Made)> = by_call.iter().filter_map(|made| Some((asked(made)?, *made))).collect();
        let identities = shown::identities(pairs.iter().map(|(asked, made)| (*asked, &made.example)));
        let texts = pairs.iter().zip(identities).map(|((asked, made), identity)| {
            let text = shown::expected(&asked.call, &made.expect, &self.names);
            if shown::is_identity(&asked.call, &made.expect) { identity.unwrap_or(text) } else { text }
        });
        texts.collect()
    }

    /// The outcome whichever of those that are alike is which.
    fn key(&self, texts: &[String]) -> Vec<String> {
        super::seen::sorted(&self.plan.calls, &self.plan.alike, texts)
    }

    fn why(&self, made: &Made) -> Vec<crate::verdict::Explanation> {
        let branch = Branch::told(made.expect.clone(), made.by.clone());
        let allowed = violations::allowed(self.profile, [&branch]);
        allowed.into_iter().flat_map(|allowed| allowed.justifications).collect()
    }

    fn finish(self, bounded: Option<String>) -> Outcomes {
        let found = self.found.into_iter().map(|(_, outcome)| outcome).collect();
        let alike = self.plan.alike.clone();
        Outcomes { calls: self.plan.calls.clone(), found, alike, steps: self.steps, bounded }
    }
}

fn next_call(rows: &Rows, taken: &[u32], row: usize) -> Option<usize> {
    rows.get(row)?.get(*taken.get(row)? as usize).copied()
}

/// Stands for a value: two different ones have the same about once in 2¹²⁸ pairs. It is the same in every run.
fn fingerprint(value: &impl Hash) -> u128 {
    let half = |seed| u128::from(FixedState::with_seed(seed).hash_one(value));
    half(0) << 64 | half(1)
}
