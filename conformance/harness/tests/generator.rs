//! What the generators draw.

use rstest::rstest;
use shmconf::generator;
use shmconf::script::Script;

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
