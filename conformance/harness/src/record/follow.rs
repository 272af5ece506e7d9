//! Follows a log: each call on shared memory becomes a call of scripts, or is kept as it is.

mod descriptors;
mod files;
mod maps;
mod passing;
mod processes;

use super::calls;
use super::log::{Called, Entry, Log, What};
use super::value::{Value, annotation};
use super::world::{Object, ObjectAt, Open, ThreadAt, World, fd_label};
use passing::Messages;
use shmconf_model::call::{Call, Label};
use shmconf_model::outcome::{Errno, Outcome};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The directory where Linux keeps objects with names.
pub(super) const STORE: &str = "/dev/shm/";

/// What a thread did.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) thread: ThreadAt,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) what: Act,
    /// Is it a call that waits until it can have a lock?
    pub(super) waits: bool,
    /// The objects that it is about.
    pub(super) objects: Vec<ObjectAt>,
}

/// An event of the trace that is to be, or something else that a program did.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// A call of scripts.
    Call { bind: Vec<Label>, call: Call, outcome: Outcome, unjudged: Option<String> },
    /// The process of that thread is forked.
    Fork(ThreadAt),
    /// Descriptors are sent to the process of a thread, or to nobody who is known.
    Send { to: Option<ThreadAt>, fds: Vec<Label>, outcome: Outcome, unjudged: Option<String> },
    /// Descriptors arrive.
    Receive { from: Option<ThreadAt>, bind: Vec<Label>, outcome: Outcome, unjudged: Option<String> },
    /// What is no call of scripts.
    Other { call: String, outcome: String },
}

impl Done {
    /// Is it about a name, which may have no object?
    pub(super) fn is_about_names(&self) -> bool {
        matches!(self.what, Act::Call { call: Call::ShmOpen { .. } | Call::ShmUnlink { .. }, .. })
    }
}

impl Act {
    /// It cannot be judged, and why.
    fn doubt(&mut self, why: &str) {
        if let Act::Call { unjudged, .. } | Act::Send { unjudged, .. } | Act::Receive { unjudged, .. } = self {
            unjudged.get_or_insert_with(|| why.to_owned());
        }
    }
}

/// What was left out, by why, and how often.
pub(super) type LeftOut = BTreeMap<&'static str, u64>;

/// Follows a log.
#[derive(Debug, Default)]
pub(super) struct Follower {
    pub(super) world: World,
    pub(super) done: Vec<Done>,
    pub(super) left_out: LeftOut,
    /// How many objects were opened by their paths.
    pub(super) by_path: u64,
    /// Does the log follow children?
    follows_children: bool,
    /// Names that were there before; nothing where that is not known.
    before: Option<BTreeSet<String>>,
    /// The owner of what the program makes, as `fstat` showed it.
    pub(super) owner: Option<(u32, u32)>,
    /// The user and the group of the program, where they are known.
    pub(super) user: Option<(u32, u32)>,
    /// The file mode creation mask, as the mode of a new object showed it.
    pub(super) umask: Option<u32>,
    messages: Messages,
    /// Children whose first line was seen, by when.
    first_seen: HashMap<u32, u64>,
}

/// The call that is looked at.
#[derive(Clone, Copy)]
struct At<'a> {
    thread: ThreadAt,
    start: u64,
    end: u64,
    called: &'a Called,
}

impl Follower {
    /// Follows a log to its end.
    pub(super) fn follow(log: &Log, before: Option<BTreeSet<String>>, user: Option<(u32, u32)>) -> Follower {
        let mut follower = Follower { before, user, follows_children: log.has_processes, ..Follower::default() };
        for entry in &log.entries {
            follower.first_seen.entry(entry.thread).or_insert(entry.start);
        }
        let mut entries: Vec<&Entry> = log.entries.iter().collect();
        entries.sort_by_key(|entry| follower.moment(entry));
        for entry in entries {
            follower.entry(entry);
        }
        follower.settle_messages();
        follower.done.sort_by_key(|done| done.start);
        follower
    }

    /// When what an entry tells takes effect.
    fn moment(&self, entry: &Entry) -> u64 {
        match &entry.what {
            What::Call(called) if processes::makes_another(&called.name) => {
                let child = called.child().and_then(|child| self.first_seen.get(&child)).copied();
                entry.end.min(child.map_or(u64::MAX, |seen| seen.saturating_sub(1))).max(entry.start)
            }
            What::Call(called) if calls::gives(&called.name) => entry.end,
            _ => entry.start,
        }
    }

