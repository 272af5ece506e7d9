//! One execution of a script.

mod calls;

use super::link::Heard;
use super::machine::{self, Needs};
use super::plan::{Phase, Plan, Topology};
use super::pool::{Awaited, Life, ProcessSet};
use super::processors::Processors;
use super::{Ability, Executor, ExecutorError, sweep};
use shmconf_adapter::wire::{Reply, Started};
use shmconf_model::call::{Call, Label, Name, Resource};
use shmconf_model::naming::ScriptNames;
use shmconf_model::outcome::Outcome;
use shmconf_model::script::{Requirement, Script};
use shmconf_model::trace::{self, Actor, Event, Header, Trace};
use std::collections::{BTreeMap, HashSet};

/// One attempt to execute a script.
struct Execution<'a> {
    executor: &'a mut Executor,
    plan: &'a Plan<'a>,
    /// The calls with names and amounts resolved.
    calls: Vec<Call>,
    events: Vec<Option<Event>>,
    set: ProcessSet,
    /// Is every call sent alone, so that the one that ends its actor is certain?
    singly: bool,
    /// Can the processes serve no other script?
    spoiled: bool,
    /// Have the processes served another script before?
    reused: bool,
}

/// The limits that the calls of a script may meet: that of descriptors only where it is low, or there may be many.
fn met_limits(limits: &BTreeMap<Resource, u64>, script: &Script) -> BTreeMap<Resource, u64> {
    const USUAL: u64 = 1024;
    let opened = script.lines().map(|line| line.bind.len() as u64).sum::<u64>();
    let many = USUAL.max(opened.saturating_mul(2));
    let met = |(resource, limit): &(&Resource, &u64)| **resource != Resource::Nofile || **limit < many;
    limits.iter().filter(met).map(|(resource, limit)| (*resource, *limit)).collect()
}

/// The names of a script, in order of their first appearance.
#[derive(Default)]
struct Used {
    names: Vec<String>,
    known: HashSet<String>,
}

/// Why an attempt ends early.
enum Halt {
    /// Another attempt is needed, with fresh processes and every call sent alone.
    Again,
    /// Another attempt is needed, with fresh processes, as one that waited was not as it was when it started.
    Unclean,
    /// No attempt can succeed.
    Error(ExecutorError),
}

impl From<ExecutorError> for Halt {
    fn from(error: ExecutorError) -> Halt {
        Halt::Error(error)
    }
}

/// How an attempt is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By processes that wait, if there are any.
    Usual,
    /// By fresh processes.
    Fresh,
    /// By fresh processes, and every call is sent alone.
    Singly,
}

/// Executes a script once.
pub(super) fn execute(executor: &mut Executor, script: &Script, seed: u64) -> Result<Trace, ExecutorError> {
    let mut plan = Plan::of(script);
    let limits = met_limits(&executor.limits, script);
    plan.limited |= limits.contains_key(&Resource::Fsize);
    match plan.topology.confined {
        true => executor.processors.confine(),
        false => Processors::release(),
    }
    let machine = machine::with(&executor.settings);
    let (page, scripts) = (executor.platform.page_size, executor.config.share.1);
    Needs::of(script, page, executor.nameless_in_store).check(&machine, scripts)?;
    let mut trace = attempt(executor, &plan, Way::Usual);
    if let Err(Halt::Unclean) = trace {
        trace = attempt(executor, &plan, Way::Fresh);
    }
    if let Err(Halt::Again) = trace {
        trace = attempt(executor, &plan, Way::Singly);
    }
    match trace {
        Ok((mut actors, mut events)) => {
            actors.iter_mut().for_each(|actor| actor.limits.clone_from(&limits));
            events.sort_by_key(|event| event.start);
            let header = Header {
                format: trace::FORMAT.to_owned(),
                case: script.id.clone(),
                subject: executor.config.subject.to_string(),
                platform: executor.platform.clone(),
                machine,
                seed,
                in_pages: script.is_in_pages(),
                actors,
            };
            Ok(Trace { header, events, others: Vec::new() })
        }
        Err(Halt::Again | Halt::Unclean) => {
            Err(executor.actor_error("does not come to a state in which it can be used".to_owned()))
        }
        Err(Halt::Error(error)) => {
            if matches!(error, ExecutorError::Actor { .. }) {
                // What the others would do next is anybody's guess.
                executor.pool.discard(&executor.spawner);
            }
            Err(error)
        }
    }
}

type Seen = (Vec<Actor>, Vec<Event>);

