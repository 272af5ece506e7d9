//! From drawn calls to a script: every label stands for something that an earlier call made, every actor that is spoken to
//! makes calls, and whoever waits for a message gets one.

use super::draw::{Draw, label, some};
use shmconf_model::call::{Call, Handle, Label, Resource};
use shmconf_model::script::{Line, Script, Step, Who};
use std::collections::{BTreeMap, BTreeSet};

/// Children are made until there are so many actors.
const MOST_ACTORS: usize = 6;

/// Pages of any system are larger than what is drawn beside whole ones, so that it does not matter how large they are.
const PAGE: u64 = 4096;

/// Puts a script together, line by line.
pub(super) struct Assembly {
    script: Script,
    actors: Vec<Label>,
    holdings: BTreeMap<Label, Holdings>,
    /// Descriptors in each message on its way from one actor to another.
    messages: BTreeMap<(Label, Label), Vec<usize>>,
    labels: u32,
    /// Is nothing sent by an actor that an earlier call may have ended? Whoever receives would wait for nothing.
    careful: bool,
    /// Children of the step that is being put together: their calls come after it.
    born: Vec<(Label, Holdings)>,
}

/// What an actor has to refer to.
#[derive(Clone, Default)]
struct Holdings {
    fds: Vec<Label>,
    /// Those of them that a call has closed.
    closed: BTreeSet<Label>,
    /// Those of them that surely stand for an open descriptor. Others are not sent: the send could fail, or not be executed,
    /// and whoever receives would wait for nothing.
    sure: Vec<Label>,
    maps: Vec<Label>,
    gone: bool,
    /// May a call have ended the actor, or kept it from sending or receiving?
    doubtful: bool,
    /// Has a call limited it, so that no namespace may start?
    limited: bool,
    /// Is it the first of a PID namespace? It ends its children.
    first: bool,
}

impl Assembly {
    /// An empty script of a property, with that many actors.
    pub(super) fn new(id: &str, actors: u8) -> Assembly {
        let script = Script {
            id: id.parse().expect("the IDs are written down in this folder"),
            about: vec!["Drawn by a generator.".to_owned()],
            requirements: Default::default(),
            repeat: 1,
            steps: Vec::new(),
        };
        let actors = (0..actors).map(|at| label(&char::from(b'a' + at).to_string())).collect();
        Assembly {
            script,
            actors,
            holdings: BTreeMap::new(),
            messages: BTreeMap::new(),
            labels: 0,
            careful: false,
            born: Vec::new(),
        }
    }

    /// Has nothing sent by an actor that a call may have ended.
    pub(super) fn careful(self) -> Assembly {
        Assembly { careful: true, ..self }
    }

    /// Adds the calls one after the other.
    pub(super) fn then(mut self, draws: impl IntoIterator<Item = Draw>) -> Assembly {
        for draw in draws {
            let line = self.line(draw);
            self.script.steps.extend(line.map(Step::Line));
            self.grow_up();
        }
        self
    }

    /// Adds the calls to be made at once.
    pub(super) fn race(mut self, draws: impl IntoIterator<Item = Draw>) -> Assembly {
        let lines: Vec<Line> = draws.into_iter().filter_map(|draw| self.line(draw)).collect();
        if !lines.is_empty() {
            self.script.steps.push(Step::Race(lines));
        }
        self.grow_up();
        self
    }

    /// The script. An actor that would make no call, though it is spoken to, makes one that does nothing.
    pub(super) fn script(mut self) -> Script {
        let callers: BTreeSet<Label> = self.script.lines().map(|line| line.who.stem).collect();
        let spoken_to: BTreeSet<Label> = self.script.lines().filter_map(|line| line.call.peer()).collect();
        let nobody = self.actors.iter().copied().take(1).filter(|_| callers.is_empty());
        for actor in spoken_to.difference(&callers).copied().chain(nobody) {
            self.script.steps.push(Step::Line(Line { who: Who::one(actor), bind: Vec::new(), call: Call::Fds }));
        }
        self.script
    }

