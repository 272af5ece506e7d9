//! The actor's end of the control socket: requests in, replies out, held back while there is more to do.

use crate::subject::{errno, host, system};
use crate::wire::{self, CONTROL_FD, Lines, Reply, Request};
use shmconf_model::outcome::Errno;
use std::collections::VecDeque;

/// Requests that have arrived, and replies that have not left yet.
#[derive(Debug)]
pub(super) struct Channel {
    buffer: Box<[u8]>,
    lines: Lines,
    requests: VecDeque<Request>,
    replies: Vec<u8>,
}

impl Default for Channel {
    fn default() -> Channel {
        Channel {
            buffer: vec![0; 16 << 10].into_boxed_slice(),
            lines: Lines::default(),
            requests: VecDeque::new(),
            replies: Vec::new(),
        }
    }
}

impl Channel {
    /// The next request; replies leave before it is waited for. Nothing once the harness is gone.
    pub(super) fn next(&mut self) -> Option<Request> {
        loop {
            if let Some(request) = self.requests.pop_front() {
                return Some(request);
            }
            self.flush();
            let count = read(&mut self.buffer)?;
            self.lines.push(&self.buffer[..count]);
            // All of them at once, so that the calls of a race are ready to be made when their time comes.
            while let Some(line) = self.lines.next_line() {
                match serde_json::from_slice(line) {
                    Ok(request) => self.requests.push_back(request),
                    Err(error) => {
                        let line = String::from_utf8_lossy(line).into_owned();
                        self.put(&Reply::Error { message: format!("cannot read the request {line}: {error}") });
                        break;
                    }
                }
            }
        }
    }

    /// Holds a reply until the next flush.
    pub(super) fn put(&mut self, reply: &Reply) {
        wire::put(reply, &mut self.replies);
    }

    /// Sends every reply that is held back. Ends the actor if the harness is gone.
    pub(super) fn flush(&mut self) {
        let mut rest = &self.replies[..];
        while !rest.is_empty() {
            // SAFETY: the buffer has that length.
            let sent = unsafe { libc::send(CONTROL_FD, rest.as_ptr().cast(), rest.len(), system::NO_SIGNAL) };
            match usize::try_from(sent) {
                Ok(sent) => rest = &rest[sent..],
                Err(_) if errno::last() == Errno::EINTR => {}
                Err(_) => host::exit(0),
            }
        }
        self.replies.clear();
    }

    /// Takes the requests that wait, for whoever goes on in this process's place.
    pub(super) fn take_requests(&mut self) -> VecDeque<Request> {
        std::mem::take(&mut self.requests)
    }

    /// Has these requests wait.
    pub(super) fn put_requests(&mut self, requests: Vec<Request>) {
        self.requests.extend(requests);
    }

    /// Forgets everything, as the child of a fork must: what has arrived was for its parent.
    pub(super) fn forget(&mut self) {
        self.lines.clear();
        self.requests.clear();
        self.replies.clear();
    }
}

/// How many bytes arrived; nothing at the end.
fn read(buffer: &mut [u8]) -> Option<usize> {
    loop {
        // SAFETY: the buffer has that length.
        let count = unsafe { libc::read(CONTROL_FD, buffer.as_mut_ptr().cast(), buffer.len()) };
        match usize::try_from(count) {
            Ok(0) => return None,
            Ok(count) => return Some(count),
            Err(_) if errno::last() == Errno::EINTR => {}
            Err(_) => return None,
        }
    }
}
