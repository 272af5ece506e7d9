//! Footprints held against what calls do: no call changes a part of the state that its footprint does not name.

use super::{Footprint, Made, Place, Scene};
use crate::drawn;
use crate::model::state::State;
use crate::model::{self, Site};
use crate::profile::Profile;
use crate::trace::Event;
use proptest::prelude::*;

fn made(number: usize, event: &Event) -> Made<'_> {
    let site =
        Site { actor: event.actor, bind: &event.bind, event: number as u32, creating: 0, fds: event.fds.as_deref() };
    Made { site, call: &event.call, outcome: &event.outcome }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(500)))]

    #[test]
    fn a_call_changes_nothing_beside_its_footprint((id, trace) in drawn::traces(7)) {
        let profile = Profile::get(id).unwrap();
        let mut state = State::initial(&trace.header);
        let events: Vec<(usize, &Event)> = trace.events.iter().enumerate().collect();
        let mut footprints: Vec<Footprint> = Vec::new();
        for (number, event) in &events {
            if *number == 8 || footprints.is_empty() {
                let states = [&state];
                let scene = Scene::new(&states, events.iter().map(|(number, event)| made(*number, event)));
                footprints = events.iter().map(|(number, event)| scene.footprint(made(*number, event))).collect();
            }
            let made = made(*number, event);
            let mut branches = Vec::new();
            model::step(&profile, &state, made.site, made.call, &mut branches);
            let matching: Vec<_> = branches.iter().filter(|branch| branch.expect.matches(made.outcome)).collect();
            for branch in &matching {
                let after = branch.apply(state.clone(), made.outcome);
                for change in state.changes(&after) {
                    let covered = footprints[*number].writes.iter().any(|place| place.covers(&change));
                    prop_assert!(covered, "{event} changes {change:?}, beside {:?}", footprints[*number]);
                }
            }
            let Some(branch) = matching.first() else { break };
            state = branch.apply(state, made.outcome);
        }
    }
}

#[test]
fn an_object_that_cannot_be_told_overlaps_with_every_other() {
    use super::place::Of;
    use crate::model::state::ObjectId;
    let one = Place::Object(Of::One(ObjectId(1)));
    assert!(one.overlaps(&Place::Object(Of::Any)));
    assert!(!one.overlaps(&Place::Object(Of::One(ObjectId(2)))));
    assert!(!one.overlaps(&Place::Mapped(Of::Any)));
}
