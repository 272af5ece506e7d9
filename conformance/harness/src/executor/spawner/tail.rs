//! The end of what actors write to standard error: however much they write, little is kept.

use super::record::STDERR_BYTES;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

/// A pipe, and the end of what came through it.
pub(super) struct Tail {
    reader: File,
    writer: OwnedFd,
    kept: VecDeque<u8>,
}

impl Tail {
    /// Makes the pipe.
    pub(super) fn start() -> Option<Tail> {
        let (reader, writer) = std::io::pipe().ok()?;
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).ok()?;
        let reader = File::from(OwnedFd::from(reader));
        Some(Tail { reader, writer: writer.into(), kept: VecDeque::new() })
    }

    /// Where actors write.
    pub(super) fn writer(&self) -> RawFd {
        self.writer.as_raw_fd()
    }

    /// Takes in what is there, but no more than is kept, as others may go on writing.
    pub(super) fn collect(&mut self) {
        let mut chunk = [0; 16 << 10];
        for _ in 0..STDERR_BYTES / chunk.len() {
            match self.reader.read(&mut chunk) {
                Ok(count) if count > 0 => {
                    self.kept.extend(&chunk[..count]);
                    let surplus = self.kept.len().saturating_sub(STDERR_BYTES);
                    self.kept.drain(..surplus);
                }
                _ => return,
            }
        }
    }

    /// Takes in what comes until something else can be read.
    pub(super) fn collect_until_readable(&mut self, other: BorrowedFd<'_>) {
        loop {
            let mut polled =
                [PollFd::new(other, PollFlags::POLLIN), PollFd::new(self.reader.as_fd(), PollFlags::POLLIN)];
            let ready = poll(&mut polled, PollTimeout::NONE);
            let [other, own] = polled.map(|polled| polled.any().unwrap_or(false));
            if own {
                self.collect();
            }
            // Where it cannot be waited for, reading says why.
            if other || !matches!(ready, Ok(_) | Err(nix::errno::Errno::EINTR)) {
                return;
            }
        }
    }

    /// What was kept, which is then forgotten.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.collect();
        std::mem::take(&mut self.kept).into()
    }
}
