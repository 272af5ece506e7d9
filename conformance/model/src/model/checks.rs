//! The checks of one call: every error that is allowed, and then success where no error is required.
//!
//! POSIX has no order of checks, so that of several errors each is allowed. Where a platform is known to make them in an
//! order, its profile says so, and only the first one that must fail is allowed, with those before it that may.

use super::branch::{Branch, Cx, Justifications, clauses};
use super::effect::{Effect, Effects};
use super::expect::Expect;
use super::state::{Description, DescriptionId, Descriptor, ObjectId};
use crate::call::Label;
use crate::clause::{self, ClauseId};
use crate::outcome::{Errno, Outcome, Signal};
use crate::profile::{Check, Justification, Order, Response, Rule};
use smallvec::{SmallVec, smallvec};

/// The checks of one call.
pub(crate) struct Checks<'b> {
    out: &'b mut Vec<Branch>,
    /// Where the branches of this call begin.
    start: usize,
    /// What came back, where nothing else is asked for.
    wanted: Option<&'b Outcome>,
    /// The checks that rule success out.
    required: SmallVec<[Check; 4]>,
    /// The orders in which the platform may make the checks of this call; none where nothing is known.
    orders: &'b [Order],
    /// What success rests on.
    justifications: Justifications,
    /// Is an error required?
    blocked: bool,
}

/// A descriptor that is open on an object.
#[derive(Clone, Copy)]
pub(crate) struct Open<'a> {
    pub(crate) id: DescriptionId,
    pub(crate) description: &'a Description,
    pub(crate) object: ObjectId,
}

impl<'b> Checks<'b> {
    pub(crate) fn new(cx: Cx<'b>, orders: &'b [Order], out: &'b mut Vec<Branch>) -> Checks<'b> {
        let (start, wanted) = (out.len(), cx.wanted);
        let (required, justifications) = (SmallVec::new(), Justifications::new());
        Checks { out, start, wanted, required, orders, justifications, blocked: false }
    }

    /// Leaves of the errors those that the platform's order of checks lets one see, or one of several that it may have.
    pub(crate) fn finish(self) {
        let Checks { out, start, required, orders, .. } = self;
        if required.is_empty() || orders.is_empty() {
            return;
        }
        let is_hidden = |order: &Order, check| required.iter().any(|first| order.is_before(*first, check));
        let is_seen = |check| orders.iter().any(|order| !is_hidden(order, check));
        let mut at = 0;
        out.retain(|branch| {
            at += 1;
            at <= start || branch.check.is_none_or(is_seen)
        });
    }

    /// Is one check known to come before another?
    pub(crate) fn is_before(&self, check: Check, other: Check) -> bool {
        Order::all_before(self.orders, check, other)
    }

    /// Adds what a check that refuses the call leads to, unless that is not what came back.
    fn push(
        &mut self,
        check: Check,
        expect: Expect,
        required: bool,
        by: impl FnOnce() -> Justifications,
        effects: impl FnOnce() -> Effects,
    ) {
        self.blocked |= required;
        if required && !self.orders.is_empty() {
            self.required.push(check);
        }
        if self.is_wanted(&expect) {
            self.out.push(Branch { expect, justifications: by(), effects: effects(), check: Some(check) });
        }
    }

    /// Where `when` holds, the call fails with `errno`.
    pub(crate) fn shall(&mut self, check: Check, when: bool, errno: Errno, by: &[ClauseId]) {
        if when {
            self.push(check, Expect::Errno(errno), true, || clauses(by), Effects::new);
        }
    }

    /// The same, for reasons that need not be clauses.
    pub(crate) fn shall_by(&mut self, check: Check, errno: Errno, by: Justifications) {
        self.push(check, Expect::Errno(errno), true, || by, Effects::new);
    }

    /// The call fails with `errno`, and not without an effect.
    pub(crate) fn shall_with(&mut self, check: Check, errno: Errno, by: Justification, effects: Effects) {
        self.push(check, Expect::Errno(errno), true, || smallvec![by], || effects);
    }

    /// Where `when` holds, the call may fail with `errno`.
    pub(crate) fn may(&mut self, check: Check, when: bool, errno: Errno, by: &[ClauseId]) {
        if when {
            self.push(check, Expect::Errno(errno), false, || clauses(by), Effects::new);
        }
    }

    /// The same, for reasons that need not be clauses.
    pub(crate) fn may_by(&mut self, check: Check, errno: Errno, by: Justifications) {
        self.push(check, Expect::Errno(errno), false, || by, Effects::new);
    }

    /// The call may fail with `errno`, and not without an effect.
    pub(crate) fn may_with(&mut self, check: Check, errno: Errno, by: Justification, effects: Effects) {
        self.push(check, Expect::Errno(errno), false, || smallvec![by], || effects);
    }

    /// Where `when` holds, the call fails with one of the errors that the platform gives for it, each of which also rests
    /// on the clauses of `also`.
    pub(crate) fn refuse(&mut self, check: Check, when: bool, rule: &Rule<Errno>, also: &[ClauseId]) {
        for choice in rule.choices.iter().filter(|_| when) {
            let expect = Expect::Errno(choice.value);
            self.push(check, expect, true, || with(choice.justification, also), Effects::new);
        }
    }

    /// Where `when` holds, the platform says whether the call succeeds; an error also rests on the clauses of `also`.
    pub(crate) fn ask(&mut self, check: Check, when: bool, rule: &Rule<Response>, also: &[ClauseId]) {
        self.ask_any(check, when, &[rule], also);
    }

    /// As [`ask`](Checks::ask), where it is not known which of the rules holds.
    pub(crate) fn ask_any(&mut self, check: Check, when: bool, rules: &[&Rule<Response>], also: &[ClauseId]) {
        if !when {
            return;
        }
        let choices = || rules.iter().flat_map(|rule| &rule.choices);
        let succeeds = choices().find(|choice| choice.value == Response::Ok);
        for choice in choices() {
            if let Response::Errno(errno) = choice.value {
                let expect = Expect::Errno(errno);
                self.push(check, expect, succeeds.is_none(), || with(choice.justification, also), Effects::new);
            }
        }
        if let Some(choice) = succeeds {
            self.justifications.push(choice.justification);
        }
    }

    /// A limit of the process refuses the call, or may: EFBIG, or the end by SIGXFSZ where the process does not outlive that.
    pub(crate) fn limit(&mut self, cx: Cx<'_>, by: Justification, required: bool) {
        if cx.process.outlives(Signal::SIGXFSZ) {
            self.push(Check::Limit, Expect::Errno(Errno::EFBIG), required, || smallvec![by], Effects::new);
        } else {
            let end = || smallvec![Effect::End(cx.id)];
            self.push(Check::Limit, Expect::Signal(Signal::SIGXFSZ), required, || smallvec![by], end);
        }
    }

    /// Success rests on this, too.
    pub(crate) fn rests_on(&mut self, justification: impl Into<Justification>) {
        self.justifications.push(justification.into());
    }

    /// An outcome that is allowed whatever the checks say.
    pub(crate) fn outcome(&mut self, expect: Expect, by: Justifications, effects: Effects) {
        if self.is_wanted(&expect) {
            self.out.push(Branch::new(expect, by, effects));
        }
    }

    /// The call ends its process by a signal, whatever the checks say, and success is ruled out.
    pub(crate) fn dies(&mut self, cx: Cx<'_>, signal: Signal, by: Justifications) {
        self.may_die(cx, signal, by);
        self.blocked = true;
    }

    /// The call may end its process by a signal.
    pub(crate) fn may_die(&mut self, cx: Cx<'_>, signal: Signal, by: Justifications) {
        self.outcome(Expect::Signal(signal), by, smallvec![Effect::End(cx.id)]);
    }

    /// Success is ruled out, by what was added as outcomes.
    pub(crate) fn block(&mut self) {
        self.blocked = true;
    }

    /// One of several ways to go on, resting on what was checked so far and on `justification`.
    pub(crate) fn way(&mut self, justification: Justification) -> Checks<'_> {
        let mut justifications = Justifications::from_slice(&self.justifications);
        justifications.push(justification);
        let Checks { start, wanted, orders, blocked, .. } = *self;
        let required = self.required.clone();
        Checks { out: self.out, start, wanted, required, orders, justifications, blocked }
    }

