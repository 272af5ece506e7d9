//! Creators, openers and unlinkers at once.

use super::Entry;
use super::assemble::Assembly;
use super::draw::{self, Draw};
use proptest::prelude::*;
use shmconf_model::script::{Requirement, Script};

pub(super) const PROPERTIES: &[Entry] = &[(
    WINNER,
    "In any interleaving of creators, openers and unlinkers one of them wins at a time.",
    &[Requirement::Named],
    one_winner,
)];

const WINNER: &str = "exclusive/any-interleaving-has-one-winner";

fn one_winner() -> BoxedStrategy<Script> {
    let calls = prop_oneof![3 => draw::shm_open(), 2 => draw::shm_unlink()];
    let before = prop::collection::vec(draw::draw(1, draw::shm_open()), 0..2);
    let racing = prop::collection::vec(draw::draw(4, calls), 2..9);
    (before, racing)
        .prop_map(|(before, racing): (Vec<Draw>, _)| Assembly::new(WINNER, 4).then(before).race(racing).script())
        .boxed()
}
