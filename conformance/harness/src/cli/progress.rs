//! What is told on standard error while a run is at work: a bar on a terminal, and elsewhere a line now and then.

use super::interrupt::Interrupt;
use crate::assess::Assessment;
use crate::campaign::Progress;
use crate::report::{CaseResult, Counterexample, Pretty, one_line};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use shmconf_model::profile::Profile;
use shmconf_model::script::Id;
use shmconf_model::trace::Trace;
use shmconf_model::verdict::Verdict;
use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

/// How often a line is written where there is no terminal: seldom enough for a log.
const PAUSE: Duration = Duration::from_secs(10);
/// The columns of a subject's name; a command can be long.
const NAME: usize = 20;
/// The columns of calls.
const WIDTH: usize = 100;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// Nothing.
    Nothing,
    /// How far it is.
    HowFar,
    /// How far it is, and what fails.
    Failures,
    /// A line for each case and property.
    Everything,
}

/// A bar a subject.
pub(super) struct Bar {
    bar: ProgressBar,
    scripts: AtomicU64,
    interrupt: Interrupt,
    watching: Once,
    telling: Telling,
    is_terminal: bool,
    /// When a line was written last.
    told: Mutex<Instant>,
    /// The calls of each case that is at work, as they were executed first.
    calls: Mutex<HashMap<Id, String>>,
}

impl Bar {
    pub(super) fn new(interrupt: Interrupt, telling: Telling) -> Bar {
        let bar = ProgressBar::hidden();
        // What is longer than the line is cut off: no terminal has it wrapped.
        let template = "{prefix:.bold} {bar:12} {pos}/{len} {elapsed} {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Bar {
            bar,
            scripts: AtomicU64::new(0),
            interrupt,
            watching: Once::new(),
            telling,
            is_terminal: io::stderr().is_terminal(),
            told: Mutex::new(Instant::now()),
            calls: Mutex::default(),
        }
    }

    /// Takes the bar away, when the work is done.
    pub(super) fn clear(&self) {
        self.interrupt.done();
        self.bar.finish_and_clear();
        if self.telling == Telling::Everything {
            self.line("");
        }
    }

    fn say(&self, id: &Id) {
        let scripts = self.scripts.load(Ordering::Relaxed);
        let ends = if self.interrupt.came() { "ending; press again to end at once  " } else { "" };
        self.bar.set_message(format!("{ends}{id}  {scripts} scripts"));
        if !self.is_terminal && self.telling != Telling::Nothing {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.elapsed() >= PAUSE {
                *told = Instant::now();
                let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
                let seconds = self.bar.elapsed().as_secs();
                anstream::eprintln!("{}: {done} of {all} after {seconds} s, at {id}", self.bar.prefix());
            }
        }
    }

    /// Writes a line, above the bar where there is one.
    fn line(&self, text: &str) {
        if self.is_terminal {
            self.bar.println(text);
        } else if self.telling == Telling::Everything {
            anstream::eprintln!("{text}");
        }
    }
}

impl Progress for Bar {
    fn begin(&self, subject: &str, results: usize) {
        if self.telling == Telling::Everything {
            let gap = if self.watching.is_completed() { "\n" } else { "" };
            self.line(&format!("{gap}{}", short(subject)));
        }
        // Not by the bar's own thread, without which it would panic.
        let bar = self.bar.clone();
        self.watching.call_once(|| self.interrupt.watch(move || bar.tick()));
        if self.telling != Telling::Nothing {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.reset();
        self.bar.set_length(results as u64);
        self.bar.set_prefix(short(subject));
    }

    fn executed(&self, id: &Id, scripts: u64) {
        self.scripts.fetch_add(scripts, Ordering::Relaxed);
        self.say(id);
    }

    fn assessed(&self, trace: &Trace, profile: &Profile, assessment: &Assessment) {
        if self.telling == Telling::Everything {
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            calls.entry(trace.header.case.clone()).or_insert_with(|| shown(trace, profile, assessment));
        }
    }

    fn done(&self, result: &CaseResult) {
        let CaseResult { id, verdict, duration_ms, reason, .. } = result;
        match self.telling {
            Telling::Everything => {
                let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner).remove(id).unwrap_or_default();
                let why = reason.as_deref().map(|reason| format!("  {}", one_line(reason))).unwrap_or_default();
                self.line(format!("{verdict:12} {id}  {duration_ms} ms{why}\n{calls}").trim_end());
            }
            Telling::Failures if *verdict == Verdict::Fail => self.line(&format!("{id} fails")),
            _ => {}
        }
        self.bar.inc(1);
        self.say(id);
    }
}

/// Every call of a trace with its outcome.
fn shown(trace: &Trace, profile: &Profile, assessment: &Assessment) -> String {
    let calls = Counterexample::new(String::new(), trace, assessment.judgement.violations.clone(), String::new());
    let mut text = Vec::new();
    // A vector takes everything.
    let _ = Pretty { width: WIDTH }.calls(&calls, &assessment.departures(trace, profile), &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// A name without control characters; of a long one the end, as that of a path tells most.
fn short(subject: &str) -> String {
    let name: Vec<char> = subject.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    match name.len().checked_sub(NAME) {
        None | Some(0) => name.into_iter().collect(),
        Some(more) => ['…'].into_iter().chain(name.into_iter().skip(more + 1)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_long_name_keeps_its_end() {
        assert_eq!(short("libc"), "libc");
        assert_eq!(short("command:python3 my-adapter.py"), "…thon3 my-adapter.py");
    }
}
