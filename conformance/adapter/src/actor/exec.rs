//! A new program in the same process, which goes on as the same actor on the same socket.

use super::{Actor, reset::Start};
use crate::subject::{Subject, descriptors, errno, host};
use crate::wire::{self, Answer, Reply, Request};
use serde::{Deserialize, Serialize};
use shmconf_model::call::Label;
use shmconf_model::outcome::Outcome;
use std::collections::BTreeMap;
use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// The environment variable that holds the state of an actor whose program has been replaced.
const STATE: &str = "SHMCONF_ACTOR";

/// What `exec` runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The path of the program.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The subject that it is to make, as `kind[:argument]`.
    pub subject: String,
}

impl Program {
    /// The program that this process runs, with the arguments that it was given.
    pub(super) fn this() -> Option<Program> {
        let arguments = std::env::args_os().skip(1).collect();
        Some(Program { path: host::own_program()?, arguments, subject: String::new() })
    }

    /// The program that this process runs, without arguments, to make that subject.
    pub fn of_this(subject: String) -> Option<Program> {
        Some(Program { path: host::own_program()?, arguments: Vec::new(), subject })
    }
}

/// What an actor takes along. Mappings do not survive.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State {
    subject: String,
    name: Option<Label>,
    prefix: String,
    peers: BTreeMap<Label, i32>,
    children: BTreeMap<Label, Vec<i32>>,
    born: BTreeMap<Label, i32>,
    fds: super::holdings::Fds,
    started_fds: Vec<i32>,
    start: Start,
    names_made: u64,
    /// The call that is to be answered, and when it began.
    seq: u32,
    began: u64,
    requests: Vec<Request>,
}

/// Goes on as an actor if that is what this process was started for. To be called before anything else in `main`.
///
/// `make` makes a subject from its name, as `kind[:argument]`.
pub fn resume(make: impl FnOnce(&str) -> Option<Box<dyn Subject>>) {
    let Some(state) = state() else { return };
    let program = Program::of_this(state.subject.clone());
    match make(&state.subject) {
        Some(subject) => go_on(state, subject, program),
        None => host::exit(2),
    }
}

/// The state that the program was started with, if it was.
pub(super) fn state() -> Option<State> {
    serde_json::from_str(&std::env::var(STATE).ok()?).ok()
}

/// Goes on as the actor of that state.
pub(super) fn go_on(state: State, subject: Box<dyn Subject>, program: Option<Program>) -> ! {
    // SAFETY: the actor that has replaced its program with this one had these descriptors.
    let mut actor = unsafe { Actor::new(subject, program, state.started_fds) };
    actor.name = state.name;
    actor.subject.name_prefix(&state.prefix);
    actor.prefix = state.prefix;
    actor.peers = state.peers;
    actor.children = state.children;
    actor.born = state.born;
    actor.holdings.fds = state.fds;
    actor.holdings.fds.retain_open();
    actor.start = state.start;
    if !actor.holdings.fds.has(libc::STDIN_FILENO) {
        actor.start.keep_stdin_lost();
    }
    actor.names_made = state.names_made;
    actor.channel.put_requests(state.requests);
    let end = Some(wire::now());
    let (start, fds) = (Some(state.began), Some(descriptors::open()));
    let answer = Answer { seq: state.seq, outcome: Outcome::Ok, start, end, pid: None, fds };
    actor.channel.put(&Reply::Answer(answer));
    actor.serve()
}

impl Actor {
    /// Replaces the program; comes back only to say why that failed.
    pub(super) fn exec(&mut self, seq: u32, began: u64) -> Outcome {
        let Some(program) = self.program.clone() else {
            return Outcome::Unsupported(NO_PROGRAM.to_owned());
        };
        let state = State {
            subject: program.subject.clone(),
            name: self.name,
            prefix: self.prefix.clone(),
            peers: self.peers.clone(),
            children: self.children.clone(),
            born: self.born.clone(),
            fds: self.holdings.fds.beyond_exec(),
            started_fds: self.started_fds.clone(),
            start: self.start.clone(),
            names_made: self.names_made,
            seq,
            began,
            requests: self.channel.take_requests().into(),
        };
        let failed = execute(&program, &state);
        self.channel.put_requests(state.requests);
        failed.unwrap_or_else(|outcome| outcome)
    }
}

/// Why an actor cannot replace its program.
pub(super) const NO_PROGRAM: &str = "the path of a program that speaks the protocol is not known";

fn execute(program: &Program, state: &State) -> Result<Outcome, Outcome> {
    let not_executed =
        |error: &dyn std::fmt::Display| Outcome::NotExecuted(format!("cannot prepare the exec: {error}"));
    let text = |text: OsString| CString::new(text.into_vec()).map_err(|error| not_executed(&error));
    let json = serde_json::to_string(state).map_err(|error| not_executed(&error))?;
    let path = text(program.path.clone().into())?;
    let mut arguments = vec![path.clone()];
    for argument in &program.arguments {
        arguments.push(text(argument.clone())?);
    }
    let mut variables = vec![text(format!("{STATE}={json}").into())?];
    for (name, value) in std::env::vars_os().filter(|(name, _)| name != STATE) {
        let mut variable = name;
        variable.push("=");
        variable.push(value);
        variables.push(text(variable)?);
    }
    match nix::unistd::execve(&path, &arguments, &variables) {
        Ok(never) => match never {},
        Err(error) => Err(Outcome::Errno(errno::of(error as i32))),
    }
}
