//! What is known of processes, descriptors, mappings, objects and names, as the log goes on.

use shmconf_model::call::Label;
use std::collections::{BTreeMap, HashMap};

/// Where an object stands in [`World::objects`].
pub(super) type ObjectAt = usize;
/// Where a process stands in [`World::processes`].
pub(super) type ProcessAt = usize;
/// Where a thread stands in [`World::threads`].
pub(super) type ThreadAt = usize;

/// All that is known at a moment.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) threads: Vec<Thread>,
    pub(super) processes: Vec<Process>,
    pub(super) objects: Vec<Object>,
    /// The object of each name that is known to have one, and none for a name that has none.
    pub(super) names: HashMap<String, Option<ObjectAt>>,
    /// The thread of each number.
    numbers: HashMap<u32, ThreadAt>,
    maps: u32,
}

/// A thread, which makes calls.
#[derive(Debug)]
pub(super) struct Thread {
    pub(super) process: ProcessAt,
    pub(super) has_ended: bool,
    /// Where the last signal says that memory could not be used.
    pub(super) fault: Option<u64>,
}

/// A process.
#[derive(Debug, Clone, Default)]
pub(super) struct Process {
    /// Its first thread.
    pub(super) first: ThreadAt,
    /// Who forked it, where it had something of its parent's then.
    pub(super) heir_of: Option<ProcessAt>,
    pub(super) fds: BTreeMap<i64, Open>,
    /// What was opened, and when: a fork that takes its time may have it or not.
    pub(super) opened: Vec<(u64, i64, Open)>,
    /// While it was forked.
    pub(super) forked: (u64, u64),
    pub(super) maps: Vec<Mapped>,
    /// The file mode creation mask, once it is known; and with which it began.
    pub(super) umask: Option<u32>,
    pub(super) began_with_umask: Option<u32>,
    pub(super) has_ended: bool,
    /// Has it chosen its groups? Then a change of its user changes nothing but that.
    pub(super) chose_group: bool,
    /// Why nothing that it does can be judged any more.
    pub(super) unjudged: Option<String>,
}

/// An open descriptor of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) object: ObjectAt,
    /// Is it closed by exec?
    pub(super) cloexec: bool,
}

/// Addresses at which a process has mapped an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mapped {
    pub(super) label: Label,
    pub(super) object: ObjectAt,
    /// Addresses, `[start, end)`.
    pub(super) start: u64,
    pub(super) end: u64,
    /// The first address that the label has ever stood for.
    pub(super) base: u64,
    /// Does a child that is forked have it, too?
    pub(super) inherited: bool,
}

/// An object.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// Why what is done with it cannot be judged any more.
    pub(super) unjudged: Option<String>,
    /// Is it taken to be new, though nobody saw that it was made, and has nothing shown its size yet?
    pub(super) taken_as_new: bool,
    /// With which mode its creator asked for it.
    pub(super) asked_mode: Option<u32>,
    /// Did it ever have a name, by which any process can reach it?
    pub(super) had_name: bool,
}

impl World {
    /// The thread of a number; one that nobody made was there before the log began.
    pub(super) fn thread(&mut self, number: u32) -> ThreadAt {
        match self.numbers.get(&number) {
            Some(at) => *at,
            None => self.begin(number, Process::default()),
        }
    }

    /// A process begins, with a first thread of that number.
    pub(super) fn begin(&mut self, number: u32, process: Process) -> ThreadAt {
        let at = self.threads.len();
        self.processes.push(Process { first: at, began_with_umask: process.umask, ..process });
        self.add_thread(number, self.processes.len() - 1)
    }

    /// A process gets a thread of that number.
    pub(super) fn add_thread(&mut self, number: u32, process: ProcessAt) -> ThreadAt {
        self.threads.push(Thread { process, has_ended: false, fault: None });
        self.numbers.insert(number, self.threads.len() - 1);
        self.threads.len() - 1
    }

    pub(super) fn knows(&self, number: u32) -> bool {
        self.numbers.contains_key(&number)
    }

    /// What its parent opened while it was forked, of that number.
    pub(super) fn inherited(&self, process: ProcessAt, number: i64) -> Option<Open> {
        let process = &self.processes[process];
        let (start, end) = process.forked;
        let opened = self.processes.get(process.heir_of?)?.opened.iter().rev();
        let mut found = opened.filter(|(when, opened, _)| *opened == number && (start..=end).contains(when));
        found.next().map(|(_, _, open)| *open)
    }

    pub(super) fn process(&mut self, thread: ThreadAt) -> &mut Process {
        let at = self.threads[thread].process;
        &mut self.processes[at]
    }

    pub(super) fn add_object(&mut self, object: Object) -> ObjectAt {
        self.objects.push(object);
        self.objects.len() - 1
    }

    /// An object that somebody made of whom the log says nothing.
    pub(super) fn add_stranger(&mut self, why: &str) -> ObjectAt {
        self.add_object(Object { unjudged: Some(why.to_owned()), ..Object::default() })
    }

    /// From now on nothing that is done with the object can be judged.
    pub(super) fn doubt(&mut self, object: ObjectAt, why: &str) {
        self.objects[object].unjudged.get_or_insert_with(|| why.to_owned());
    }

    /// A label for a new mapping.
    pub(super) fn new_map(&mut self) -> Label {
        self.maps += 1;
        numbered("m", i64::from(self.maps))
    }

    /// The parts of a process's mappings that lie in a range of addresses.
    pub(super) fn mapped_in(&mut self, thread: ThreadAt, start: u64, end: u64) -> Vec<Mapped> {
        let maps = self.process(thread).maps.iter().filter(|map| map.start < end && start < map.end);
        maps.map(|map| Mapped { start: map.start.max(start), end: map.end.min(end), ..*map }).collect()
    }

    /// Takes a range of addresses away from a process's mappings.
    pub(super) fn unmap(&mut self, thread: ThreadAt, start: u64, end: u64) {
        let maps = &mut self.process(thread).maps;
        let rest = maps.iter().flat_map(|map| {
            let before = Mapped { end: map.end.min(start), ..*map };
            let behind = Mapped { start: map.start.max(end), ..*map };
            [before, behind].into_iter().filter(|map| map.start < map.end)
        });
        *maps = rest.collect();
    }
}

/// The label of a descriptor of that number, which is one that a descriptor can have.
pub(super) fn fd_label(number: i64) -> Label {
    numbered("d", number)
}

/// The label `stem` followed by a number.
pub(super) fn numbered(stem: &str, number: i64) -> Label {
    format!("{stem}{}", number.unsigned_abs()).parse().expect("letters and digits are a label")
}
