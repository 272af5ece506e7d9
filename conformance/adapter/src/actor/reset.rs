//! Makes an actor as it was when it started, so that it can serve the next script.

use super::Actor;
use crate::subject::passing::{self, Room};
use crate::subject::{CallResult, Refused, descriptors, errno, host, native, user};
use crate::wire::Cleaned;
use serde::{Deserialize, Serialize};
use shmconf_model::call::{Call, Resource};
use shmconf_model::outcome::{Errno, Outcome, Signal};
use std::os::fd::BorrowedFd;

/// What the process was like when it started, as far as calls can change it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Start {
    umask: u32,
    /// Soft limits that calls have changed.
    limits: Vec<(Limited, u64)>,
    ignored: Vec<Signal>,
    /// The milliseconds after which a timer interrupts calls that reserve storage; 0 for none.
    period: u32,
    /// Have calls chosen the groups?
    grouped: bool,
    /// Is the standard input closed?
    lost_stdin: bool,
}

/// A resource, in a form that survives exec.
type Limited = String;

impl Start {
    pub(super) fn now() -> Start {
        Start { umask: host::current_umask(), ..Start::default() }
    }

    pub(super) fn umask(&self) -> u32 {
        self.umask
    }

    pub(super) fn ignores(&self, signal: Signal) -> bool {
        self.ignored.contains(&signal)
    }

    pub(super) fn ignore(&mut self, signal: Signal) -> Outcome {
        match host::set_ignored(errno::signal_number(signal), true) {
            Ok(()) => {
                self.ignored.push(signal);
                Outcome::Ok
            }
            Err(refused) => refused.into(),
        }
    }

    pub(super) fn interrupt_each(&mut self, period: u32) {
        self.period = period;
    }

    pub(super) fn period(&self) -> u32 {
        self.period
    }

    pub(super) fn limit(&mut self, resource: Resource, limit: i64) -> Outcome {
        match host::set_soft_limit(resource, u64::try_from(limit).unwrap_or(u64::MAX)) {
            Ok(before) => {
                if self.limits.iter().all(|(limited, _)| *limited != resource.to_string()) {
                    self.limits.push((resource.to_string(), before));
                }
                Outcome::Ok
            }
            Err(refused) => refused.into(),
        }
    }

    /// Makes a call that changes who the process is, which is not undone.
    pub(super) fn identify(&mut self, call: &Call) -> CallResult<()> {
        match call {
            Call::Setgid { gid } => user::take_group(*gid)?,
            Call::Setgroups { gids } => user::take_groups(gids)?,
            Call::Setuid { uid } if self.grouped => return user::become_user_alone(*uid),
            Call::Setuid { uid } => return user::become_user(*uid),
            Call::Seteuid { uid } => return user::become_user_for_now(*uid),
            _ => {}
        }
        self.grouped = true;
        Ok(())
    }

    /// Closes the standard input, which is not undone.
    pub(super) fn lose_stdin(&mut self) {
        if !std::mem::replace(&mut self.lost_stdin, true) {
            close_stdin();
        }
    }

    /// Closes the standard input again, which a program opens as it starts, where it was closed before.
    pub(super) fn keep_stdin_lost(&self) {
        if self.lost_stdin {
            close_stdin();
        }
    }

    /// Undoes what calls have changed; could all of it be undone?
    fn restore(&mut self) -> bool {
        host::umask(self.umask);
        self.period = 0;
        let limits = self.limits.drain(..).all(|(resource, before)| {
            resource.parse().is_ok_and(|resource| host::set_soft_limit(resource, before).is_ok())
        });
        let signals =
            self.ignored.drain(..).all(|signal| host::set_ignored(errno::signal_number(signal), false).is_ok());
        limits && signals && !self.lost_stdin
    }
}

fn close_stdin() {
    // SAFETY: nothing in an actor uses it.
    let _ = unsafe { native::close_number(libc::STDIN_FILENO) };
}

impl Actor {
    /// Gives back everything that calls have brought.
    pub(super) fn reset(&mut self) -> Cleaned {
        let mut clean = self.start.restore() && self.born.is_empty();
        for mut region in self.holdings.drain() {
            let len = region.len();
            clean &= self.subject.munmap(&mut region, 0, len).is_ok();
            region.give_up();
        }
        for &socket in self.peers.values().filter(|socket| **socket >= 0) {
            // SAFETY: the harness's socket, which stays open.
            drain(unsafe { BorrowedFd::borrow_raw(socket) });
        }
        self.subject.reset();
        let most = self.holdings.fds.close_all();
        // What a subject leaves open, for itself or by mistake, cannot be told from what it will use again.
        clean &= !descriptors::is_other_open(&self.started_fds, self.started_fds.len() + most);
        Cleaned { clean, fds: Some(self.started_fds.clone()) }
    }
}

/// Receives what has been sent and never received, and closes it.
fn drain(socket: BorrowedFd<'_>) {
    loop {
        match passing::receive(socket, Room::For(253), libc::MSG_DONTWAIT) {
            Ok(Some(_)) | Err(Refused::Errno(Errno::EINTR)) => {}
            Ok(None) | Err(_) => return,
        }
    }
}
