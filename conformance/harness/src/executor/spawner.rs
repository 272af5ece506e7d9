//! The caller's side of the process that forks the actors.
//!
//! Requests are records of three numbers; the sockets of an actor travel with the request to spawn it. Most requests
//! have no reply, so that they cost the caller one system call. That the sockets have arrived is replied, since macOS takes
//! those that are open nowhere but in a message for garbage, and cuts their connections.
//!
//! # References
//!
//! xnu bsd/kern/uipc_usrreq.c:unp_gc, which follows the messages only of sockets that are on their way themselves.

mod process;

use super::{Config, ExecutorError};
use crate::subject::Spec;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, setsockopt, socketpair, sockopt};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;
use shmconf_adapter::actor::Program;
use shmconf_adapter::subject::passing::{self, Room};
use shmconf_adapter::subject::{Refused, errno, host, system};
use shmconf_model::naming::Naming;
use shmconf_model::outcome::{Errno, Outcome};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// The most sockets that one actor can be given: less than what any system takes in a message, which is 127 on OpenBSD.
pub(super) const MAX_SOCKETS: usize = 120;

/// What the spawner is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
enum Kind {
    /// Make an actor of this number, with the sockets that come along. Replied to once they have arrived.
    Spawn = 1,
    /// How did the actor end? It is killed if it has not. Replied to.
    Wait,
    /// Kill the actor; nobody asks how it ends.
    Dismiss,
    /// How did the process of this number end, which was not executed by the spawner? Replied to.
    WaitProcess,
    /// Kill the process of this number.
    KillProcess,
    /// The names of the next script follow, in so many bytes, with a zero byte behind each.
    Names,
    /// End.
    Quit,
}

/// A request: a kind and a number; or a reply: how something ended, as a kind and a number.
type Record = [u64; 3];
const RECORD_BYTES: usize = size_of::<Record>();

fn to_bytes(record: Record) -> [u8; RECORD_BYTES] {
    let mut bytes = [0; RECORD_BYTES];
    for (chunk, number) in bytes.chunks_exact_mut(8).zip(record) {
        chunk.copy_from_slice(&number.to_ne_bytes());
    }
    bytes
}

fn from_bytes(bytes: &[u8; RECORD_BYTES]) -> Record {
    let mut record = [0; 3];
    for (number, chunk) in record.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *number = u64::from_ne_bytes(*chunk);
    }
    record
}

/// How a process ended, as a reply tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
enum End {
    Exited = 1,
    Signaled,
    /// There was no process, since `fork` failed with this error.
    NotForked,
    Unknown,
    /// It has only begun: the sockets for it have arrived.
    Begun,
}

/// The spawner.
#[derive(Debug)]
pub(super) struct Spawner {
    socket: OwnedFd,
    pid: Pid,
    next: u64,
    /// Where adapters write to standard error.
    stderr: Option<File>,
}

/// What the spawner makes actors of.
enum Recipe {
    /// This very program, with a subject.
    Subject(Spec, Option<Program>),
    /// Another program.
    Command(Vec<std::ffi::CString>),
}

impl Spawner {
    /// Forks the spawner.
    pub(super) fn start(config: &Config, naming: &Naming) -> Result<Spawner, ExecutorError> {
        host::raise_limits();
        let (own, its) = pair()?;
        let mut stderr = None;
        let recipe = match &config.subject {
            Spec::Command(_, words) => {
                let file = tempfile::tempfile();
                stderr = Some(file.map_err(|source| ExecutorError::System { what: "make a temporary file", source })?);
                let words = words.iter().map(|word| std::ffi::CString::new(word.as_str()).unwrap_or_default());
                Recipe::Command(words.collect())
            }
            spec => {
                let program = config.program.clone();
                let program =
                    program.map(|path| Program { path, arguments: Vec::new(), subject: config.subject.to_string() });
                Recipe::Subject(spec.clone(), program)
            }
        };
        let prefix = naming.run_prefix();
        match host::fork().map_err(|refused| ExecutorError::refused("fork", &refused))? {
            None => process::main(its.as_raw_fd(), stderr.as_ref().map(AsRawFd::as_raw_fd), &recipe, &prefix),
            Some(pid) => Ok(Spawner { socket: own, pid: Pid::from_raw(pid), next: 0, stderr }),
        }
    }

