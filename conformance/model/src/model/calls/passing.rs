//! Descriptors sent from one process to another.

use crate::call::Label;
use crate::clause::{self, ClauseId};
use crate::constants::FileType;
use crate::model::branch::{Cx, clauses};
use crate::model::checks::Checks;
use crate::model::effect::{Effect, Effects, Receipt};
use crate::model::expect::Expect;
use crate::model::state::Message;
use crate::outcome::Errno;
use crate::profile::{Check, Choice, Justification, Response, Rest, Rule};
use smallvec::smallvec;

/// So many descriptors can be on their way, where no limit was lowered and nobody else has sent many.
const CERTAIN_IN_FLIGHT: usize = 200;
/// So many messages find a place in a queue.
const CERTAIN_TO_QUEUE: usize = 16;

/// `pipe()` and `socketpair()`: descriptors that are no objects', to be sent beside those that are.
pub(in crate::model) fn pair(cx: Cx<'_>, kind: FileType, checks: &mut Checks<'_>) {
    let by = [clause::call(8)];
    checks.shall(Check::Number, cx.process.has_one_free(), Errno::EMFILE, &by);
    checks.may(Check::Number, cx.process.may_be_full(), Errno::EMFILE, &by);
    let made = Effect::Pair { process: cx.id, bind: cx.site.bind.to_vec(), event: cx.site.event, kind };
    checks.succeed(Expect::Received { least: 2, most: 2, numbers: None, truncated: false }, &by, smallvec![made]);
}

pub(in crate::model) fn send(cx: Cx<'_>, to: Label, fds: &[Label], checks: &mut Checks<'_>) {
    let rules = &cx.profile.rules;
    let mut descriptions = Vec::with_capacity(fds.len());
    for fd in fds {
        match cx.process.number(*fd) {
            None => return checks.not_executed(),
            Some(number) => match cx.process.fd(number) {
                None => checks.shall(Check::Descriptor, true, Errno::EBADF, &[clause::sendmsg(3)]),
                Some(descriptor) => descriptions.push(descriptor.description),
            },
        }
    }
    let count = fds.len() as i64;
    let most = rules.send_most.choices.iter().map(|choice| choice.value).max().unwrap_or(i64::MAX);
    let always = rules.send_always.choices.iter().map(|choice| choice.value).min().unwrap_or(1);
    checks.refuse(Check::Argument, count > most, &rules.send_too_many, &[]);
    let fewest = rules.send_most.choices.iter().map(|choice| choice.value).min().unwrap_or(i64::MAX);
    if count > always.min(fewest) && count <= most {
        for choice in &rules.send_too_many.choices {
            checks.may_by(Check::Argument, choice.value, smallvec![choice.justification]);
        }
    }
    let from = cx.site.actor;
    let peer_is_gone = !cx.state.is_alive(to);
    for errno in [Errno::EPIPE, Errno::ECONNRESET] {
        checks.may(Check::Peer, peer_is_gone, errno, &[clause::sendmsg(7)]);
    }
    let many = cx.process.nofile.is_some() || cx.state.in_flight().saturating_add(fds.len()) > CERTAIN_IN_FLIGHT;
    for choice in rules.send_in_flight.choices.iter().filter(|_| many && !fds.is_empty()) {
        checks.may_by(Check::Room, choice.value, smallvec![choice.justification]);
    }
    if cx.state.messages(from, to).count() >= CERTAIN_TO_QUEUE {
        checks.outcome(Expect::Hang, clauses(&[clause::sendmsg(6)]), smallvec![Effect::End(cx.id)]);
    }
    let waiting: usize = cx.state.messages(from, to).map(|message| message.descriptions.len()).sum();
    let waiting = (waiting + fds.len()) as i64;
    for lossless in rules.send_lossless.choices.iter().filter(|lossless| waiting > lossless.value) {
        checks.way(lossless.justification).answer(Expect::Ok, &[clause::sendmsg(1)]);
    }
    for carries in &rules.send_carries.choices {
        let descriptions = if carries.value { descriptions.clone() } else { Vec::new() };
        let by = if fds.is_empty() { clause::sendmsg(1).into() } else { carries.justification };
        let lost = (!carries.value && !fds.is_empty()).then_some(by);
        let sent = Effect::Send { from, to, message: Message { descriptions, lost } };
        checks.way(by).succeed(Expect::Ok, &[clause::sendmsg(1), clause::sendmsg(2)], smallvec![sent]);
    }
}

