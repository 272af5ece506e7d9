//! What a script asks of the executor: which actors, which sockets between them, and which calls in which order.

use shmconf_model::call::{Call, Label};
use shmconf_model::script::{Line, Script, Step};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Actors and the sockets between them. Scripts that need the same can be served by the same processes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Topology {
    pub(super) actors: Vec<ActorSpec>,
    /// Pairs of actors, by index, that send to each other, the lower one first.
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
    /// The actors that this one's forks make.
    pub(super) children: Vec<usize>,
    /// The actors that this one has a socket to, each with the number of the pair.
    pub(super) peers: Vec<(usize, usize)>,
}

impl ActorSpec {
    fn new(name: Label, parent: Option<usize>) -> ActorSpec {
        ActorSpec { name, parent, children: Vec::new(), peers: Vec::new() }
    }
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
        Topology { actors: vec![ActorSpec::new(name, None)], pairs: Vec::new(), confined: false }
    }
}

/// Finds the actors and pairs of a topology that grows, however many there are.
#[derive(Debug, Default)]
struct Known {
    actors: HashMap<Label, usize>,
    pairs: HashSet<(usize, usize)>,
}

impl Known {
    /// The actor of that name, who is there from the beginning if nobody has made it yet.
    fn actor(&mut self, topology: &mut Topology, name: Label) -> usize {
        *self.actors.entry(name).or_insert_with(|| {
            topology.actors.push(ActorSpec::new(name, None));
            topology.actors.len() - 1
        })
    }

    /// Only an actor that has not appeared yet can be born.
    fn child(&mut self, topology: &mut Topology, parent: usize, name: Label) {
        if let Entry::Vacant(free) = self.actors.entry(name) {
            let child = topology.actors.len();
            topology.actors.push(ActorSpec::new(name, Some(parent)));
            topology.actors[parent].children.push(child);
            free.insert(child);
        }
    }

    fn pair(&mut self, topology: &mut Topology, one: usize, other: usize) {
        let pair = (one.min(other), one.max(other));
        if one != other && self.pairs.insert(pair) {
            let number = topology.pairs.len();
            topology.pairs.push(pair);
            topology.actors[one].peers.push((other, number));
            topology.actors[other].peers.push((one, number));
        }
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
        let mut known = Known::default();
        for step in &script.steps {
            let first = plan.calls.len();
            step.lines().iter().for_each(|line| plan.add(&mut known, line));
            let calls = first..plan.calls.len();
            plan.topology.confined &= matches!(step, Step::Line(_));
            match step {
                Step::Line(_) => calls.for_each(|call| plan.in_order(call)),
                Step::Race(_) => plan.at_once(calls),
            }
        }
        plan
    }

    fn add(&mut self, known: &mut Known, line: &'s Line) {
        for name in line.who.actors() {
            let actor = known.actor(&mut self.topology, name);
            match &line.call {
                Call::Send { to: other, .. } | Call::Recv { from: other, .. } => {
                    let other = known.actor(&mut self.topology, *other);
                    known.pair(&mut self.topology, actor, other);
                }
                Call::Fork { child, .. } => {
                    known.child(&mut self.topology, actor, *child);
                    self.spoils = true;
                }
                Call::Exec
                | Call::Exit { .. }
                | Call::Kill { .. }
                | Call::Setgid { .. }
                | Call::Setgroups { .. }
                | Call::Setuid { .. }
                | Call::Seteuid { .. }
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
        let mut places = HashMap::new();
        for call in calls {
            let actor = self.calls[call].actor;
            let place = *places.entry(actor).or_insert_with(|| {
                racers.push((actor, Vec::new()));
                racers.len() - 1
            });
            racers[place].1.push(call);
        }
        self.steps.push(Phase::Race(racers));
    }
}

/// The most calls that are sent before an answer is read, so that neither side's socket can fill up.
const MAX_BATCH: usize = 32;
