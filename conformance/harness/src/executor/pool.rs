//! The processes of the actors of a script, and the pool of those that wait for the next one.

use super::link::Link;
use super::plan::Topology;
use super::spawner::{Spawner, pair};
use super::{Config, ExecutorError};
use shmconf_adapter::wire::{self, Answer, CONTROL_FD, Request, Start, Started};
use shmconf_model::call::Label;
use std::collections::{BTreeMap, VecDeque};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

/// The processes for the topology of a script.
#[derive(Debug)]
pub(super) struct ProcessSet {
    pub(super) topology: Topology,
    pub(super) processes: Vec<Process>,
}

/// One process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) link: Link,
    pub(super) life: Life,
    /// Number at the spawner, unless another actor forks it.
    pub(super) number: Option<u64>,
    /// Process number, if another actor has forked it.
    pub(super) pid: Option<i32>,
    pub(super) started: Option<Started>,
    /// Answers that came while something else was waited for.
    pub(super) early: VecDeque<Answer>,
    /// What it has been asked before its next call.
    pub(super) awaited: Option<Awaited>,
    /// Its first line, for when it is born.
    start: Start,
}

/// What an actor is to say before it answers calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaited {
    /// Who it is.
    Started,
    /// That it is clean.
    Reset,
}

/// Where an actor is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    NotForked,
    Lives,
    Gone,
}

impl ProcessSet {
    /// Starts the processes. They learn who they are once their links are flushed.
    pub(super) fn start(
        topology: Topology,
        spawner: &mut Spawner,
        config: &Config,
        prefix: &str,
        probe: bool,
    ) -> Result<ProcessSet, ExecutorError> {
        let sockets = Sockets::make(&topology)?;
        let mut starts: Vec<Start> = topology.actors.iter().map(|spec| start(spec.name, prefix, probe)).collect();
        let mut numbers = Vec::new();
        for (actor, spec) in topology.actors.iter().enumerate() {
            numbers.push(match spec.parent {
                Some(_) => None,
                None => {
                    let mut layout =
                        Layout { topology: &topology, sockets: &sockets, starts: &mut starts, fds: Vec::new() };
                    layout.add(actor);
                    Some(spawner.spawn(&layout.fds, topology.confined)?)
                }
            });
        }
        for number in numbers.iter().flatten() {
            spawner.arrived(*number)?;
        }
        let mut processes = Vec::new();
        for ((own, number), start) in sockets.own.into_iter().zip(numbers).zip(starts) {
            let life = if number.is_some() { Life::Lives } else { Life::NotForked };
            let link = Link::new(own, config)?;
            let mut process =
                Process { link, life, number, pid: None, started: None, early: VecDeque::new(), awaited: None, start };
            if life == Life::Lives {
                process.send_start();
            }
            processes.push(process);
        }
        Ok(ProcessSet { topology, processes })
    }

    /// Ends the actors and waits until they are gone, so that none makes a call that was still to come.
    pub(super) fn end(self, spawner: &mut Spawner) {
        let numbers: Vec<u64> = self.processes.iter().filter_map(|process| process.number).collect();
        spawner.kill(&numbers);
    }

    /// Ends actors that have nothing left to do.
    pub(super) fn discard(self, spawner: &Spawner) {
        self.processes.iter().filter_map(|process| process.number).for_each(|number| spawner.discard(number));
    }
}

impl Process {
    /// Tells the actor who it is.
    pub(super) fn send_start(&mut self) {
        self.life = Life::Lives;
        self.awaited = Some(Awaited::Started);
        self.link.queue(&Request::Start(self.start.clone()));
    }

    /// Has the actor give back everything, for the next script.
    pub(super) fn reset(&mut self) {
        self.awaited = Some(Awaited::Reset);
        self.link.queue(&Request::Reset);
    }
}

fn start(actor: Label, prefix: &str, probe: bool) -> Start {
    let protocol = wire::PROTOCOL.to_owned();
    Start { protocol, actor, prefix: prefix.to_owned(), peers: BTreeMap::new(), children: BTreeMap::new(), probe }
}

/// The sockets of a set: of each control socket the harness's end and the actor's, and both ends of each pair.
struct Sockets {
    own: Vec<OwnedFd>,
    theirs: Vec<OwnedFd>,
    pairs: Vec<(OwnedFd, OwnedFd)>,
}

