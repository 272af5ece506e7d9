//! Traces of overlapping calls, drawn at random, for the tests of the judge: what the model answers to calls in some order,
//! and, where that is asked for, one outcome that is something else.

use crate::call::{Call, Label};
use crate::model::{self, Site, State};
use crate::outcome::{Errno, Outcome, Signal};
use crate::profile::Profile;
use crate::script::{Line, Script, Step};
use crate::trace::{self, Actor, Event, Header, Platform, Trace};
use proptest::prelude::*;

/// What every trace begins with: two objects, a mapping of each, and children that have all of it.
const SETUP: &str = "# drawn/setup
a: f = shm_open(\"/scx\", RDWR|CREAT, 0600)
a: ftruncate(f, 4096)
a: m = mmap(f, 0, 4096, READ|WRITE, SHARED)
a: g = create(8192)
a: n = mmap(g, 0, 8192, READ|WRITE, SHARED)
a: p = mmap(g, 0, 8192, READ|WRITE, PRIVATE)
a: fork(b)
a: fork(c)
b: fds()
c: fds()
";

/// Calls that one actor may make in a race; `{}` is another actor.
const CALLS: &[&str] = &[
    "h = shm_open(\"/scx\", RDWR)",
    "h = shm_open(\"/scx\", RDWR|CREAT|EXCL, 0600)",
    "h = shm_open(\"/scy\", RDWR|CREAT|EXCL, 0600)",
    "h = shm_open(\"/scx\", RDWR|CREAT|TRUNC, 0600)",
    "shm_unlink(\"/scx\")",
    "shm_unlink(\"/scy\")",
    "names()",
    "h = create(4096)",
    "ftruncate(f, 0)",
    "ftruncate(f, 8192)",
    "ftruncate(g, 100)",
    "ftruncate(h, 5000)",
    "posix_fallocate(f, 0, 8192)",
    "fstat(f)",
    "fstat(h)",
    "fchmod(f, 0400)",
    "q = mmap(f, 0, 4096, READ|WRITE, SHARED)",
    "q = mmap(g, 0, 4096, READ, PRIVATE)",
    "munmap(m)",
    "munmap(n)",
    "munmap(n, 4096, 4096)",
    "q = mmap(f, 0, 4096, READ|WRITE, SHARED, n, 4096)",
    "q = mmap(g, 0, 4096, READ, PRIVATE, m, 0)",
    "mlock(n)",
    "munlock(m)",
    "mprotect(n, 0, 4096, 4096)",
    "mprotect(m, READ)",
    "mprotect(n, READ|WRITE)",
    "store(m, 0, 0x41, 8)",
    "store(m, 4, 0x42, 8)",
    "store(n, 0, 0x41, 1)",
    "store(n, 5000, 0x43, 1)",
    "store(p, 0, 0x44, 4)",
    "load(m, 0, 12)",
    "load(n, 0, 2)",
    "load(p, 0, 8)",
    "load(q, 0, 4)",
    "read(f, 4)",
    "write(f, 0x45, 4)",
    "pread(g, 0, 8)",
    "pwrite(g, 2, 0x46, 4)",
    "lseek(f, 2, SET)",
    "lseek(f, 0, END)",
    "d = dup(f)",
    "d = dup2(f, h)",
    "d = fcntl(f, DUPFD, 7)",
    "fcntl(f, SETFL, APPEND)",
    "fcntl(f, GETFL)",
    "fcntl(f, SETLK, WRLCK)",
    "fcntl(g, SETLK, RDLCK)",
    "fcntl(g, SETLK, UNLCK)",
    "fchown(f, 0, 7)",
    "fchown(f, 1000, 7)",
    "setgid(1000)",
    "seteuid(1000)",
    "inode(f)",
    "inode(g)",
    "links(f)",
    "h = shm_open(\"/scx\", RDWR|CLOFORK)",
    "h = shm_open(\"/scy\", RDWR|CREAT|DIRECTORY, 0600)",
    "h = memfd_create(\"m\", ALLOW_SEALING)",
    "punch(g, 0, 4)",
    "punch(f, 2, 5000)",
    "lseek(f, 0, DATA)",
    "lseek(f, 0, HOLE)",
    "h = reopen(f, RDONLY)",
    "h = reopen(g, RDWR|TRUNC)",
    "filetype(f)",
    "blocks(f)",
    "timestamp(f, MTIME)",
    "timestamp(f, CTIME)",
    "flock(f, EX)",
    "flock(f, SH)",
    "flock(f, UN)",
    "msync(m)",
    "r, s = pipe()",
    "r, h = socketpair()",
    "close(f)",
    "close_stdin()",
    "close(h)",
    "fcntl(f, GETFD)",
    "fcntl(f, SETFD, 0)",
    "fcntl(g, GET_SEALS)",
    "fcntl(g, ADD_SEALS, WRITE)",
    "fcntl(g, ADD_SEALS, SHRINK|GROW)",
    "send({}, f)",
    "send({}, g, f)",
    "r, s = recv({})",
    "fds()",
    "exec()",
    "exit(0)",
    "kill(SIGKILL)",
    "umask(0777)",
    "rlimit(NOFILE, 3)",
    "rlimit(NOFILE, 64)",
    "rlimit(FSIZE, 4096)",
    "rlimit(MEMLOCK, 8192)",
    "unique_names(1, 1)",
];

/// What may be put in the place of an outcome.
fn wrong() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Ok),
        Just(Outcome::Fd(4)),
        Just(Outcome::Value(0)),
        Just(Outcome::Value(4)),
        Just(Outcome::Errno(Errno::EACCES)),
        Just(Outcome::Errno(Errno::EBUSY)),
        Just(Outcome::Errno(Errno::EEXIST)),
        Just(Outcome::Errno(Errno::EINVAL)),
        Just(Outcome::Errno(Errno::EMFILE)),
        Just(Outcome::Errno(Errno::ENOENT)),
        Just(Outcome::Errno(Errno::EPERM)),
        Just(Outcome::Signal(Signal::SIGBUS)),
        Just(Outcome::NotExecuted(String::new())),
        Just(Outcome::Names(Vec::new())),
    ]
}

