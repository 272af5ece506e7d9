//! A timer that interrupts a call with signals.

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

/// Makes a call that a signal interrupts each so many milliseconds; with 0 none does.
pub(crate) fn interrupted<T>(milliseconds: u32, call: impl FnOnce() -> T) -> T {
    if milliseconds == 0 {
        return call();
    }
    let handler = SigAction::new(SigHandler::Handler(nothing), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler does nothing.
    let before = unsafe { sigaction(Signal::SIGALRM, &handler) };
    set(milliseconds);
    let done = call();
    set(0);
    if let Ok(before) = before {
        // SAFETY: it was there before.
        let _ = unsafe { sigaction(Signal::SIGALRM, &before) };
    }
    done
}

extern "C" fn nothing(_: libc::c_int) {}

/// Sets the timer of this process.
fn set(milliseconds: u32) {
    let period = libc::timeval { tv_sec: (milliseconds / 1000) as _, tv_usec: (milliseconds % 1000 * 1000) as _ };
    let timer = libc::itimerval { it_interval: period, it_value: period };
    super::system::set_real_timer(&timer);
}