pub(in crate::model) fn recv(cx: Cx<'_>, from: Label, room: Option<u32>, checks: &mut Checks<'_>) {
    let to = cx.site.actor;
    let Some(message) = cx.state.messages(from, to).next() else {
        if !cx.state.is_alive(from) {
            ended(cx, from, checks);
        }
        // Of a peer that is not there yet, who will fork it may hold the socket.
        if cx.state.is_alive(from) || cx.state.process_id(from).is_none() {
            checks.outcome(Expect::Hang, clauses(&[clause::recvmsg(9)]), smallvec![Effect::End(cx.id)]);
        }
        return;
    };
    let (sent, lost) = (message.descriptions.len(), message.lost);
    let room = room.map_or(cx.site.bind.len(), |room| room as usize);
    Receiving { cx, from, sent, lost, room }.outcomes(checks);
}

/// The peer has ended and nothing that it sent is left: the stream ends. Where it left messages of this process behind, some
/// systems say so first, once or at every call.
fn ended(cx: Cx<'_>, from: Label, checks: &mut Checks<'_>) {
    let to = cx.site.actor;
    let unread = cx.state.messages(to, from).count();
    let rule = &cx.profile.rules.recv_unread;
    if unread > 0 {
        for choice in &rule.choices {
            if let Response::Errno(errno) = choice.value {
                for once in &cx.profile.rules.recv_unread_once.choices {
                    let told = if once.value { unread } else { 0 };
                    let lost = std::iter::repeat_n(Effect::Lose { from: to, to: from }, told).collect();
                    checks.may_with(Check::Peer, errno, choice.justification, lost);
                }
            }
        }
    }
    if unread == 0 || !rule.always(|response| *response != Response::Ok) {
        let end = Expect::Received { least: 0, most: 0, numbers: None, truncated: false };
        checks.outcome(end, clauses(&[clause::recvmsg(8)]), Effects::new());
    }
    checks.not_executed();
}

/// A message that is there, with `sent` descriptors, and a control buffer with `room` for so many.
#[derive(Clone, Copy)]
struct Receiving<'a> {
    cx: Cx<'a>,
    from: Label,
    sent: usize,
    /// Why it has none, where some were sent.
    lost: Option<Justification>,
    room: usize,
}

