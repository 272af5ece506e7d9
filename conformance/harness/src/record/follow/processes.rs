//! Calls that make processes, change who they are and what they may, and how they end.

use super::super::log::Called;
use super::super::value::{Members, Value};
use super::super::world::{Mapped, ObjectAt, Process, ThreadAt};
use super::{Act, At, Done, Follower};
use shmconf_model::call::{Amount, Call, Resource};
use shmconf_model::outcome::{Outcome, Signal};

/// Are all arguments the number of one user or group?
fn are_equal(at: At<'_>) -> bool {
    let numbers: Vec<_> = at.called.args.0.iter().map(|(_, value)| value.number()).collect();
    numbers.iter().all(|number| number.is_some_and(|number| number >= 0) && *number == numbers[0])
}

/// Does a call make a process or a thread?
pub(super) fn makes_another(name: &str) -> bool {
    matches!(name, "fork" | "vfork" | "clone" | "clone3")
}

impl Called {
    /// The number of the process or thread that the call made, as strace sees it.
    pub(in crate::record) fn child(&self) -> Option<u32> {
        let number = self.value().filter(|number| *number > 0 && makes_another(&self.name));
        let seen_outside = self.outside.map(i64::from);
        u32::try_from(seen_outside.filter(|_| number.is_some()).or(number)?).ok()
    }

    fn clone_flags(&self) -> Vec<&str> {
        let flags = match self.name.as_str() {
            "clone" => self.args.get("flags"),
            "clone3" => self.args.at(0).and_then(Value::members).and_then(|args| args.get("flags")),
            _ => None,
        };
        flags.map(Value::words).unwrap_or_default()
    }
}

impl Follower {
    /// Is it a call on processes? Then it is done with.
    pub(super) fn on_processes(&mut self, at: At<'_>, name: &str) -> bool {
        match name {
            _ if makes_another(name) => self.forked(at),
            "execve" | "execveat" => self.executed(at),
            "exit_group" => self.ends(at.thread, at.start, at.called.args.number(0).unwrap_or(0)),
            "exit" => {}
            "umask" => self.masked(at),
            "setrlimit" | "prlimit64" => self.limited(at, name),
            "setgid" | "setgroups" => self.regrouped(at, name),
            "setuid" => self.becomes_another(at),
            // Three equal numbers are what setuid and setgid set as root.
            "setresuid" if are_equal(at) => self.becomes_another(at),
            "setresgid" if are_equal(at) => self.regrouped(at, "setgid"),
            "setresuid" | "setreuid" | "setresgid" | "setregid" | "unshare" | "chroot" | "pivot_root" | "setns" => {
                self.leaves(at);
            }
            _ => return false,
        }
        true
    }

    fn forked(&mut self, at: At<'_>) {
        let Some(child) = at.called.child() else { return };
        let flags = at.called.clone_flags();
        let parent = self.world.threads[at.thread].process;
        if flags.contains(&"CLONE_THREAD") {
            if !self.world.knows(child) {
                self.world.add_thread(child, parent);
            }
            return;
        }
        if !self.follows_children {
            let why = "the process has a child, which the log does not follow";
            self.world.processes[parent].unjudged.get_or_insert_with(|| why.to_owned());
            return;
        }
        let own = &self.world.processes[parent];
        let inherits = !own.fds.is_empty() || !own.maps.is_empty();
        let mut process = Process {
            heir_of: inherits.then_some(parent),
            has_ended: false,
            opened: Vec::new(),
            forked: (at.start, at.end),
            ..own.clone()
        };
        if flags.contains(&"CLONE_FILES") {
            process.unjudged = Some("it shares its descriptors with its parent, for which there is no word".to_owned());
        }
        let first = self.world.begin(child, process);
        if inherits {
            self.add(at, Act::Fork(first), &[]);
            // For what a child does not have there is no word but that it unmaps it.
            let lost: Vec<Mapped> =
                self.world.process(first).maps.iter().filter(|map| !map.inherited).copied().collect();
            for part in lost {
                self.unmapped(At { thread: first, start: at.end, ..at }, part);
            }
        }
    }

    fn executed(&mut self, at: At<'_>) {
        if at.called.error.is_some() || at.called.result.is_none() {
            return;
        }
        let own = self.world.threads[at.thread].process;
        let others = self.world.threads.iter_mut().enumerate().filter(|(other, _)| *other != at.thread);
        others.filter(|(_, other)| other.process == own).for_each(|(_, other)| other.has_ended = true);
        let process = self.world.process(at.thread);
        let had_any = !process.fds.is_empty() || !process.maps.is_empty();
        process.fds.retain(|_, open| !open.cloexec);
        process.maps.clear();
        if had_any {
            self.tell(at, None, Call::Exec, Outcome::Ok, &[]);
        }
    }

    fn ends(&mut self, thread: ThreadAt, when: u64, code: i64) {
        let code = u8::try_from(code & 0xff).unwrap_or(0);
        self.process_ends(thread, when, Call::Exit { code }, Outcome::Exited(i32::from(code)), &[]);
    }

    fn process_ends(&mut self, thread: ThreadAt, when: u64, call: Call, outcome: Outcome, objects: &[ObjectAt]) {
        let process = self.world.process(thread);
        if std::mem::replace(&mut process.has_ended, true) {
            return;
        }
        process.fds.clear();
        process.maps.clear();
        let unjudged = self.doubts(thread, objects);
        let what = Act::Call { bind: Vec::new(), call, outcome, unjudged };
        self.done.push(Done { thread, start: when, end: when, what, waits: false, objects: objects.to_vec() });
    }