    fn entry(&mut self, entry: &Entry) {
        let thread = self.world.thread(entry.thread);
        match &entry.what {
            What::Call(called) => {
                let at = At { thread, start: entry.start, end: entry.end, called };
                self.called(at);
            }
            What::Signal(signal, about) => self.signal(thread, entry.start, signal, about),
            What::Exited(code) => self.thread_ends(thread, entry.start, *code),
            What::Killed(signal) => self.killed(thread, entry.start, signal),
        }
    }

    /// Looks at a call; one that was interrupted before it did anything comes again.
    fn called(&mut self, at: At<'_>) {
        let name = at.called.name.as_str();
        if at.called.result.is_none() && !matches!(name, "exit" | "exit_group" | "execve") {
            return;
        }
        let known = self.on_paths(at, name)
            || self.on_descriptors(at, name)
            || self.on_maps(at, name)
            || self.on_messages(at, name)
            || self.on_processes(at, name);
        if !known {
            self.no_model(at, &[]);
        }
    }

    /// The object behind a descriptor, if it is shared memory.
    fn object(&mut self, thread: ThreadAt, fd: Option<&Value>) -> Option<(i64, ObjectAt)> {
        let fd = fd?;
        let number = fd.number().filter(|number| is_descriptor(*number))?;
        let stands_for = fd.stands_for();
        let known = self.world.process(thread).fds.get(&number).map(|open| open.object);
        match (known, stands_for) {
            (Some(object), None) => Some((number, object)),
            (Some(object), Some(path)) if is_shared_memory(path) => Some((number, object)),
            (Some(_), Some(_)) => {
                self.world.process(thread).fds.remove(&number);
                None
            }
            (None, Some(path)) if is_shared_memory(path) => {
                let process = self.world.threads[thread].process;
                if let Some(open) = self.world.inherited(process, number) {
                    self.world.process(thread).fds.insert(number, open);
                    return Some((number, open.object));
                }
                let object = self.world.add_stranger("the log lacks the call that opened the object");
                self.world.process(thread).fds.insert(number, Open { object, cloexec: false });
                Some((number, object))
            }
            (None, _) => None,
        }
    }

    fn open(&mut self, at: At<'_>, number: i64, open: Open) {
        let process = self.world.process(at.thread);
        process.fds.insert(number, open);
        process.opened.push((at.end, number, open));
    }

    /// Why a call on those objects cannot be judged.
    fn doubts(&mut self, thread: ThreadAt, objects: &[ObjectAt]) -> Option<String> {
        let of_process = self.world.process(thread).unjudged.clone();
        of_process.or_else(|| objects.iter().find_map(|object| self.world.objects[*object].unjudged.clone()))
    }

    /// A call of scripts on those objects. What cannot be judged leaves them in a state that is not known.
    fn tell(&mut self, at: At<'_>, bind: Option<Label>, call: Call, outcome: Outcome, objects: &[ObjectAt]) {
        if call.checked().is_err() {
            return self.no_model(at, objects);
        }
        let lacks = matches!(
            outcome,
            Outcome::Errno(Errno::ENOSPC | Errno::ENOMEM | Errno::EMFILE | Errno::ENFILE | Errno::EFBIG | Errno::EINTR)
        );
        let unjudged = self.doubts(at.thread, objects);
        if lacks {
            let unjudged = unjudged.or(Some("what this system lacked at that moment is not known".to_owned()));
            return self.add(at, Act::Call { bind: Vec::new(), call, outcome, unjudged }, objects);
        }
        if let Some(why) = &unjudged {
            objects.iter().for_each(|object| self.world.doubt(*object, why));
        }
        let act = Act::Call { bind: bind.into_iter().collect(), call, outcome, unjudged };
        self.add(at, act, objects);
    }

    fn add(&mut self, at: At<'_>, what: Act, objects: &[ObjectAt]) {
        let At { thread, start, end, .. } = at;
        let waits = descriptors::waits_for_a_lock(at.called);
        self.done.push(Done { thread, start, end, what, waits, objects: objects.to_vec() });
    }

    /// A call that has no model. What it may have changed of those objects, if it succeeded, is uncertain from now on.
    fn no_model(&mut self, at: At<'_>, changed: &[ObjectAt]) {
        for object in changed.iter().filter(|_| at.called.error.is_none()) {
            self.world.doubt(*object, &format!("this call of {} has no model", at.called.name));
        }
        self.keep(at);
    }

