//! The spawner itself: a process with one thread that forks actors, waits for them, and kills what is left.

use super::MAX_SOCKETS;
use super::children::{Children, Ending};
use super::record::{End, Kind, Program, RECORD_BYTES, Recipe, from_bytes, to_bytes};
use super::tail::Tail;
use super::template::Template;
use crate::executor::{sweep, system};
use crate::subject::{Spec, Subject};
use nix::errno::Errno as SystemErrno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpgrp, getpid, setpgid};
use shmconf_adapter::actor::{self, Actor};
use shmconf_adapter::subject::passing::{self, Room};
use shmconf_adapter::subject::{descriptors, errno, host};
use shmconf_adapter::wire::CONTROL_FD;
use std::ffi::CString;
use std::io::Write;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The spawner's end of the socket, once it has tidied up.
const SOCKET: RawFd = 3;

/// The process that forks actors.
struct Server {
    recipe: Recipe,
    /// What the actors are made of, so that a fork has it at hand.
    subject: Option<Box<dyn Subject>>,
    /// What `exec` in a script runs.
    program: Option<actor::Program>,
    stderr: Option<Tail>,
    children: Children,
    /// Do orphans among its descendants become its children?
    adopts: bool,
    templates: Templates,
    /// The names of the script that runs, where they cannot be listed.
    names: Vec<u8>,
}

/// What forks actors in this process's stead: their program, which has started already.
#[derive(Default)]
struct Templates {
    asked_for: bool,
    /// For actors that run on all processors, and for those that are confined to one.
    started: [Option<Template>; 2],
}

/// Runs the spawner on a socket; ends with the process.
pub(super) fn main(socket: OwnedFd) -> ! {
    // A group of its own, so that the terminal's signals go to the caller alone. Where the system refuses, the group is the
    // caller's, and must not be killed.
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    let leads = getpgrp() == getpid();
    settle(socket);
    let adopts = system::adopt_orphans();
    let ended = catch_unwind(|| {
        let Some(mut server) = Server::introduce(leads, adopts) else { return };
        if server.serve().is_some() {
            server.children.kill_all(&mut server.stderr);
        } else {
            // The caller is gone and cannot sweep.
            server.children.see_out(&mut server.stderr);
            sweep::sweep_prefix(&server.recipe.prefix);
            for name in server.names.split(|byte| *byte == 0).filter_map(|name| str::from_utf8(name).ok()) {
                sweep::remove(name);
            }
        }
        if !leads {
            // Children that actors have made are this process's by now, where the system tells them.
            for pid in system::children() {
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
        }
    });
    if leads {
        // Whatever actors have made is in this group too, and so is this process.
        let _ = kill(Pid::from_raw(0), Signal::SIGKILL);
    }
    host::exit(i32::from(ended.is_err()))
}

/// Becomes a process with nothing of the caller's but standard error.
fn settle(socket: OwnedFd) {
    let socket = socket.into_raw_fd();
    if socket != SOCKET {
        // SAFETY: this process has begun just now, and nothing in it uses other descriptors.
        unsafe { descriptors::replace(socket, SOCKET) };
    }
    // SAFETY: as above.
    unsafe { descriptors::replace_by_null(&[0, 1]) };
    // SAFETY: as above.
    unsafe { descriptors::close_range(SOCKET + 1, RawFd::MAX) };
    host::default_signals();
    host::lift_limits();
    host::umask(0o022);
    system::no_core_dumps();
    // A directory that is gone would have a command fail to start. Nothing here needs another one.
    if std::env::current_dir().is_err() {
        let _ = std::env::set_current_dir("/");
    }
}

fn socket() -> BorrowedFd<'static> {
    // SAFETY: open as long as the process is.
    unsafe { BorrowedFd::borrow_raw(SOCKET) }
}

impl Server {
    /// Hears what it is to make actors of, and says that it is ready.
    fn introduce(leads: bool, adopts: bool) -> Option<Server> {
        let mut len = [0; 8];
        receive(&mut len)?;
        let mut text = vec![0; usize::try_from(u64::from_ne_bytes(len)).ok().filter(|len| *len < 1 << 24)?];
        receive(&mut text)?;
        let recipe: Recipe = serde_json::from_slice(&text).ok()?;
        let (subject, program) = match &recipe.program {
            Program::Own(name) => match name.parse::<Spec>().ok()?.make() {
                Ok(subject) => (subject, actor::Program::of_this(name.clone())),
                Err(error) => {
                    let reason = error.to_string();
                    reply([End::NoSubject as u64, reason.len() as u64, 0]);
                    send_all(reason.as_bytes())?;
                    return None;
                }
            },
            Program::Command(_) => (None, None),
        };
        // Where there is no pipe, actors write to the caller's standard error.
        let stderr = Tail::start();
        if let Some(own) = recipe.own_processor {
            system::run_on(&[own]);
        }
        reply([End::Begun as u64, u64::from(leads), 0]);
        Some(Server {
            recipe,
            subject,
            program,
            stderr,
            children: Children::new(leads),
            adopts,
            templates: Templates::default(),
            names: Vec::new(),
        })
    }

