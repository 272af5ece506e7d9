//! The command `shmconf`.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The processes that make calls are this program, started anew.
    shmconf::executor::resume();
    shmconf::cli::main()
}
