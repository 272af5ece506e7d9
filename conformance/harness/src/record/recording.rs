//! From what was followed to a trace: who was there, what they are called, and what does not matter.

use super::follow::{Act, Done, Follower, LeftOut};
use super::world::{ObjectAt, ProcessAt, ThreadAt, numbered};
use shmconf_model::call::{Call, Handle, Label, Name, OpenFlags, Resource};
use shmconf_model::outcome::{Errno, Outcome};
use shmconf_model::script::Id;
use shmconf_model::trace::{self, Actor, Event, Header, Machine, Other, Platform, Privilege, Trace};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is known of a program beside its log.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// What the program is called.
    pub program: String,
    /// The system that it ran on.
    pub platform: Platform,
    /// What is known of the machine.
    pub machine: Machine,
    /// Effective user and group, where they are known.
    pub user: Option<(u32, u32)>,
    /// Supplementary groups, where they are known.
    pub groups: Option<Vec<u32>>,
    /// The file mode creation mask, where it is known.
    pub umask: Option<u32>,
    /// What the user may do though modes forbid it, where that is known.
    pub privilege: Option<Privilege>,
    /// The limits that its calls may meet.
    pub limits: BTreeMap<Resource, u64>,
    /// The names that were there before it began, where they are known.
    pub names: Option<Vec<String>>,
    /// Are names replaced by others of the same length?
    pub anonymous: bool,
}

/// What a program did with shared memory.
#[derive(Debug)]
pub struct Recording {
    /// The calls, to be judged.
    pub trace: Trace,
    /// How many processes took part.
    pub processes: usize,
    /// How many objects there were.
    pub objects: usize,
    /// What was left out, by what it was, and how often.
    pub left_out: LeftOut,
    /// What is missing in the log, each with the flag of strace that gives it.
    pub lacks: Vec<String>,
    /// What else the reader of the trace should know of the log, each in a sentence.
    pub remarks: Vec<String>,
    /// The names of objects that the program made, and that nobody who was recorded had unlinked when all of it had ended.
    pub left_behind: Vec<String>,
    /// Was the program run here and now, and is it not the log of somebody else?
    pub(super) is_live: bool,
    /// The objects that each event is about.
    pub(super) about: Vec<Vec<ObjectAt>>,
    /// The objects that ever had a name.
    pub(super) named: HashSet<ObjectAt>,
}

/// Whoever holds the other ends of sockets, and is in no log.
const OUTSIDE: &str = "outside";
/// Where nothing is known: the mask that nearly everybody has.
const USUAL_UMASK: u32 = 0o022;
const NOBODY_KNOWN: (u32, u32) = (1000, 1000);

impl Recording {
    /// What was followed, as a trace.
    pub(super) fn of(follower: Follower, about: About, lacks: Vec<String>, mut remarks: Vec<String>) -> Recording {
        let kept = Kept::of(&follower);
        if follower.by_path > 0 {
            remarks
                .push(format!("opened by their paths: {} objects, each of which counts as shm_open", follower.by_path));
        }
        let known = about.user.or(follower.owner);
        if known.is_none() && !follower.done.is_empty() {
            remarks.push(
                "an ordinary user is assumed, as the log does not tell who made the calls: --uid 0 says that it was root"
                    .to_owned(),
            );
        }
        let user = known.unwrap_or(NOBODY_KNOWN);
        let umask = about.umask.or(follower.umask).unwrap_or(USUAL_UMASK);
        let mut builder = Builder { kept: &kept, follower: &follower, names: Names::new(about.anonymous) };
        let (mut events, mut others, mut objects_of) = (Vec::new(), Vec::new(), Vec::new());
        for done in follower.done.iter().filter(|done| kept.holds(done)) {
            builder.add(done, &mut events, &mut others);
            objects_of.resize(events.len(), done.objects.clone());
        }
        let mut actors: Vec<Actor> = Vec::new();
        for (at, thread) in follower.world.threads.iter().enumerate() {
            let Some(name) = kept.label(at) else { continue };
            let process = &follower.world.processes[thread.process];
            let first = kept.process_label(thread.process);
            if process.first == at && kept.forked.contains(&thread.process) {
                continue;
            }
            actors.push(Actor {
                name,
                uid: user.0,
                gid: user.1,
                groups: about.groups.clone(),
                umask: process.began_with_umask.unwrap_or(umask),
                privilege: about.privilege,
                limits: about.limits.clone(),
                process: first.filter(|first| *first != name),
                since: 0,
                fds: None,
            });
        }
        for actor in actors.iter_mut().filter(|actor| actor.process.is_some()) {
            let first = events.iter().position(|event| event.actor == actor.name);
            actor.since = first.and_then(|first| u32::try_from(first).ok()).unwrap_or(0);
        }
        if events.iter().any(|event| event.call.peer().is_some_and(|peer| peer.as_str() == OUTSIDE)) {
            let name = OUTSIDE.parse().expect("it is a label");
            let first = actors.first().cloned();
            actors.extend(first.map(|first| Actor { name, process: None, ..first }));
        }
        let shown: HashSet<usize> = follower
            .done
            .iter()
            .filter(|done| kept.holds(done))
            .flat_map(|done| done.objects.iter().copied())
            .collect();
        let header = Header {
            format: trace::FORMAT.to_owned(),
            case: Id::of_path(&format!("recorded/{}", about.program)),
            subject: trace::program_subject(&about.program),
            platform: about.platform,
            machine: about.machine,
            seed: 0,
            in_pages: false,
            actors,
        };
        let objects = follower.world.objects.iter().enumerate();
        let has_names = events.iter().any(|event| matches!(event.call, Call::ShmOpen { .. }));
        if has_names {
            remarks.push(
                "not seen: how the program writes names, as the C library takes their slashes away; `shmconf name` says \
                 which systems refuse one without a slash in front, or with two"
                    .to_owned(),
            );
        }
        let left_behind = left_behind(&events);
        Recording {
            is_live: about.names.is_some(),
            left_behind,
            trace: Trace { header, events, others },
            processes: kept.processes.len(),
            objects: shown.len(),
            about: objects_of,
            named: objects.filter(|(_, object)| object.had_name).map(|(at, _)| at).collect(),
            left_out: follower.left_out,
            lacks,
            remarks,
        }
    }
}

