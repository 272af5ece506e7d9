//! What a program does with shared memory: from a log of strace to a trace.
//!
//! The log is read line by line (`log`, `value`), and of its calls those are kept that matter (`calls`). Each call on shared
//! memory becomes a call of scripts (`follow`), as what is known of processes, descriptors and mappings tells what it is about
//! (`world`). What does not matter is left out, and what is left is a trace (`recording`). docs/record.md says what becomes of
//! which call.
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

pub use calls::elsewhere;
pub use follow::path_of;
pub use recording::{About, Recording};
pub use strace::{StraceError, run};

use follow::Follower;
use log::Log;
use std::io::{self, BufRead};

/// How to write a log that has all that a trace needs.
pub const COMMAND: &str = "strace -f -yy -ttt -T -v -e abbrev=execve -s 0 -o FILE PROGRAM";

/// Why a log cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The input failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("none of the lines is one that strace writes; `{COMMAND}` writes a log")]
    NoLog,
}

/// What a log tells of shared memory.
///
/// # Errors
///
/// [`ImportError`], for an input that fails or that is no log.
pub fn import(log: impl BufRead, about: About) -> Result<Recording, ImportError> {
    let log = Log::read(log, &calls::is_known)?;
    if log.is_none() {
        return Err(ImportError::NoLog);
    }
    let before = about.names.as_ref().map(|names| names.iter().cloned().collect());
    let follower = Follower::follow(&log, before, about.user);
    let mut recording = Recording::of(follower, about, lacks(&log), unread(&log));
    recording.as_the_library_says();
    if is_a_part(&log) || log.is_cut_off {
        recording.left_behind.clear();
    }
    if is_a_part(&log) && !log.calls().any(|called| calls::tells_a_size(&called.name)) {
        recording
            .doubt_mappings("the log shows no call that sets a size (strace -e trace=…,ftruncate,fallocate,write)");
    }
    Ok(recording)
}

/// Is a text, or its beginning, a log of strace?
pub fn is_log(text: &str) -> bool {
    let whole = text.rfind('\n').map_or(text, |end| &text[..=end]);
    Log::read(whole.as_bytes(), &|_| true).is_ok_and(|log| !log.is_none() && log.calls().count() as u64 > log.strange)
}

/// Did strace look at some calls alone? Every program begins by execve, closes what it opened, and exits.
fn is_a_part(log: &Log) -> bool {
    !log.calls()
        .any(|called| called.name == "execve" || called.name == "exit_group" || called.name.starts_with("close"))
}

/// What a log lacks, with the flag of strace that gives it.
fn lacks(log: &Log) -> Vec<String> {
    let mut lacks = Vec::new();
    let mut lack = |is_so: bool, what: &str| {
        if is_so {
            lacks.push(what.to_owned());
        }
    };
    lack(!log.has_processes && log.calls().any(|called| called.child().is_some()), "children (strace -f)");
    lack(
        log.goes_back,
        "the order of lines, as of logs of strace -ff behind each other: strace-log-merge NAME joins NAME.1, NAME.2 and so on \
         (strace -ff -ttt)",
    );
    lack(is_a_part(log), "most calls, as with strace -e trace=…; so what is said of sizes and of names may be wrong");
    lack(!log.has_times, "times (strace -ttt)");
    let shows_descriptors =
        log.calls().any(|called| called.args.0.iter().any(|(_, value)| value.stands_for().is_some()));
    lack(!shows_descriptors, "what descriptors stand for (strace -yy)");
    let is_short = |called: &log::Called| called.name.ends_with("stat") && called.text.contains("...");
    lack(log.calls().any(is_short), "whole structures (strace -v)");
    lacks
}

/// What of a log cannot be read.
fn unread(log: &Log) -> Vec<String> {
    let mut unread = Vec::new();
    if log.is_cut_off {
        unread.push("cut off: the log ends in the middle of a line, and nothing is known of what came then".to_owned());
    }
    if log.strange > 0 {
        let lines = if log.strange == 1 { "a line" } else { &format!("{} lines", log.strange) };
        unread.push(format!("not understood: {lines} of the log, such as: {}", log.first_strange));
    }
    unread
}
