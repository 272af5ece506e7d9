//! Signals that a test sends must not be ignored from the start: `nohup` and shells in the background have a program and its
//! children ignore some.

use nix::sys::signal::{SigHandler, Signal, signal};

/// Has this process, and the programs that it starts, end by the signals that ask a program to end.
pub(crate) fn heed_signals() {
    for asking in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM] {
        // SAFETY: the default action is no handler of this program.
        unsafe { signal(asking, SigHandler::SigDfl) }.expect("it can be set");
    }
}
