//! Why each outcome of a trace is allowed, call by call, for a person who looks at it.

use super::path::fingerprint;
use super::violations::explain_branch;
use super::{Called, first_together, in_order};
use crate::model::{self, Branch, State};
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::trace::Trace;
use crate::verdict::Justified;
use std::collections::HashSet;

/// Steps of the model that an account may take.
const STEPS: usize = 100_000;
/// States that it goes on with behind calls that overlap.
const STATES: usize = 64;

/// One way to explain the calls so far.
#[derive(Clone)]
struct Account {
    state: State,
    /// The justifications since there was one account alone.
    justified: Justified,
    /// How many calls rest on deviations.
    departures: usize,
}

/// Why each outcome is allowed by the rules of a profile. Calls that overlap are taken in an order that the model accepts. Nothing
/// is said of a call that was not executed, of those from the first violation on, and of those behind so many that it would take
/// long.
pub fn justified(trace: &Trace, profile: &Profile) -> Justified {
    let start = Account { state: State::initial(&trace.header), justified: Justified::new(), departures: 0 };
    let (mut accounts, mut steps) = (vec![start], STEPS);
    let (mut settled, mut likeliest) = (Justified::new(), Justified::new());
    let mut calls = in_order(trace);
    calls.retain(|called| called.event.unjudged.is_none());
    let mut rest = &calls[..];
    while let Some(together) = first_together(rest) {
        rest = rest.get(together.len()..).unwrap_or_default();
        let calls: Vec<Called<'_>> = together.iter().map(|called| called.among(together)).collect();
        let mut next = Vec::new();
        for account in accounts {
            take(profile, account, &calls, &mut steps, &mut next);
        }
        let mut known = HashSet::new();
        next.sort_by_key(|account: &Account| account.departures);
        next.retain(|account| known.insert(fingerprint(&account.state)));
        next.truncate(STATES);
        match &mut next[..] {
            [] => break,
            [only] => {
                settled.append(&mut only.justified);
                likeliest.clear();
            }
            [first, ..] => likeliest.clone_from(&first.justified),
        }
        accounts = next;
    }
    settled.append(&mut likeliest);
    settled
}

/// Adds to `found` what follows from an account by `waiting`, in every order that time allows.
fn take(profile: &Profile, account: Account, waiting: &[Called<'_>], steps: &mut usize, found: &mut Vec<Account>) {
    if waiting.is_empty() {
        found.push(account);
        return;
    }
    for called in waiting {
        let Some(left) = steps.checked_sub(1).filter(|_| found.len() < STATES) else { return };
        *steps = left;
        // An actor makes one call after the other, whatever their times.
        let comes_before = |other: &Called<'_>| {
            let is_earlier = other.index < called.index;
            is_earlier && (other.event.actor == called.event.actor || other.event.end == called.event.start)
                || other.event.end < called.event.start
        };
        if waiting.iter().any(comes_before) {
            continue;
        }
        let others: Vec<Called<'_>> = waiting.iter().filter(|other| other.index != called.index).copied().collect();
        if matches!(called.event.outcome, Outcome::Unsupported(_) | Outcome::NotExecuted(_)) {
            return take(profile, account, &others, steps, found);
        }
        let mut branches = Vec::new();
        let Account { state, .. } = &account;
        model::step_to(profile, state, called.site(), &called.event.call, Some(&called.event.outcome), &mut branches);
        for branch in branches.iter().filter(|branch| branch.expect.matches(&called.event.outcome)) {
            take(profile, over(profile, &account, branch, *called), &others, steps, found);
        }
    }
}

fn over(profile: &Profile, account: &Account, branch: &Branch, called: Called<'_>) -> Account {
    let mut next = account.clone();
    branch.change(&mut next.state, &called.event.outcome);
    next.justified.insert(called.index as usize, explain_branch(profile, branch));
    next.departures += usize::from(branch.departs());
    next
}
