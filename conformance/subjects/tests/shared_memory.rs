//! The suite, on the crate `shared_memory`.

use subjects::SharedMemory;

shmconf::conformance! {
    subject: SharedMemory,
    profile: shmconf::conformance::this_platform(),
    scripts: 0,
}