fn attempt(executor: &mut Executor, plan: &Plan<'_>, way: Way) -> Result<Seen, Halt> {
    let singly = way == Way::Singly;
    let mut names = executor.naming.next_script();
    let mut used = Used::default();
    let calls = resolve(executor, plan, &mut names, &mut used)?;
    if !executor.lists {
        executor.spawner.know(&used.names)?;
    }
    let set = processes_for(executor, &plan.topology, way != Way::Usual)?;
    let reused = set.processes.iter().any(|process| process.awaited == Some(Awaited::Reset));
    let events = vec![None; plan.calls.len()];
    let mut run = Execution { executor, plan, calls, events, set, singly, spoiled: plan.spoils, reused };
    let done = run.make_calls();
    let Execution { events, set, spoiled, .. } = run;
    let actors = actors_of(&set, executor);
    let mut events: Vec<Event> = events.into_iter().flatten().collect();
    events.iter_mut().for_each(|event| tell_descriptors(event, &set));
    if done.is_ok() && executor.config.reuse && !spoiled && !singly {
        executor.pool.put(set, &executor.spawner);
    } else if done.is_ok() {
        set.discard(&executor.spawner);
    } else {
        set.end(&mut executor.spawner);
    }
    let left = clean_up(executor, &names, used, &mut events);
    executor.left_behind.extend(left);
    done.map(|()| (actors, events))
}

/// Makes names and amounts concrete. A name to the letter must be free: what it stands for may be somebody's.
fn resolve(
    executor: &Executor,
    plan: &Plan<'_>,
    names: &mut ScriptNames,
    used: &mut Used,
) -> Result<Vec<Call>, ExecutorError> {
    let mut literal = |name: &Name| {
        let text = names.literal(name);
        if used.known.insert(text.clone()) {
            used.names.push(text.clone());
        }
        text
    };
    let page = executor.platform.page_size;
    let calls = plan.calls.iter().map(|planned| planned.line.call.resolve(page, &mut literal)).collect();
    for planned in &plan.calls {
        if let Some(Name::Literal(name)) = planned.line.call.name()
            && sweep::exists(name)
        {
            return Err(ExecutorError::NameTaken(name.clone()));
        }
    }
    Ok(calls)
}

/// Processes for the topology: ones that wait, or new ones.
fn processes_for(executor: &mut Executor, topology: &Topology, fresh: bool) -> Result<ProcessSet, ExecutorError> {
    if !fresh && let Some(mut set) = executor.pool.take(topology) {
        for process in &mut set.processes {
            process.reset();
        }
        return Ok(set);
    }
    let prefix = executor.naming.own_prefix();
    let start = |executor: &mut Executor| {
        ProcessSet::start(topology.clone(), &mut executor.spawner, &executor.config, &prefix, false)
    };
    match start(executor) {
        // What waits for later scripts has what this one lacks.
        Err(ExecutorError::System { .. }) if executor.pool.discard(&executor.spawner) => start(executor),
        done => done,
    }
}

/// Removes every name that a script can have left, and from lists of names those that are not the script's. Answers those
/// of its own that it cannot remove.
fn clean_up(executor: &mut Executor, names: &ScriptNames, used: Used, events: &mut [Event]) -> Vec<String> {
    let own_prefix = executor.naming.own_prefix();
    let mut there: Vec<String> = Vec::new();
    for event in events {
        match (&event.call, &mut event.outcome) {
            (Call::Names, Outcome::Names(found)) => {
                found.retain(|name| name.starts_with(names.base()) || name.starts_with(&own_prefix));
                there.extend(found.iter().filter(|name| !used.known.contains(*name)).cloned());
            }
            (Call::Collide, Outcome::Names(made)) => there.append(&mut made.clone()),
            _ => {}
        }
    }
    there.extend(used.names);
    let mut left = executor.remove(there);
    left.retain(|name| names.gave(name));
    left
}

fn actors_of(set: &ProcessSet, executor: &Executor) -> Vec<Actor> {
    let named = set.topology.actors.iter().zip(&set.processes).filter(|(spec, _)| spec.parent.is_none());
    named.filter_map(|(spec, process)| Some(as_actor(spec.name, process.started.as_ref()?, executor))).collect()
}

/// What was open in a child as it began, as it said itself.
fn tell_descriptors(event: &mut Event, set: &ProcessSet) {
    let (Call::Fork { child, .. }, Outcome::Ok) = (&event.call, &event.outcome) else { return };
    let born = set.topology.actors.iter().zip(&set.processes).find(|(spec, _)| spec.name == *child);
    event.fds = born.and_then(|(_, process)| process.started.as_ref()?.fds.clone());
}

fn as_actor(name: Label, started: &Started, executor: &Executor) -> Actor {
    let Started { uid, gid, umask, .. } = *started;
    let (privilege, limits) = (executor.privilege, BTreeMap::new());
    let (groups, fds) = (started.groups.clone(), started.fds.clone());
    Actor { name, uid, gid, groups, umask, privilege, limits, process: None, since: 0, fds }
}

