//! The cases hang together: what a call refers to is still there, what is received was sent, and nobody calls after the end.

use rstest::rstest;
use shmconf_model::call::{Call, Handle, Label};
use shmconf_model::catalogue;
use shmconf_model::outcome::Signal;
use shmconf_model::script::{Script, Step};
use std::collections::{BTreeMap, BTreeSet};

/// What the labels of an actor may stand for.
#[derive(Default, Clone)]
struct Actor {
    fds: BTreeSet<Label>,
    maps: BTreeSet<Label>,
    ignored: BTreeSet<Signal>,
    /// Is it the first process of a PID namespace, which goes on after signals of its own?
    is_first: bool,
    ended: bool,
}

#[derive(Default)]
struct Reader {
    actors: BTreeMap<Label, Actor>,
    /// Messages on their way, by sender and receiver.
    sent: BTreeMap<(Label, Label), usize>,
}

impl Reader {
    fn call(&mut self, who: Label, bind: &[Label], call: &Call) -> Result<(), String> {
        let actor = self.actors.entry(who).or_default();
        if actor.ended {
            return Err("the actor has ended".to_owned());
        }
        let mut gone = None;
        call.uses(&mut |handle| match handle {
            Handle::Fd(label) if !actor.fds.contains(&label) => gone = Some(label),
            Handle::Map(label) if !actor.maps.contains(&label) => gone = Some(label),
            _ => {}
        });
        if let Some(label) = gone {
            return Err(format!("`{label}` stands for nothing any more"));
        }
        match call {
            Call::Mmap { .. } => actor.maps.extend(bind),
            Call::Exec => actor.maps.clear(),
            Call::Sigignore { signal } => drop(actor.ignored.insert(*signal)),
            Call::Exit { .. } => actor.ended = true,
            Call::Kill { signal: Signal::SIGKILL } => actor.ended = !actor.is_first,
            Call::Kill { signal } => actor.ended = !actor.is_first && !actor.ignored.contains(signal),
            Call::Fork { child, pid_namespace } => {
                let copy = Actor { is_first: *pid_namespace, ..actor.clone() };
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
                    return Err("nothing was sent before".to_owned());
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

#[rstest]
#[case("a: f = create(1)\na: exit(0)\na: fstat(f)", "a: fstat(f): the actor has ended")]
#[case("a: fds()\nb: recv(a)", "b: recv(a): nothing was sent before")]
#[case(
    "a: f = create(1)\na: m = mmap(f, 0, 1, READ, SHARED)\na: exec()\na: load(m, 0, 1)",
    "a: load(m, 0, 1): `m` stands for nothing any more"
)]
fn what_cannot_be_executed_is_a_problem(#[case] calls: &str, #[case] expected: &str) {
    let script: Script = format!("# names/x\n# X.\n{calls}\n").parse().expect("it is a script");
    assert_eq!(problem(&script).as_deref(), Some(expected));
}
