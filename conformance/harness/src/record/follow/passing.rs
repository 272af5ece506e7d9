//! Messages that carry descriptors over sockets.
//!
//! In the language of scripts a process sends to another one. In a program it sends into a socket, and who receives is seen
//! later. So messages are joined with what was received when the log has ended.

use super::super::value::{Members, Value};
use super::super::world::{ObjectAt, Open, ThreadAt, fd_label};
use super::{Act, At, Follower};
use shmconf_model::call::{Call, Label};
use shmconf_model::outcome::{Outcome, Received};
use std::collections::{HashMap, HashSet};

/// Messages, in the order in which they were sent, and what was received of them.
#[derive(Debug, Default)]
pub(super) struct Messages {
    sent: Vec<Sent>,
}

/// A message with descriptors.
#[derive(Debug)]
struct Sent {
    /// The socket that it went into and, if the log tells it, the one at the other end.
    sockets: Option<(u64, Option<u64>)>,
    /// What each descriptor stands for, by which a message is known where sockets are not told.
    cargo: Vec<String>,
    objects: Vec<ObjectAt>,
    from: ThreadAt,
    /// Where its event stands among those that were done.
    event: usize,
    start: u64,
    /// Why it cannot be judged.
    unjudged: Option<String>,
    /// The event that received it.
    received: Option<usize>,
}

impl Follower {
    /// Is it a call on messages? Then it is done with.
    pub(super) fn on_messages(&mut self, at: At<'_>, name: &str) -> bool {
        let args = &at.called.args;
        match name {
            "sendmsg" | "recvmsg" => {
                for message in args.at(1).and_then(Value::members).into_iter() {
                    self.message(at, name == "sendmsg", message);
                }
            }
            "sendmmsg" | "recvmmsg" => {
                let vector = args.at(1).map(Value::list).unwrap_or_default();
                for message in vector.iter().filter_map(|one| one.members()?.get("msg_hdr")?.members()) {
                    self.message(at, name == "sendmmsg", message);
                }
            }
            "pidfd_getfd" => {
                if let (Some(number), Some(Value::Descriptor { stands_for, .. })) = (at.opened(), &at.called.result)
                    && super::is_shared_memory(stands_for)
                {
                    let object = self.world.add_stranger("pidfd_getfd has no model");
                    self.open(at, number, Open { object, cloexec: true });
                    self.keep(at);
                }
            }
            _ => return false,
        }
        true
    }

    fn message(&mut self, at: At<'_>, sends: bool, message: &Members) {
        let rights = rights(message);
        if rights.is_empty() {
            return;
        }
        let sockets = at.called.args.at(0).and_then(Value::stands_for).and_then(sockets);
        let cargo: Vec<String> = rights.iter().map(|fd| fd.stands_for().unwrap_or_default().to_owned()).collect();
        if sends { self.sent(at, sockets, cargo, rights) } else { self.received(at, sockets, cargo, rights, message) }
    }

    fn sent(&mut self, at: At<'_>, sockets: Option<(u64, Option<u64>)>, cargo: Vec<String>, rights: &[Value]) {
        let mut found: Vec<(Label, ObjectAt)> = Vec::new();
        for fd in rights {
            found.extend(self.object(at.thread, Some(fd)).map(|(number, object)| (fd_label(number), object)));
        }
        let objects: Vec<ObjectAt> = found.iter().map(|(_, object)| *object).collect();
        let Some(outcome) = at.plain().filter(|_| !objects.is_empty()) else { return };
        let is_sent = !outcome.is_error();
        let unjudged = self.doubts(at.thread, &objects);
        let fds = found.into_iter().map(|(label, _)| label).collect();
        let what = Act::Send { to: None, fds, outcome, unjudged: unjudged.clone() };
        self.add(at, what, &objects);
        if is_sent {
            let (from, event, start) = (at.thread, self.done.len() - 1, at.start);
            self.messages.sent.push(Sent { sockets, cargo, objects, from, event, start, unjudged, received: None });
        }
    }

