//! The spawner itself: a process with one thread that forks actors, waits for them, and kills what is left.

use super::{End, Kind, MAX_SOCKETS, RECORD_BYTES, Recipe, from_bytes, to_bytes};
use crate::executor::{sweep, system};
use nix::errno::Errno as SystemErrno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, setpgid};
use shmconf_adapter::actor::Actor;
use shmconf_adapter::subject::passing::{self, Room};
use shmconf_adapter::subject::{Refused, Subject, descriptors, errno, host, native};
use shmconf_adapter::wire::CONTROL_FD;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::io::Write;
use std::os::fd::RawFd;
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
struct Process {
    /// What the actors are made of, so that a fork has it at hand.
    subject: Option<Box<dyn Subject>>,
    slots: BTreeMap<u64, Slot>,
    /// Which actor a process is, for those that somebody may ask for.
    actors: BTreeMap<i32, u64>,
    /// Processes that became children when their parent ended.
    orphans: BTreeMap<i32, Ending>,
    /// The names of the script that runs, where they cannot be listed.
    names: Vec<u8>,
}

/// Runs the spawner on a socket; ends with the process.
pub(super) fn main(socket: RawFd, stderr: Option<RawFd>, recipe: &Recipe, prefix: &str) -> ! {
    let ended = catch_unwind(AssertUnwindSafe(|| {
        settle(socket, stderr);
        let subject = match recipe {
            Recipe::Subject(spec, _) => spec.make(),
            Recipe::Command(_) => None,
        };
        let mut process = Process {
            subject,
            slots: BTreeMap::new(),
            actors: BTreeMap::new(),
            orphans: BTreeMap::new(),
            names: Vec::new(),
        };
        if process.serve(recipe) {
            process.kill_all();
        } else {
            // The caller is gone and cannot sweep.
            process.see_out();
            sweep::sweep_prefix(prefix);
            for name in process.names.split(|byte| *byte == 0).filter_map(|name| str::from_utf8(name).ok()) {
                sweep::remove(name);
            }
        }
    }));
    // Whatever actors have made is in this group too.
    let _ = kill(Pid::from_raw(0), Signal::SIGKILL);
    host::exit(i32::from(ended.is_err()))
}

/// Becomes a process of its own, with nothing of the caller's but its memory and standard error.
fn settle(socket: RawFd, stderr: Option<RawFd>) {
    // A group of its own, so that the terminal's signals go to the caller alone.
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    if let Some(stderr) = stderr {
        descriptors::replace(stderr, 2);
    }
    descriptors::replace(socket, SOCKET);
    descriptors::replace_by_null(&[0, 1]);
    descriptors::close_range(SOCKET + 1, RawFd::MAX);
    host::default_signals();
    host::umask(0o022);
    system::no_core_dumps();
    system::adopt_orphans();
}

impl Process {
    /// Does as it is told; answers whether it was told to end.
    fn serve(&mut self, recipe: &Recipe) -> bool {
        loop {
            let mut bytes = [0; RECORD_BYTES];
            let Ok((count, received)) = passing::receive_with(SOCKET, &mut bytes, Room::For(MAX_SOCKETS), 0) else {
                return false;
            };
            if count < RECORD_BYTES {
                return false;
            }
            let [kind, number, _] = from_bytes(&bytes);
            match kind {
                kind if kind == Kind::Spawn as u64 => {
                    reply((End::Begun, 0));
                    self.reap_all();
                    self.spawn(recipe, number, &received.fds);
                    received.fds.into_iter().for_each(|fd| drop(native::close(fd)));
                }
                kind if kind == Kind::Wait as u64 => {
                    let ending = self.wait(number);
                    reply(ending);
                }
                kind if kind == Kind::Dismiss as u64 => {
                    if let Some(Slot::Lives(pid)) = self.slots.remove(&number) {
                        self.actors.remove(&pid.as_raw());
                        let _ = kill(pid, Signal::SIGKILL);
                    }
                }
                kind if kind == Kind::WaitProcess as u64 => {
                    let pid = number as i32;
                    let ending = self.orphans.remove(&pid).unwrap_or_else(|| wait_for(Pid::from_raw(pid)));
                    reply(ending);
                }
                kind if kind == Kind::KillProcess as u64 => {
                    let _ = kill(Pid::from_raw(number as i32), Signal::SIGKILL);
                }
                kind if kind == Kind::Names as u64 => {
                    self.names = vec![0; number as usize];
                    // Receiving nothing would wait for the next message all the same, and lose its descriptors.
                    let got = self.names.is_empty()
                        || passing::receive_with(SOCKET, &mut self.names, Room::Exactly(0), libc::MSG_WAITALL).is_ok();
                    if !got {
                        return false;
                    }
                }
                _ => return true,
            }
        }
    }

