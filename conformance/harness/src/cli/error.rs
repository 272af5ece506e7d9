//! Everything that can go wrong between the user and the program: what it was, where, and what to do.

use super::kind::Kind;
use super::near::{near, or_look};
use crate::baseline::BaselineError;
use crate::executor::ExecutorError;
use crate::exit::Exit;
use crate::record::{ImportError, StraceError};
use crate::report::MergeError;
use crate::subject::{KINDS, SpecError, mutant};
use anstyle::AnsiColor;
use shmconf_model::profile::{Profile, ProfileError};
use shmconf_model::script::ParseError;
use shmconf_model::trace::ReadError;
use std::io;
use std::path::PathBuf;

/// Why a verb could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// No case, property or file has that name.
    #[error(
        "no case, property or file is called `{id}`; {}",
        or_look(near, "`shmconf list` shows all cases and properties")
    )]
    UnknownCase { id: String, near: Vec<String> },
    /// What is named is no case, but something that `explain` explains.
    #[error("`{id}` is {what}, and no case; `shmconf explain {id}` explains it")]
    NoCase { id: String, what: &'static str },
    /// `explain` knows nothing of that name.
    #[error(
        "nothing is called `{id}` that could be explained; {}",
        or_look(
            near,
            "`shmconf list` shows all cases, `shmconf explain clauses` all clauses, and `shmconf profiles` all platforms"
        )
    )]
    UnknownId { id: String, near: Vec<String> },
    /// `explain` has a page of it, which nothing narrows down.
    #[error(
        "`{id}` is explained by itself, without other words: `shmconf explain {id}`{}",
        if *is_case { format!("; `shmconf show {id} -p PLATFORM` says what it does there") } else { String::new() }
    )]
    ExplainedAlone { id: String, is_case: bool },
    /// No verb has that name.
    #[error("there is no verb `{verb}`; {}", or_look(near, "`shmconf help` shows them all"))]
    UnknownVerb { verb: String, near: Vec<String> },
    /// A word that stands for no profile.
    #[error("{source}{}", meant(near))]
    UnknownProfile { source: ProfileError, near: Vec<String> },
    /// A file that is no profile.
    #[error("{}: {source}", path.display())]
    Profile { path: PathBuf, source: ProfileError },
    /// A baseline that is not one.
    #[error("{}: {source}", path.display())]
    Baseline { path: PathBuf, source: BaselineError },
    /// A report that is not one.
    #[error("{}: {problem}", path.display())]
    Report { path: PathBuf, problem: String },
    /// Reports that cannot be one.
    #[error("{0}")]
    Merge(MergeError),
    /// A baseline that would have no reason for what is in it.
    #[error("{0} fails, and no older baseline says why; give the reason, or a link, with --reason")]
    NoReason(String),
    /// More shards than cases and properties.
    #[error("shard {shard} has none of the {count} cases and properties that are selected; use at most {count} shards")]
    EmptyShard { shard: String, count: usize },
    /// A file that another verb reads.
    #[error("{} is {found}, and {expected} is needed here; {}", path.display(), found.readers())]
    OtherKind { path: PathBuf, found: Kind, expected: Kind },
    /// A trace that is not one.
    #[error("{}:{source}", path.display())]
    Trace { path: PathBuf, source: ReadError },
    /// A directory without a trace.
    #[error("{} holds no traces (*.jsonl); `shmconf run --traces DIR` and `shmconf record -o FILE.jsonl` keep some", .0.display())]
    NoTraces(PathBuf),
    /// A property has no script to show.
    #[error(
        "{0} is a property, which draws scripts and has none of its own; `shmconf run {0} --traces DIR` keeps what it draws"
    )]
    DrawsScripts(String),
    /// Answers of what no platform is asked.
    #[error(
        "--format json has what a case or a script would do on a platform; name the platform with -p, and no trace"
    )]
    NoAnswers,
    /// A glob that cannot be read.
    #[error("`{glob}` is not a pattern: {reason}; use * ? [] {{}} as in size/*")]
    Glob { glob: String, reason: String },
    /// A glob that matches nothing.
    #[error("`{0}` matches no case and no property; `shmconf list` shows them all")]
    NoMatch(String),
    /// Exclusions left nothing.
    #[error("nothing is selected: the exclusions leave no case and no property; drop an -x")]
    NothingSelected,
    /// A script that is not one.
    #[error("{}:{source}", path.display())]
    Script { path: PathBuf, source: Box<ParseError> },
    /// A folder without scripts.
    #[error("there is no script below {}: their names end in .shm, and those of traces in .jsonl", .0.display())]
    NoScripts(PathBuf),
    /// An input that cannot be read.
    #[error("cannot read {}: {source}; check the path and its permissions", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// An output that cannot be opened.
    #[error("cannot write to {}: {source}; choose another path, or - for standard output", path.display())]
    Open { path: PathBuf, source: io::Error },
    /// More than one format for one place, or a place for none.
    #[error("{}", if *without == 0 { "-o names a file, and so does every --format; leave it out".to_owned() } else {
        format!("{without} formats would go to the same place; give all but one a file, as in --format json=report.json")
    })]
    Formats { without: usize },
    /// One file for two formats.
    #[error("two formats would be written to {}; give each a file of its own", .0.display())]
    SamePlace(PathBuf),
    /// A directory for traces that cannot be made.
    #[error("cannot keep traces in {}: {source}; choose another directory", path.display())]
    Directory { path: PathBuf, source: io::Error },
    /// A directory that has traces of another run.
    #[error("{} holds traces of another run, with which these would be mixed; name another directory, or empty it", .0.display())]
    OlderTraces(PathBuf),
    /// An output that broke while it was written.
    #[error("not all could be written to {}: {source}; make room and run again", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// Files of which none is a report.
    #[error("none of the reports can be read, so there is nothing to show")]
    NoReports,
    /// A word that names no subject.
    #[error("{source}{}", meant(near))]
    Subject { source: SpecError, near: Vec<String> },
    /// A subject that consists of no processes.
    #[error("{0} is the model, which starts no process; there is nothing to look at")]
    NoProcesses(String),
    /// A script that cannot be executed here.
    #[error("{script} cannot be executed here: {reason}")]
    CannotExecute { script: String, reason: String },
    /// More than one script where one is meant.
    #[error("`{word}` is {what}; name one case, or a file with a script")]
    NotOne { word: String, what: String },
    /// Executions that cannot go on.
    #[error("the script cannot be executed: {0}")]
    Executor(ExecutorError),
    /// A program cannot be recorded.
    #[error(transparent)]
    Strace(#[from] StraceError),
    /// A directory of logs, as `strace -ff` makes one for each process.
    #[error("{} is a directory; give one log of all processes, as `strace -f -o FILE` writes it, and not -ff", .0.display())]
    NotOneLog(PathBuf),
    /// A file of which nothing is a log.
    #[error("{} is no log of strace: {}", .0.display(), ImportError::NoLog)]
    NoLog(PathBuf),
    /// Nothing that was recorded is about shared memory.
    #[error("{0}")]
    NothingRecorded(String),
    /// Signals cannot be caught.
    #[error("cannot listen for Ctrl-C: {0}; this says nothing about the subject")]
    Signals(io::Error),
}

