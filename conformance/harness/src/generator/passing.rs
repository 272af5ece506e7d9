//! Descriptors that travel.

use super::assemble::Assembly;
use super::draw::{self, Draw, label};
use super::{Entry, edges};
use proptest::prelude::*;
use shmconf_model::call::{Amount, Call, MapFlags};
use shmconf_model::script::{Requirement, Script};

pub(super) const PROPERTIES: &[Entry] = &[(
    TRAVELS,
    "However a descriptor travels, it is the same object, and lives though its sender closes it or ends.",
    &[Requirement::Anonymous, Requirement::Passing],
    travels,
)];

const TRAVELS: &str = "passing/same-object-however-it-travels";

fn travels() -> BoxedStrategy<Script> {
    let send = (1usize..5).prop_map(|count| Call::Send { to: label("b"), fds: vec![draw::some(); count] });
    let recv = prop_oneof![5 => Just(None), 1 => (0u32..3).prop_map(Some)];
    let calls = prop_oneof![
        4 => send.boxed(),
        4 => recv.prop_map(|room| Call::Recv { from: label("a"), room }).boxed(),
        2 => draw::mmap(MapFlags::SHARED),
        2 => draw::store(),
        3 => draw::load(),
        1 => draw::close(),
        1 => draw::fstat(),
        1 => edges::inside().prop_map(|size| Call::Ftruncate { fd: draw::some(), size }).boxed(),
        1 => Just(Call::FcntlGetfd { fd: draw::some() }).boxed(),
        1 => draw::fds(),
        1 => draw::exit(),
    ];
    prop::collection::vec(draw::draw(3, calls), 1..20)
        .prop_map(|draws| {
            let create = Draw { actor: 0, pick: 0, call: Call::Create { size: Amount::pages(2) } };
            Assembly::new(TRAVELS, 3).then([create]).then(draws).script()
        })
        .boxed()
}
