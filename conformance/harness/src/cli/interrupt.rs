//! Ctrl-C: the first one ends the run in order, the second one ends the program.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Knows whether the user wants the run to end.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupt {
    came: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    ///
    /// Those of `sigaction`.
    pub(super) fn listen() -> io::Result<Interrupt> {
        let interrupt = Interrupt::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order, since handlers run in the order of their registration: the flag of a first signal must be
            // what the default action of a second one asks for.
            flag::register_conditional_default(signal, Arc::clone(&interrupt.came))?;
            flag::register(signal, Arc::clone(&interrupt.came))?;
            flag::register_usize(signal, Arc::clone(&interrupt.signal), signal.unsigned_abs() as usize)?;
        }
        Ok(interrupt)
    }

    /// What a signal sets.
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.came)
    }

    /// Did a signal come?
    pub(super) fn came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }

    /// Ends the program by the signal that came, so that whoever started it knows; returns if none did.
    pub(super) fn die_of_it(&self) {
        if let Ok(signal @ 1..) = i32::try_from(self.signal.load(Ordering::Relaxed)) {
            // The default action of each of these signals ends the process, so that there is no error to see.
            let _ = low_level::emulate_default_handler(signal);
        }
    }
}
