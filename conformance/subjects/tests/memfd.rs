//! The suite, on the crate `memfd`.

use subjects::Memfd;

const NO_EXEC: &str = "the crate has no word for F_SEAL_EXEC";

shmconf::conformance! {
    subject: Memfd,
    profile: shmconf::conformance::this_platform(),
    known: &[("anonymous/memfd-not-to-execute", NO_EXEC), ("anonymous/seal-against-executing", NO_EXEC)],
    scripts: 8,
}
