//! The processes that play the actors of a script, and those that wait for the next one.

use super::ExecutorError;
use super::link::Link;
use super::plan::Roles;
use super::spawner::{Spawner, pair};
use shmconf_adapter::wire::{self, Answer, CONTROL_FD, Request, Start, Started};
use shmconf_model::call::Label;
use std::collections::{BTreeMap, VecDeque};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// The processes for the roles of a script.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) roles: Roles,
    pub(super) members: Vec<Member>,
}

/// One process.
#[derive(Debug)]
pub(super) struct Member {
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
    pub(super) owes: Option<Owed>,
    /// Its first line, for when it is born.
    start: Start,
}

/// What an actor is to say before it answers calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owed {
    /// Who it is.
    Started,
    /// That it is clean.
    Reset,
}

/// Where an actor is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Unborn,
    Lives,
    Gone,
}

impl Cast {
    /// Starts the processes. They learn who they are once their links are flushed.
    pub(super) fn start(roles: Roles, spawner: &mut Spawner, prefix: &str, probe: bool) -> Result<Cast, ExecutorError> {
        let sockets = Sockets::make(&roles)?;
        let mut starts: Vec<Start> = roles.parts.iter().map(|part| start(part.name, prefix, probe)).collect();
        let mut numbers = Vec::new();
        for (actor, part) in roles.parts.iter().enumerate() {
            numbers.push(match part.parent {
                Some(_) => None,
                None => {
                    let mut layout = Layout { roles: &roles, sockets: &sockets, starts: &mut starts, fds: Vec::new() };
                    layout.add(actor);
                    Some(spawner.spawn(&layout.fds)?)
                }
            });
        }
        let mut members = Vec::new();
        for ((own, number), start) in sockets.own.into_iter().zip(numbers).zip(starts) {
            let life = if number.is_some() { Life::Lives } else { Life::Unborn };
            let link = Link::new(own)?;
            let mut member =
                Member { link, life, number, pid: None, started: None, early: VecDeque::new(), owes: None, start };
            if life == Life::Lives {
                member.introduce();
            }
            members.push(member);
        }
        Ok(Cast { roles, members })
    }

    /// Ends the actors and waits until they are gone, so that none makes a call that was still to come.
    pub(super) fn end(self, spawner: &mut Spawner) {
        for number in self.members.iter().filter_map(|member| member.number) {
            // Where the spawner is gone its actors are, too.
            let _ = spawner.wait(number);
        }
    }

    /// Ends actors that have nothing left to do.
    pub(super) fn dismiss(self, spawner: &Spawner) {
        self.members.iter().filter_map(|member| member.number).for_each(|number| spawner.dismiss(number));
    }
}

impl Member {
    /// Tells the actor who it is.
    pub(super) fn introduce(&mut self) {
        self.life = Life::Lives;
        self.owes = Some(Owed::Started);
        self.link.queue(&Request::Start(self.start.clone()));
    }

    /// Has the actor give back everything, for the next script.
    pub(super) fn reset(&mut self) {
        self.owes = Some(Owed::Reset);
        self.link.queue(&Request::Reset);
    }
}

fn start(actor: Label, prefix: &str, probe: bool) -> Start {
    let protocol = wire::PROTOCOL.to_owned();
    Start { protocol, actor, prefix: prefix.to_owned(), peers: BTreeMap::new(), children: BTreeMap::new(), probe }
}

/// The sockets of a cast: of each control socket the harness's end and the actor's, and both ends of each pair.
struct Sockets {
    own: Vec<OwnedFd>,
    theirs: Vec<OwnedFd>,
    pairs: Vec<(OwnedFd, OwnedFd)>,
}

impl Sockets {
    fn make(roles: &Roles) -> Result<Sockets, ExecutorError> {
        let control = roles.parts.iter().map(|_| pair()).collect::<Result<Vec<_>, _>>()?;
        let (own, theirs) = control.into_iter().unzip();
        let pairs = roles.pairs.iter().map(|_| pair()).collect::<Result<_, _>>()?;
        Ok(Sockets { own, theirs, pairs })
    }

    /// The end of the socket between two actors that is the first one's.
    fn between(&self, roles: &Roles, actor: usize, peer: usize) -> Option<RawFd> {
        let at = roles.pairs.iter().position(|&pair| pair == (actor.min(peer), actor.max(peer)))?;
        let (low, high) = self.pairs.get(at)?;
        Some(if actor < peer { low } else { high }.as_raw_fd())
    }
}

/// Gives numbers to the sockets of one process and of those that it will fork.
struct Layout<'a> {
    roles: &'a Roles,
    sockets: &'a Sockets,
    starts: &'a mut [Start],
    fds: Vec<RawFd>,
}

impl Layout<'_> {
    /// Adds the sockets of an actor, its control socket first; answers their numbers.
    fn add(&mut self, actor: usize) -> Vec<RawFd> {
        let mut numbers = vec![self.number(self.sockets.theirs[actor].as_raw_fd())];
        for peer in self.roles.peers(actor) {
            if let Some(socket) = self.sockets.between(self.roles, actor, peer) {
                let number = self.number(socket);
                self.starts[actor].peers.insert(self.roles.parts[peer].name, number);
                numbers.push(number);
            }
        }
        for child in self.roles.children(actor) {
            let own = self.add(child);
            numbers.extend(&own);
            self.starts[actor].children.insert(self.roles.parts[child].name, own);
        }
        numbers
    }

    fn number(&mut self, socket: RawFd) -> RawFd {
        self.fds.push(socket);
        CONTROL_FD + self.fds.len() as RawFd - 1
    }
}

/// Casts whose processes are clean, by what they can play.
#[derive(Debug, Default)]
pub(super) struct Pool {
    casts: VecDeque<Cast>,
}

impl Pool {
    /// The most casts that wait at a time.
    const MAX_CASTS: usize = 8;
    /// The most processes that they have together: some systems give a user 128.
    const MAX_MEMBERS: usize = 32;

    /// A cast for these roles, if one waits.
    pub(super) fn take(&mut self, roles: &Roles) -> Option<Cast> {
        let at = self.casts.iter().position(|cast| cast.roles == *roles)?;
        self.casts.remove(at)
    }

    /// Has a cast wait; those that have waited longest may have to go.
    pub(super) fn put(&mut self, cast: Cast, spawner: &Spawner) {
        self.casts.push_front(cast);
        while self.is_too_large()
            && let Some(oldest) = self.casts.pop_back()
        {
            oldest.dismiss(spawner);
        }
    }

    fn is_too_large(&self) -> bool {
        let members: usize = self.casts.iter().map(|cast| cast.members.len()).sum();
        self.casts.len() > Pool::MAX_CASTS || (self.casts.len() > 1 && members > Pool::MAX_MEMBERS)
    }

    /// Forgets every cast; their processes end with their sockets.
    pub(super) fn clear(&mut self) {
        self.casts.clear();
    }
}
