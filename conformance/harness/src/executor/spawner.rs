//! The caller's side of the process that forks the actors.
//!
//! That process is a program of its own, started by exec, since a process that may have threads cannot be forked and go on.
//!
//! Requests are records of three numbers; the sockets of an actor travel with the request to spawn it. Most requests
//! have no reply, so that they cost the caller one system call. That the sockets have arrived is replied, since macOS takes
//! those that are open nowhere but in a message for garbage, and cuts their connections.
//!
//! # References
//!
//! xnu bsd/kern/uipc_usrreq.c:unp_gc, which follows the messages only of sockets that are on their way themselves.

mod children;
mod record;
mod server;
mod start;
mod tail;
mod template;

pub(super) use start::serve_if_asked;

use super::link::TICK;
use super::processors::Processors;
use super::{Config, ExecutorError};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, setsockopt, socketpair, sockopt};
use nix::unistd::Pid;
use record::{End, Kind, RECORD_BYTES, Record, from_bytes, to_bytes};
use shmconf_adapter::subject::passing;
use shmconf_adapter::subject::{Fd, Refused, errno, system};
use shmconf_model::naming::Naming;
use shmconf_model::outcome::{Errno, Outcome};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The most sockets that one actor can be given: less than what any system takes in a message, which is 127 on OpenBSD.
pub(super) const MAX_SOCKETS: usize = 120;

/// How long the spawner may take for an answer: it waits itself for processes that are ending.
const PATIENCE: Duration = Duration::from_secs(10);

/// The spawner.
#[derive(Debug)]
pub(super) struct Spawner {
    socket: OwnedFd,
    process: Child,
    /// Is it the leader of a process group of its own, in which all that it starts is?
    leads: bool,
    next: u64,
    uses_template: bool,
    /// The number of the last request that is replied to.
    asked: u64,
    stop: Arc<AtomicBool>,
}

impl Spawner {
    /// Starts the spawner.
    pub(super) fn start(config: &Config, naming: &Naming, processors: &Processors) -> Result<Spawner, ExecutorError> {
        start::start(config, naming, processors)
    }

    /// Its process.
    pub(super) fn pid(&self) -> Pid {
        Pid::from_raw(self.process.id().cast_signed())
    }

