//! What a script asks of the executor: which actors, which sockets between them, and which calls in which order.

use shmconf_model::call::{Call, Label};
use shmconf_model::script::{Line, Script, Step};
use std::ops::Range;

/// Actors and the sockets between them. Scripts that need the same can be served by the same processes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Topology {
    pub(super) actors: Vec<ActorSpec>,
    /// Pairs of actors, by index, that send to each other.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Do the actors share a processor, as they never make calls at once?
    pub(super) confined: bool,
}

/// One actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ActorSpec {
    pub(super) name: Label,
    /// The actor whose fork makes this one.
    pub(super) parent: Option<usize>,
}

/// A script, made ready.
#[derive(Debug)]
pub(super) struct Plan<'s> {
    pub(super) topology: Topology,
    /// Every call, in the order of the script.
    pub(super) calls: Vec<Planned<'s>>,
    pub(super) steps: Vec<Phase>,
    /// Does a call lower a limit, so that more calls than usual may end their actor?
    pub(super) limited: bool,
    /// Can the actors serve no other script after this one?
    pub(super) spoils: bool,
}

/// A call and who makes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned<'s> {
    pub(super) actor: usize,
    pub(super) line: &'s Line,
}

/// Calls that are sent at once.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Calls of one actor in a row.
    Batch(usize, Range<usize>),
    /// Calls of several actors at once; for each actor its own in order.
    Race(Vec<(usize, Vec<usize>)>),
}

impl Topology {
    /// One actor alone.
    pub(super) fn one(name: Label) -> Topology {
        Topology { actors: vec![ActorSpec { name, parent: None }], pairs: Vec::new(), confined: false }
    }

    fn index(&mut self, name: Label) -> usize {
        self.actors.iter().position(|spec| spec.name == name).unwrap_or_else(|| {
            self.actors.push(ActorSpec { name, parent: None });
            self.actors.len() - 1
        })
    }

    fn pair(&mut self, one: usize, other: usize) {
        let pair = (one.min(other), one.max(other));
        if one != other && !self.pairs.contains(&pair) {
            self.pairs.push(pair);
        }
    }

    /// The actors that an actor has a socket to.
    pub(super) fn peers(&self, actor: usize) -> impl Iterator<Item = usize> {
        self.pairs.iter().filter_map(move |&(one, other)| match actor {
            _ if one == actor => Some(other),
            _ if other == actor => Some(one),
            _ => None,
        })
    }

    /// The children of an actor.
    pub(super) fn children(&self, actor: usize) -> impl Iterator<Item = usize> {
        (0..self.actors.len()).filter(move |&child| self.actors[child].parent == Some(actor))
    }
}

impl<'s> Plan<'s> {
    pub(super) fn of(script: &'s Script) -> Plan<'s> {
        let mut plan = Plan {
            topology: Topology { confined: true, ..Topology::default() },
            calls: Vec::new(),
            steps: Vec::new(),
            limited: false,
            spoils: false,
        };
        for step in &script.steps {
            let first = plan.calls.len();
            step.lines().iter().for_each(|line| plan.add(line));
            let calls = first..plan.calls.len();
            plan.topology.confined &= matches!(step, Step::Line(_));
            match step {
                Step::Line(_) => calls.for_each(|call| plan.in_order(call)),
                Step::Race(_) => plan.at_once(calls),
            }
        }
        plan
    }

    fn add(&mut self, line: &'s Line) {
        for name in line.who.actors() {
            let actor = self.topology.index(name);
            match &line.call {
                Call::Send { to: other, .. } | Call::Recv { from: other, .. } => {
                    let other = self.topology.index(*other);
                    self.topology.pair(actor, other);
                }
                Call::Fork { child, .. } => {
                    // Only an actor that has not appeared yet can be born.
                    if self.topology.actors.iter().all(|spec| spec.name != *child) {
                        self.topology.actors.push(ActorSpec { name: *child, parent: Some(actor) });
                    }
                    self.spoils = true;
                }
                Call::Exec
                | Call::Exit { .. }
                | Call::Kill { .. }
                | Call::Setuid { .. }
                | Call::LimitedStore { .. } => self.spoils = true,
                Call::Rlimit { .. } => self.limited = true,
                _ => {}
            }
            self.calls.push(Planned { actor, line });
        }
    }

    /// Adds a call to the last batch if it is the same actor's. After an exec nothing may have been read ahead.
    fn in_order(&mut self, call: usize) {
        let Planned { actor, .. } = self.calls[call];
        match self.steps.last_mut() {
            Some(Phase::Batch(same, calls))
                if *same == actor
                    && calls.len() < MAX_BATCH
                    && !matches!(self.calls[calls.end - 1].line.call, Call::Exec) =>
            {
                calls.end = call + 1;
            }
            _ => self.steps.push(Phase::Batch(actor, call..call + 1)),
        }
    }

    fn at_once(&mut self, calls: Range<usize>) {
        let mut racers: Vec<(usize, Vec<usize>)> = Vec::new();
        for call in calls {
            let actor = self.calls[call].actor;
            match racers.iter_mut().find(|(racer, _)| *racer == actor) {
                Some((_, own)) => own.push(call),
                None => racers.push((actor, vec![call])),
            }
        }
        self.steps.push(Phase::Race(racers));
    }
}

/// The most calls that are sent before an answer is read, so that neither side's socket can fill up.
const MAX_BATCH: usize = 32;
