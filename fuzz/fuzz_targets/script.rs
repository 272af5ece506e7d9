//! A script prints as it parses; what a platform would answer is what its own rules allow, and is a trace like any other.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use shmconf_model::naming::Token;
use shmconf_model::script::{Line, Script};
use shmconf_model::simulation::Simulation;
use shmconf_model::trace::Trace;
use shmconf_model::{judge, verdict::Verdict};

fuzz_target!(init: fuzz::scripts(), |text: &str| fuzz::within_bounds(|| script(text)));
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { fuzz::mutate(data, size, max_size, seed) });

fn script(text: &str) {
    if let Ok(line) = text.lines().next().unwrap_or_default().parse::<Line>() {
        assert_eq!(line.to_string().parse::<Line>().as_ref(), Ok(&line), "{line}");
    }
    let script = match Script::read(text, "fuzz/script".parse().expect("it is an ID")) {
        Ok(script) => script,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let printed = script.to_string();
    assert_eq!(printed.parse::<Script>().as_ref(), Ok(&script), "{printed}");

    let profile = fuzz::platform(text.len());
    let mut platform = Simulation::new("model:any", profile.clone(), Token::of(0), (0, 1));
    let trace = platform.execute(&script, 0);
    let judged = judge::judge(&trace, profile);
    assert!(judged.verdict < Verdict::Fail, "{}: {:?}\n{script}", profile.id, judged.violations);
    let mut written = Vec::new();
    trace.write(&mut written).expect("memory can be written");
    let read = Trace::read(&written[..]).unwrap_or_else(|error| panic!("{error}\n{script}"));
    assert_eq!(read, trace);
}