    /// Does as it is told, until it is told to end; nothing where the caller is gone.
    fn serve(&mut self) -> Option<()> {
        loop {
            if let Some(stderr) = &mut self.stderr {
                stderr.collect_until_readable(socket());
            }
            let mut bytes = [0; RECORD_BYTES];
            let (count, message) = passing::receive_with(socket(), &mut bytes, Room::For(MAX_SOCKETS), 0).ok()?;
            if count == 0 {
                return None;
            }
            receive(&mut bytes[count..])?;
            let [kind, number, argument] = from_bytes(&bytes);
            let is = |asked: Kind| kind == asked as u64;
            if is(Kind::Spawn) {
                reply([End::Begun as u64, 0, number]);
                self.children.reap_all();
                self.spawn(number, argument == 1, &message.fds);
            } else if is(Kind::Wait) {
                let ending = self.children.wait(number, &mut self.stderr);
                reply_ending(ending, argument);
            } else if is(Kind::Kill) {
                self.children.kill(number);
                let ending = self.children.wait(number, &mut self.stderr);
                reply_ending(ending, argument);
            } else if is(Kind::Discard) {
                self.children.kill(number);
                self.children.forget(number);
            } else if is(Kind::WaitProcess) {
                let ending = self.children.wait_process(number, &mut self.stderr);
                reply_ending(ending, argument);
            } else if is(Kind::KillProcess) {
                self.children.kill_process(number);
            } else if is(Kind::Names) {
                self.names = vec![0; number as usize];
                receive(&mut self.names)?;
            } else if is(Kind::Template) {
                self.templates.asked_for = self.adopts;
            } else if is(Kind::Stderr) {
                let tail = self.stderr.as_mut().map(Tail::take).unwrap_or_default();
                reply([0, tail.len() as u64, argument]);
                let _ = send_all(&tail);
            } else {
                return Some(());
            }
        }
    }

    fn spawn(&mut self, number: u64, confined: bool, sockets: &[OwnedFd]) {
        if self.fork_by_template(number, confined, sockets).is_some() {
            return;
        }
        match self.fork(confined, sockets) {
            Ok(pid) => self.children.add(number, pid),
            Err(error) => self.children.add_failed(number, error as i32),
        }
    }

    /// Makes a process with these descriptors from 3 on.
    fn fork(&mut self, confined: bool, sockets: &[OwnedFd]) -> Result<Pid, SystemErrno> {
        // SAFETY: this process has one thread.
        match unsafe { host::fork() } {
            Ok(None) => {
                let _ = catch_unwind(AssertUnwindSafe(|| self.become_actor(confined, sockets)));
                host::exit(101)
            }
            Ok(Some(pid)) => Ok(Pid::from_raw(pid)),
            Err(_) => Err(SystemErrno::last()),
        }
    }

    /// Has a template fork an actor. Nothing if there is none: after one that failed none is asked again.
    fn fork_by_template(&mut self, number: u64, confined: bool, sockets: &[OwnedFd]) -> Option<()> {
        if !self.templates.asked_for {
            return None;
        }
        let at = usize::from(confined);
        if self.templates.started[at].is_none() {
            let (own, its) = super::pair().ok()?;
            let pid = self.fork(confined, &[its]).ok()?;
            self.templates.started[at] = Template::new(own, pid, self.recipe.patience);
        }
        let children = &mut self.children;
        let forked = self.templates.started[at].as_ref().and_then(|template| template.fork(number, sockets, children));
        if forked.is_none() {
            self.templates = Templates::default();
        }
        forked
    }

    /// What the child of a fork goes on as.
    fn become_actor(&mut self, confined: bool, sockets: &[OwnedFd]) {
        let end = CONTROL_FD + sockets.len() as RawFd;
        if let Some(stderr) = &self.stderr {
            // First, as its number may be taken by a socket. SAFETY: the child has what its parent had.
            unsafe { descriptors::replace(stderr.writer(), 2) };
        }
        // They arrived at the lowest numbers that were free, in order, so that none is overwritten before it has moved.
        for (at, socket) in sockets.iter().enumerate() {
            // SAFETY: the child has what its parent had, of which it keeps these sockets alone.
            unsafe { descriptors::replace(socket.as_raw_fd(), CONTROL_FD + at as RawFd) };
        }
        // SAFETY: as above.
        unsafe { descriptors::close_range(end, RawFd::MAX) };
        host::backstop();
        if !confined && self.recipe.own_processor.is_some() {
            system::run_on(&self.recipe.processors);
        }
        match (&self.recipe.program, self.subject.take()) {
            (Program::Command(words), _) => run(words),
            (Program::Own(_), Some(subject)) => {
                // SAFETY: descriptor 3 is the control socket, and those behind it are of the harness.
                unsafe { Actor::new(subject, self.program.take(), (0..end).collect()) }.serve()
            }
            (Program::Own(_), None) => {}
        }
    }
}

/// Becomes another program.
fn run(words: &[String]) {
    let words: Vec<CString> = words.iter().filter_map(|word| CString::new(word.as_str()).ok()).collect();
    let Some(program) = words.first() else { return };
    // Rust programs start with this one ignored, and others need not.
    // SAFETY: the handler runs no code of this program.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    let Err(error) = nix::unistd::execvp(program, &words);
    // Not by a macro of the standard library, which a test harness would take for itself.
    let _ = writeln!(std::io::stderr(), "cannot run {program:?}: {}", errno::of(error as i32));
    host::exit(127)
}

/// Fills a buffer; nothing where the caller is gone.
fn receive(bytes: &mut [u8]) -> Option<()> {
    let mut filled = 0;
    while filled < bytes.len() {
        match passing::receive_with(socket(), &mut bytes[filled..], Room::Exactly(0), 0) {
            Ok((0, _)) | Err(_) => return None,
            Ok((count, _)) => filled += count,
        }
    }
    Some(())
}

fn reply_ending((end, number): Ending, asked: u64) {
    reply([end as u64, u64::from(number.cast_unsigned()), asked]);
}

fn reply(record: [u64; 3]) {
    // Where the caller is gone, the next request says so.
    let _ = send_all(&to_bytes(record));
}

fn send_all(mut bytes: &[u8]) -> Option<()> {
    while !bytes.is_empty() {
        let sent = passing::send_bytes(socket(), bytes, &[]).ok()?;
        bytes = &bytes[sent..];
    }
    Some(())
}