/// A call of a race: who makes it, which, which of its outcomes, and how long before and after it takes effect it begins
/// and ends.
type Drawn = (usize, usize, usize, u64, u64);

/// A profile and a trace by its rules, in which up to `most` calls overlap; with a fault in some of them.
pub(crate) fn traces(most: usize) -> impl Strategy<Value = (&'static str, Trace)> {
    let profiles: Vec<&'static str> = Profile::ids().collect();
    let call = (0..3usize, 0..CALLS.len(), any::<usize>(), 0..60u64, 0..60u64);
    let fault = proptest::option::of((any::<prop::sample::Index>(), wrong()));
    let threads = any::<bool>();
    (prop::sample::select(profiles), proptest::collection::vec(call, 2..=most), fault, threads).prop_map(
        |(id, calls, fault, threads)| (id, trace(&Profile::get(id).expect("it is built in"), &calls, fault, threads)),
    )
}

/// A profile and a script in which up to `most` calls of three actors race, and somebody looks afterwards.
pub(crate) fn races(most: usize) -> impl Strategy<Value = (&'static str, Script)> {
    let profiles: Vec<&'static str> = Profile::ids().collect();
    let call = (0..3usize, 0..CALLS.len());
    (prop::sample::select(profiles), proptest::collection::vec(call, 2..=most)).prop_map(|(id, calls)| {
        let mut script: Script = SETUP.parse().expect("it is a script");
        script.steps.truncate(8);
        let line = |(who, which): (usize, usize)| {
            let text = format!("{}: {}", ["a", "b", "c"][who], CALLS[which].replace("{}", ["b", "c", "a"][who]));
            text.parse::<Line>().expect("it is a line")
        };
        script.steps.push(Step::Race(calls.into_iter().map(line).collect()));
        let looks = ["a: fstat(f)", "b: load(n, 0, 8)", "c: names()"];
        let looks = looks.map(|text| Step::Line(text.parse().expect("it is a line")));
        script.steps.extend(looks);
        (id, script)
    })
}

