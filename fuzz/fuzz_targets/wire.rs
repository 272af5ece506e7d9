//! Requests and replies read as they were written; however a stream is cut, its lines are the same.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use serde::{Serialize, de::DeserializeOwned};
use shmconf_adapter::wire::{self, Lines, Reply, Request};

fuzz_target!(init: fuzz::wire(), |bytes: &[u8]| fuzz::within_bounds(|| stream(bytes)));
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { fuzz::mutate(data, size, max_size, seed) });

fn stream(bytes: &[u8]) {
    let (mut lines, mut cut) = (Lines::default(), Vec::new());
    let piece = usize::from(bytes.first().copied().unwrap_or_default()) + 1;
    for arrived in bytes.chunks(piece) {
        lines.push(arrived);
        while let Some(line) = lines.next_line() {
            cut.push(line.to_vec());
        }
    }
    let mut whole: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let rest = whole.pop().unwrap_or_default();
    assert_eq!((&cut, lines.pending()), (&whole.iter().map(|line| line.to_vec()).collect(), rest.len()));
    for line in whole.into_iter().chain([rest]) {
        reads_as_written::<Request>(line);
        reads_as_written::<Reply>(line);
    }
}

fn reads_as_written<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(line: &[u8]) {
    match serde_json::from_slice::<T>(line) {
        Ok(message) => {
            let mut written = Vec::new();
            wire::put(&message, &mut written);
            let end = written.pop();
            assert_eq!((end, serde_json::from_slice::<T>(&written).ok()), (Some(b'\n'), Some(message)));
            assert!(!written.contains(&b'\n'), "a message has one line");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
