//! The one way from a trace to a verdict: what a run, the judging of stored traces, and everything else that has a trace
//! say of it.
//!
//! [`assess`] looks at one trace. A [`Tally`] adds up the traces of one case or property.

mod deviations;
mod known;
mod program;
mod tally;

pub use deviations::deviations;
pub use known::known_to_fail;
pub use program::is_compared;
pub use tally::Tally;

use shmconf_model::call::{Call, OpenFlags};
use shmconf_model::judge::{self, Bounds};
use shmconf_model::outcome::{Errno, Outcome};
use shmconf_model::portability::{self, Other};
use shmconf_model::profile::Profile;
use shmconf_model::trace::{Event, Trace};
use shmconf_model::verdict::{Elsewhere, Judgement, Justified, Verdict};
use std::sync::atomic::{AtomicBool, Ordering};

/// What a trace is held against.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// The profile that it is judged by.
    pub profile: &'a Profile,
    /// The platforms that it is compared with.
    pub others: &'a [Other],
    /// Set from elsewhere when nobody waits for the assessment any more.
    pub stop: &'a AtomicBool,
}

/// What is said of one trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// What the judge says: the verdict with its violations, clauses and deviations.
    pub judgement: Judgement,
    /// How many calls were not executed, since their actor was gone or a label in them stood for nothing.
    pub not_executed: u64,
    /// Why the trace shows nothing of what the script is about, where no more than its setup was executed; or nothing of a program,
    /// where nothing of it can be judged.
    pub setup_alone: Option<String>,
    /// The other platforms on which the calls would have had other outcomes.
    pub portability: Vec<Elsewhere>,
}

/// Nobody waits for the assessment any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Stopped;

/// Judges a trace, compares it with the other platforms, and counts what was not executed.
///
/// # Errors
///
/// [`Stopped`], when [`Against::stop`] is set before it is done.
pub fn assess(trace: &Trace, against: Against<'_>) -> Result<Assessment, Stopped> {
    let is_stopped = || against.stop.load(Ordering::Relaxed);
    let go_on = || if is_stopped() { Err(Stopped) } else { Ok(()) };
    go_on()?;
    let bounds = Bounds { stop: Some(&is_stopped), ..Bounds::default() };
    let judgement = match program::elsewhere(trace, against.profile) {
        Some(judgement) => judgement,
        None => program::undecided(trace, judge::judge_within(trace, against.profile, bounds)),
    };
    go_on()?;
    let mut portability = Vec::new();
    for other in against.others {
        go_on()?;
        portability.extend(portability::elsewhere(trace, against.profile, std::slice::from_ref(other)));
    }
    let not_executed = trace.events.iter().filter(|event| !was_executed(event)).count() as u64;
    let setup_alone = program::nothing_judged(trace).or_else(|| setup_alone(trace, not_executed));
    Ok(Assessment { judgement, not_executed, setup_alone, portability })
}

impl Assessment {
    /// Is it about a program, and was nothing of it judged?
    pub fn is_of_nothing(&self) -> bool {
        self.setup_alone.is_some() && self.not_executed == 0
    }

    /// The deviations that the outcome of each call rests on, where the verdict rests on any.
    pub fn departures(&self, trace: &Trace, profile: &Profile) -> Justified {
        if self.judgement.deviations.is_empty() { Justified::new() } else { judge::justified(trace, profile) }
    }

    /// The verdict on the trace. Where no more than its setup was executed, nothing was tested: that is no pass.
    pub fn verdict(&self) -> Verdict {
        match (self.judgement.verdict, &self.setup_alone) {
            (Verdict::Pass, Some(_)) => Verdict::Inconclusive,
            (verdict, _) => verdict,
        }
    }
}

fn was_executed(event: &Event) -> bool {
    !matches!(event.outcome, Outcome::NotExecuted(_))
}

/// Does the event tell no more than that an object was made or sized, or that this machine had no room or right for it?
///
/// That a system refuses the arguments of such a call is what a script may be about; what a machine lacks is not.
fn is_setup(event: &Event) -> bool {
    const LACKS: &[Errno] = &[
        Errno::EACCES,
        Errno::EPERM,
        Errno::EROFS,
        Errno::EMFILE,
        Errno::ENFILE,
        Errno::ENOSPC,
        Errno::ENOMEM,
        Errno::EAGAIN,
        Errno::EINTR,
    ];
    let sets_up = match &event.call {
        Call::ShmOpen { flags, .. } => flags.contains(OpenFlags::CREAT),
        Call::Create { .. } | Call::Ftruncate { .. } | Call::PosixFallocate { .. } => true,
        _ => false,
    };
    sets_up
        && match &event.outcome {
            Outcome::Errno(errno) => LACKS.contains(errno),
            outcome => !outcome.is_death(),
        }
}

fn setup_alone(trace: &Trace, not_executed: u64) -> Option<String> {
    let first = trace.events.iter().find(|event| !was_executed(event))?;
    if trace.events.iter().any(|event| was_executed(event) && !is_setup(event)) {
        return None;
    }
    let calls = trace.events.len();
    let Outcome::NotExecuted(reason) = &first.outcome else { return None };
    let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
    Some(format!(
        "only its setup was executed: {not_executed} of {calls} calls were not executed, the first of them `{}`{reason}",
        first.line()
    ))
}
