//! The suite, on the crate `shared_memory`.

use subjects::SharedMemory;

shmconf::conformance! {
    subject: SharedMemory,
    profile: shmconf::conformance::this_platform(),
    known: &[("anonymous/number-0", "an object of the descriptor 0 is neither closed nor removed")],
    scripts: 0,
}
