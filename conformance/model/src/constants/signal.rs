//! Signals.

use super::Vocabulary;

super::c_names::c_names! {
    /// A signal, by its C name.
    Signal, NotASignal, "a signal", "signal ":
    SIGABRT SIGALRM SIGBUS SIGFPE SIGHUP SIGILL SIGINT SIGKILL SIGPIPE SIGSEGV SIGSYS SIGTERM SIGTRAP SIGUSR1
    SIGUSR2 SIGXCPU SIGXFSZ
}

impl Vocabulary for Signal {
    const WORDS: &'static [&'static str] = Signal::NAMES;
    const WHAT: &'static str = "a signal, such as SIGKILL";
}