    fn send(&self, kind: Kind, number: u64, argument: u64, fds: &[BorrowedFd<'_>]) -> Result<(), ExecutorError> {
        let fds: Vec<Fd<'_>> = fds.iter().map(|&fd| fd.into()).collect();
        self.send_all(&to_bytes([kind as u64, number, argument]), &fds)
    }

    /// Sends bytes with the descriptors that belong to the first of them.
    fn send_all(&self, mut bytes: &[u8], fds: &[Fd<'_>]) -> Result<(), ExecutorError> {
        let deadline = Instant::now() + PATIENCE;
        let mut fds = fds;
        while !bytes.is_empty() {
            match passing::send_bytes(self.socket.as_fd(), bytes, fds) {
                Ok(sent) => (bytes, fds) = (&bytes[sent..], &[]),
                Err(Refused::Errno(Errno::EAGAIN)) if Instant::now() < deadline => {
                    if self.stop.load(Ordering::Relaxed) {
                        return Err(ExecutorError::Interrupted);
                    }
                }
                Err(refused) => return Err(gone(refused)),
            }
        }
        Ok(())
    }

    /// Tells the names that the script may leave, for when the caller is gone.
    pub(super) fn know(&self, names: &[String]) -> Result<(), ExecutorError> {
        let names: Vec<u8> = names.iter().flat_map(|name| name.bytes().chain([0])).collect();
        self.send(Kind::Names, names.len() as u64, 0, &[])?;
        self.send_all(&names, &[])
    }

    /// Makes an actor that has those sockets as its descriptors from 3 on; answers its number. It runs on all processors, or
    /// on that of this executor alone. [`Spawner::arrived`] is to be called before the sockets are closed.
    pub(super) fn spawn(&mut self, sockets: &[BorrowedFd<'_>], confined: bool) -> Result<u64, ExecutorError> {
        if sockets.len() > MAX_SOCKETS {
            return Err(ExecutorError::TooManySockets(sockets.len()));
        }
        self.next += 1;
        self.send(Kind::Spawn, self.next, u64::from(confined), sockets)?;
        Ok(self.next)
    }

    /// Has a template fork the actors from now on, as their program can be one.
    pub(super) fn use_template(&mut self) -> Result<(), ExecutorError> {
        if !std::mem::replace(&mut self.uses_template, true) {
            self.send(Kind::Template, 0, 0, &[])?;
        }
        Ok(())
    }

    /// Waits until the sockets of an actor have arrived.
    pub(super) fn arrived(&mut self, actor: u64) -> Result<(), ExecutorError> {
        self.reply(actor, true).map(drop)
    }

    /// Kills an actor whose end nobody asks for.
    pub(super) fn discard(&self, actor: u64) {
        // Where the spawner is gone so are its actors.
        let _ = self.send(Kind::Discard, actor, 0, &[]);
    }

    /// Kills actors, and waits until they are gone.
    pub(super) fn kill(&mut self, actors: &[u64]) {
        let asked: Vec<u64> = actors.iter().filter_map(|actor| self.ask(Kind::Kill, *actor).ok()).collect();
        // Where the spawner is gone so are its actors.
        let _ = asked.last().map(|last| self.reply(*last, false));
    }

    /// How an actor ended that has closed its socket. It is killed if it does not end soon; then the answer is nothing.
    pub(super) fn wait(&mut self, actor: u64) -> Result<Option<Outcome>, ExecutorError> {
        let asked = self.ask(Kind::Wait, actor)?;
        self.ending(asked)
    }

    /// Kills an actor that does not answer. Answers how it had ended by itself before, if it had.
    pub(super) fn kill_late(&mut self, actor: u64) -> Result<Option<Outcome>, ExecutorError> {
        let asked = self.ask(Kind::Kill, actor)?;
        let ended = self.ending(asked)?;
        Ok(ended.filter(|ended| matches!(ended, Outcome::Exited(_))))
    }

    /// How a process ended whose parent is gone. The number is what an adapter says.
    pub(super) fn wait_process(&mut self, pid: i32) -> Result<Outcome, ExecutorError> {
        let asked = self.ask(Kind::WaitProcess, u64::from(pid.cast_unsigned()))?;
        let lived_on = || Outcome::Unsupported("the actor closed its socket and did not end".to_owned());
        Ok(self.ending(asked)?.unwrap_or_else(lived_on))
    }

    /// Kills a process that an actor has made, if it is one. The number is what an adapter says.
    pub(super) fn kill_process(&mut self, pid: i32) -> Result<(), ExecutorError> {
        self.send(Kind::KillProcess, u64::from(pid.cast_unsigned()), 0, &[])
    }

    /// Sends a request that has a reply; answers its number.
    fn ask(&mut self, kind: Kind, number: u64) -> Result<u64, ExecutorError> {
        self.asked += 1;
        // Apart from the numbers of actors, by which those that have arrived are replied to.
        let asked = self.asked | 1 << 63;
        self.send(kind, number, asked, &[])?;
        Ok(asked)
    }

    /// The reply to a request; those to earlier ones, which nobody waited for in the end, are passed over.
    fn reply(&mut self, to: u64, stoppable: bool) -> Result<Record, ExecutorError> {
        self.reply_within(PATIENCE, to, stoppable)
    }

    fn reply_within(&mut self, time: Duration, to: u64, stoppable: bool) -> Result<Record, ExecutorError> {
        let deadline = Instant::now() + time;
        loop {
            let mut bytes = [0; RECORD_BYTES];
            self.receive(&mut bytes, deadline, stoppable)?;
            let record = from_bytes(&bytes);
            if record[2] == to {
                return Ok(record);
            }
        }
    }

    /// Fills a buffer.
    fn receive(&self, bytes: &mut [u8], deadline: Instant, stoppable: bool) -> Result<(), ExecutorError> {
        let mut filled = 0;
        while filled < bytes.len() {
            let rest = &mut bytes[filled..];
            // SAFETY: the buffer has that length.
            let count = unsafe { libc::recv(self.socket.as_raw_fd(), rest.as_mut_ptr().cast(), rest.len(), 0) };
            match usize::try_from(count).map_err(|_| errno::last()) {
                Ok(0) => return Err(ExecutorError::SpawnerGone),
                Ok(count) => filled += count,
                Err(Errno::EAGAIN | Errno::EINTR) if Instant::now() < deadline => {
                    // A half record would be taken for the next one.
                    if stoppable && filled == 0 && self.stop.load(Ordering::Relaxed) {
                        return Err(ExecutorError::Interrupted);
                    }
                }
                Err(Errno::EAGAIN | Errno::EINTR) => return Err(ExecutorError::SpawnerGone),
                Err(failed) => return Err(gone(failed.into())),
            }
        }
        Ok(())
    }

    /// How a process ended; nothing where it did not until it was killed, though it had closed its socket.
    fn ending(&mut self, asked: u64) -> Result<Option<Outcome>, ExecutorError> {
        let [end, number, _] = self.reply(asked, true)?;
        let number = number as i32;
        Ok(Some(match end {
            end if end == End::LivedOn as u64 => return Ok(None),
            end if end == End::Exited as u64 => Outcome::Exited(number),
            end if end == End::Signaled as u64 => Outcome::Signal(errno::signal_of(number)),
            end if end == End::NotForked as u64 => {
                let source = std::io::Error::from_raw_os_error(number);
                return Err(ExecutorError::System { what: "fork an actor", source });
            }
            end if end == End::NotOurs as u64 => Outcome::Unsupported(format!(
                "how the actor ended cannot be told: its parent is gone, and process {number} is none that it has made"
            )),
            _ => Outcome::Unsupported("how the actor ended went to init, as its parent was gone".to_owned()),
        }))
    }

    /// The end of what adapters have written to standard error since this was asked last.
    pub(super) fn stderr(&mut self) -> String {
        /// The spawner may be stopped, and what is asked for is not worth a long wait.
        const TIME: Duration = Duration::from_secs(1);
        let tail = self.ask(Kind::Stderr, 0).and_then(|asked| {
            let [_, len, _] = self.reply_within(TIME, asked, false)?;
            let mut tail = vec![0; (len as usize).min(record::STDERR_BYTES)];
            self.receive(&mut tail, Instant::now() + PATIENCE, false)?;
            Ok(tail)
        });
        String::from_utf8_lossy(&tail.unwrap_or_default()).trim_end().to_owned()
    }

    /// Ends the spawner, and with it every actor that is left.
    pub(super) fn end(&mut self) {
        /// How long it may take to do so by itself.
        const TIME: Duration = Duration::from_secs(2);
        let _ = self.send(Kind::Quit, 0, 0, &[]);
        let began = Instant::now();
        let mut pause = Duration::from_micros(50);
        while matches!(self.process.try_wait(), Ok(None)) {
            if began.elapsed() >= TIME {
                let _ = kill(self.pid(), Signal::SIGKILL);
                if self.leads {
                    // It has not been waited for, so that no other group has its number.
                    let _ = killpg(self.pid(), Signal::SIGKILL);
                }
                let _ = self.process.wait();
                return;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(TICK);
        }
    }
}

fn gone(refused: Refused) -> ExecutorError {
    match refused {
        Refused::Errno(Errno::ECONNRESET | Errno::EPIPE | Errno::EAGAIN) => ExecutorError::SpawnerGone,
        refused => ExecutorError::refused("speak to the process that starts the actors", &refused),
    }
}

/// What a socket holds at least, in bytes: all requests of a batch, or the replies to them. Some systems have 4096.
const BUFFER_BYTES: usize = 64 << 10;

/// Two connected stream sockets, closed by exec.
pub(super) fn pair() -> Result<(OwnedFd, OwnedFd), ExecutorError> {
    let flags = system::SOCKET_FLAGS;
    let (one, other) = socketpair(AddressFamily::Unix, SockType::Stream, None, flags)
        .map_err(|error| ExecutorError::nix("make a pair of sockets", error))?;
    if flags == SockFlag::empty() {
        for fd in [&one, &other] {
            shmconf_adapter::subject::native::set_cloexec(fd.into(), true)
                .map_err(|refused| ExecutorError::refused("set up a socket", &refused))?;
        }
    }
    for fd in [&one, &other] {
        super::system::no_sigpipe(fd.as_raw_fd());
        // Where that much is refused, what there is does in most cases.
        if getsockopt(fd, sockopt::SndBuf).is_ok_and(|bytes| bytes < BUFFER_BYTES) {
            let _ = setsockopt(fd, sockopt::SndBuf, &BUFFER_BYTES);
            let _ = setsockopt(fd, sockopt::RcvBuf, &BUFFER_BYTES);
        }
    }
    Ok((one, other))
}
