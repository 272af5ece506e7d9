//! The harness's end of an actor's control socket.

use super::ExecutorError;
use nix::sys::socket::{setsockopt, sockopt};
use nix::sys::time::TimeVal;
use shmconf_adapter::subject::passing::{self, Room};
use shmconf_adapter::subject::{Refused, errno, system};
use shmconf_adapter::wire::{self, Lines, Reply, Request};
use shmconf_model::outcome::Errno;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often a wait looks whether it should go on.
const TICK: Duration = Duration::from_millis(50);

/// How long an actor that has just been made may take until it reads, where more is to be sent than fits the socket.
const PATIENCE: Duration = Duration::from_secs(5);

/// Requests on their way out and replies on their way in.
#[derive(Debug)]
pub(super) struct Link {
    socket: OwnedFd,
    lines: Lines,
    requests: Vec<u8>,
}

/// What came of listening.
#[derive(Debug)]
pub(super) enum Heard {
    /// A reply.
    Reply(Reply),
    /// The actor has closed its end.
    End,
    /// Nothing, for too long.
    Late,
    /// Something that is no reply.
    Nonsense(String),
}

impl Link {
    pub(super) fn new(socket: OwnedFd) -> Result<Link, ExecutorError> {
        let tick = TimeVal::new(0, TICK.as_micros() as _);
        setsockopt(&socket, sockopt::ReceiveTimeout, &tick)
            .and_then(|()| setsockopt(&socket, sockopt::SendTimeout, &tick))
            .map_err(|error| ExecutorError::nix("set up a socket", error))?;
        Ok(Link { socket, lines: Lines::default(), requests: Vec::new() })
    }

    /// Holds a request until the next flush.
    pub(super) fn queue(&mut self, request: &Request) {
        wire::put(request, &mut self.requests);
    }

    /// Sends what is held. That the actor is gone or does not read shows when its answers are read.
    pub(super) fn flush(&mut self) {
        if !self.requests.is_empty() {
            let mut rest = &self.requests[..];
            let began = Instant::now();
            while !rest.is_empty() {
                // SAFETY: the buffer has that length.
                let sent =
                    unsafe { libc::send(self.socket.as_raw_fd(), rest.as_ptr().cast(), rest.len(), system::NO_SIGNAL) };
                match usize::try_from(sent) {
                    Ok(sent) => rest = &rest[sent..],
                    Err(_) => match errno::last() {
                        Errno::EINTR => {}
                        Errno::EAGAIN if began.elapsed() < PATIENCE => {}
                        _ => break,
                    },
                }
            }
            self.requests.clear();
        }
    }

    /// The next reply, if it comes in time.
    pub(super) fn hear(&mut self, timeout: Duration, stop: &AtomicBool) -> Result<Heard, ExecutorError> {
        let mut deadline = None;
        loop {
            if let Some(line) = self.lines.next_line() {
                return Ok(match serde_json::from_slice(line) {
                    Ok(reply) => Heard::Reply(reply),
                    Err(error) => Heard::Nonsense(format!("{}: {error}", shortened(line))),
                });
            }
            if self.lines.pending() > Lines::MAX_BYTES {
                return Ok(Heard::Nonsense("a line without an end".to_owned()));
            }
            let mut bytes = [0; 8 << 10];
            match passing::receive_with(self.socket.as_raw_fd(), &mut bytes, Room::Exactly(0), 0) {
                Ok((0, _)) | Err(Refused::Errno(Errno::ECONNRESET)) => return Ok(Heard::End),
                Ok((count, _)) => self.lines.push(&bytes[..count]),
                Err(Refused::Errno(Errno::EAGAIN)) => {
                    if stop.load(Ordering::Relaxed) {
                        return Err(ExecutorError::Interrupted);
                    }
                    let now = Instant::now();
                    if now >= *deadline.get_or_insert(now + timeout.saturating_sub(TICK)) {
                        return Ok(Heard::Late);
                    }
                }
                Err(refused) => return Err(ExecutorError::refused("hear an actor", &refused)),
            }
        }
    }
}

/// A line as a message can show it.
fn shortened(line: &[u8]) -> String {
    const MAX_CHARS: usize = 200;
    let text = String::from_utf8_lossy(line);
    if text.chars().count() > MAX_CHARS {
        text.chars().take(MAX_CHARS).chain("…".chars()).collect()
    } else {
        text.into_owned()
    }
}