impl Recording {
    /// glibc gives other errors than the system calls by which it does what it is asked for.
    pub(super) fn as_the_library_says(&mut self) {
        if !self.trace.header.platform.libc.starts_with("glibc") {
            return;
        }
        for event in &mut self.trace.events {
            let said = match (&event.call, &event.outcome) {
                (Call::ShmUnlink { .. }, Outcome::Errno(Errno::EPERM)) => Errno::EACCES,
                (Call::ShmOpen { .. }, Outcome::Errno(Errno::EISDIR)) => Errno::EINVAL,
                _ => continue,
            };
            event.outcome = Outcome::Errno(said);
        }
    }

    /// How large objects are is not known, and so nothing of mappings can be judged.
    pub(super) fn doubt_mappings(&mut self, why: &str) {
        let is_open = |call: &Call| {
            let mut is_about_mapping = matches!(call, Call::Mmap { .. });
            call.uses(&mut |handle| is_about_mapping |= matches!(handle, Handle::Map(_)));
            is_about_mapping
        };
        for event in self.trace.events.iter_mut().filter(|event| is_open(&event.call)) {
            event.unjudged.get_or_insert_with(|| why.to_owned());
        }
    }
}

/// The names that were created by an open with `O_CREAT`, and not unlinked afterwards.
fn left_behind(events: &[Event]) -> Vec<String> {
    let mut left: Vec<String> = Vec::new();
    for event in events {
        match (&event.call, &event.outcome) {
            (Call::ShmOpen { name: Name::Literal(name), flags, .. }, Outcome::Fd(_))
                if event.unjudged.is_none() && flags.contains(OpenFlags::CREAT) && !left.contains(name) =>
            {
                left.push(name.clone());
            }
            (Call::ShmUnlink { name: Name::Literal(name) }, Outcome::Ok) => left.retain(|known| known != name),
            _ => {}
        }
    }
    left
}

/// The processes and threads that matter: those that did something to an object, and those from which they have it.
struct Kept {
    processes: Vec<ProcessAt>,
    /// Those that are forked in the trace.
    forked: HashSet<ProcessAt>,
    labels: HashMap<ThreadAt, Label>,
    first: HashMap<ProcessAt, Label>,
    threads: Vec<ProcessAt>,
}

