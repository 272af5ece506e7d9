//! What the generators draw.

use rstest::rstest;
use shmconf::call::{Call, Entry, Label};
use shmconf::generator;
use shmconf::script::{Script, Step};
use std::collections::BTreeSet;

/// Scripts drawn from each property.
const DRAWS: usize = 200;

#[test]
fn every_script_that_is_drawn_prints_as_it_parses() {
    for property in generator::properties() {
        let mut draws = property.draws(1);
        for _ in 0..DRAWS {
            let script = draws.draw().script();
            assert_eq!(script.to_string().parse::<Script>().as_ref(), Ok(&script), "{script}");
        }
    }
}

#[rstest]
#[case(7, 7, true)]
#[case(7, 8, false)]
fn a_seed_stands_for_its_scripts(#[case] first: u64, #[case] second: u64, #[case] same: bool) {
    for property in generator::properties() {
        let scripts = |seed| {
            let mut draws = property.draws(seed);
            (0..DRAWS).map(|_| draws.draw().script().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(scripts(first) == scripts(second), same, "{}", property.id);
    }
}

/// Whatever the shrinker tries can be read and run by whoever gets it.
#[test]
fn every_smaller_script_passes_the_check_of_scripts() {
    for property in generator::properties() {
        let mut draws = property.draws(2);
        for round in 0..20_u32 {
            let mut drawn = draws.draw();
            for step in 0..100_u32 {
                // As if every third of the smaller ones passed, and the others failed.
                let tried = if (round + step) % 3 == 0 { drawn.complicate() } else { drawn.simplify() };
                let script = drawn.script();
                assert_eq!(script.check(), Ok(()), "{script}");
                if !tried {
                    break;
                }
            }
        }
    }
}

/// A receiver whose message never comes waits until its deadline. So every message that is waited for was sent, with
/// descriptors that a create or a whole message has brought and that no call has closed.
#[rstest]
#[case::that_travel("passing/same-object-however-it-travels")]
#[case::among_all_calls("lifetime/any-calls-by-anybody")]
fn whoever_waits_for_a_message_gets_one(#[case] id: &str) {
    let property = generator::properties().iter().find(|property| property.id.as_str() == id).expect("it is there");
    let mut draws = property.draws(5);
    let mut sent_on = 0;
    for _ in 0..4000 {
        let script = draws.draw().script();
        let mut sure: BTreeSet<(Label, Label)> = BTreeSet::new();
        let mut closed: BTreeSet<(Label, Label)> = BTreeSet::new();
        for line in script.lines() {
            let own = |label: &Label| (line.who.stem, *label);
            match &line.call {
                Call::Create { size } if size.resolve(4096).get() <= 0 => {}
                Call::Create { .. } | Call::Recv { room: None, .. } => sure.extend(line.bind.iter().map(own)),
                Call::Dup { fd } if sure.contains(&own(fd)) => sure.extend(line.bind.iter().map(own)),
                Call::Fork { child, .. } => {
                    let inherited = |of: &BTreeSet<(Label, Label)>| -> Vec<(Label, Label)> {
                        let parents = of.iter().filter(|(actor, _)| *actor == line.who.stem);
                        parents.map(|(_, label)| (*child, *label)).collect()
                    };
                    sure.extend(inherited(&sure));
                    closed.extend(inherited(&closed));
                }
                Call::Exec => sure.retain(|(actor, _)| *actor != line.who.stem),
                Call::Close { fd } if closed.insert(own(fd)) => {
                    sure.remove(&own(fd));
                }
                Call::Close { .. } => sure.retain(|(actor, _)| *actor != line.who.stem),
                Call::Send { fds, .. } => {
                    assert!(fds.iter().all(|fd| sure.contains(&own(fd))), "{line} in\n{script}");
                    sent_on += u32::from(line.who.stem.as_str() != "a");
                }
                _ => {}
            }
        }
    }
    assert!(sent_on > 50, "descriptors travel on in {sent_on} messages only");
}

#[test]
fn a_script_is_made_smaller_until_nothing_is_left_to_drop() {
    for property in generator::properties() {
        let mut draws = property.draws(3);
        let mut drawn = draws.draw();
        let before = drawn.script().lines().count();
        while drawn.simplify() {}
        assert!(drawn.script().lines().count() <= before, "{}", property.id);
    }
}

/// So that no call is left to the cases that somebody thought of.
#[test]
fn every_call_of_the_table_is_drawn_alone_and_at_once_with_others() {
    let id = "lifetime/any-calls-by-anybody";
    let property = generator::properties().iter().find(|property| property.id.as_str() == id).expect("it is there");
    let mut draws = property.draws(1);
    let (mut alone, mut at_once) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..5000 {
        for step in &draws.draw().script().steps {
            let drawn = if matches!(step, Step::Race(_)) { &mut at_once } else { &mut alone };
            drawn.extend(step.lines().iter().map(|line| line.call.entry().signature()));
        }
    }
    // What these make keeps whoever reads it waiting for ever.
    let made_by_hand = ["pipe()", "socketpair()", "plant(name, what)", "symlink(name, to)"];
    let table = Call::ENTRIES.iter().map(Entry::signature);
    let table: BTreeSet<String> = table.filter(|call| !made_by_hand.contains(&call.as_str())).collect();
    assert_eq!((&alone, &at_once), (&table, &table));
}