/// What one actor says that the subject cannot do.
pub(super) fn probe(executor: &mut Executor) -> Result<BTreeMap<Requirement, Ability>, ExecutorError> {
    let name = "a".parse().map_err(|_| ExecutorError::SpawnerGone)?;
    let prefix = executor.naming.own_prefix();
    let mut set = ProcessSet::start(Topology::one(name), &mut executor.spawner, &executor.config, &prefix, true)?;
    let mut cannot = BTreeMap::new();
    for process in &mut set.processes {
        process.link.flush();
        let heard = process.link.hear()?;
        match heard {
            Heard::Reply(Reply::Started(started)) => {
                let started = executor.checked(started)?;
                executor.privilege = started.privilege;
                executor.nameless_in_store = started.nameless_in_store.unwrap_or(true);
                executor.own_store = started.own_store.unwrap_or(false);
                cannot.extend(started.cannot);
            }
            heard => return Err(executor.misbehaves(&heard, "`start`", process.number)),
        }
    }
    set.discard(&executor.spawner);
    if !executor.own_store
        && let Some(reason) = machine::unfit_store()
    {
        cannot.insert(Requirement::Named, reason.clone());
        if executor.nameless_in_store {
            cannot.insert(Requirement::Anonymous, reason);
        }
    }
    if let Some(reason) = machine::unshared_store() {
        cannot.entry(Requirement::Root).or_insert(reason);
    }
    let mut ability = |requirement: Requirement| cannot.remove(&requirement).map_or(Ability::Can, Ability::Cannot);
    Ok(Requirement::ALL.iter().map(|(requirement, _)| (*requirement, ability(*requirement))).collect())
}

impl Execution<'_> {
    fn make_calls(&mut self) -> Result<(), Halt> {
        if !self.plan.topology.pairs.is_empty() {
            // A message of this script must not be taken for one that the last script has left.
            self.settle()?;
        }
        for phase in &self.plan.steps {
            match phase {
                Phase::Batch(actor, calls) if self.singly => {
                    for call in calls.clone() {
                        self.batch(*actor, call..call + 1)?;
                    }
                }
                Phase::Batch(actor, calls) => self.batch(*actor, calls.clone())?,
                Phase::Race(racers) => self.race(racers)?,
            }
        }
        self.settle()?;
        let mut unread = self.set.processes.iter().filter(|process| process.life == Life::Lives);
        match unread.find_map(|process| process.link.unread()) {
            Some(unread) => {
                let problem = format!("says more than it was asked for: {unread}");
                Err(self.executor.actor_error(problem).into())
            }
            None => Ok(()),
        }
    }

    /// Waits until every actor that was there from the beginning has said who it is, and that it is clean.
    fn settle(&mut self) -> Result<(), Halt> {
        for process in &mut self.set.processes {
            if process.life == Life::Lives {
                process.link.flush();
            }
        }
        let roots = self.set.processes.iter().enumerate().filter(|(_, process)| process.number.is_some());
        for actor in roots.map(|(actor, _)| actor).collect::<Vec<_>>() {
            self.await_ready(actor)?;
        }
        Ok(())
    }
}

impl Executor {
    /// Removes names from the store that they lie in; answers those that stay.
    fn remove(&mut self, names: Vec<String>) -> Vec<String> {
        match self.own_store {
            true if names.is_empty() => names,
            true => self.sweep_own_store(names),
            false => names.into_iter().filter(|name| !sweep::remove(name)).collect(),
        }
    }

    pub(super) fn actor_error(&mut self, problem: String) -> ExecutorError {
        let subject = self.config.subject.to_string();
        ExecutorError::Actor { subject, problem, stderr: self.spawner.stderr() }
    }

    /// What is wrong with an actor from which that was heard instead of an answer.
    pub(super) fn misbehaves(&mut self, heard: &Heard, instead_of: &str, number: Option<u64>) -> ExecutorError {
        let problem = match heard {
            Heard::Reply(Reply::Error { message }) => format!("gives up: {message}"),
            Heard::Reply(reply) => {
                let line = serde_json::to_string(reply).unwrap_or_default();
                format!("answers {instead_of} with what answers another request: {line}")
            }
            Heard::Nonsense(line) => format!("answers {instead_of} with what is no reply: {line}"),
            Heard::Late => format!("does not answer {instead_of} within {:?}", self.config.timeout),
            Heard::End => match number.map(|number| self.spawner.wait(number)) {
                Some(Ok(Some(outcome))) => format!("ends before it has answered {instead_of} ({outcome})"),
                Some(Ok(None)) => format!("closes its socket before it has answered {instead_of}, and goes on"),
                Some(Err(error)) => return error,
                None => format!("ends before it has answered {instead_of}"),
            },
        };
        self.actor_error(problem)
    }

    /// An actor that speaks this version of the protocol.
    fn checked(&mut self, started: Started) -> Result<Started, ExecutorError> {
        match started.protocol == shmconf_adapter::wire::PROTOCOL {
            true => Ok(started),
            false => Err(self.actor_error(format!(
                "speaks {:?}, and the harness {:?}",
                started.protocol,
                shmconf_adapter::wire::PROTOCOL
            ))),
        }
    }
}