impl Kept {
    fn of(follower: &Follower) -> Kept {
        let threads: Vec<ProcessAt> = follower.world.threads.iter().map(|thread| thread.process).collect();
        let matters =
            |done: &&Done| !done.objects.is_empty() || done.is_about_names() || matches!(done.what, Act::Other { .. });
        let mut kept: HashSet<ProcessAt> =
            follower.done.iter().filter(matters).map(|done| threads[done.thread]).collect();
        let heir_of = |process: ProcessAt| follower.world.processes[process].heir_of;
        let mut waiting: Vec<ProcessAt> = kept.iter().copied().collect();
        while let Some(process) = waiting.pop() {
            waiting.extend(heir_of(process).filter(|parent| kept.insert(*parent)));
        }
        let mut processes: Vec<ProcessAt> = kept.into_iter().collect();
        processes.sort_unstable();
        let forked: HashSet<ProcessAt> =
            processes.iter().copied().filter(|process| heir_of(*process).is_some()).collect();
        let mut labels = HashMap::new();
        let mut first = HashMap::new();
        for (number, process) in (1i64..).zip(&processes) {
            let label = numbered("p", number);
            first.insert(*process, label);
            labels.insert(follower.world.processes[*process].first, label);
        }
        let mut more: HashMap<ProcessAt, i64> = HashMap::new();
        for done in &follower.done {
            let process = threads[done.thread];
            if let Some(label) = first.get(&process).filter(|_| !labels.contains_key(&done.thread)) {
                let number = more.entry(process).or_insert(1);
                *number += 1;
                labels.insert(done.thread, numbered(&format!("{label}t"), *number));
            }
        }
        Kept { processes, forked, labels, first, threads }
    }

    fn holds(&self, done: &Done) -> bool {
        let is_kept = |process: ProcessAt| self.first.contains_key(&process);
        let of_forked = |thread: &ThreadAt| is_kept(self.threads[*thread]);
        is_kept(self.threads[done.thread]) && !matches!(&done.what, Act::Fork(child) if !of_forked(child))
    }

    fn label(&self, thread: ThreadAt) -> Option<Label> {
        self.labels.get(&thread).copied()
    }

    fn process_label(&self, process: ProcessAt) -> Option<Label> {
        self.first.get(&process).copied()
    }
}

/// Makes events.
struct Builder<'a> {
    kept: &'a Kept,
    follower: &'a Follower,
    names: Names,
}

impl Builder<'_> {
    fn add(&mut self, done: &Done, events: &mut Vec<Event>, others: &mut Vec<Other>) {
        let Some(actor) = self.kept.label(done.thread) else { return };
        let (start, end, waits) = (done.start, done.end, done.waits);
        let outside = || OUTSIDE.parse().expect("it is a label");
        let peer =
            |thread: &Option<ThreadAt>| thread.and_then(|thread| self.kept.label(thread)).unwrap_or_else(outside);
        let mut event = |bind: &[Label], call: Call, outcome: &Outcome, unjudged: &Option<String>| {
            let (bind, outcome, unjudged) = (bind.to_vec(), outcome.clone(), unjudged.clone());
            events.push(Event { actor, bind, call, outcome, fds: None, unjudged, waits, start, end });
        };
        match &done.what {
            Act::Call { bind, call, outcome, unjudged } => {
                let call = call.resolve(1, &mut |name| self.names.shown(name));
                event(bind, call, outcome, unjudged);
            }
            Act::Fork(child) => {
                let process = self.follower.world.threads[*child].process;
                let Some(child) = self.kept.process_label(process) else { return };
                event(&[], Call::Fork { child, pid_namespace: false }, &Outcome::Ok, &None);
            }
            Act::Send { to, fds, outcome, unjudged } => {
                event(&[], Call::Send { to: peer(to), fds: fds.clone() }, outcome, unjudged);
            }
            Act::Receive { from, bind, outcome, unjudged } => {
                // How large the buffer was cannot be seen: there was room for what arrived, and more.
                let room = u32::try_from(bind.len()).ok().map(|arrived| arrived + 2);
                event(bind, Call::Recv { from: peer(from), room }, outcome, unjudged);
            }
            Act::Other { call, outcome } => {
                let other = self.names.hidden(call);
                others.push(Other { actor, other, outcome: outcome.clone(), start, end });
            }
        }
    }
}

/// Names as they are shown.
struct Names {
    anonymous: bool,
    known: BTreeMap<String, String>,
}

impl Names {
    fn new(anonymous: bool) -> Names {
        Names { anonymous, known: BTreeMap::new() }
    }

    /// A name, or another one of the same length that tells nothing.
    fn shown(&mut self, name: &Name) -> String {
        let name = name.literal().unwrap_or_default().to_owned();
        if !self.anonymous {
            return name;
        }
        let number = self.known.len() + 1;
        let shown = self.known.entry(name.clone()).or_insert_with(|| {
            let slash = if name.starts_with('/') { "/" } else { "" };
            let text = format!("{slash}n{number}");
            let filler = name.len().saturating_sub(text.len());
            format!("{text}{}", "x".repeat(filler))
        });
        shown.clone()
    }

    /// A call as text, without names where these are hidden.
    fn hidden(&self, call: &str) -> String {
        match call.split_once('(') {
            Some((function, _)) if self.anonymous => format!("{function}(…)"),
            _ => call.to_owned(),
        }
    }
}
