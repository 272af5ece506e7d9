//! What a program does with shared memory: from a log of strace to a trace.
//!
//! The log is read line by line (`log`, `value`), and of its calls those are kept that matter (`calls`). Each call on shared memory becomes a call of scripts (`follow`), as what is
//! known of processes, descriptors and mappings tells what it is about (`world`). What does not matter is left out, and what
//! is left is a trace (`recording`). docs/record.md says what becomes of which call.
//!
//! # References
//!
//! strace(1).

mod calls;
mod follow;
mod log;
mod recording;
mod strace;
mod strangers;
mod value;
mod watch;
mod world;

pub use recording::{About, Recording};
pub use strace::{StraceError, run};

use follow::Follower;
use log::{Log, What};
use std::io::{self, BufRead};

/// What a log tells of shared memory.
///
/// # Errors
///
/// Those of the input.
pub fn import(log: impl BufRead, about: About) -> io::Result<Recording> {
    let log = Log::read(log, &calls::is_known)?;
    let before = about.names.as_ref().map(|names| names.iter().cloned().collect());
    let follower = Follower::follow(&log, before, about.user);
    let mut recording = Recording::of(follower, about, lacks(&log));
    if is_a_part(&log) {
        recording.left_behind.clear();
    }
    Ok(recording)
}

/// Did strace look at some calls alone? Every program begins by execve, closes what it opened, and exits.
fn is_a_part(log: &Log) -> bool {
    let mut calls =
        log.entries.iter().filter_map(|entry| if let What::Call(called) = &entry.what { Some(called) } else { None });
    !calls.any(|called| called.name == "execve" || called.name == "exit_group" || called.name.starts_with("close"))
}

/// What a log lacks, with the flag of strace that gives it.
fn lacks(log: &Log) -> Vec<String> {
    if log.entries.is_empty() {
        return vec!["nothing of it is understood: no line is one that strace writes".to_owned()];
    }
    let calls = || {
        log.entries.iter().filter_map(|entry| if let What::Call(called) = &entry.what { Some(called) } else { None })
    };
    let mut lacks = Vec::new();
    let mut lack = |is_so: bool, sentence: &str| {
        if is_so {
            lacks.push(sentence.to_owned());
        }
    };
    lack(log.is_cut_off, "cut off: the log ends in the middle of a line, and nothing is known of what came then");
    lack(
        !log.has_processes && calls().any(|called| called.child().is_some()),
        "missing in the log: children (strace -f)",
    );
    lack(
        is_a_part(log),
        "missing in the log: most calls, as with strace -e trace=…; what is said of sizes and of names may be wrong for it",
    );
    lack(!log.has_times, "missing in the log: times (strace -ttt)");
    let shows_descriptors = calls().any(|called| called.args.0.iter().any(|(_, value)| value.stands_for().is_some()));
    lack(!shows_descriptors, "missing in the log: what descriptors stand for (strace -yy)");
    let is_short = |called: &log::Called| called.name.ends_with("stat") && called.text.contains("...");
    lack(calls().any(is_short), "missing in the log: whole structures (strace -v)");
    if log.strange > 0 {
        let lines = if log.strange == 1 { "a line" } else { &format!("{} lines", log.strange) };
        lacks.push(format!("not understood: {lines} of the log, such as: {}", log.first_strange));
    }
    lacks
}