fn trace(profile: &Profile, calls: &[Drawn], fault: Option<(prop::sample::Index, Outcome)>, threads: bool) -> Trace {
    let label = |name: &str| name.parse::<Label>().expect("it is a label");
    let actors = ["a", "b", "c"].map(label);
    let mut header = header(vec![actor(actors[0], None)]);
    let mut setup: Script = SETUP.parse().expect("it is a script");
    if threads {
        // The same with threads in the place of children.
        header.actors.extend([actor(actors[1], Some(actors[0])), actor(actors[2], Some(actors[0]))]);
        setup.steps.truncate(6);
    }
    let mut trace = Trace { header, events: Vec::new(), others: Vec::new() };
    let mut state = State::initial(&trace.header);
    setup.steps.truncate(8);
    for line in setup.lines() {
        make(profile, &mut state, &mut trace, (line.who.stem, &line.bind, &line.call), 0);
    }
    let first = trace.events.len();
    let mut points: Vec<(u64, u64, u64)> = Vec::new();
    for &(who, which, outcome, before, after) in calls {
        let other = ["b", "c", "a"][who];
        let text = format!("{}: {}", actors[who], CALLS[which].replace("{}", other));
        let line: Line = text.parse().expect("it is a line");
        make(profile, &mut state, &mut trace, (actors[who], &line.bind, &line.call), outcome);
        let point = 1000 + 20 * points.len() as u64;
        points.push((before, point, after));
    }
    stretch(&mut trace.events[first..], &points);
    if let Some((at, outcome)) = fault {
        let at = first + at.index(trace.events.len() - first);
        trace.events[at].outcome = outcome;
    }
    trace
}

/// What actors did at nearly the same time. The calls took effect in their order, and began and ended in others.
pub(crate) fn race(profile: &Profile, calls: &[String]) -> Trace {
    let script: Script = format!("# drawn/race\n{}", calls.join("\n")).parse().expect("it is a script");
    let who: Vec<Label> = script.lines().map(|line| line.who.stem).collect();
    let mut trace = Trace {
        header: header(who.iter().map(|name| actor(*name, None)).collect()),
        events: Vec::new(),
        others: Vec::new(),
    };
    let mut state = State::initial(&trace.header);
    for line in script.lines() {
        make(profile, &mut state, &mut trace, (line.who.stem, &line.bind, &line.call), 0);
    }
    for (event, at) in trace.events.iter_mut().zip(0..) {
        let point = 1000 + 10 * at;
        (event.start, event.end) = (point - 37 * at % 200, point + 53 * at % 200);
    }
    trace
}

fn header(actors: Vec<Actor>) -> Header {
    Header {
        format: trace::FORMAT.to_owned(),
        case: "drawn/trace".parse().expect("it is an ID"),
        subject: "libc".to_owned(),
        platform: Platform { page_size: 4096, ..Platform::default() },
        machine: crate::trace::Machine::default(),
        seed: 0,
        in_pages: false,
        actors,
    }
}

fn actor(name: Label, process: Option<Label>) -> Actor {
    Actor {
        name,
        uid: 1000,
        gid: 1000,
        groups: Some(vec![7]),
        umask: 0o022,
        privilege: None,
        limits: std::collections::BTreeMap::new(),
        process,
        since: 0,
        fds: Some(vec![0, 1, 2, 3]),
    }
}

/// Makes a call, with one of the outcomes that are allowed.
fn make(
    profile: &Profile,
    state: &mut State,
    trace: &mut Trace,
    (actor, bind, call): (Label, &[Label], &Call),
    which: usize,
) {
    let number = trace.events.len() as u32;
    let call = call.resolve(4096, &mut |name| name.literal().unwrap_or_default().to_owned());
    let mut branches = Vec::new();
    model::step(profile, state, Site { actor, bind, event: number, creating: 0, fds: None }, &call, &mut branches);
    let Some(branch) = branches.get(which % branches.len().max(1)) else { return };
    let outcome = branch.expect.example(state, actor);
    *state = branch.apply(state.clone(), &outcome);
    let at = 10 * u64::from(number);
    trace.events.push(Event {
        actor,
        bind: bind.to_vec(),
        call,
        outcome,
        fds: None,
        unjudged: None,
        waits: false,
        start: at,
        end: at + 5,
    });
}

/// Has every call begin before, and end behind, the moment at which it took effect; those of one actor do not overlap.
fn stretch(events: &mut [Event], points: &[(u64, u64, u64)]) {
    for at in 0..events.len() {
        let (before, point, after) = points[at];
        let actor = events[at].actor;
        let last = (0..at).rev().find(|earlier| events[*earlier].actor == actor);
        let earliest = last.map_or(0, |last| events[last].end + 1);
        events[at].start = (point - before).max(earliest);
        let next = (at + 1..events.len()).find(|later| events[*later].actor == actor);
        let latest = next.map_or(u64::MAX, |next| points[next].1 - 1);
        events[at].end = (point + after).min(latest);
    }
}