    fn received(
        &mut self,
        at: At<'_>,
        sockets: Option<(u64, Option<u64>)>,
        cargo: Vec<String>,
        rights: &[Value],
        message: &Members,
    ) {
        let flags = message.get("msg_flags").map(Value::words).unwrap_or_default();
        let cloexec = flags.contains(&"MSG_CMSG_CLOEXEC") || at.called.args.words(2).contains(&"MSG_CMSG_CLOEXEC");
        let peeks = at.called.args.words(2).contains(&"MSG_PEEK");
        let is_it = |sent: &&mut Sent| {
            let goes_there = match (sent.sockets, sockets) {
                (Some((_, Some(to))), Some((own, _))) => to == own,
                (Some((from, _)), Some((_, Some(peer)))) => from == peer,
                _ => true,
            };
            sent.received.is_none() && sent.start <= at.end && goes_there && same_cargo(&sent.cargo, &cargo)
        };
        let event = self.done.len();
        let sent = self.messages.sent.iter_mut().find(is_it).filter(|_| !peeks);
        let known = sent.map(|sent| {
            sent.received = Some(event);
            (sent.from, sent.objects.clone(), sent.start, sent.unjudged.clone())
        });
        let numbers: Vec<i64> = rights
            .iter()
            .filter(|fd| fd.stands_for().is_none_or(super::is_shared_memory))
            .filter_map(Value::number)
            .filter(|number| super::is_descriptor(*number))
            .collect();
        let objects = match &known {
            Some((.., Some(why))) => numbers.iter().map(|_| self.world.add_stranger(why)).collect(),
            Some((_, objects, ..)) if objects.len() == numbers.len() => objects.clone(),
            _ => {
                let shared = rights.iter().filter(|fd| fd.stands_for().is_some_and(super::is_shared_memory)).count();
                (0..shared)
                    .map(|_| self.world.add_stranger("it came from a process that the log knows nothing of"))
                    .collect()
            }
        };
        if objects.is_empty() {
            return;
        }
        let truncated = flags.contains(&"MSG_CTRUNC");
        let mut unjudged = self.doubts(at.thread, &objects);
        if truncated {
            unjudged.get_or_insert_with(|| "a log does not tell how large the buffer for descriptors was".to_owned());
        }
        let fds: Vec<i32> = numbers.iter().filter_map(|number| i32::try_from(*number).ok()).collect();
        let bind: Vec<Label> = numbers.iter().map(|number| fd_label(*number)).collect();
        // It cannot arrive before it is sent.
        let start = known.as_ref().map_or(at.start, |(_, _, start, _)| at.start.max(*start));
        let from = known.as_ref().map(|(from, ..)| *from);
        let outcome = Outcome::Received(Received { fds, truncated });
        let what = Act::Receive { from, bind, outcome, unjudged };
        self.add(At { start, ..at }, what, &objects);
        for (number, object) in numbers.into_iter().zip(objects) {
            self.open(at, number, Open { object, cloexec });
            if cloexec {
                let at = At { start, ..at };
                self.tell(at, None, Call::FcntlSetfd { fd: fd_label(number), cloexec }, Outcome::Ok, &[object]);
            }
        }
    }

    /// Tells each message who has received it. Where two sockets between the same processes overtake each other, the
    /// language of scripts, which knows one queue alone, has no word for it.
    pub(super) fn settle_messages(&mut self) {
        let mut last: HashMap<(ThreadAt, ThreadAt), usize> = HashMap::new();
        let mut overtaken = false;
        let sent = std::mem::take(&mut self.messages.sent);
        for sent in &sent {
            let Some(received) = sent.received else { continue };
            let receiver = self.done[received].thread;
            let before = last.insert((sent.from, receiver), received).unwrap_or(0);
            overtaken |= before > received;
            if let Act::Send { to, .. } = &mut self.done[sent.event].what {
                *to = Some(receiver);
            }
        }
        let carried: HashSet<ObjectAt> = sent.iter().flat_map(|sent| sent.objects.iter().copied()).collect();
        for done in &mut self.done {
            if overtaken && done.objects.iter().any(|object| carried.contains(object)) {
                done.what.doubt("messages of several sockets overtake each other");
            }
            if let Act::Send { to: None, unjudged, outcome: Outcome::Ok, .. }
            | Act::Receive { from: None, unjudged, .. } = &mut done.what
            {
                unjudged.get_or_insert_with(|| "who is at the other end is not known".to_owned());
            }
        }
    }
}

/// Is it the same, as far as the log tells?
fn same_cargo(one: &[String], other: &[String]) -> bool {
    let plain = |text: &String| text.trim_end_matches(" (deleted)").to_owned();
    let same = |one: &String, other: &String| {
        let is_told = !one.is_empty() && !other.is_empty();
        !is_told || plain(one) == plain(other) || !super::is_shared_memory(one)
    };
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
}

/// The descriptors of a message.
fn rights(message: &Members) -> &[Value] {
    let control = message.get("msg_control").map(Value::list).unwrap_or_default();
    let mut headers = control.iter().filter_map(Value::members);
    let rights = headers.find(|header| header.get("cmsg_type").is_some_and(|kind| kind.words() == ["SCM_RIGHTS"]));
    rights.and_then(|header| header.get("cmsg_data")).map(Value::list).unwrap_or_default()
}

/// The numbers of a socket and of the one at its other end: `UNIX-STREAM:[12->34]`, `socket:[12]`.
fn sockets(stands_for: &str) -> Option<(u64, Option<u64>)> {
    let inside = stands_for.split_once('[')?.1.split([']', ',']).next()?;
    let (own, peer) = inside.split_once("->").map_or((inside, None), |(own, peer)| (own, Some(peer)));
    Some((own.parse().ok()?, peer.and_then(|peer| peer.parse().ok())))
}
