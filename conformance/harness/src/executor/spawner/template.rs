//! The spawner's side of a template: an actor's program that has started once, and forks an actor whenever one is needed.
//!
//! A start of an interpreter takes tens of milliseconds, and a fork of it one or two. docs/protocol.md says what a template
//! does.

use super::children::Children;
use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{setsockopt, sockopt};
use nix::sys::time::TimeVal;
use nix::unistd::Pid;
use shmconf_adapter::subject::Fd;
use shmconf_adapter::subject::passing::{self, Room};
use shmconf_adapter::wire::{self, Lines, Reply, Request};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// A process that forks actors.
pub(super) struct Template {
    link: OwnedFd,
    pid: Pid,
}

impl Template {
    /// Takes a process, which finds the other end of the link as descriptor 3, for a template. It may take that long to start,
    /// and for each fork.
    pub(super) fn new(link: OwnedFd, pid: Pid, patience: Duration) -> Option<Template> {
        let time = TimeVal::new(patience.as_secs() as _, patience.subsec_micros() as _);
        setsockopt(&link, sockopt::ReceiveTimeout, &time).ok()?;
        setsockopt(&link, sockopt::SendTimeout, &time).ok()?;
        let template = Template { link, pid };
        template.ask(&Request::Template, &[])?;
        (template.reply()? == Reply::Ready).then_some(template)
    }

    /// Forks the actor of a number, which has those sockets from descriptor 3 on. Nothing if the template does not do so.
    pub(super) fn fork(&self, number: u64, sockets: &[OwnedFd], children: &mut Children) -> Option<()> {
        self.ask(&Request::Fork, sockets)?;
        let Reply::Forked { pid } = self.reply()? else { return None };
        if !children.add_child(number, pid) {
            // It has the sockets, and must not answer beside another one.
            children.kill_process(u64::from(pid.cast_unsigned()));
            return None;
        }
        Some(())
    }

    fn ask(&self, request: &Request, sockets: &[OwnedFd]) -> Option<()> {
        let mut line = Vec::new();
        wire::put(request, &mut line);
        let sockets: Vec<Fd<'_>> = sockets.iter().map(Fd::from).collect();
        // So short a line is taken whole.
        (passing::send_bytes(self.link.as_fd(), &line, &sockets).ok()? == line.len()).then_some(())
    }

    fn reply(&self) -> Option<Reply> {
        let mut lines = Lines::default();
        loop {
            if let Some(line) = lines.next_line() {
                return serde_json::from_slice(line).ok();
            }
            let mut bytes = [0; 512];
            let (count, _) = passing::receive_with(self.link.as_fd(), &mut bytes, Room::Exactly(0), 0).ok()?;
            if count == 0 {
                return None;
            }
            lines.push(&bytes[..count]);
        }
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        let _ = kill(self.pid, Signal::SIGKILL);
    }
}
