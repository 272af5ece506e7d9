//! Calls on their way to an actor, and what comes back of them.

use super::{Halt, Run};
use crate::executor::cast::{Life, Owed};
use crate::executor::link::Heard;
use shmconf_adapter::wire::{self, Answer, Invocation, Reply, Request};
use shmconf_model::call::Call;
use shmconf_model::outcome::Outcome;
use shmconf_model::trace::Event;
use std::ops::Range;

/// How long before a race its calls are sent: time for the actors to read them.
const LEAD_NS: u64 = 150_000;
/// What each more actor takes.
const LEAD_EACH_NS: u64 = 30_000;

impl Run<'_> {
    /// Has an actor make calls in a row.
    pub(super) fn batch(&mut self, actor: usize, calls: Range<usize>) -> Result<(), Halt> {
        let calls: Vec<usize> = calls.collect();
        let sent = self.send(actor, &calls, None);
        self.gather(actor, &calls, sent, false)
    }

    /// Has several actors make calls at once.
    pub(super) fn race(&mut self, racers: &[(usize, Vec<usize>)]) -> Result<(), Halt> {
        let at = wire::now() + LEAD_NS + LEAD_EACH_NS * racers.len() as u64;
        for (actor, calls) in racers {
            self.send(*actor, calls, Some(at));
        }
        for (actor, calls) in racers {
            self.gather(*actor, calls, at, true)?;
        }
        Ok(())
    }

    /// Sends calls to an actor that is there; answers when.
    fn send(&mut self, actor: usize, calls: &[usize], at: Option<u64>) -> u64 {
        let sent = wire::now();
        let member = &mut self.cast.members[actor];
        if member.life == Life::Lives {
            for (nth, &call) in calls.iter().enumerate() {
                let line = self.plan.calls[call].line;
                let invocation = Invocation {
                    seq: call as u32,
                    bind: line.bind.clone(),
                    call: self.calls[call].clone(),
                    at: at.filter(|_| nth == 0),
                    flush: nth > 0 && (at.is_some() || may_end_or_block(&self.calls[call], self.plan.limited)),
                };
                member.link.queue(&Request::Call(invocation));
            }
            member.link.flush();
        }
        sent
    }

    /// Hears what came of calls.
    fn gather(&mut self, actor: usize, calls: &[usize], sent: u64, racing: bool) -> Result<(), Halt> {
        let mut began = sent;
        for (nth, &call) in calls.iter().enumerate() {
            match self.cast.members[actor].life {
                Life::Lives => {}
                Life::Unborn => {
                    self.note(call, Outcome::NotExecuted("the actor is not there yet".to_owned()), None);
                    continue;
                }
                Life::Gone => {
                    self.note(call, Outcome::NotExecuted("the actor is gone".to_owned()), None);
                    continue;
                }
            }
            match self.answer(actor, call)? {
                Ok(answer) => {
                    let heard = wire::now();
                    let start = answer.start.unwrap_or(began).clamp(began, heard);
                    let end = answer.end.unwrap_or(heard).clamp(start, heard);
                    began = end;
                    self.after(call, &answer);
                    self.note(call, answer.outcome, Some((start, end)));
                }
                Err(outcome) => {
                    let certain = nth == 0 || racing || may_end_or_block(&self.calls[call], self.plan.limited);
                    if !certain {
                        return Err(Halt::Again);
                    }
                    self.note(call, outcome, Some((began, wire::now())));
                }
            }
        }
        Ok(())
    }

    /// The answer to a call, or how the actor ended instead.
    fn answer(&mut self, actor: usize, call: usize) -> Result<Result<Answer, Outcome>, Halt> {
        self.greet(actor)?;
        let member = &mut self.cast.members[actor];
        let heard = match member.early.pop_front() {
            Some(answer) => Heard::Reply(Reply::Answer(answer)),
            None => member.link.hear(self.executor.config.timeout, &self.executor.config.stop)?,
        };
        match heard {
            Heard::Reply(Reply::Answer(answer)) if answer.seq as usize == call => Ok(Ok(answer)),
            Heard::End => Ok(Err(self.ending(actor)?)),
            Heard::Late => {
                self.kill(actor)?;
                Ok(Err(Outcome::Hang))
            }
            heard => {
                let number = member.number;
                Err(self.executor.misbehaves(&heard, &format!("call {call}"), number).into())
            }
        }
    }

    /// A child that a fork has made is told who it is.
    fn after(&mut self, call: usize, answer: &Answer) {
        if let (Call::Fork { child, .. }, Outcome::Ok) = (&self.calls[call], &answer.outcome) {
            let forker = self.plan.calls[call].actor;
            let children = self.plan.roles.children(forker);
            let child = children.into_iter().find(|&at| self.plan.roles.parts[at].name == *child);
            if let Some(member) = child.and_then(|child| self.cast.members.get_mut(child)) {
                member.pid = answer.pid;
                member.introduce();
            }
        }
    }

    fn note(&mut self, call: usize, outcome: Outcome, times: Option<(u64, u64)>) {
        let planned = self.plan.calls[call];
        let now = wire::now();
        let (start, end) = times.unwrap_or((now, now));
        self.spoiled |= outcome.is_death();
        self.events[call] = Some(Event {
            actor: self.plan.roles.parts[planned.actor].name,
            bind: planned.line.bind.clone(),
            call: self.calls[call].clone(),
            outcome,
            start,
            end,
        });
    }

    /// Hears from an actor what it is to say before it answers calls.
    pub(super) fn greet(&mut self, actor: usize) -> Result<(), Halt> {
        let member = &mut self.cast.members[actor];
        let Some(owed) = member.owes.take() else { return Ok(()) };
        match (owed, member.link.hear(self.executor.config.timeout, &self.executor.config.stop)?) {
            (Owed::Started, Heard::Reply(Reply::Started(started))) => {
                member.started = Some(self.executor.checked(started)?);
                Ok(())
            }
            (Owed::Reset, Heard::Reply(Reply::Reset(cleaned))) if cleaned.clean => Ok(()),
            // Another process takes the place of one that is not as it was, or has ended meanwhile.
            (Owed::Reset, Heard::Reply(Reply::Reset(_)) | Heard::End | Heard::Late) => Err(Halt::Again),
            // What keeps a forked child from starting is seen in its first call.
            (Owed::Started, Heard::End | Heard::Late) if member.number.is_none() => Ok(()),
            (owed, heard) => {
                let asked = if owed == Owed::Started { "`start`" } else { "`reset`" };
                let number = member.number;
                Err(self.executor.misbehaves(&heard, asked, number).into())
            }
        }
    }

    /// Kills an actor that does not answer.
    fn kill(&mut self, actor: usize) -> Result<(), Halt> {
        let member = &mut self.cast.members[actor];
        member.life = Life::Gone;
        match (member.number.take(), member.pid.take()) {
            (Some(number), _) => self.executor.spawner.dismiss(number),
            (None, Some(pid)) => self.executor.spawner.kill_process(pid)?,
            (None, None) => {}
        }
        Ok(())
    }

    /// How an actor ended that has closed its socket. Its parent knows: the spawner, or another actor.
    fn ending(&mut self, actor: usize) -> Result<Outcome, Halt> {
        let timeout = self.executor.config.timeout;
        let member = &mut self.cast.members[actor];
        member.life = Life::Gone;
        if let Some(number) = member.number.take() {
            return Ok(self.executor.spawner.wait(number)?);
        }
        let pid = member.pid.take();
        let part = &self.plan.roles.parts[actor];
        if let Some(parent) = part.parent.map(|parent| &mut self.cast.members[parent])
            && parent.life == Life::Lives
        {
            parent.link.queue(&Request::Reap { child: part.name });
            parent.link.flush();
            loop {
                match parent.link.hear(timeout, &self.executor.config.stop)? {
                    Heard::Reply(Reply::Reaped { child, outcome }) if child == part.name => return Ok(outcome),
                    Heard::Reply(Reply::Answer(answer)) => parent.early.push_back(answer),
                    Heard::End => break,
                    heard => return Err(self.executor.misbehaves(&heard, "`reap`", None).into()),
                }
            }
        }
        match pid {
            Some(pid) => Ok(self.executor.spawner.wait_process(pid)?),
            None => Ok(Outcome::Unsupported("the actor's parent did not tell its process number".to_owned())),
        }
    }
}

/// Can a call keep its actor from answering for those before it?
fn may_end_or_block(call: &Call, limited: bool) -> bool {
    match call {
        Call::Store { .. }
        | Call::Load { .. }
        | Call::Recv { .. }
        | Call::Send { .. }
        | Call::Fork { .. }
        | Call::Exec
        | Call::Exit { .. }
        | Call::Kill { .. } => true,
        Call::Ftruncate { .. }
        | Call::Pwrite { .. }
        | Call::Write { .. }
        | Call::PosixFallocate { .. }
        | Call::Create { .. } => limited,
        _ => false,
    }
}
