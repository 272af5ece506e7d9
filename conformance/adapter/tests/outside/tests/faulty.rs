//! The suite, on the store with a fault, of which not everything is known.

#![forbid(unsafe_code)]

use outside::Files;

shmconf::conformance! {
    subject: Files::temporary().faulty(),
    known: &[
        ("exclusive/own-name", "O_EXCL means nothing"),
        ("exclusive/other-name", "O_EXCL is believed to mean nothing"),
    ],
    scripts: 4,
    seed: 7,
}
