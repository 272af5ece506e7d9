//! An actor: a process that makes the calls of a script, one protocol line after the other.
//!
//! It knows what the labels of the script stand for and expects nothing of the answers. A descriptor's label stands for
//! a number, and goes on to do so after the descriptor is closed; a mapping's label stands for a range of addresses,
//! until the whole mapping is unmapped.

mod abilities;
mod channel;
mod exec;
mod fork;
mod holdings;
mod perform;
mod privilege;
mod reset;

pub use exec::{Program, resume};

use crate::subject::{Refused, Subject, descriptors, host, user};
use crate::wire::{self, Answer, Invocation, Reply, Request, Start, Started};
use channel::Channel;
use holdings::Holdings;
use shmconf_model::call::{Call, Label};
use shmconf_model::outcome::{Errno, Outcome};
use std::collections::BTreeMap;
use std::ffi::CString;
use std::os::fd::RawFd;

/// A process that makes calls.
pub struct Actor {
    subject: Box<dyn Subject>,
    channel: Channel,
    /// What `exec` runs, if that is known.
    program: Option<Program>,
    name: Option<Label>,
    prefix: String,
    peers: BTreeMap<Label, RawFd>,
    /// For each child that can be made, its control socket and then the other sockets that are for it alone.
    children: BTreeMap<Label, Vec<RawFd>>,
    /// Children that live, by process number.
    born: BTreeMap<Label, i32>,
    holdings: Holdings,
    /// The descriptors that belong to the harness.
    started_fds: Vec<RawFd>,
    start: reset::Start,
    /// Names that the actor has made up.
    names_made: u64,
}

/// Runs `subject` as an actor of the harness on descriptor 3, until the harness ends. For `command:` subjects, to be called
/// first in `main`. A program that has no such socket ends with a word on how it is to be started.
pub fn main(subject: impl Subject + 'static) -> ! {
    if !descriptors::is_stream_socket(wire::CONTROL_FD) {
        let message = "descriptor 3 is no socket: start this program by `shmconf run -s command:PROGRAM`";
        // Not by a macro of the standard library, which panics where there is no standard error.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{message}\n").as_bytes());
        host::exit(2);
    }
    host::backstop();
    let program = Program::this();
    match exec::state() {
        Some(state) => exec::go_on(state, Box::new(subject), program),
        // SAFETY: the harness has started this program, with its sockets from descriptor 3 on.
        None => unsafe { Actor::new(Box::new(subject), program, descriptors::open()) }.serve(),
    }
}

impl Actor {
    /// An actor with the descriptors `started_fds` open.
    ///
    /// # Safety
    ///
    /// Descriptor 3 is a socket of the harness, and so is what `start` names; nothing else in this process uses them. No
    /// other thread uses descriptors while the actor serves.
    pub unsafe fn new(subject: Box<dyn Subject>, program: Option<Program>, started_fds: Vec<RawFd>) -> Actor {
        Actor {
            subject,
            channel: Channel::default(),
            program,
            name: None,
            prefix: shmconf_model::call::name::PREFIX.to_owned(),
            peers: BTreeMap::new(),
            children: BTreeMap::new(),
            born: BTreeMap::new(),
            holdings: Holdings::default(),
            started_fds,
            start: reset::Start::now(),
            names_made: 0,
        }
    }

    /// Answers requests until the harness ends.
    pub fn serve(mut self) -> ! {
        while let Some(request) = self.channel.next() {
            match request {
                Request::Start(start) => self.begin(start),
                Request::Call(invocation) => self.call(&invocation),
                Request::Reset => {
                    let cleaned = self.reset();
                    self.channel.put(&Reply::Reset(cleaned));
                }
                Request::Reap { child } => {
                    let outcome = self.reap(child);
                    self.channel.put(&Reply::Reaped { child, outcome });
                }
                Request::Sweep { names } => {
                    let left = names.into_iter().filter(|name| !self.removes(name)).collect();
                    self.channel.put(&Reply::Swept { left });
                }
                // A template is asked for only where `started` offers one.
                Request::Stop | Request::Template | Request::Fork => break,
            }
        }
        self.channel.flush();
        host::exit(0)
    }

    fn begin(&mut self, start: Start) {
        if start.protocol != wire::PROTOCOL {
            let message = format!("found protocol {:?}, expected {:?}", start.protocol, wire::PROTOCOL);
            self.channel.put(&Reply::Error { message });
            return;
        }
        self.name = Some(start.actor);
        self.subject.name_prefix(&start.prefix);
        self.prefix = start.prefix;
        self.peers = start.peers;
        self.children = start.children;
        let found = if start.probe { self.probe() } else { abilities::Found::default() };
        let started = Started {
            protocol: wire::PROTOCOL.to_owned(),
            uid: nix::unistd::geteuid().as_raw(),
            gid: nix::unistd::getegid().as_raw(),
            groups: user::groups(),
            umask: self.start.umask(),
            fds: Some(self.started_fds.clone()),
            privilege: if start.probe { privilege::of_root(&self.probe_name()) } else { None },
            nameless_in_store: if start.probe { self.nameless_in_store() } else { None },
            own_store: found.own_store,
            template: false,
            cannot: found.cannot,
        };
        self.channel.put(&Reply::Started(started));
    }

    /// Removes a name; answers whether it is gone, as one that never was is.
    fn removes(&mut self, name: &str) -> bool {
        let Ok(name) = CString::new(name) else { return true };
        match self.subject.shm_unlink(&name) {
            Ok(()) => true,
            Err(Refused::Errno(errno)) => matches!(errno, Errno::ENOENT | Errno::EINVAL | Errno::ENAMETOOLONG),
            Err(Refused::Unsupported(_)) => false,
        }
    }

    fn call(&mut self, invocation: &Invocation) {
        let Invocation { seq, bind, call, at, flush } = invocation;
        // These do not come back to a place that could answer for them, or not to one alone.
        let leaves = matches!(call, Call::Fork { .. } | Call::Exec | Call::Exit { .. } | Call::Kill { .. });
        if *flush || at.is_some() || leaves {
            self.channel.flush();
        }
        if let Some(at) = at {
            host::wait_until(*at);
        }
        let start = wire::now();
        let mut pid = None;
        let outcome = match call {
            Call::Fork { child, pid_namespace } => match self.fork(*child, *pid_namespace) {
                fork::Forked::Parent(number) => {
                    pid = Some(number);
                    Outcome::Ok
                }
                fork::Forked::Child => return,
                fork::Forked::Failed(outcome) => outcome,
            },
            Call::Exec => self.exec(*seq, start),
            call => self.perform(call, bind),
        };
        let answer = Answer { seq: *seq, outcome, start: Some(start), end: Some(wire::now()), pid, fds: None };
        self.channel.put(&Reply::Answer(answer));
    }
}
