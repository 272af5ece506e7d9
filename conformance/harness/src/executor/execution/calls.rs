//! Calls on their way to an actor, and what comes back of them.

use super::{Execution, Halt};
use crate::executor::link::Heard;
use crate::executor::pool::{Awaited, Life};
use crate::subject::Spec;
use shmconf_adapter::wire::{self, Answer, Invocation, Reply, Request};
use shmconf_model::call::Call;
use shmconf_model::outcome::Outcome;
use shmconf_model::trace::Event;
use std::ops::Range;

/// How long before a race its calls are sent: time for the actors to read them.
const LEAD_NS: u64 = 150_000;
/// What each more actor takes.
const LEAD_EACH_NS: u64 = 30_000;
/// What each call takes to be sent.
const LEAD_CALL_NS: u64 = 3_000;

impl Execution<'_> {
    /// Has an actor make calls in a row.
    pub(super) fn batch(&mut self, actor: usize, calls: Range<usize>) -> Result<(), Halt> {
        let calls: Vec<usize> = calls.collect();
        let sent = self.send(actor, &calls, None);
        self.gather(actor, &calls, sent, false)
    }

    /// Has several actors make calls at once.
    pub(super) fn race(&mut self, racers: &[(usize, Vec<usize>)]) -> Result<(), Halt> {
        let calls: usize = racers.iter().map(|(_, calls)| calls.len()).sum();
        let at = wire::now() + LEAD_NS + LEAD_EACH_NS * racers.len() as u64 + LEAD_CALL_NS * calls as u64;
        let sent: Vec<u64> = racers.iter().map(|(actor, calls)| self.send(*actor, calls, Some(at))).collect();
        for ((actor, calls), sent) in racers.iter().zip(sent) {
            self.gather(*actor, calls, sent, true)?;
        }
        Ok(())
    }

    /// Sends calls to an actor that is there; answers when.
    fn send(&mut self, actor: usize, calls: &[usize], at: Option<u64>) -> u64 {
        let sent = wire::now();
        let process = &mut self.set.processes[actor];
        if process.life == Life::Lives {
            for (nth, &call) in calls.iter().enumerate() {
                let line = self.plan.calls[call].line;
                let invocation = Invocation {
                    seq: call as u32,
                    bind: line.bind.clone(),
                    call: self.calls[call].clone(),
                    at: at.filter(|_| nth == 0),
                    flush: nth > 0 && at.is_some() || may_end_or_block(&self.calls[call], self.plan.limited),
                };
                process.link.queue(&Request::Call(invocation));
            }
            process.link.flush();
        }
        sent
    }

    /// Hears what came of calls, which were sent at that time. The interval of a call whose adapter tells no times begins when it
    /// was sent, since nobody knows when the one before it had ended.
    fn gather(&mut self, actor: usize, calls: &[usize], sent: u64, racing: bool) -> Result<(), Halt> {
        let mut began = sent;
        for (nth, &call) in calls.iter().enumerate() {
            match self.set.processes[actor].life {
                Life::Lives => {}
                Life::NotForked => {
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
                    if let Some(problem) = impossible(&answer, began, heard) {
                        let problem = format!("answers {} with {problem}", self.asked(call));
                        return Err(self.executor.actor_error(problem).into());
                    }
                    let (timed, untimed) = &mut self.executor.timed;
                    *if answer.start.is_some() && answer.end.is_some() { timed } else { untimed } += 1;
                    let start = answer.start.unwrap_or(began).clamp(began, heard);
                    let end = answer.end.unwrap_or(heard).clamp(start, heard);
                    began = if answer.end.is_some() { end } else { start };
                    self.after(call, &answer);
                    self.note(call, answer.outcome, Some((start, end)));
                    if let Some(event) = self.events[call].as_mut().filter(|event| event.call == Call::Exec) {
                        event.fds = answer.fds;
                    }
                }
                Err(outcome) => {
                    let certain = nth == 0 || racing || may_end_or_block(&self.calls[call], self.plan.limited);
                    if !certain {
                        return Err(Halt::Again);
                    }
                    self.believed(call, &outcome)?;
                    self.note(call, outcome, Some((began, wire::now())));
                }
            }
        }
        Ok(())
    }

    /// Is it the call that ended the actor? No call of another program ends it with an exit code, so that one that is not
    /// asked to end has given up, as on an exception.
    fn believed(&mut self, call: usize, outcome: &Outcome) -> Result<(), Halt> {
        let may_exit = matches!(self.calls[call], Call::Exit { .. } | Call::Exec);
        let is_other = matches!(self.executor.config.subject, Spec::Command(..));
        match outcome {
            Outcome::Exited(_) if is_other && !may_exit && self.reused => {
                // It may have meant to end after the script before.
                self.executor.pool.was_unclean();
                Err(Halt::Unclean)
            }
            Outcome::Exited(code) if is_other && !may_exit => {
                let problem = format!("ends instead of answering {} (exit {code})", self.asked(call));
                Err(self.executor.actor_error(problem).into())
            }
            _ => Ok(()),
        }
    }

    /// The answer to a call, or how the actor ended instead.
    fn answer(&mut self, actor: usize, call: usize) -> Result<Result<Answer, Outcome>, Halt> {
        self.await_ready(actor)?;
        let process = &mut self.set.processes[actor];
        let heard = match process.early.pop_front() {
            Some(answer) => Heard::Reply(Reply::Answer(answer)),
            None => process.link.hear()?,
        };
        match heard {
            Heard::Reply(Reply::Answer(answer)) if answer.seq as usize == call => Ok(Ok(answer)),
            Heard::End => Ok(Err(self.ending(actor, &self.asked(call))?)),
            Heard::Late => match self.kill(actor)? {
                Some(ended) => {
                    let asked = self.asked(call);
                    let problem =
                        format!("ends before it has answered {asked} ({ended}), and something keeps its socket");
                    Err(self.executor.actor_error(problem).into())
                }
                None => match self.set.processes[actor].link.unread() {
                    Some(half) => {
                        let problem = format!("answers {} with half a line: {half}", self.asked(call));
                        Err(self.executor.actor_error(problem).into())
                    }
                    None => Ok(Err(Outcome::Hang)),
                },
            },
            heard => {
                let number = process.number;
                Err(self.executor.misbehaves(&heard, &self.asked(call), number).into())
            }
        }
    }

    /// A call, as messages tell of it.
    fn asked(&self, call: usize) -> String {
        format!("call {} ({})", call + 1, self.calls[call])
    }

    /// A child that a fork has made is told who it is.
    fn after(&mut self, call: usize, answer: &Answer) {
        if let (Call::Fork { child, .. }, Outcome::Ok) = (&self.calls[call], &answer.outcome) {
            let forker = self.plan.calls[call].actor;
            let actors = &self.plan.topology.actors;
            let child = actors[forker].children.iter().find(|at| actors[**at].name == *child);
            if let Some(process) = child.and_then(|&child| self.set.processes.get_mut(child)) {
                process.pid = answer.pid;
                process.send_start();
            }
        }
    }

    fn note(&mut self, call: usize, outcome: Outcome, times: Option<(u64, u64)>) {
        let planned = self.plan.calls[call];
        let now = wire::now();
        let (start, end) = times.unwrap_or((now, now));
        self.spoiled |= outcome.is_death();
        self.events[call] = Some(Event {
            actor: self.plan.topology.actors[planned.actor].name,
            bind: planned.line.bind.clone(),
            call: self.calls[call].clone(),
            outcome,
            fds: None,
            unjudged: None,
            waits: false,
            start,
            end,
        });
    }

    /// Hears from an actor what it is to say before it answers calls.
    pub(super) fn await_ready(&mut self, actor: usize) -> Result<(), Halt> {
        let starting = self.set.processes.len();
        let process = &mut self.set.processes[actor];
        let Some(awaited) = process.awaited.take() else { return Ok(()) };
        let heard = match awaited {
            Awaited::Started => process.link.hear_start(starting)?,
            Awaited::Reset => process.link.hear()?,
        };
        match (awaited, heard) {
            (Awaited::Started, Heard::Reply(Reply::Started(started))) => {
                let can_be_template = started.template;
                process.started = Some(self.executor.checked(started)?);
                if can_be_template {
                    self.executor.spawner.use_template()?;
                }
                Ok(())
            }
            (Awaited::Reset, Heard::Reply(Reply::Reset(cleaned))) if cleaned.clean => {
                self.executor.pool.was_clean();
                Ok(())
            }
            // Another process takes the place of one that is not as it was, or has ended meanwhile.
            (Awaited::Reset, Heard::Reply(Reply::Reset(_)) | Heard::End) => {
                self.executor.pool.was_unclean();
                Err(Halt::Unclean)
            }
            (Awaited::Reset, Heard::Late) => {
                self.executor.pool.give_up();
                Err(Halt::Unclean)
            }
            // What keeps a forked child from starting is seen in its first call.
            (Awaited::Started, Heard::End | Heard::Late) if process.number.is_none() => Ok(()),
            (awaited, heard) => {
                let asked = if awaited == Awaited::Started { "`start`" } else { "`reset`" };
                let number = process.number;
                Err(self.executor.misbehaves(&heard, asked, number).into())
            }
        }
    }

    /// Kills an actor that does not answer. Answers how it had ended before, if it had.
    fn kill(&mut self, actor: usize) -> Result<Option<Outcome>, Halt> {
        let process = &mut self.set.processes[actor];
        process.life = Life::Gone;
        match (process.number.take(), process.pid.take()) {
            (Some(number), _) => return Ok(self.executor.spawner.kill_late(number)?),
            (None, Some(pid)) => self.executor.spawner.kill_process(pid)?,
            (None, None) => {}
        }
        Ok(None)
    }

    /// How an actor ended that has closed its socket. Its parent knows: the spawner, or another actor.
    fn ending(&mut self, actor: usize, asked: &str) -> Result<Outcome, Halt> {
        let process = &mut self.set.processes[actor];
        process.life = Life::Gone;
        if let Some(number) = process.number.take() {
            let problem = || format!("closes its socket before it has answered {asked}, and goes on");
            let ended = self.executor.spawner.wait(number)?;
            return ended.ok_or_else(|| self.executor.actor_error(problem()).into());
        }
        let pid = process.pid.take();
        let spec = &self.plan.topology.actors[actor];
        if let Some(parent) = spec.parent.map(|parent| &mut self.set.processes[parent])
            && parent.life == Life::Lives
        {
            parent.link.queue(&Request::Reap { child: spec.name });
            parent.link.flush();
            loop {
                match parent.link.hear()? {
                    Heard::Reply(Reply::Reaped { child, outcome }) if child == spec.name => return Ok(outcome),
                    Heard::Reply(Reply::Answer(answer)) if parent.early.len() < self.plan.calls.len() => {
                        parent.early.push_back(answer);
                    }
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

/// How far the clock of an adapter may be from that of the harness, in nanoseconds.
const SLACK_NS: u64 = 1_000_000;

/// What is impossible about the times of an answer to a call that began at `began` or later and was answered by `heard`.
fn impossible(answer: &Answer, began: u64, heard: u64) -> Option<String> {
    let (start, end) = (answer.start.unwrap_or(began), answer.end.unwrap_or(heard));
    let what = match () {
        () if start.saturating_add(SLACK_NS) < began => {
            "begins before it was asked for, or before the call ahead had ended"
        }
        () if end > heard.saturating_add(SLACK_NS) => "ends after its answer came",
        () if end.saturating_add(SLACK_NS) < start => "ends before it begins",
        () => return None,
    };
    Some(format!("times of another clock: from {start} to {end}, which {what}; now it is {heard}"))
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