    /// How many outcomes there are so far, for [`Checks::may_have_done`].
    pub(crate) fn outcomes(&self) -> usize {
        self.out.len()
    }

    /// Every failure but the first outcomes, and but with these errors, may have had an effect, too, which rests on `by`.
    pub(crate) fn may_have_done(
        &mut self,
        first: usize,
        by: impl Into<Justification> + Copy,
        spares: &[Errno],
        effect: &Effect,
    ) {
        let fails = |branch: &&Branch| matches!(branch.expect, Expect::Errno(errno) if !spares.contains(&errno));
        let mut more: Vec<Branch> = self.out[first..].iter().filter(fails).cloned().collect();
        for branch in &mut more {
            branch.effects.push(effect.clone());
            branch.justifications.push(by.into());
        }
        self.out.append(&mut more);
    }

    /// The call is not executed, since a label stands for nothing.
    pub(crate) fn not_executed(&mut self) {
        self.outcome(Expect::NotExecuted, clauses(&[clause::call(2)]), Effects::new());
    }

    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// May an outcome like this be what came back?
    fn is_wanted(&self, expect: &Expect) -> bool {
        self.wanted.is_none_or(|outcome| expect.matches(outcome))
    }

    /// Success, unless an error is required; it also rests on `by`. There may be several ways to succeed.
    pub(crate) fn succeed<J: Copy + Into<Justification>>(&mut self, expect: Expect, by: &[J], effects: Effects) {
        if !self.blocked && self.is_wanted(&expect) {
            let mut justifications = Justifications::from_slice(&self.justifications);
            justifications.extend(by.iter().map(|justification| (*justification).into()));
            self.out.push(Branch::new(expect, justifications, effects));
        }
    }

    /// Success that changes nothing.
    pub(crate) fn answer<J: Copy + Into<Justification>>(&mut self, expect: Expect, by: &[J]) {
        self.succeed(expect, by, Effects::new());
    }

    /// The descriptor behind a label, whatever it is open on.
    pub(crate) fn number(&mut self, cx: Cx<'_>, fd: Label, ebadf: ClauseId) -> Option<Descriptor> {
        let Some(number) = cx.process.number(fd) else {
            self.not_executed();
            return None;
        };
        let descriptor = cx.process.fd(number).copied();
        self.shall(Check::Descriptor, descriptor.is_none(), Errno::EBADF, &[ebadf]);
        descriptor
    }

    /// The description behind a label, or everything that a call may answer without one.
    pub(crate) fn descriptor<'a>(&mut self, cx: Cx<'a>, fd: Label, ebadf: ClauseId) -> Option<Open<'a>> {
        let descriptor = self.number(cx, fd, ebadf)?;
        let description = cx.state.description(descriptor.description)?;
        let Some(object) = description.object else {
            self.outcome(Expect::Anything, clauses(&[clause::shm_open(4)]), Effects::new());
            return None;
        };
        Some(Open { id: descriptor.description, description, object })
    }
}

fn with(justification: Justification, also: &[ClauseId]) -> Justifications {
    let mut justifications: Justifications = smallvec![justification];
    justifications.extend(also.iter().copied().map(Justification::clause));
    justifications
}
