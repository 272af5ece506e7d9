//! Removes names from a store that is the subject's own, where the system's calls do not reach: an actor is asked to.

use super::link::Heard;
use super::plan::Topology;
use super::pool::ProcessSet;
use super::{Executor, ExecutorError};
use shmconf_adapter::wire::{Reply, Request};

/// The actor that is asked, once there is one.
#[derive(Debug, Default)]
pub(super) struct Sweeper {
    set: Option<ProcessSet>,
    /// How often in a row nobody answered as they should.
    failures: u32,
}

impl Executor {
    /// Removes those names from the subject's own store; answers the ones that are still there.
    pub(super) fn sweep_own_store(&mut self, names: Vec<String>) -> Vec<String> {
        /// Another actor may do better than one that has died; where none does, asking on only takes time.
        const MOST_FAILURES: u32 = 4;
        while self.sweeper.failures < MOST_FAILURES {
            match self.ask_sweeper(&names) {
                Ok(left) => {
                    self.sweeper.failures = 0;
                    return left;
                }
                Err(_) => self.sweeper = Sweeper { set: None, failures: self.sweeper.failures + 1 },
            }
        }
        names
    }

    fn ask_sweeper(&mut self, names: &[String]) -> Result<Vec<String>, ExecutorError> {
        if self.sweeper.set.is_none() {
            self.sweeper.set = Some(self.start_sweeper()?);
        }
        let Some(process) = self.sweeper.set.iter_mut().flat_map(|set| &mut set.processes).next() else {
            return Err(ExecutorError::SpawnerGone);
        };
        process.link.queue(&Request::Sweep { names: names.to_vec() });
        process.link.flush();
        match process.link.hear()? {
            Heard::Reply(Reply::Swept { left }) => Ok(left),
            heard => Err(self.misbehaves(&heard, "`sweep`", None)),
        }
    }

    /// An actor that has said who it is.
    fn start_sweeper(&mut self) -> Result<ProcessSet, ExecutorError> {
        let name = "a".parse().map_err(|_| ExecutorError::SpawnerGone)?;
        let prefix = self.naming.own_prefix();
        let mut set = ProcessSet::start(Topology::one(name), &mut self.spawner, &self.config, &prefix, false)?;
        for process in &mut set.processes {
            process.link.flush();
            match process.link.hear()? {
                Heard::Reply(Reply::Started(_)) => {}
                heard => return Err(self.misbehaves(&heard, "`start`", process.number)),
            }
        }
        Ok(set)
    }
}
