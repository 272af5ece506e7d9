//! Collects every error that is allowed, in no order, and then success where no error is required.

use super::branch::{Branch, Cx, Effect, Grounds};
use super::expect::Expect;
use super::memory;
use super::state::{Description, DescriptionId, Descriptor, ObjectId, State};
use crate::call::Label;
use crate::clause::{self, ClauseId};
use crate::outcome::{Errno, Outcome, Signal};
use crate::profile::{Answer, Ground, Rule};
use smallvec::smallvec;

/// The checks of one call.
pub(crate) struct Checks<'b> {
    out: &'b mut Vec<Branch>,
    /// What success rests on.
    grounds: Grounds,
    /// Is an error required?
    blocked: bool,
    /// Where the branches of the last check begin.
    mark: usize,
}

/// A descriptor that is open on an object.
#[derive(Clone, Copy)]
pub(crate) struct Open<'a> {
    pub(crate) id: DescriptionId,
    pub(crate) description: &'a Description,
    pub(crate) object: ObjectId,
}

impl<'b> Checks<'b> {
    pub(crate) fn new(out: &'b mut Vec<Branch>) -> Checks<'b> {
        let mark = out.len();
        Checks { out, grounds: Grounds::new(), blocked: false, mark }
    }

    /// Where `when` holds, the call fails with `errno`.
    pub(crate) fn shall(&mut self, when: bool, errno: Errno, clause: ClauseId) {
        self.mark = self.out.len();
        if when {
            self.out.push(Branch::plain(Expect::Errno(errno), clause));
            self.blocked = true;
        }
    }

    /// Where `when` holds, the call may fail with `errno`.
    pub(crate) fn may(&mut self, when: bool, errno: Errno, clause: ClauseId) {
        self.mark = self.out.len();
        if when {
            self.out.push(Branch::plain(Expect::Errno(errno), clause));
        }
    }

    /// Where `when` holds, the call fails with one of the errors that the platform gives for it.
    pub(crate) fn refuse(&mut self, when: bool, rule: &Rule<Errno>) {
        self.mark = self.out.len();
        if when {
            self.out
                .extend(rule.choices.iter().map(|choice| Branch::plain(Expect::Errno(choice.value), choice.ground)));
            self.blocked = true;
        }
    }

    /// Where `when` holds, the platform says whether the call succeeds.
    pub(crate) fn ask(&mut self, when: bool, rule: &Rule<Answer>) {
        self.mark = self.out.len();
        if !when {
            return;
        }
        let mut succeeds = false;
        for choice in &rule.choices {
            match choice.value {
                Answer::Errno(errno) => self.out.push(Branch::plain(Expect::Errno(errno), choice.ground)),
                Answer::Ok => {
                    succeeds = true;
                    self.grounds.push(choice.ground);
                }
            }
        }
        self.blocked |= !succeeds;
    }

    /// The errors of the last check rest on this, too.
    pub(crate) fn and_by(&mut self, ground: impl Into<Ground>) {
        let ground = ground.into();
        for branch in &mut self.out[self.mark..] {
            branch.grounds.push(ground);
        }
    }

    /// The outcome that was added last rests on this, too.
    pub(crate) fn last_by(&mut self, ground: Ground) {
        if let Some(branch) = self.out.last_mut() {
            branch.grounds.push(ground);
        }
    }

    /// Success rests on this, too.
    pub(crate) fn rests_on(&mut self, ground: impl Into<Ground>) {
        self.grounds.push(ground.into());
    }

    /// An outcome of its own, whatever the checks say.
    pub(crate) fn outcome(&mut self, expect: Expect, clause: ClauseId) {
        self.out.push(Branch::plain(expect, clause));
    }

    /// The same with an effect.
    pub(crate) fn outcome_with(
        &mut self,
        expect: Expect,
        clauses: &[ClauseId],
        effect: impl FnOnce(&mut State, &Outcome) + 'static,
    ) {
        self.out.push(Branch { expect, grounds: Cx::clauses(clauses), effect: Some(Box::new(effect)) });
    }

    /// The same on a ground of its own.
    pub(crate) fn outcome_by(
        &mut self,
        expect: Expect,
        ground: Ground,
        effect: impl FnOnce(&mut State, &Outcome) + 'static,
    ) {
        self.out.push(Branch { expect, grounds: smallvec![ground], effect: Some(Box::new(effect)) });
    }

    /// The call ends its actor.
    pub(crate) fn dies(&mut self, actor: Label, signal: Signal, ground: impl Into<Ground>) {
        self.outcome_by(Expect::Signal(signal), ground.into(), move |state, _| state.end(actor));
        self.blocked = true;
    }

    /// A store ends its actor, and may have been made in part.
    pub(crate) fn dies_storing(
        &mut self,
        actor: Label,
        signal: Signal,
        ground: Ground,
        object: ObjectId,
        range: (i64, i64),
    ) {
        self.outcome_by(Expect::Signal(signal), ground, move |state, _| {
            memory::made_in_part(state, object, range);
            state.end(actor);
        });
    }

    /// An error is required, by what was added as outcomes.
    pub(crate) fn block(&mut self) {
        self.blocked = true;
    }

    /// One of several ways to go on, resting on what was checked so far and on `ground`.
    pub(crate) fn way(&mut self, ground: Ground) -> Checks<'_> {
        let mut grounds = self.grounds.clone();
        grounds.push(ground);
        let mark = self.out.len();
        Checks { out: self.out, grounds, blocked: self.blocked, mark }
    }

