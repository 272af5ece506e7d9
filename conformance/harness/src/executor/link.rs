//! The harness's end of an actor's control socket.

use super::{Config, ExecutorError};
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::socket::{setsockopt, sockopt};
use nix::sys::time::TimeVal;
use shmconf_adapter::subject::{errno, system};
use shmconf_adapter::wire::{self, Lines, Reply, Request};
use shmconf_model::outcome::Errno;
use std::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often a wait looks whether it should go on.
pub(super) const TICK: Duration = Duration::from_millis(50);

/// How much an actor may have sent before all requests are with it, in bytes.
const MAX_EARLY_BYTES: usize = 64 << 20;

/// Requests on their way out and replies on their way in.
#[derive(Debug)]
pub(super) struct Link {
    socket: OwnedFd,
    lines: Lines,
    requests: Vec<u8>,
    /// How long an actor may take for an answer, and to read what is sent to it.
    timeout: Duration,
    stop: Arc<AtomicBool>,
}

/// What came of listening.
#[derive(Debug)]
pub(super) enum Heard {
    /// A reply.
    Reply(Reply),
    /// The actor has closed its end.
    End,
    /// No reply within the time; whether the actor sent anything else matters not.
    Late,
    /// Something that is no reply.
    Nonsense(String),
}

impl Link {
    pub(super) fn new(socket: OwnedFd, config: &Config) -> Result<Link, ExecutorError> {
        tick(&socket)?;
        let (timeout, stop) = (config.timeout, Arc::clone(&config.stop));
        Ok(Link { socket, lines: Lines::default(), requests: Vec::new(), timeout, stop })
    }

    /// Holds a request until the next flush.
    pub(super) fn queue(&mut self, request: &Request) {
        wire::put(request, &mut self.requests);
    }

    /// Sends what is held. That the actor is gone or does not read shows when its answers are read.
    pub(super) fn flush(&mut self) {
        let mut sent = 0;
        let mut deadline = None;
        while let Some(rest) = self.requests.get(sent..).filter(|rest| !rest.is_empty()) {
            let flags = system::NO_SIGNAL | libc::MSG_DONTWAIT;
            // SAFETY: the buffer has that length.
            let count = unsafe { libc::send(self.socket.as_raw_fd(), rest.as_ptr().cast(), rest.len(), flags) };
            match usize::try_from(count).map_err(|_| errno::last()) {
                Ok(count) => sent += count,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => {
                    let late = Instant::now() >= *deadline.get_or_insert_with(|| Instant::now() + self.timeout);
                    if late || self.stop.load(Ordering::Relaxed) || !self.make_room() {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        self.requests.clear();
    }

    /// Waits until the socket takes more, and takes in meanwhile what the actor answers, as it may wait for that itself.
    /// Answers whether the actor is there and within bounds.
    fn make_room(&mut self) -> bool {
        let mut polled = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN | PollFlags::POLLOUT)];
        let _ = poll(&mut polled, TICK.as_millis() as u16);
        if polled[0].revents().is_some_and(|events| events.contains(PollFlags::POLLIN)) {
            match self.receive(libc::MSG_DONTWAIT) {
                Ok(0) => return false,
                Ok(_) | Err(Errno::EAGAIN | Errno::EINTR) => {}
                Err(_) => return false,
            }
        }
        self.lines.pending() <= MAX_EARLY_BYTES
    }

    /// Takes in bytes; answers how many.
    fn receive(&mut self, flags: c_int) -> Result<usize, Errno> {
        let mut bytes = [0u8; 4 << 10];
        // SAFETY: the buffer has that length.
        let count = unsafe { libc::recv(self.socket.as_raw_fd(), bytes.as_mut_ptr().cast(), bytes.len(), flags) };
        let count = usize::try_from(count).map_err(|_| errno::last())?;
        self.lines.push(&bytes[..count]);
        Ok(count)
    }

    /// What has arrived and was not read: the beginning of a line, or what nobody has asked for.
    pub(super) fn unread(&self) -> Option<String> {
        let unread = self.lines.unread();
        (!unread.is_empty()).then(|| shortened(unread.split(|&byte| byte == b'\n').next().unwrap_or(unread)))
    }

    /// The next reply, if it comes in time.
    pub(super) fn hear(&mut self) -> Result<Heard, ExecutorError> {
        self.hear_within(self.timeout)
    }

    /// The next reply of one of so many actors that are starting at once, each of which may be an interpreter.
    pub(super) fn hear_start(&mut self, starting: usize) -> Result<Heard, ExecutorError> {
        const EACH: Duration = Duration::from_millis(200);
        self.hear_within(self.timeout + EACH * (starting.saturating_sub(1) as u32))
    }

    fn hear_within(&mut self, time: Duration) -> Result<Heard, ExecutorError> {
        // What has arrived costs no look at the clock.
        let mut deadline = None;
        loop {
            if let Some(line) = self.lines.next_line() {
                return Ok(match serde_json::from_slice(line) {
                    Ok(reply) => Heard::Reply(reply),
                    Err(error) => Heard::Nonsense(format!("{}: {error}", shortened(line))),
                });
            }
            if self.lines.pending() > Lines::MAX_BYTES {
                return Ok(Heard::Nonsense(format!("a line of more than {} MiB", Lines::MAX_BYTES >> 20)));
            }
            if self.stop.load(Ordering::Relaxed) {
                return Err(ExecutorError::Interrupted);
            }
            let now = Instant::now();
            if now >= *deadline.get_or_insert(now + time) {
                return Ok(Heard::Late);
            }
            match self.receive(0) {
                Ok(0) | Err(Errno::ECONNRESET) => return Ok(Heard::End),
                Ok(_) | Err(Errno::EAGAIN | Errno::EINTR) => {}
                Err(failed) => return Err(ExecutorError::refused("hear an actor", &failed.into())),
            }
        }
    }
}

/// Has a socket's calls come back after a while, so that who waits can look at the clock.
pub(super) fn tick(socket: &OwnedFd) -> Result<(), ExecutorError> {
    let tick = TimeVal::new(0, TICK.as_micros() as _);
    setsockopt(socket, sockopt::ReceiveTimeout, &tick)
        .and_then(|()| setsockopt(socket, sockopt::SendTimeout, &tick))
        .map_err(|error| ExecutorError::nix("set up a socket", error))
}

/// A line as a message can show it.
fn shortened(line: &[u8]) -> String {
    const MAX_CHARS: usize = 200;
    let text = String::from_utf8_lossy(&line[..line.len().min(4 * MAX_CHARS)]);
    if line.len() > 4 * MAX_CHARS || text.chars().count() > MAX_CHARS {
        text.chars().take(MAX_CHARS).chain("…".chars()).collect()
    } else {
        text.into_owned()
    }
}