    fn spawn(&mut self, recipe: &Recipe, number: u64, sockets: &[RawFd]) {
        let slot = match host::fork() {
            Ok(None) => {
                let subject = self.subject.take();
                let _ = catch_unwind(AssertUnwindSafe(|| become_actor(recipe, subject, sockets)));
                host::exit(101)
            }
            Ok(Some(pid)) => {
                self.actors.insert(pid, number);
                Slot::Lives(Pid::from_raw(pid))
            }
            Err(Refused::Errno(_)) => Slot::Ended((End::NotForked, SystemErrno::last_raw())),
            Err(Refused::Unsupported(_)) => Slot::Ended((End::Unknown, 0)),
        };
        self.slots.insert(number, slot);
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
        // Those of dismissed actors end here too, and nobody asks for them.
        if self.orphans.len() > 4096 {
            self.orphans.clear();
        }
    }

    fn wait(&mut self, number: u64) -> Ending {
        match self.slots.remove(&number) {
            Some(Slot::Ended(ending)) => ending,
            Some(Slot::Lives(pid)) => {
                self.actors.remove(&pid.as_raw());
                wait_for(pid)
            }
            None => (End::Unknown, 0),
        }
    }

    fn living(&self) -> Vec<Pid> {
        let living = self.slots.values().filter_map(|slot| match slot {
            Slot::Lives(pid) => Some(*pid),
            Slot::Ended(_) => None,
        });
        living.collect()
    }

    fn kill_all(&mut self) {
        for pid in self.living() {
            let _ = kill(pid, Signal::SIGKILL);
            let _ = waitpid(pid, None);
        }
    }

    /// Lets the actors find that their sockets have ended, so that none is killed with a name made that only it knows.
    fn see_out(&mut self) {
        for pid in self.living() {
            wait_for(pid);
        }
    }
}

/// What the child of a fork goes on as.
fn become_actor(recipe: &Recipe, subject: Option<Box<dyn Subject>>, sockets: &[RawFd]) {
    // They arrived at the lowest numbers that were free, in order, so that none is overwritten before it has moved.
    for (at, &socket) in sockets.iter().enumerate() {
        descriptors::replace(socket, CONTROL_FD + at as RawFd);
    }
    let end = CONTROL_FD + sockets.len() as RawFd;
    descriptors::close_range(end, RawFd::MAX);
    host::backstop();
    match (recipe, subject) {
        (Recipe::Subject(_, program), Some(subject)) => {
            Actor::new(subject, program.clone(), (0..end).collect()).serve()
        }
        (Recipe::Command(words), _) => run(words),
        (Recipe::Subject(..), None) => {}
    }
}

/// Becomes another program.
fn run(words: &[CString]) {
    let Some(program) = words.first() else { return };
    let Err(error) = nix::unistd::execvp(program, words);
    // Not by a macro of the standard library, which a test harness would take for itself.
    let _ = writeln!(std::io::stderr(), "cannot run {program:?}: {}", errno::of(error as i32));
    host::exit(127)
}

fn ending_of(status: WaitStatus) -> Option<(Pid, Ending)> {
    match status {
        WaitStatus::Exited(pid, code) => Some((pid, (End::Exited, code))),
        WaitStatus::Signaled(pid, signal, _) => Some((pid, (End::Signaled, signal as i32))),
        _ => None,
    }
}

/// Waits for a process that is about to end, and kills it if it does not.
fn wait_for(pid: Pid) -> Ending {
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
        if waited >= GRACE {
            let _ = kill(pid, Signal::SIGKILL);
        }
        std::thread::sleep(pause);
        waited += pause;
        pause = (pause * 2).min(Duration::from_millis(5));
    }
}

fn reply((end, number): Ending) {
    // Where the caller is gone, the next request says so.
    let _ = passing::send_bytes(SOCKET, &to_bytes([end as u64, number as u64, 0]), &[]);
}
