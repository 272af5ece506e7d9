//! The spawner itself: a process with one thread that forks actors, waits for them, and kills what is left.

use super::MAX_SOCKETS;
use super::record::{End, Kind, Program, RECORD_BYTES, Recipe, from_bytes, to_bytes};
use super::tail::Tail;
use crate::executor::{sweep, system};
use crate::subject::{Spec, Subject};
use nix::errno::Errno as SystemErrno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpgid, getpgrp, getpid, setpgid};
use shmconf_adapter::actor::{self, Actor};
use shmconf_adapter::subject::passing::{self, Room};
use shmconf_adapter::subject::{descriptors, errno, host};
use shmconf_adapter::wire::CONTROL_FD;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::io::Write;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// The spawner's end of the socket, once it has tidied up.
const SOCKET: RawFd = 3;

/// How long a process that has closed its socket may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(1);

/// How a process ended.
type Ending = (End, i32);

/// What has become of an actor.
enum Slot {
    Lives(Pid),
    Ended(Ending),
}

/// The process that forks actors.
struct Server {
    recipe: Recipe,
    /// What the actors are made of, so that a fork has it at hand.
    subject: Option<Box<dyn Subject>>,
    /// What `exec` in a script runs.
    program: Option<actor::Program>,
    /// Is everything that this process starts in a group of its own, which it leads?
    leads: bool,
    stderr: Option<Tail>,
    slots: BTreeMap<u64, Slot>,
    /// Which actor a process is, for those that somebody may ask for.
    actors: BTreeMap<i32, u64>,
    /// Processes that became children when their parent ended.
    orphans: BTreeMap<i32, Ending>,
    /// The names of the script that runs, where they cannot be listed.
    names: Vec<u8>,
}

