//! A trace reads as it was written, and is judged twice the same.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use shmconf_model::trace::Trace;
use shmconf_model::{judge, portability};

fuzz_target!(init: fuzz::traces(), |text: &[u8]| fuzz::within_bounds(|| trace(text)));
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { fuzz::mutate(data, size, max_size, seed) });

fn trace(text: &[u8]) {
    let trace = match Trace::read(text) {
        Ok(trace) => trace,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let mut written = Vec::new();
    trace.write(&mut written).expect("memory can be written");
    assert_eq!(Trace::read(&written[..]).expect("what was written can be read"), trace);

    let profile = fuzz::platform(text.len());
    let judged = judge::judge(&trace, profile);
    assert_eq!(judge::judge(&trace, profile), judged, "{}", profile.id);
    assert!(judged.violations.iter().all(|violation| violation.event < trace.events.len()));
    portability::differences(&trace, profile, fuzz::other(text.len() / 7));
}
