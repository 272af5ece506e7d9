//! Children that are actors themselves.

use super::Actor;
use crate::subject::{Refused, descriptors, errno, host};
use crate::wire::CONTROL_FD;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use shmconf_model::call::Label;
use shmconf_model::outcome::{Errno, Outcome};

/// Who goes on after a fork.
pub(super) enum Forked {
    /// The parent, with the child's process number.
    Parent(i32),
    /// The child.
    Child,
    /// There is no child.
    Failed(Outcome),
}

impl Actor {
    /// Makes the child `child`, which speaks on the control socket that was made for it.
    pub(super) fn fork(&mut self, child: Label, pid_namespace: bool) -> Forked {
        let Some(sockets) = self.children.get(&child).cloned() else {
            return Forked::Failed(Outcome::NotExecuted(format!(
                "there is no socket for a child {child}, or it lives"
            )));
        };
        let Some(&control) = sockets.first() else {
            return Forked::Failed(Outcome::NotExecuted(format!("the sockets for a child {child} are missing")));
        };
        if host::has_threads() == Some(true) {
            return Forked::Failed(Outcome::Unsupported("the subject has threads, which a fork would lose".to_owned()));
        }
        let forked = match pid_namespace {
            // SAFETY: this process has one thread as far as can be told.
            true => unsafe { host::fork_in_pid_namespace() },
            // SAFETY: as above.
            false => unsafe { host::fork() },
        };
        match forked {
            Err(refused) => Forked::Failed(no_child(refused)),
            Ok(Some(pid)) => {
                self.children.remove(&child);
                self.born.insert(child, pid);
                // The numbers stay taken, so that they are not given to the script.
                // SAFETY: the harness's sockets, which are the child's from now on.
                host::with_spare_descriptors(|| unsafe { descriptors::replace_by_null(&sockets) });
                Forked::Parent(pid)
            }
            Ok(None) => {
                // SAFETY: the harness's sockets; this one is the child's.
                host::with_spare_descriptors(|| unsafe { descriptors::replace(control, CONTROL_FD) });
                self.channel.forget();
                self.born.clear();
                // What it may keep, its own `start` says.
                let foreign: Vec<i32> = self.sockets().into_iter().filter(|fd| !sockets[1..].contains(fd)).collect();
                // SAFETY: the harness's sockets, which are others'.
                host::with_spare_descriptors(|| unsafe { descriptors::replace_by_null(&foreign) });
                self.peers.clear();
                self.children.clear();
                Forked::Child
            }
        }
    }

    /// Every socket of the harness but the control socket.
    fn sockets(&self) -> Vec<i32> {
        self.peers.values().chain(self.children.values().flatten()).copied().collect()
    }

    /// Waits for a child that has ended.
    pub(super) fn reap(&mut self, child: Label) -> Outcome {
        let Some(pid) = self.born.remove(&child) else {
            return Outcome::Unsupported(format!("{child} is no child of this actor"));
        };
        loop {
            match waitpid(Pid::from_raw(pid), None) {
                Ok(WaitStatus::Exited(_, code)) => return Outcome::Exited(code),
                Ok(WaitStatus::Signaled(_, signal, _)) => return Outcome::Signal(errno::signal_of(signal as i32)),
                Ok(_) | Err(nix::errno::Errno::EINTR) => {}
                Err(error) => return Outcome::Unsupported(format!("cannot wait for {child}: {error}")),
            }
        }
    }
}

/// That there is no process left for a child says nothing of the subject; that a namespace is not for everybody does.
fn no_child(refused: Refused) -> Outcome {
    match refused {
        Refused::Errno(Errno::EAGAIN) => {
            Outcome::Unsupported("there can be no more processes: raise their limit (`ulimit -u`)".to_owned())
        }
        Refused::Errno(Errno::EPERM) => Outcome::Errno(Errno::EPERM),
        Refused::Errno(errno) => Outcome::Unsupported(format!("the system refuses a child: {errno}")),
        refused => refused.into(),
    }
}
