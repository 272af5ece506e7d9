//! Options in QEMU's notation are refused with a word on why, or are such as a backend can be made by.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shmfd::qemu::Options;

fuzz_target!(init: seeds(), |text: &str| fuzz::within_bounds(|| options(text)));

fn options(text: &str) {
    let read = text.parse::<Options>();
    assert_eq!(read, text.parse::<Options>());
    match read {
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
        Ok(options) => {
            assert!(options.size > 0 && i64::try_from(options.size).is_ok(), "{options:?}");
            assert!(options.prealloc_threads != Some(0), "{options:?}");
            assert!(options.reserve || !options.prealloc, "{options:?}");
            assert!(options.id.starts_with(|first: char| first.is_ascii_alphabetic()), "{options:?}");
            // What was read can be said again, in the other notation.
            let Options { id, size, .. } = &options;
            let json = format!(r#"{{"qom-type":"memory-backend-shm","id":"{id}","size":{size}}}"#);
            let again: Options = json.parse().expect("it is in the notation");
            assert_eq!((&again.id, again.size), (id, *size));
        }
    }
}

fn seeds() {
    for (number, line) in include_str!("../seeds/qemu.txt").lines().enumerate() {
        fuzz::put(&number.to_string(), line.as_bytes());
    }
}