impl Sockets {
    fn make(topology: &Topology) -> Result<Sockets, ExecutorError> {
        let control = topology.actors.iter().map(|_| pair()).collect::<Result<Vec<_>, _>>()?;
        let (own, theirs) = control.into_iter().unzip();
        let pairs = topology.pairs.iter().map(|_| pair()).collect::<Result<_, _>>()?;
        Ok(Sockets { own, theirs, pairs })
    }

    /// The end of the socket of a pair that is the first one's.
    fn between(&self, pair: usize, actor: usize, peer: usize) -> BorrowedFd<'_> {
        let (low, high) = &self.pairs[pair];
        if actor < peer { low } else { high }.as_fd()
    }
}

/// Gives numbers to the sockets of one process and of those that it will fork.
struct Layout<'a> {
    topology: &'a Topology,
    sockets: &'a Sockets,
    starts: &'a mut [Start],
    fds: Vec<BorrowedFd<'a>>,
}

impl<'a> Layout<'a> {
    /// Adds the sockets of an actor, its control socket first; answers their numbers.
    fn add(&mut self, actor: usize) -> Vec<RawFd> {
        let mut numbers = vec![self.number(self.sockets.theirs[actor].as_fd())];
        let (topology, sockets) = (self.topology, self.sockets);
        for &(peer, pair) in &topology.actors[actor].peers {
            let number = self.number(sockets.between(pair, actor, peer));
            self.starts[actor].peers.insert(topology.actors[peer].name, number);
            numbers.push(number);
        }
        for &child in &topology.actors[actor].children {
            let own = self.add(child);
            numbers.extend(&own);
            self.starts[actor].children.insert(self.topology.actors[child].name, own);
        }
        numbers
    }

    fn number(&mut self, socket: BorrowedFd<'a>) -> RawFd {
        self.fds.push(socket);
        CONTROL_FD + self.fds.len() as RawFd - 1
    }
}

/// Sets of processes that wait for the next script with their topology.
#[derive(Debug, Default)]
pub(super) struct Pool {
    sets: VecDeque<ProcessSet>,
    /// How many processes in a row were not clean when they were asked to be.
    unclean: u32,
    /// How many were clean, and how many were not, in all.
    asked: (u32, u32),
}

impl Pool {
    /// The most sets that wait at a time.
    const MAX_SETS: usize = 8;
    /// The most processes that they have together: some systems give a user 128.
    const MAX_PROCESSES: usize = 32;
    /// After so many nobody is asked any more: a fresh process costs less than to ask in vain.
    const MOST_UNCLEAN: u32 = 8;

    /// Notes that a process that waited was clean.
    pub(super) fn was_clean(&mut self) {
        self.unclean = 0;
        self.asked.0 += 1;
    }

    /// Notes that one was not.
    pub(super) fn was_unclean(&mut self) {
        self.unclean += 1;
        self.asked.1 += 1;
    }

    /// Has no process wait from now on, as one did not even answer.
    pub(super) fn give_up(&mut self) {
        self.unclean = Pool::MOST_UNCLEAN;
    }

    /// How many processes were clean when they were asked to be, and how many were not.
    pub(super) fn asked(&self) -> (u32, u32) {
        self.asked
    }

    fn asks_in_vain(&self) -> bool {
        self.unclean >= Pool::MOST_UNCLEAN
    }

    /// A set for this topology, if one waits.
    pub(super) fn take(&mut self, topology: &Topology) -> Option<ProcessSet> {
        if self.asks_in_vain() {
            return None;
        }
        let at = self.sets.iter().position(|set| set.topology == *topology)?;
        self.sets.remove(at)
    }

    /// Has a set wait; those that have waited longest may have to go.
    pub(super) fn put(&mut self, set: ProcessSet, spawner: &Spawner) {
        if self.asks_in_vain() {
            return set.discard(spawner);
        }
        self.sets.push_front(set);
        while self.is_too_large()
            && let Some(oldest) = self.sets.pop_back()
        {
            oldest.discard(spawner);
        }
    }

    fn is_too_large(&self) -> bool {
        let processes: usize = self.sets.iter().map(|set| set.processes.len()).sum();
        self.sets.len() > Pool::MAX_SETS || (self.sets.len() > 1 && processes > Pool::MAX_PROCESSES)
    }

    /// Ends the processes of every set; were there any?
    pub(super) fn discard(&mut self, spawner: &Spawner) -> bool {
        let any = !self.sets.is_empty();
        self.sets.drain(..).for_each(|set| set.discard(spawner));
        any
    }

    /// Forgets every set; their processes end with their sockets.
    pub(super) fn clear(&mut self) {
        self.sets.clear();
    }
}
