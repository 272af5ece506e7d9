//! Collects every error that is allowed, in no order, and then success where no error is required.

use super::branch::{Branch, Cx, Effect, Justifications};
use super::expect::Expect;
use super::memory;
use super::state::{Description, DescriptionId, Descriptor, ObjectId, State};
use crate::call::Label;
use crate::clause::{self, ClauseId};
use crate::outcome::{Errno, Outcome, Signal};
use crate::profile::{Justification, Response, Rule};
use smallvec::smallvec;

/// The checks of one call.
pub(crate) struct Checks<'b> {
    out: &'b mut Vec<Branch>,
    /// What success rests on.
    justifications: Justifications,
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
        Checks { out, justifications: Justifications::new(), blocked: false, mark }
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
            self.out.extend(
                rule.choices.iter().map(|choice| Branch::plain(Expect::Errno(choice.value), choice.justification)),
            );
            self.blocked = true;
        }
    }

    /// Where `when` holds, the platform says whether the call succeeds.
    pub(crate) fn ask(&mut self, when: bool, rule: &Rule<Response>) {
        self.mark = self.out.len();
        if !when {
            return;
        }
        let mut succeeds = false;
        for choice in &rule.choices {
            match choice.value {
                Response::Errno(errno) => self.out.push(Branch::plain(Expect::Errno(errno), choice.justification)),
                Response::Ok => {
                    succeeds = true;
                    self.justifications.push(choice.justification);
                }
            }
        }
        self.blocked |= !succeeds;
    }

    /// The errors of the last check rest on this, too.
    pub(crate) fn and_by(&mut self, justification: impl Into<Justification>) {
        let justification = justification.into();
        for branch in &mut self.out[self.mark..] {
            branch.justifications.push(justification);
        }
    }

    /// The outcome that was added last rests on this, too.
    pub(crate) fn last_by(&mut self, justification: Justification) {
        if let Some(branch) = self.out.last_mut() {
            branch.justifications.push(justification);
        }
    }

    /// Success rests on this, too.
    pub(crate) fn rests_on(&mut self, justification: impl Into<Justification>) {
        self.justifications.push(justification.into());
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
        self.out.push(Branch { expect, justifications: Cx::clauses(clauses), effect: Some(Box::new(effect)) });
    }

    /// The same on a justification of its own.
    pub(crate) fn outcome_by(
        &mut self,
        expect: Expect,
        justification: Justification,
        effect: impl FnOnce(&mut State, &Outcome) + 'static,
    ) {
        self.out.push(Branch { expect, justifications: smallvec![justification], effect: Some(Box::new(effect)) });
    }

    /// The call ends its actor.
    pub(crate) fn dies(&mut self, actor: Label, signal: Signal, justification: impl Into<Justification>) {
        self.outcome_by(Expect::Signal(signal), justification.into(), move |state, _| state.end(actor));
        self.blocked = true;
    }

    /// A store ends its actor, and may have been made in part.
    pub(crate) fn dies_storing(
        &mut self,
        actor: Label,
        signal: Signal,
        justification: Justification,
        object: ObjectId,
        range: (i64, i64),
    ) {
        self.outcome_by(Expect::Signal(signal), justification, move |state, _| {
            memory::made_in_part(state, object, range);
            state.end(actor);
        });
    }

    /// An error is required, by what was added as outcomes.
    pub(crate) fn block(&mut self) {
        self.blocked = true;
    }

    /// One of several ways to go on, resting on what was checked so far and on `justification`.
    pub(crate) fn way(&mut self, justification: Justification) -> Checks<'_> {
        let mut justifications = self.justifications.clone();
        justifications.push(justification);
        let mark = self.out.len();
        Checks { out: self.out, justifications, blocked: self.blocked, mark }
    }

    /// The call is not executed, since a label stands for nothing.
    pub(crate) fn not_executed(&mut self) {
        self.outcome(Expect::NotExecuted, clause::call(2));
    }

    /// An error that a rule allows beside other outcomes.
    pub(crate) fn error(&mut self, errno: Errno, justification: Justification) {
        self.out.push(Branch::plain(Expect::Errno(errno), justification));
    }

    /// The same with an effect.
    pub(crate) fn error_with(
        &mut self,
        errno: Errno,
        justification: Justification,
        effect: impl FnOnce(&mut State) + 'static,
    ) {
        let effect: Effect = Box::new(move |state, _| effect(state));
        self.out.push(Branch {
            expect: Expect::Errno(errno),
            justifications: smallvec![justification],
            effect: Some(effect),
        });
    }

    /// One of several ways in which the call may succeed, unless an error is required.
    pub(crate) fn one_way(
        &mut self,
        expect: Expect,
        justification: Justification,
        clauses: &[ClauseId],
        effect: impl FnOnce(&mut State, &Outcome) + 'static,
    ) {
        if !self.blocked {
            let mut justifications = self.justifications.clone();
            justifications.push(justification);
            justifications.extend(Cx::clauses(clauses));
            self.out.push(Branch { expect, justifications, effect: Some(Box::new(effect)) });
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
            let mut justifications = self.justifications;
            justifications.extend(Cx::clauses(clauses));
            self.out.push(Branch { expect, justifications, effect: Some(Box::new(effect)) });
        }
    }

    /// Success that changes nothing.
    pub(crate) fn answer<G: Copy + Into<Justification>>(self, expect: Expect, by: &[G]) {
        if !self.blocked {
            let mut justifications = self.justifications;
            justifications.extend(by.iter().map(|justification| (*justification).into()));
            self.out.push(Branch { expect, justifications, effect: None });
        }
    }

    /// The descriptor behind a label, whatever it is open on.
    pub(crate) fn number(&mut self, cx: Cx<'_>, fd: Label, ebadf: ClauseId) -> Option<Descriptor> {
        let Some(number) = cx.process.number(fd) else {
            self.not_executed();
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
