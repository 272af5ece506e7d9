//! Who of a program is still there, by the log of strace as it grows.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// The threads that the log has lines of, and no end.
pub(super) struct Watch {
    log: File,
    /// The beginning of a line that is not written to its end.
    begun: String,
    first: Option<i32>,
    alive: BTreeSet<i32>,
}

impl Watch {
    /// Of the log at that path, which strace is about to write.
    pub(super) fn new(log: &Path) -> io::Result<Watch> {
        // It is there before strace is, so that there is something to read.
        File::create(log)?;
        Ok(Watch { log: File::open(log)?, begun: String::new(), first: None, alive: BTreeSet::new() })
    }

    /// Reads what was written since.
    pub(super) fn look(&mut self) -> io::Result<()> {
        let mut more = Vec::new();
        self.log.read_to_end(&mut more)?;
        self.begun.push_str(&String::from_utf8_lossy(&more));
        let begun = std::mem::take(&mut self.begun);
        for line in begun.split_inclusive('\n') {
            if line.ends_with('\n') { self.line(line) } else { self.begun = line.to_owned() }
        }
        Ok(())
    }

    fn line(&mut self, line: &str) {
        let Some((thread, rest)) = line.split_once(' ') else { return };
        let Ok(thread) = thread.parse() else { return };
        self.first.get_or_insert(thread);
        if rest.contains(" +++ ") && !rest.contains(" superseded ") {
            self.alive.remove(&thread);
        } else {
            self.alive.insert(thread);
        }
    }

    /// Is the program that was started still there?
    pub(super) fn has_first(&self) -> bool {
        self.first.is_none_or(|first| self.alive.contains(&first))
    }

    /// Those who are left, such as `1234 (sleep)`.
    pub(super) fn left(&self) -> Vec<String> {
        let named = self.processes().map(|pid| {
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            format!("{pid} ({})", name.trim())
        });
        named.collect()
    }

    /// Sends them a signal.
    pub(super) fn end(&self, signal: Signal) {
        for pid in self.processes() {
            // One that has ended in the meantime needs none.
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }

    /// Threads have the number of their process in their status.
    fn processes(&self) -> impl Iterator<Item = i32> {
        self.alive.iter().copied().filter(|thread| {
            let status = fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default();
            status.lines().any(|line| line.strip_prefix("Tgid:").is_some_and(|id| id.trim().parse() == Ok(*thread)))
        })
    }
}
