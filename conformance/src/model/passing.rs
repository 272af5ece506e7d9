//! Descriptors sent from one process to another.

use super::branch::Cx;
use super::checks::Checks;
use super::expect::Expect;
use super::state::{Descriptor, Message};
use crate::call::Label;
use crate::clause;
use crate::outcome::{Errno, Outcome};

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
    let limited = cx.process.nofile.is_some();
    checks.ask(!fits, &cx.profile.rules.recv_short);
    let labels = cx.site.bind.to_vec();
    let cloexec = cx.profile.rules.recv_cloexec.always(|cloexec| *cloexec);
    let take = move |state: &mut super::State, outcome: &Outcome| {
        let message = state.messages.remove(first);
        let (Outcome::Received(received), Some(process)) = (outcome, state.process_mut(to)) else { return };
        for (at, (number, description)) in received.fds.iter().zip(message.descriptions).enumerate() {
            process.add_fd(Descriptor { number: *number, description, cloexec, cloexec_by: clause::recvmsg(5) });
            if let Some(label) = labels.get(at) {
                process.bind(*label, *number);
            }
        }
    };
    if limited {
        let cut = Expect::Received { least: 0, most: sent.min(room), truncated: true };
        checks.outcome_with(cut, &[clause::recvmsg(4)], take.clone());
    }
    if fits {
        let all = Expect::Received { least: sent, most: sent, truncated: false };
        checks.succeed(all, &[clause::recvmsg(1), clause::recvmsg(2), clause::recvmsg(3)], take);
    } else {
        checks.succeed(Expect::Received { least: 0, most: room, truncated: true }, &[clause::recvmsg(4)], take);
    }
}
