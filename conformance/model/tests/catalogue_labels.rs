//! The cases hang together: what a call refers to was made before, and nobody calls after the end.

use shmconf_model::call::{Call, Handle, Label};
use shmconf_model::catalogue;
use shmconf_model::script::{Script, Step};
use std::collections::{BTreeMap, BTreeSet};

/// What the labels of an actor may stand for.
#[derive(Default, Clone)]
struct Actor {
    fds: BTreeSet<Label>,
    maps: BTreeSet<Label>,
    ended: bool,
}

#[derive(Default)]
struct Reader {
    actors: BTreeMap<Label, Actor>,
    /// Messages on their way, by sender and receiver.
    sent: BTreeMap<(Label, Label), usize>,
}

/// The labels of descriptors and the label of a mapping that a call refers to.
fn refers_to(call: &Call) -> (Vec<Label>, Option<Label>) {
    match (call, call.handle()) {
        (Call::Send { fds, .. }, _) => (fds.clone(), None),
        (_, Some(Handle::Fd(fd))) => (vec![*fd], None),
        (_, Some(Handle::Map(map))) => (Vec::new(), Some(*map)),
        _ => (Vec::new(), None),
    }
}

impl Reader {
    fn call(&mut self, who: Label, bind: &[Label], call: &Call) -> Result<(), String> {
        let actor = self.actors.entry(who).or_default();
        if actor.ended {
            return Err("the actor has ended".to_owned());
        }
        let (fds, map) = refers_to(call);
        for (label, known) in fds.iter().map(|fd| (fd, &actor.fds)).chain(map.iter().map(|map| (map, &actor.maps))) {
            if !known.contains(label) {
                return Err(format!("`{label}` was not bound before"));
            }
        }
        match call {
            Call::Mmap { .. } => actor.maps.extend(bind),
            Call::Munmap { map, range: None } => {
                actor.maps.remove(map);
            }
            Call::Exec => actor.maps.clear(),
            Call::Exit { .. } | Call::Kill { .. } => actor.ended = true,
            Call::Fork { child, .. } => {
                let copy = actor.clone();
                self.actors.insert(*child, copy);
            }
            Call::Send { to, .. } => *self.sent.entry((who, *to)).or_default() += 1,
            Call::Recv { from, .. } => {
                actor.fds.extend(bind);
                let sent = self.sent.entry((*from, who)).or_default();
                let rest = sent.checked_sub(1);
                *sent = rest.unwrap_or_default();
                let ended = self.actors.get(from).is_some_and(|peer| peer.ended);
                if rest.is_none() && !ended {
                    return Err("nothing was sent before, and the peer has not ended".to_owned());
                }
            }
            _ => actor.fds.extend(bind),
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        // In a race a receiver may stand before the sender whom it waits for.
        let (receives, others): (Vec<_>, Vec<_>) =
            step.lines().iter().partition(|line| matches!(line.call, Call::Recv { .. }));
        for line in others.into_iter().chain(receives) {
            for actor in line.who.actors() {
                self.call(actor, &line.bind, &line.call).map_err(|problem| format!("{line}: {problem}"))?;
            }
        }
        Ok(())
    }
}

fn problem(script: &Script) -> Option<String> {
    let mut reader = Reader::default();
    script.steps.iter().find_map(|step| reader.step(step).err())
}

#[test]
fn every_call_refers_to_what_an_earlier_call_made() {
    let problems: Vec<String> = catalogue::cases()
        .iter()
        .filter_map(|case| problem(case).map(|problem| format!("{}: {problem}", case.id)))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_label_that_nothing_bound_is_a_problem() {
    let script: Script = "# names/x\n# X.\na: fstat(f)\n".parse().expect("it is a script");
    assert_eq!(problem(&script).as_deref(), Some("a: fstat(f): `f` was not bound before"));
}