    /// A thread is gone; with its last one a process ends.
    pub(super) fn thread_ends(&mut self, thread: ThreadAt, when: u64, code: i64) {
        self.world.threads[thread].has_ended = true;
        let process = self.world.threads[thread].process;
        if !self.world.threads.iter().any(|other| other.process == process && !other.has_ended) {
            self.ends(thread, when, code);
        }
    }

    pub(super) fn signal(&mut self, thread: ThreadAt, when: u64, signal: &str, about: &Members) {
        let is_fault = signal == "SIGBUS";
        let address = about.get("si_addr").and_then(Value::number).map(i64::cast_unsigned).filter(|_| is_fault);
        let survived = self.world.threads[thread].fault.take();
        let Some(address) = address else { return };
        if survived.is_some() {
            self.survived(thread, when, signal);
        }
        self.world.threads[thread].fault = Some(address);
    }

    /// A program that goes on after a signal has a handler, for which the language has no word.
    fn survived(&mut self, thread: ThreadAt, when: u64, signal: &str) {
        let what =
            Act::Other { call: "an access to memory".to_owned(), outcome: format!("{signal}, which is handled") };
        self.done.push(Done { thread, start: when, end: when, what, waits: false, objects: Vec::new() });
    }

    /// A signal ends the process. SIGBUS at an address of a mapping was an access there; of SIGSEGV nobody can tell whether the
    /// program wanted to read, write or execute.
    pub(super) fn killed(&mut self, thread: ThreadAt, when: u64, signal: &str) {
        let Ok(signal) = signal.parse::<Signal>() else { return self.ends(thread, when, 0) };
        let fault = self.world.threads[thread].fault;
        let map =
            fault.and_then(|address| self.world.mapped_in(thread, address, address.saturating_add(1)).first().copied());
        let (call, objects) = match (fault, map) {
            (Some(address), Some(map)) if signal == Signal::SIGBUS => {
                let offset = Amount::bytes(i64::try_from(address - map.base).unwrap_or(i64::MAX));
                (Call::Load { map: map.label, offset, len: Amount::bytes(1) }, vec![map.object])
            }
            _ => (Call::Kill { signal }, Vec::new()),
        };
        self.process_ends(thread, when, call, Outcome::Signal(signal), &objects);
    }

    fn masked(&mut self, at: At<'_>) {
        let asked = at.called.args.number(0).and_then(|mode| u32::try_from(mode).ok());
        let (Some(mode), Some(former)) = (asked, at.called.value()) else { return };
        let process = self.world.process(at.thread);
        if process.umask.is_none() {
            process.began_with_umask = u32::try_from(former).ok();
        }
        process.umask = Some(mode & 0o777);
        self.tell(at, None, Call::Umask { mode: mode & 0o777 }, Outcome::Value(former), &[]);
    }

    fn limited(&mut self, at: At<'_>, name: &str) {
        let args = &at.called.args;
        let (resource, limit) = if name == "setrlimit" { (0, 1) } else { (1, 2) };
        let is_own = name == "setrlimit" || args.number(0) == Some(0);
        let resource =
            args.words(resource).first().and_then(|word| word.strip_prefix("RLIMIT_")?.parse::<Resource>().ok());
        let soft = args.at(limit).and_then(Value::members).and_then(|limit| limit.get("rlim_cur")).cloned();
        let (Some(resource), Some(soft), Some(outcome), true) = (resource, soft, at.plain(), is_own) else { return };
        let limit = Amount::bytes(soft.number().unwrap_or(i64::MAX));
        self.tell(at, None, Call::Rlimit { resource, limit }, outcome, &[]);
    }

    fn regrouped(&mut self, at: At<'_>, name: &str) {
        let args = &at.called.args;
        let number = |value: &Value| u32::try_from(value.number()?).ok();
        let call = match name {
            "setgid" => args.at(0).and_then(number).map(|gid| Call::Setgid { gid }),
            _ => args.at(1).map(|groups| Call::Setgroups { gids: groups.list().iter().filter_map(number).collect() }),
        };
        let (Some(call), Some(outcome)) = (call, at.plain()) else { return self.leaves(at) };
        self.world.process(at.thread).chose_group = true;
        self.tell(at, None, call, outcome, &[]);
    }

    fn becomes_another(&mut self, at: At<'_>) {
        let uid = at.called.args.number(0).and_then(|uid| u32::try_from(uid).ok());
        let (Some(uid), Some(outcome)) = (uid, at.plain()) else { return };
        if !self.world.process(at.thread).chose_group {
            return self.leaves(at);
        }
        self.tell(at, None, Call::Setuid { uid }, outcome, &[]);
    }

    /// From now on it is not known who the process is, or where its names lead.
    fn leaves(&mut self, at: At<'_>) {
        let name = at.called.name.as_str();
        let (user, group) = self.user.unzip();
        let own = if name.ends_with("gid") { group } else { user };
        let stays =
            |value: &Value| value.number().is_some_and(|id| id == -1 || own.is_some_and(|own| id == i64::from(own)));
        let is_itself = name.starts_with("setre") && at.called.args.0.iter().all(|(_, value)| stays(value));
        if at.called.error.is_some() || is_itself {
            return;
        }
        let why = format!("{} has no model", at.called.name);
        let process = self.world.process(at.thread);
        let has_any = !process.fds.is_empty() || !process.maps.is_empty();
        process.unjudged.get_or_insert(why);
        if has_any {
            self.keep(at);
        }
    }
}
