//! The command `shmconf`.

use shmconf::subject::Spec;
use std::process::ExitCode;

fn main() -> ExitCode {
    // `exec` in a script starts this program anew, as the actor that it was before.
    shmconf::actor::resume(|subject| subject.parse::<Spec>().ok()?.make());
    shmconf::cli::main()
}