    /// A call that is shown, and changes nothing that matters.
    fn keep(&mut self, at: At<'_>) {
        let Called { result, error, remark, .. } = at.called;
        let outcome = match (error, result) {
            (Some(error), _) => error.clone(),
            (None, Some(Value::Number(_))) if at.called.name == "mremap" => "ok".to_owned(),
            (None, Some(Value::Number(0))) => "ok".to_owned(),
            (None, Some(Value::Number(number))) => number.to_string(),
            (None, Some(Value::Descriptor { number, .. })) => format!("descriptor {number}"),
            _ => remark.clone(),
        };
        let act = Act::Other { call: without_paths(&at.called.text), outcome };
        self.add(at, act, &[]);
    }

    fn leave_out(&mut self, why: &'static str) {
        *self.left_out.entry(why).or_default() += 1;
    }

    /// A new object, which the program is known to have made, or is taken to have made.
    fn new_object(&mut self, is_certain: bool, asked_mode: u32) -> ObjectAt {
        let asked_mode = Some(asked_mode);
        self.world.add_object(Object { taken_as_new: !is_certain, asked_mode, ..Object::default() })
    }
}

impl At<'_> {
    /// The outcome of a call that answers nothing but whether it succeeded; nothing for an error without a name.
    fn plain(self) -> Option<Outcome> {
        self.answered(|_| Outcome::Ok)
    }

    fn answered(self, outcome: impl FnOnce(i64) -> Outcome) -> Option<Outcome> {
        match &self.called.error {
            // A bad address is one that no script can give.
            Some(error) if error == "EFAULT" => None,
            Some(error) => error.parse::<Errno>().ok().map(Outcome::Errno),
            None => self.called.value().map(outcome),
        }
    }

    /// A descriptor, or an error.
    fn descriptor(self) -> Option<Outcome> {
        self.answered(|number| Outcome::Fd(i32::try_from(number).unwrap_or(i32::MAX)))
    }

    /// What the descriptor is called that the call has opened.
    fn label(self) -> Option<Label> {
        self.opened().map(fd_label)
    }

    /// The number of the descriptor that the call has opened.
    fn opened(self) -> Option<i64> {
        self.called.value().filter(|number| is_descriptor(*number))
    }
}

fn is_descriptor(number: i64) -> bool {
    i32::try_from(number).is_ok_and(|number| number >= 0)
}

/// Is what a descriptor stands for shared memory? Semaphores lie beside it.
fn is_shared_memory(stands_for: &str) -> bool {
    stands_for.starts_with("/memfd:") || name_of(stands_for).is_some_and(|name| !is_semaphore(&name))
}

/// The name of the object that lies at a path.
fn name_of(path: &str) -> Option<String> {
    let name = path.strip_prefix(STORE)?;
    let name = name.strip_suffix(" (deleted)").unwrap_or(name);
    (!name.is_empty() && !name.contains('/')).then(|| format!("/{name}"))
}

/// Where the object of a name lies.
pub fn path_of(name: &str) -> String {
    format!("{STORE}{}", name.trim_start_matches('/'))
}

/// glibc keeps semaphores with names beside shared memory.
fn is_semaphore(name: &str) -> bool {
    name.starts_with("/sem.")
}

/// The text of a call without the paths that belong to nobody but the program.
fn without_paths(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('"') {
        shown.push_str(before);
        let (quoted, after) = behind.split_once('"').unwrap_or((behind, ""));
        let is_name = quoted.starts_with(STORE);
        shown.push_str(&if is_name { format!("{quoted:?}") } else { "\"…\"".to_owned() });
        rest = after;
    }
    shown.push_str(rest);
    let mut plain = String::new();
    let mut rest = shown.as_str();
    while let Some((before, behind)) = rest.split_once('<') {
        plain.push_str(before);
        if let Some(behind) = behind.strip_prefix('<') {
            plain.push_str("<<");
            rest = behind;
            continue;
        }
        let (stands_for, behind) = annotation(behind).unwrap_or(("", behind));
        if is_shared_memory(stands_for) {
            plain.push_str(&format!("<{stands_for}>"));
        }
        rest = behind;
    }
    plain.push_str(rest);
    plain
}
