//! What a terminal shows while a run is at work. Where there is no terminal it shows nothing.

use super::interrupt::Interrupt;
use crate::campaign::Progress;
use crate::report::CaseResult;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use shmconf_model::script::Id;
use shmconf_model::verdict::Verdict;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

/// A bar a subject, on standard error.
pub(super) struct Bar {
    bar: ProgressBar,
    scripts: AtomicU64,
    interrupt: Interrupt,
    watching: Once,
    /// Is a failure worth a line? Not where failing is what is asked for.
    tells_failures: bool,
}

impl Bar {
    /// A bar that says nothing of failures.
    pub(super) fn quiet(interrupt: Interrupt) -> Bar {
        Bar { tells_failures: false, ..Bar::new(interrupt) }
    }

    pub(super) fn new(interrupt: Interrupt) -> Bar {
        let bar = ProgressBar::hidden();
        let template = "{prefix:.bold} {bar:24} {pos}/{len}  {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Bar { bar, scripts: AtomicU64::new(0), interrupt, watching: Once::new(), tells_failures: true }
    }

    /// Takes the bar away, when the work is done.
    pub(super) fn clear(&self) {
        self.interrupt.done();
        self.bar.finish_and_clear();
    }

    fn say(&self, id: &Id) {
        let scripts = self.scripts.load(Ordering::Relaxed);
        let ends = if self.interrupt.came() { "ending; press again to end at once  " } else { "" };
        self.bar.set_message(format!("{ends}{scripts} scripts  {id}"));
    }
}

impl Progress for Bar {
    fn begin(&self, subject: &str, results: usize) {
        // Not by the bar's own thread, without which it would panic.
        let bar = self.bar.clone();
        self.watching.call_once(|| self.interrupt.watch(move || bar.tick()));
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
        self.bar.reset();
        self.bar.set_length(results as u64);
        self.bar.set_prefix(subject.replace(char::is_control, " "));
    }

    fn executed(&self, id: &Id, scripts: u64) {
        self.scripts.fetch_add(scripts, Ordering::Relaxed);
        self.say(id);
    }

    fn done(&self, result: &CaseResult) {
        if self.tells_failures && result.verdict == Verdict::Fail {
            self.bar.println(format!("{} fails", result.id));
        }
        self.say(&result.id);
        self.bar.inc(1);
    }
}
