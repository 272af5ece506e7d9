//! A profile is refused with a word on why, or is one that a script can be judged by.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use shmconf_model::catalogue;
use shmconf_model::naming::Token;
use shmconf_model::profile::Profile;
use shmconf_model::simulation::Simulation;
use shmconf_model::{judge, verdict::Verdict};

fuzz_target!(init: fuzz::profiles(), |text: &str| fuzz::within_bounds(|| profile(text)));
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { fuzz::mutate(data, size, max_size, seed) });

fn profile(text: &str) {
    let profile = match Profile::parse(text) {
        Ok(profile) => profile,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    for rule in profile.rules.list() {
        for (_, justification) in rule.choices {
            let deviation = profile.deviation(justification);
            assert_eq!(deviation.is_some(), justification.deviation.is_some(), "{}", rule.key);
        }
    }
    let case = &catalogue::cases()[text.len() % catalogue::cases().len()];
    let trace = Simulation::new("model:any", profile.clone(), Token::of(0), (0, 1)).execute(case, 0);
    let judged = judge::judge(&trace, &profile);
    assert!(judged.verdict < Verdict::Fail, "{}: {:?}", case.id, judged.violations);
}
