//! Descriptors sent from one process to another.

use super::branch::Cx;
use super::checks::Checks;
use super::expect::Expect;
use super::state::{Descriptor, Message, State};
use crate::call::Label;
use crate::clause::{self, ClauseId};
use crate::outcome::{Errno, Outcome};
use crate::profile::{Answer, Choice, Rest, Rule};

pub(super) fn send(cx: Cx<'_>, to: Label, fds: &[Label], mut checks: Checks<'_>) {
    let rules = &cx.profile.rules;
    let mut descriptions = Vec::with_capacity(fds.len());
    for fd in fds {
        match cx.process.number(*fd) {
            None => return checks.not_made(),
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
            checks.error(choice.value, choice.ground);
        }
    }
    let peer_is_gone = cx.state.process(to).is_none_or(|peer| !peer.alive);
    for errno in [Errno::EPIPE, Errno::ECONNRESET] {
        checks.may(peer_is_gone, errno, clause::sendmsg(1));
    }
    let from = cx.site.actor;
    checks.succeed(Expect::Ok, &[clause::sendmsg(1), clause::sendmsg(2)], move |state, _| {
        state.messages.push(Message { from, to, descriptions });
    });
}

/// Where the platform fails rather than cut a message short, its descriptors are lost; the bytes beside them may stay.
fn lose(message: usize, rule: &Rule<Answer>, checks: &mut Checks<'_>) {
    checks.ask(true, rule);
    for choice in &rule.choices {
        let Answer::Errno(errno) = choice.value else { continue };
        checks.error_with(errno, choice.ground, move |state| {
            state.messages.remove(message);
        });
        checks.error_with(errno, choice.ground, move |state| state.messages[message].descriptions.clear());
    }
}

pub(super) fn recv(cx: Cx<'_>, from: Label, room: Option<u32>, mut checks: Checks<'_>) {
    let to = cx.site.actor;
    let first = cx.state.messages.iter().position(|message| message.from == from && message.to == to);
    let Some(first) = first else {
        if cx.state.process(from).is_none_or(|peer| !peer.alive) {
            checks.outcome(Expect::Received { least: 0, most: 0, truncated: false }, clause::exit(2));
            checks.not_made();
        } else {
            checks.outcome_with(Expect::Hang, &[clause::recvmsg(1)], move |state, _| state.end(to));
        }
        return;
    };
    let sent = cx.state.messages[first].descriptions.len();
    let room = room.map_or(cx.site.bind.len(), |room| room as usize);
    let fits = sent <= room;
    let rules = &cx.profile.rules;
    if !fits {
        lose(first, &rules.recv_short, &mut checks);
    }
    for cloexec in &rules.recv_cloexec.choices {
        let take = |leaks| take(first, to, cx.site.bind.to_vec(), cloexec.clone(), leaks);
        let by = |clause: ClauseId| if cloexec.ground.deviation.is_some() { cloexec.ground } else { clause.into() };
        if cx.process.nofile.is_some() {
            // What finds no number is lost, and cannot stay open.
            for marks in &rules.recv_marks_lost.choices {
                let unmarked = fits && !marks.value;
                let most = sent.min(room) - usize::from(unmarked && sent > 0);
                let some = Expect::Received { least: 0, most, truncated: !unmarked };
                checks.outcome_by(some, if unmarked { marks.ground } else { clause::recvmsg(4).into() }, take(false));
            }
        }
        if fits {
            let all = Expect::Received { least: sent, most: sent, truncated: false };
            checks.one_way(all, by(clause::recvmsg(1)), &[clause::recvmsg(2), clause::recvmsg(3)], take(false));
            continue;
        }
        for rest in &rules.recv_rest.choices {
            // Without any control buffer there is none that could be taken to be larger.
            let unmarked = rest.value == Rest::LeakedUnmarked && room > 0;
            let some = Expect::Received { least: 0, most: room, truncated: !unmarked };
            let ground = if unmarked { rest.ground } else { by(clause::recvmsg(4)) };
            checks.one_way(some, ground, &[], take(unmarked || rest.value == Rest::Leaked));
        }
    }
}

/// What receiving the message does to the process `to`.
fn take(
    message: usize,
    to: Label,
    labels: Vec<Label>,
    cloexec: Choice<bool>,
    leaks: bool,
) -> impl FnOnce(&mut State, &Outcome) + Clone + 'static {
    move |state, outcome| {
        let message = state.messages.remove(message);
        let (Outcome::Received(received), Some(process)) = (outcome, state.process_mut(to)) else { return };
        let left = message.descriptions.len().saturating_sub(received.fds.len());
        if leaks && left > 0 {
            process.leaked += left;
            process.base = None;
        }
        for (at, (number, description)) in received.fds.iter().zip(message.descriptions).enumerate() {
            let Choice { value, ground } = cloexec;
            process.add_fd(Descriptor { number: *number, description, cloexec: value, cloexec_by: ground });
            if let Some(label) = labels.get(at) {
                process.bind(*label, *number);
            }
        }
    }
}