/// Runs the spawner on a socket; ends with the process.
pub(super) fn main(socket: OwnedFd) -> ! {
    // A group of its own, so that the terminal's signals go to the caller alone. Where the system refuses, the group is the
    // caller's, and must not be killed.
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    let leads = getpgrp() == getpid();
    settle(socket);
    let ended = catch_unwind(|| {
        let Some(mut server) = Server::introduce(leads) else { return };
        if server.serve().is_some() {
            server.kill_all();
        } else {
            // The caller is gone and cannot sweep.
            server.see_out();
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
    host::umask(0o022);
    system::no_core_dumps();
    system::adopt_orphans();
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
    fn introduce(leads: bool) -> Option<Server> {
        let mut len = [0; 8];
        receive(&mut len)?;
        let mut text = vec![0; usize::try_from(u64::from_ne_bytes(len)).ok().filter(|len| *len < 1 << 24)?];
        receive(&mut text)?;
        let recipe: Recipe = serde_json::from_slice(&text).ok()?;
        let (mut subject, mut program, mut stderr) = (None, None, None);
        match &recipe.program {
            Program::Own(name) => {
                subject = name.parse::<Spec>().ok()?.make();
                program = actor::Program::of_this(name.clone());
            }
            // Where there is no pipe, adapters write to the caller's standard error.
            Program::Command(_) => stderr = Tail::start(),
        }
        if let Some(own) = recipe.own_processor {
            system::run_on(&[own]);
        }
        reply([End::Begun as u64, u64::from(leads), 0]);
        let (slots, actors, orphans) = Default::default();
        Some(Server { recipe, subject, program, leads, stderr, slots, actors, orphans, names: Vec::new() })
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
                self.reap_all();
                self.spawn(number, argument == 1, &message.fds);
            } else if is(Kind::Wait) {
                let ending = self.wait(number, GRACE);
                reply_ending(ending, argument);
            } else if is(Kind::Kill) {
                self.kill(number);
                let ending = self.wait(number, GRACE);
                reply_ending(ending, argument);
            } else if is(Kind::Discard) {
                self.kill(number);
                if let Some(Slot::Lives(pid)) = self.slots.remove(&number) {
                    self.actors.remove(&pid.as_raw());
                }
            } else if is(Kind::WaitProcess) {
                let ending = self.wait_process(number);
                reply_ending(ending, argument);
            } else if is(Kind::KillProcess) {
                if let Some(pid) = process_number(number) {
                    system::kill_if(pid, || self.is_descendant(pid));
                }
            } else if is(Kind::Names) {
                self.names = vec![0; number as usize];
                receive(&mut self.names)?;
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
        // SAFETY: this process has one thread.
        let slot = match unsafe { host::fork() } {
            Ok(None) => {
                let _ = catch_unwind(AssertUnwindSafe(|| self.become_actor(confined, sockets)));
                host::exit(101)
            }
            Ok(Some(pid)) => {
                self.actors.insert(pid, number);
                Slot::Lives(Pid::from_raw(pid))
            }
            Err(_) => Slot::Ended((End::NotForked, SystemErrno::last_raw())),
        };
        self.slots.insert(number, slot);
    }

    /// What the child of a fork goes on as.
    fn become_actor(&mut self, confined: bool, sockets: &[OwnedFd]) {
        let end = CONTROL_FD + sockets.len() as RawFd;
        // They arrived at the lowest numbers that were free, in order, so that none is overwritten before it has moved.
        for (at, socket) in sockets.iter().enumerate() {
            // SAFETY: the child has what its parent had, of which it keeps these sockets alone.
            unsafe { descriptors::replace(socket.as_raw_fd(), CONTROL_FD + at as RawFd) };
        }
        if let Some(stderr) = &self.stderr {
            // SAFETY: as above.
            unsafe { descriptors::replace(stderr.writer(), 2) };
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

    /// Collects every process that has ended.
    fn reap_all(&mut self) {
        while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            let Some((pid, ending)) = ending_of(status) else { break };
            match self.actors.remove(&pid.as_raw()) {
                Some(number) => drop(self.slots.insert(number, Slot::Ended(ending))),
                None => drop(self.orphans.insert(pid.as_raw(), ending)),
            }
        }
        // Those of discarded actors end here too, and nobody asks for them.
        if self.orphans.len() > 4096 {
            self.orphans.clear();
        }
    }

    /// Sends a signal to an actor, which is a child that has not been waited for.
    fn kill(&self, number: u64) {
        if let Some(Slot::Lives(pid)) = self.slots.get(&number) {
            let _ = kill(*pid, Signal::SIGKILL);
        }
    }

    fn wait(&mut self, number: u64, grace: Duration) -> Ending {
        match self.slots.remove(&number) {
            Some(Slot::Ended(ending)) => ending,
            Some(Slot::Lives(pid)) => {
                self.actors.remove(&pid.as_raw());
                self.wait_for(pid, grace)
            }
            None => (End::Unknown, 0),
        }
    }

    /// How a process ended whose number an adapter has told, if it is one that this process may wait for.
    fn wait_process(&mut self, number: u64) -> Ending {
        let Some(pid) = process_number(number).filter(|pid| !self.actors.contains_key(&pid.as_raw())) else {
            return (End::NotOurs, number as i32);
        };
        match self.orphans.remove(&pid.as_raw()) {
            Some(ending) => ending,
            // Only a child is waited for, and killed.
            None => self.wait_for(pid, GRACE),
        }
    }

    /// Was this process made by an actor? The number may be anything.
    fn is_descendant(&self, pid: Pid) -> bool {
        let is_actor = self.actors.contains_key(&pid.as_raw()) || pid == getpid();
        // Nobody from elsewhere can be in the group that this process leads.
        !is_actor && self.leads && getpgid(Some(pid)) == Ok(getpid())
    }

    fn living(&self) -> Vec<Pid> {
        let living = self.slots.values().filter_map(|slot| match slot {
            Slot::Lives(pid) => Some(*pid),
            Slot::Ended(_) => None,
        });
        living.collect()
    }

    fn kill_all(&mut self) {
        let living = self.living();
        for pid in &living {
            let _ = kill(*pid, Signal::SIGKILL);
        }
        for pid in living {
            self.wait_for(pid, GRACE);
        }
    }

    /// Lets the actors find that their sockets have ended, so that none is killed with a name made that only it knows.
    fn see_out(&mut self) {
        let mut grace = GRACE;
        for pid in self.living() {
            let began = std::time::Instant::now();
            self.wait_for(pid, grace);
            grace = grace.saturating_sub(began.elapsed());
        }
    }

    /// Waits for a child that is about to end, and kills it if it does not.
    fn wait_for(&mut self, pid: Pid, grace: Duration) -> Ending {
        let mut pause = Duration::from_micros(20);
        let mut waited = Duration::ZERO;
        loop {
            match waitpid(pid, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => {}
                Ok(status) => match ending_of(status) {
                    Some((_, ending)) => return ending,
                    None => return (End::Unknown, 0),
                },
                Err(SystemErrno::EINTR) => {}
                Err(_) => return (End::Unknown, 0),
            }
            if waited >= grace {
                // Still a child, so that no other process has its number.
                let _ = kill(pid, Signal::SIGKILL);
            }
            if waited >= grace + GRACE * 3 {
                // In the kernel, where no signal reaches it.
                return (End::Unknown, 0);
            }
            if let Some(stderr) = &mut self.stderr {
                stderr.collect();
            }
            std::thread::sleep(pause);
            waited += pause;
            pause = (pause * 2).min(Duration::from_millis(5));
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

/// A number that can be that of one process: not that of a group, of every process, or of init.
fn process_number(number: u64) -> Option<Pid> {
    i32::try_from(number).ok().filter(|pid| *pid > 1).map(Pid::from_raw)
}

fn ending_of(status: WaitStatus) -> Option<(Pid, Ending)> {
    match status {
        WaitStatus::Exited(pid, code) => Some((pid, (End::Exited, code))),
        WaitStatus::Signaled(pid, signal, _) => Some((pid, (End::Signaled, signal as i32))),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::{Pid, process_number};

    #[test]
    fn only_a_number_that_one_process_can_have_is_taken_for_one() {
        for number in [-1, 0, 1, -4711, i32::MIN] {
            assert_eq!(process_number(u64::from(number.cast_unsigned())), None, "{number}");
        }
        assert_eq!(process_number(u64::MAX), None);
        assert_eq!(process_number(4711), Some(Pid::from_raw(4711)));
    }
}
