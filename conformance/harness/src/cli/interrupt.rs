//! Ctrl-C: the first one ends the work in order, or the program where the work goes on for too long; the second one
//! ends the program at once.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Knows whether the user wants the run to end.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupt {
    came: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
    /// Is the work done, so that nothing has to be ended?
    done: Arc<AtomicBool>,
}

/// How long the work may take to end in order, once a signal came.
const GRACE: Duration = Duration::from_millis(800);
/// How often it is looked whether a signal came.
const TICK: Duration = Duration::from_millis(50);

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    ///
    /// Those of `sigaction`.
    pub(super) fn listen() -> io::Result<Interrupt> {
        let interrupt = Interrupt::default();
        // What has no room left in a file is an error that can be told.
        // SAFETY: the handler runs no code of this program.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        // `nohup` has a hangup ignored, so that the program goes on when its terminal is gone.
        let kept = |signal: &i32| *signal != SIGHUP || !is_ignored(SIGHUP);
        for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(kept) {
            // In this order, since handlers run in the order of their registration: the flag of a first signal must be
            // what the default action of a second one asks for.
            flag::register_conditional_default(signal, Arc::clone(&interrupt.came))?;
            flag::register(signal, Arc::clone(&interrupt.came))?;
            flag::register_usize(signal, Arc::clone(&interrupt.signal), signal.unsigned_abs() as usize)?;
        }
        Ok(interrupt)
    }

    /// Starts a thread that ends the program by the signal where the work does not end in order soon after. What actors
    /// leave is then removed by the process that started them. Whoever forks has to do so before.
    /// Meanwhile it does something again and again.
    pub(super) fn watch(&self, meanwhile: impl Fn() + Send + 'static) {
        let interrupt = self.clone();
        let watch = move || {
            while !interrupt.came() {
                if interrupt.done.load(Ordering::Relaxed) {
                    return;
                }
                thread::sleep(TICK);
                meanwhile();
            }
            thread::sleep(GRACE);
            if !interrupt.done.load(Ordering::Relaxed) {
                anstream::eprintln!("interrupted in the middle of long work; what was found until then is lost");
                interrupt.die_of_it();
            }
        };
        // Where no thread can be started, a second signal still ends the program.
        let _ = thread::Builder::new().name("interrupt".to_owned()).spawn(watch);
    }

    /// The work is done; what is left is to write down what came of it.
    pub(super) fn done(&self) {
        self.done.store(true, Ordering::Relaxed);
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

/// Has whoever started this program had it ignore a signal?
fn is_ignored(signal: i32) -> bool {
    // SAFETY: every field of an action may be zero.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: nothing is set, and the buffer is one action.
    let asked = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) };
    asked == 0 && action.sa_sigaction == libc::SIG_IGN
}