    /// The call is not made, since a label stands for nothing.
    pub(crate) fn not_made(&mut self) {
        self.outcome(Expect::NotMade, clause::call(2));
    }

    /// An error that a rule allows beside other outcomes.
    pub(crate) fn error(&mut self, errno: Errno, ground: Ground) {
        self.out.push(Branch::plain(Expect::Errno(errno), ground));
    }

    /// The same with an effect.
    pub(crate) fn error_with(&mut self, errno: Errno, ground: Ground, effect: impl FnOnce(&mut State) + 'static) {
        let effect: Effect = Box::new(move |state, _| effect(state));
        self.out.push(Branch { expect: Expect::Errno(errno), grounds: smallvec![ground], effect: Some(effect) });
    }

    /// One of several ways in which the call may succeed, unless an error is required.
    pub(crate) fn one_way(
        &mut self,
        expect: Expect,
        ground: Ground,
        clauses: &[ClauseId],
        effect: impl FnOnce(&mut State, &Outcome) + 'static,
    ) {
        if !self.blocked {
            let mut grounds = self.grounds.clone();
            grounds.push(ground);
            grounds.extend(Cx::clauses(clauses));
            self.out.push(Branch { expect, grounds, effect: Some(Box::new(effect)) });
        }
    }

    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// Success, unless an error is required.
    pub(crate) fn succeed(
        self,
        expect: Expect,
        clauses: &[ClauseId],
        effect: impl FnOnce(&mut State, &Outcome) + 'static,
    ) {
        if !self.blocked {
            let mut grounds = self.grounds;
            grounds.extend(Cx::clauses(clauses));
            self.out.push(Branch { expect, grounds, effect: Some(Box::new(effect)) });
        }
    }

    /// Success that changes nothing.
    pub(crate) fn answer<G: Copy + Into<Ground>>(self, expect: Expect, by: &[G]) {
        if !self.blocked {
            let mut grounds = self.grounds;
            grounds.extend(by.iter().map(|ground| (*ground).into()));
            self.out.push(Branch { expect, grounds, effect: None });
        }
    }

    /// The descriptor behind a label, whatever it is open on.
    pub(crate) fn number(&mut self, cx: Cx<'_>, fd: Label, ebadf: ClauseId) -> Option<Descriptor> {
        let Some(number) = cx.process.number(fd) else {
            self.not_made();
            return None;
        };
        let descriptor = cx.process.fd(number).copied();
        self.shall(descriptor.is_none(), Errno::EBADF, ebadf);
        descriptor
    }

    /// The description behind a label, or everything that a call may answer without one.
    pub(crate) fn descriptor<'a>(&mut self, cx: Cx<'a>, fd: Label, ebadf: ClauseId) -> Option<Open<'a>> {
        let descriptor = self.number(cx, fd, ebadf)?;
        let description = cx.state.description(descriptor.description)?;
        let Some(object) = description.object else {
            self.outcome(Expect::Anything, clause::shm_open(4));
            return None;
        };
        Some(Open { id: descriptor.description, description, object })
    }
}
