//! The children of the spawner: who they are, how they ended, and which process may be killed.

use super::record::End;
use super::tail::Tail;
use crate::executor::system;
use nix::errno::Errno as SystemErrno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpgid, getpid};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a process that has closed its socket may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(1);

/// How a process ended.
pub(super) type Ending = (End, i32);

/// What has become of an actor.
enum Slot {
    Lives(Pid),
    Ended(Ending),
}

/// The processes that the spawner has forked, and those that came to it.
pub(super) struct Children {
    /// Is everything that this process starts in a group of its own, which it leads?
    leads: bool,
    slots: BTreeMap<u64, Slot>,
    /// Which actor a process is, for those that somebody may ask for.
    actors: BTreeMap<i32, u64>,
    /// Processes that became children when their parent ended.
    orphans: BTreeMap<i32, Ending>,
}

impl Children {
    pub(super) fn new(leads: bool) -> Children {
        Children { leads, slots: BTreeMap::new(), actors: BTreeMap::new(), orphans: BTreeMap::new() }
    }

    /// Notes which process an actor is.
    pub(super) fn add(&mut self, number: u64, pid: Pid) {
        self.actors.insert(pid.as_raw(), number);
        self.slots.insert(number, Slot::Lives(pid));
    }

    /// Notes that there is no process for an actor, and the error.
    pub(super) fn add_failed(&mut self, number: u64, error: i32) {
        self.slots.insert(number, Slot::Ended((End::NotForked, error)));
    }

    /// Notes that nobody will ask for an actor.
    pub(super) fn forget(&mut self, number: u64) {
        if let Some(Slot::Lives(pid)) = self.slots.remove(&number) {
            self.actors.remove(&pid.as_raw());
        }
    }

    /// Kills a process whose number an adapter has told, if an actor has made it.
    pub(super) fn kill_process(&self, number: u64) {
        if let Some(pid) = process_number(number) {
            system::kill_if(pid, || self.is_descendant(pid));
        }
    }

    fn note(&mut self, pid: Pid, ending: Ending) {
        match self.actors.remove(&pid.as_raw()) {
            Some(number) => drop(self.slots.insert(number, Slot::Ended(ending))),
            None => drop(self.orphans.insert(pid.as_raw(), ending)),
        }
    }

    /// Notes which process an actor is that others say to have forked, if it is a child of this process: others cannot be
    /// waited for. Answers whether it is.
    pub(super) fn add_child(&mut self, number: u64, pid: i32) -> bool {
        let Some(pid) = process_number(u64::from(pid.cast_unsigned())) else { return false };
        let Ok(status) = waitpid(pid, Some(WaitPidFlag::WNOHANG)) else { return false };
        self.add(number, pid);
        if let Some((pid, ending)) = ending_of(status) {
            self.note(pid, ending);
        }
        true
    }

    /// Collects every process that has ended.
    pub(super) fn reap_all(&mut self) {
        while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            let Some((pid, ending)) = ending_of(status) else { break };
            self.note(pid, ending);
        }
        // Those of discarded actors end here too, and nobody asks for them.
        if self.orphans.len() > 4096 {
            self.orphans.clear();
        }
    }

    /// Sends a signal to an actor, which is a child that has not been waited for.
    pub(super) fn kill(&self, number: u64) {
        if let Some(Slot::Lives(pid)) = self.slots.get(&number) {
            let _ = kill(*pid, Signal::SIGKILL);
        }
    }

    /// How an actor ended that has closed its socket, or was killed.
    pub(super) fn wait(&mut self, number: u64, stderr: &mut Option<Tail>) -> Ending {
        match self.slots.remove(&number) {
            Some(Slot::Ended(ending)) => ending,
            Some(Slot::Lives(pid)) => {
                self.actors.remove(&pid.as_raw());
                self.wait_for(pid, GRACE, stderr)
            }
            None => (End::Unknown, 0),
        }
    }

    /// How a process ended whose number an adapter has told, if it is one that this process may wait for.
    pub(super) fn wait_process(&mut self, number: u64, stderr: &mut Option<Tail>) -> Ending {
        let Some(pid) = process_number(number).filter(|pid| !self.actors.contains_key(&pid.as_raw())) else {
            return (End::NotOurs, number as i32);
        };
        match self.orphans.remove(&pid.as_raw()) {
            Some(ending) => ending,
            // Only a child is waited for, and killed.
            None => self.wait_for(pid, GRACE, stderr),
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

    /// Kills every actor, and waits until they are gone.
    pub(super) fn kill_all(&self, stderr: &mut Option<Tail>) {
        let living = self.living();
        for pid in &living {
            let _ = kill(*pid, Signal::SIGKILL);
        }
        for pid in living {
            self.wait_for(pid, GRACE, stderr);
        }
    }

    /// Lets the actors find that their sockets have ended, so that none is killed with a name made that only it knows.
    pub(super) fn see_out(&self, stderr: &mut Option<Tail>) {
        let mut grace = GRACE;
        for pid in self.living() {
            let began = std::time::Instant::now();
            self.wait_for(pid, grace, stderr);
            grace = grace.saturating_sub(began.elapsed());
        }
    }

    /// Waits for a child that is about to end, and kills it if it does not. A process whose parent is still on its way out is
    /// given time to become a child.
    fn wait_for(&self, pid: Pid, grace: Duration, stderr: &mut Option<Tail>) -> Ending {
        let mut pause = Duration::from_micros(20);
        let mut waited = Duration::ZERO;
        loop {
            match waitpid(pid, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => {}
                Ok(_) if waited >= grace => return (End::LivedOn, 0),
                Ok(status) => match ending_of(status) {
                    Some((_, ending)) => return ending,
                    None => return (End::Unknown, 0),
                },
                Err(SystemErrno::EINTR) => {}
                Err(SystemErrno::ECHILD) if waited < grace && self.is_descendant(pid) => {}
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
            if let Some(stderr) = stderr {
                stderr.collect();
            }
            std::thread::sleep(pause);
            waited += pause;
            pause = (pause * 2).min(Duration::from_millis(5));
        }
    }
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
