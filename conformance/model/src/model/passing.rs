//! Descriptors sent from one process to another.

use super::branch::Cx;
use super::checks::Checks;
use super::expect::Expect;
use super::state::{Descriptor, Message, State};
use crate::call::Label;
use crate::clause::{self, ClauseId};
use crate::outcome::{Errno, Outcome};
use crate::profile::{Choice, Justification, Response, Rest, Rule};

pub(super) fn send(cx: Cx<'_>, to: Label, fds: &[Label], mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    let mut descriptions = Vec::with_capacity(fds.len());
    for fd in fds {
        match cx.process.number(*fd) {
            None => return checks.not_executed(),
            Some(number) => match cx.process.fd(number) {
                None => checks.shall(true, Errno::EBADF, clause::sendmsg(3)),
                Some(descriptor) => descriptions.push(descriptor.description),
            },
        }
    }
    let count = fds.len() as i64;
    let most = rules.send_most.choices.iter().map(|choice| choice.value).max().unwrap_or(i64::MAX);
    let always = rules.send_always.choices.iter().map(|choice| choice.value).min().unwrap_or(1);
    checks.refuse(count > most, &rules.send_too_many);
    if count > always && count <= most {
        for choice in &rules.send_too_many.choices {
            checks.error(choice.value, choice.justification);
        }
    }
    let peer_is_gone = cx.state.process(to).is_none_or(|peer| !peer.alive);
    for errno in [Errno::EPIPE, Errno::ECONNRESET] {
        checks.may(peer_is_gone, errno, clause::sendmsg(1));
    }
    let from = cx.site.actor;
    for carries in &rules.send_carries.choices {
        let descriptions = if carries.value { descriptions.clone() } else { Vec::new() };
        let justification = if fds.is_empty() { clause::sendmsg(1).into() } else { carries.justification };
        checks.one_way(Expect::Ok, justification, &[clause::sendmsg(1), clause::sendmsg(2)], move |state, _| {
            state.messages.push(Message { from, to, descriptions });
        });
    }
}

/// Where the platform fails rather than cut a message short, its descriptors are lost; the bytes beside them may stay.
fn lose(message: usize, rule: &Rule<Response>, checks: &mut Checks<'_>) {
    for choice in &rule.choices {
        let Response::Errno(errno) = choice.value else { continue };
        checks.error_with(errno, choice.justification, move |state| {
            state.messages.remove(message);
        });
        checks.error_with(errno, choice.justification, move |state| state.messages[message].descriptions.clear());
    }
}

pub(super) fn recv(cx: Cx<'_>, from: Label, room: Option<u32>, mut checks: Checks<'_>) {
    let to = cx.site.actor;
    let first = cx.state.messages.iter().position(|message| message.from == from && message.to == to);
    let Some(first) = first else {
        if cx.state.process(from).is_none_or(|peer| !peer.alive) {
            checks.outcome(Expect::Received { least: 0, most: 0, truncated: false }, clause::exit(2));
            checks.not_executed();
        } else {
            checks.outcome_with(Expect::Hang, &[clause::recvmsg(1)], move |state, _| state.end(to));
        }
        return;
    };
    let sent = cx.state.messages[first].descriptions.len();
    let room = room.map_or(cx.site.bind.len(), |room| room as usize);
    let fits = sent <= room;
    let rules = &cx.profile.rules;
    let take = |cloexec: &Choice<bool>, leaked_by| take(first, to, cx.site.bind.to_vec(), cloexec.clone(), leaked_by);
    let leaked_by = |rest: &Choice<Rest>| rest.value.is_leaked().then_some(rest.justification);
    if !fits && room == 0 {
        for rest in &rules.recv_none.choices {
            let none = Expect::Received { least: 0, most: 0, truncated: rest.value.is_marked() };
            let justification = if rest.value.is_marked() { clause::recvmsg(4).into() } else { rest.justification };
            checks.one_way(none, justification, &[], take(&rules.recv_cloexec.choices[0], leaked_by(rest)));
        }
        return;
    }
    if !fits {
        checks.ask(true, &rules.recv_short);
        lose(first, &rules.recv_short, &mut checks);
    }
    let may_lack_numbers = cx.process.nofile.is_some() && sent > 0;
    if may_lack_numbers {
        lose(first, &rules.recv_full, &mut checks);
    }
    let cuts = may_lack_numbers && rules.recv_full.choices.iter().any(|choice| choice.value == Response::Ok);
    for cloexec in &rules.recv_cloexec.choices {
        let by = |clause: ClauseId| {
            if cloexec.justification.deviation.is_some() { cloexec.justification } else { clause.into() }
        };
        if cuts {
            // What finds no number is lost, and cannot stay open.
            for marks in &rules.recv_marks_lost.choices {
                let unmarked = fits && !marks.value;
                let most = sent.min(room) - usize::from(unmarked);
                let some = Expect::Received { least: 0, most, truncated: !unmarked };
                let justification = if unmarked { marks.justification } else { clause::recvmsg(4).into() };
                checks.outcome_by(some, justification, take(cloexec, None));
            }
        }
        if fits {
            let all = Expect::Received { least: sent, most: sent, truncated: false };
            let clauses = [clause::recvmsg(2), clause::recvmsg(3)];
            checks.one_way(all, by(clause::recvmsg(1)), &clauses, take(cloexec, None));
            continue;
        }
        for rest in &rules.recv_rest.choices {
            let some = Expect::Received { least: 0, most: room, truncated: rest.value.is_marked() };
            let justification = if rest.value.is_marked() { by(clause::recvmsg(4)) } else { rest.justification };
            checks.one_way(some, justification, &[], take(cloexec, leaked_by(rest)));
        }
    }
}

/// What receiving the message does to the process `to`.
fn take(
    message: usize,
    to: Label,
    labels: Vec<Label>,
    cloexec: Choice<bool>,
    leaked_by: Option<Justification>,
) -> impl FnOnce(&mut State, &Outcome) + Clone + 'static {
    move |state, outcome| {
        let message = state.messages.remove(message);
        let (Outcome::Received(received), Some(process)) = (outcome, state.process_mut(to)) else { return };
        let left = message.descriptions.len().saturating_sub(received.fds.len());
        if leaked_by.is_some() && left > 0 {
            process.leaked += left;
            process.leaked_by = leaked_by;
            process.base = None;
        }
        for (at, (number, description)) in received.fds.iter().zip(message.descriptions).enumerate() {
            let Choice { value, justification } = cloexec;
            process.add_fd(Descriptor { number: *number, description, cloexec: value, cloexec_by: justification });
            if let Some(label) = labels.get(at) {
                process.bind(*label, *number);
            }
        }
    }
}
