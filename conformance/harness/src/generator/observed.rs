//! Whatever can be asked of descriptors is asked after each call, so that no call can change what nothing looks at.

use super::assemble::Assembly;
use super::draw::{self, Draw, some};
use super::whole::{of_descriptors, opening};
use super::{Entry, edges};
use proptest::prelude::*;
use shmconf_model::call::{Amount, Call, Whence};
use shmconf_model::script::{Requirement, Script};

pub(super) const PROPERTIES: &[Entry] = &[
    (
        NAMED,
        "No call changes flags, offset, size, mode or names but as it may.",
        &[Requirement::Named, Requirement::Passing, Requirement::Fork],
        named,
    ),
    (
        SEALED,
        "No call changes flags, offset, size, mode or seals of a nameless object but as it may.",
        &[Requirement::Anonymous, Requirement::Passing, Requirement::Seals],
        sealed,
    ),
];

const NAMED: &str = "access/observed-after-each-call";
const SEALED: &str = "anonymous/observed-after-each-call";

/// How many descriptors of an actor are looked at.
const LOOKED_AT: u8 = 3;

fn observers(seals: bool) -> Vec<Call> {
    let mut calls = vec![
        Call::FcntlGetfd { fd: some() },
        Call::FcntlGetfl { fd: some() },
        Call::Lseek { fd: some(), offset: Amount::bytes(0), whence: Whence::Cur },
        Call::Fstat { fd: some() },
    ];
    calls.extend(seals.then(|| Call::FcntlGetSeals { fd: some() }));
    calls
}

/// The calls, and behind each what is asked of the first descriptors of whoever made it.
fn observed(
    id: &'static str,
    first: impl Strategy<Value = Call> + 'static,
    calls: BoxedStrategy<Call>,
) -> BoxedStrategy<Script> {
    let before = first.prop_map(|call| Draw { actor: 0, pick: 0, call });
    (before, prop::collection::vec(draw::draw(2, calls), 1..8))
        .prop_map(move |(first, draws)| {
            let seals = id == SEALED;
            let look = |actor, pick| observers(seals).into_iter().map(move |call| Draw { actor, pick, call });
            let start = Assembly::new(id, 2).careful().then([first]).then(look(0, 0));
            let add = |script: Assembly, draw: Draw| {
                let actor = draw.actor;
                let names = (!seals).then_some(Draw { actor, pick: 0, call: Call::Names });
                script.then([draw]).then((0..LOOKED_AT).flat_map(|pick| look(actor, pick))).then(names)
            };
            draws.into_iter().fold(start, add).script()
        })
        .boxed()
}

fn passing() -> BoxedStrategy<Call> {
    prop_oneof![
        (1usize..4).prop_map(|count| Call::Send { to: some(), fds: vec![some(); count] }),
        Just(Call::Recv { from: some(), room: None }),
    ]
    .boxed()
}

fn named() -> BoxedStrategy<Script> {
    let fork = Just(Call::Fork { child: some(), pid_namespace: false });
    let others = prop_oneof![1 => draw::shm_unlink(), 1 => Just(Call::Exec), 1 => fork, 1 => edges::umask().prop_map(|mode| Call::Umask { mode })];
    let calls = prop_oneof![4 => opening(), 8 => of_descriptors(), 3 => passing(), 2 => others];
    observed(NAMED, draw::shm_open(), calls.boxed())
}

fn sealed() -> BoxedStrategy<Script> {
    let create = || Just(Call::Create { size: Amount::pages(2) });
    let calls = prop_oneof![1 => create(), 6 => of_descriptors(), 3 => super::whole::seals(), 2 => passing()];
    observed(SEALED, create(), calls.boxed())
}