    /// The call with labels, unless there is nothing that they could stand for.
    fn line(&mut self, Draw { actor, pick, mut call }: Draw) -> Option<Line> {
        let actor = self.actors[usize::from(actor) % self.actors.len()];
        let holdings = self.holdings.entry(actor).or_default();
        if holdings.gone {
            return None;
        }
        holdings.doubtful |= self.careful && may_end_its_actor(&call);
        match call {
            Call::Fork { pid_namespace: true, .. } | Call::LimitedStore { .. } if self.careful && holdings.limited => {
                return None;
            }
            // What the first process of a namespace forks ends with it, and how is told to nobody.
            Call::Fork { .. } if holdings.first => return None,
            Call::Rlimit { resource: Resource::Nofile | Resource::Fsize, .. } => holdings.limited = true,
            _ => {}
        }
        let picked = |of: &[Label]| of.get(usize::from(pick) % of.len().max(1)).copied();
        match call.handle_mut() {
            Some(Handle::Fd(fd)) => *fd = picked(&holdings.fds)?,
            Some(Handle::Map(map)) => *map = picked(&holdings.maps)?,
            None => {}
        }
        let bind = match &mut call {
            // Whether an object of a name is there, and may be opened, is a matter of what others do.
            Call::ShmOpen { .. } | Call::MemfdCreate { .. } | Call::Reopen { .. } => vec![self.new_fd(actor, false)],
            Call::Create { size } => {
                let sure = size.resolve(PAGE).get() > 0;
                vec![self.new_fd(actor, sure)]
            }
            Call::Dup { fd } => {
                let sure = holdings.sure.contains(fd);
                vec![self.new_fd(actor, sure)]
            }
            // There may be no number as high as that.
            Call::FcntlDupfd { .. } => vec![self.new_fd(actor, false)],
            Call::Dup2 { onto, .. } => {
                *onto = *holdings.fds.last()?;
                // Two labels stand for one number, which either may close.
                let onto = *onto;
                holdings.sure.retain(|sure| *sure != onto);
                vec![self.new_fd(actor, false)]
            }
            Call::Mmap { over, .. } => {
                if let Some(over) = over {
                    over.map = picked(&holdings.maps)?;
                }
                self.labels += 1;
                let map = label(&format!("m{}", self.labels));
                self.holdings.entry(actor).or_default().maps.push(map);
                vec![map]
            }
            Call::Close { fd } => {
                // Closed a second time, the number may be another descriptor's by now.
                match holdings.closed.insert(*fd) {
                    true => holdings.sure.retain(|sure| sure != fd),
                    false => holdings.sure.clear(),
                }
                Vec::new()
            }
            Call::Munmap { map, range: None } => {
                // Whoever accesses what is unmapped ends, so that it is seldom done.
                if pick > 0 {
                    holdings.maps.retain(|known| known != map);
                }
                Vec::new()
            }
            Call::Exit { .. } | Call::Kill { .. } => {
                holdings.gone = true;
                Vec::new()
            }
            Call::Send { to, fds } => {
                let others: Vec<Label> = self.actors.iter().copied().filter(|other| *other != actor).collect();
                *to = picked(&others)?;
                let sure = holdings.sure.clone();
                let count = fds.len().min(sure.len());
                *fds = sure.iter().cycle().skip(usize::from(pick)).take(count).copied().collect();
                let stuck = |peer: &Holdings| peer.gone || peer.doubtful;
                if count == 0 || holdings.doubtful || self.holdings.get(to).is_some_and(stuck) {
                    return None;
                }
                self.messages.entry((actor, *to)).or_default().push(count);
                Vec::new()
            }
            Call::Recv { from, room } => {
                let waiting = self.messages.iter().filter(|((_, to), counts)| *to == actor && !counts.is_empty());
                *from = waiting.map(|((from, _), _)| *from).next()?;
                let count = self.messages.get_mut(&(*from, actor))?.remove(0);
                // What does not fit is lost, on some systems the whole message with it.
                let sure = room.is_none();
                (0..count).map(|_| self.new_fd(actor, sure)).collect()
            }
            Call::Exec => {
                // Descriptors are close-on-exec but where a call has said otherwise, and mappings are gone.
                holdings.sure.clear();
                holdings.maps.clear();
                Vec::new()
            }
            Call::Fork { child, pid_namespace } if *child == some() => {
                let number = self.actors.len() + self.born.len();
                if number >= MOST_ACTORS {
                    return None;
                }
                *child = label(&format!("c{number}"));
                self.born.push((*child, Holdings { first: *pid_namespace, ..holdings.clone() }));
                Vec::new()
            }
            _ => Vec::new(),
        };
        Some(Line { who: Who::one(actor), bind, call })
    }

    /// Has the children of the last step make calls from now on.
    fn grow_up(&mut self) {
        for (child, holdings) in self.born.drain(..) {
            self.actors.push(child);
            self.holdings.insert(child, holdings);
        }
    }

    fn new_fd(&mut self, actor: Label, sure: bool) -> Label {
        self.labels += 1;
        let fd = label(&format!("f{}", self.labels));
        let holdings = self.holdings.entry(actor).or_default();
        holdings.fds.push(fd);
        holdings.sure.extend(sure.then_some(fd));
        fd
    }
}

/// May a call end its actor, or leave it without room for a descriptor?
fn may_end_its_actor(call: &Call) -> bool {
    matches!(
        call,
        Call::Store { .. }
            | Call::Load { .. }
            | Call::Ftruncate { .. }
            | Call::PosixFallocate { .. }
            | Call::Write { .. }
            | Call::Pwrite { .. }
            | Call::Rlimit { .. }
            | Call::Exec
    )
}