/// What may have been meant, behind what was wrong.
fn meant(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; {}", or_look(near, "")) }
}

impl From<ProfileError> for CliError {
    fn from(source: ProfileError) -> CliError {
        let near = match &source {
            ProfileError::Unknown { id, .. } => near(&id.to_ascii_lowercase(), Profile::ids()),
            _ => Vec::new(),
        };
        CliError::UnknownProfile { source, near }
    }
}

impl From<SpecError> for CliError {
    fn from(source: SpecError) -> CliError {
        let near = match &source {
            SpecError::Kind { found } => near(found, KINDS.iter().map(|kind| kind.name)),
            SpecError::Mutant(error) => near(&error.found, mutant::ALL.iter().map(|mutant| mutant.name)),
            SpecError::Profile { found } => near(found, Profile::ids()),
            _ => Vec::new(),
        };
        CliError::Subject { source, near }
    }
}

impl CliError {
    /// Tells the user, and says how the program ends.
    pub(super) fn report(self) -> Exit {
        let style = AnsiColor::Red.on_default().bold();
        anstream::eprintln!("{style}error:{style:#} {}", self.to_string().replace(char::is_control, " "));
        self.exit()
    }

    fn exit(&self) -> Exit {
        match self {
            CliError::Signals(_) | CliError::Write { .. } | CliError::Executor(_) => Exit::Harness,
            _ => Exit::Usage,
        }
    }
}