impl Receiving<'_> {
    fn outcomes(self, checks: &mut Checks<'_>) {
        let Receiving { sent, room, .. } = self;
        if sent > room {
            return self.arrive(false, checks);
        }
        // The padding behind an odd number of descriptors need not fit into a buffer for just so many.
        if sent < room || sent % 2 == 0 {
            return self.arrive(true, checks);
        }
        for padded in &self.cx.profile.rules.recv_padded.choices {
            self.arrive(!padded.value, &mut checks.way(padded.justification));
        }
    }

    /// All descriptors fit, or they do not.
    fn arrive(self, fits: bool, checks: &mut Checks<'_>) {
        let Receiving { cx, sent, room, .. } = self;
        let rules = &cx.profile.rules;
        if !fits && room == 0 {
            return self.without_room(checks);
        }
        if !fits {
            checks.ask(Check::Room, true, &rules.recv_short, &[]);
            self.lose(&rules.recv_short, checks);
        }
        let may_lack_numbers = cx.process.nofile.is_some() && sent > 0;
        if may_lack_numbers {
            self.lose(&rules.recv_full, checks);
        }
        let cuts = may_lack_numbers && rules.recv_full.choices.iter().any(|choice| choice.value == Response::Ok);
        for cloexec in &rules.recv_cloexec.choices {
            let departs = cloexec.justification.deviation.is_some();
            let by = |clause: ClauseId| if departs { cloexec.justification } else { clause.into() };
            let by = |clause: ClauseId| self.lost.unwrap_or_else(|| by(clause));
            if cuts {
                self.cut_by_numbers(cloexec, fits, checks);
            }
            if fits {
                // Where nothing is known of the numbers, nothing is said of them.
                let lowest = rules.recv_lowest.choices.iter().find(|_| rules.recv_lowest.always(|lowest| *lowest));
                let known = lowest.and_then(|_| cx.process.lowest_free());
                let numbers = known.map(|_| cx.process.free().take(sent).collect());
                let all = Expect::Received { least: sent, most: sent, numbers, truncated: false };
                let which = lowest.map_or(clause::recvmsg(3).into(), |lowest| lowest.justification);
                let because = [clause::recvmsg(2).into(), which];
                checks.way(by(clause::recvmsg(1))).succeed(all, &because, self.take(cloexec, None));
                continue;
            }
            for rest in &rules.recv_rest.choices {
                let most = if rest.value == Rest::AllClosed { 0 } else { room.min(sent.saturating_sub(1)) };
                let some = Expect::Received { least: 0, most, numbers: None, truncated: rest.value.is_marked() };
                let by = if rest.value.is_marked() { by(clause::recvmsg(4)) } else { rest.justification };
                checks.succeed(some, &[by], self.take(cloexec, leaked_by(rest)));
            }
        }
    }

    fn without_room(self, checks: &mut Checks<'_>) {
        let rules = &self.cx.profile.rules;
        for rest in &rules.recv_none.choices {
            let none = Expect::Received { least: 0, most: 0, numbers: None, truncated: rest.value.is_marked() };
            let by = if rest.value.is_marked() { clause::recvmsg(4).into() } else { rest.justification };
            // Nothing arrives, so that it does not matter what exec would close.
            let cloexec = Choice { value: true, justification: clause::recvmsg(5).into() };
            checks.succeed(none, &[by], self.take(&cloexec, leaked_by(rest)));
        }
    }

    /// What finds no number is lost, and cannot stay open.
    fn cut_by_numbers(self, cloexec: &Choice<bool>, fits: bool, checks: &mut Checks<'_>) {
        for marks in &self.cx.profile.rules.recv_marks_lost.choices {
            let unmarked = fits && !marks.value;
            let most = self.sent.min(self.room).saturating_sub(usize::from(unmarked));
            let some = Expect::Received { least: 0, most, numbers: None, truncated: !unmarked };
            let by = if unmarked { marks.justification } else { clause::recvmsg(4).into() };
            checks.outcome(some, smallvec![by], self.take(cloexec, None));
        }
    }

    /// Where the platform fails rather than cut a message short, its descriptors are lost; the bytes beside them may stay.
    fn lose(self, rule: &Rule<Response>, checks: &mut Checks<'_>) {
        let (from, to) = (self.from, self.cx.site.actor);
        for choice in &rule.choices {
            let Response::Errno(errno) = choice.value else { continue };
            for lost in [Effect::Lose { from, to }, Effect::LoseDescriptors { from, to }] {
                checks.may_with(Check::Room, errno, choice.justification, smallvec![lost]);
            }
        }
    }

    fn take(self, cloexec: &Choice<bool>, leaks: Option<Justification>) -> Effects {
        smallvec![Effect::Receive(Box::new(Receipt {
            from: self.from,
            to: self.cx.site.actor,
            process: self.cx.id,
            bind: self.cx.site.bind.to_vec(),
            cloexec: (cloexec.value, cloexec.justification),
            leaks,
        }))]
    }
}

fn leaked_by(rest: &Choice<Rest>) -> Option<Justification> {
    rest.value.is_leaked().then_some(rest.justification)
}