    /// Its process.
    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    fn send(&self, kind: Kind, number: u64, sockets: &[RawFd]) -> Result<(), ExecutorError> {
        let bytes = to_bytes([kind as u64, number, 0]);
        passing::send_bytes(self.socket.as_raw_fd(), &bytes, sockets).map_err(gone)
    }

    /// Tells the names of the next script, which are removed should the caller be killed.
    pub(super) fn know(&mut self, names: &[String]) -> Result<(), ExecutorError> {
        let names: Vec<u8> = names.iter().flat_map(|name| name.bytes().chain([0])).collect();
        let record = to_bytes([Kind::Names as u64, names.len() as u64, 0]);
        passing::send_bytes(self.socket.as_raw_fd(), &[&record[..], &names].concat(), &[]).map_err(gone)
    }

    /// Makes an actor that has those sockets as its descriptors from 3 on; answers its number.
    pub(super) fn spawn(&mut self, sockets: &[RawFd]) -> Result<u64, ExecutorError> {
        if sockets.len() > MAX_SOCKETS {
            return Err(ExecutorError::TooManySockets(sockets.len()));
        }
        self.next += 1;
        self.send(Kind::Spawn, self.next, sockets)?;
        self.reply().map(|_| self.next)
    }

    /// Kills an actor whose end nobody asks for.
    pub(super) fn dismiss(&self, actor: u64) {
        // Where the spawner is gone so are its actors.
        let _ = self.send(Kind::Dismiss, actor, &[]);
    }

    /// How an actor ended that has closed its socket, or should be killed.
    pub(super) fn wait(&mut self, actor: u64) -> Result<Outcome, ExecutorError> {
        self.send(Kind::Wait, actor, &[])?;
        self.ending()
    }

    /// How a process ended whose parent is gone.
    pub(super) fn wait_process(&mut self, pid: i32) -> Result<Outcome, ExecutorError> {
        self.send(Kind::WaitProcess, pid as u64, &[])?;
        self.ending()
    }

    /// Kills a process that an actor has made.
    pub(super) fn kill_process(&mut self, pid: i32) -> Result<(), ExecutorError> {
        self.send(Kind::KillProcess, pid as u64, &[])
    }

    fn reply(&self) -> Result<Record, ExecutorError> {
        let mut bytes = [0; RECORD_BYTES];
        let socket = self.socket.as_raw_fd();
        match passing::receive_with(socket, &mut bytes, Room::Exactly(0), libc::MSG_WAITALL).map_err(gone)? {
            (RECORD_BYTES, _) => Ok(from_bytes(&bytes)),
            _ => Err(ExecutorError::SpawnerGone),
        }
    }

    fn ending(&self) -> Result<Outcome, ExecutorError> {
        let [end, number, _] = self.reply()?;
        let number = number as i32;
        Ok(match end {
            end if end == End::Exited as u64 => Outcome::Exited(number),
            end if end == End::Signaled as u64 => Outcome::Signal(errno::signal_of(number)),
            end if end == End::NotForked as u64 => {
                let source = std::io::Error::from_raw_os_error(number);
                return Err(ExecutorError::System { what: "fork an actor", source });
            }
            _ => Outcome::Unsupported("how the actor ended went to init, as its parent was gone".to_owned()),
        })
    }

    /// The end of what adapters have written to standard error.
    pub(super) fn stderr(&mut self) -> String {
        const TAIL_BYTES: u64 = 2048;
        let Some(file) = &mut self.stderr else { return String::new() };
        let mut tail = Vec::new();
        let read = file
            .seek(SeekFrom::End(0))
            .and_then(|len| file.seek(SeekFrom::Start(len.saturating_sub(TAIL_BYTES))))
            .and_then(|_| file.take(TAIL_BYTES).read_to_end(&mut tail));
        if read.is_err() {
            return String::new();
        }
        String::from_utf8_lossy(&tail).trim_end().to_owned()
    }

    /// Ends the spawner, and with it every actor that is left.
    pub(super) fn end(&mut self) {
        let _ = self.send(Kind::Quit, 0, &[]);
        while waitpid(self.pid, None) == Err(nix::errno::Errno::EINTR) {}
    }
}

fn gone(refused: Refused) -> ExecutorError {
    match refused {
        Refused::Errno(Errno::ECONNRESET | Errno::EPIPE) => ExecutorError::SpawnerGone,
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
            shmconf_adapter::subject::native::set_cloexec(fd.as_raw_fd(), true)
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
