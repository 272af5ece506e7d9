//! Everything that was observed in one execution of a script: a file that can be judged later, elsewhere, again.
//!
//! JSON lines: a header and an event a call. docs/traces.md describes the format.

mod read;

pub use read::{Impossible, ReadError, limits};

use crate::call::{Call, Label, Resource};
use crate::outcome::Outcome;
use crate::script::Id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

/// What a trace of this version calls itself.
pub const FORMAT: &str = "shmconf-trace/1";

/// What the subject of a recorded program begins with.
const PROGRAM: &str = "program:";

/// The subject of a trace that was recorded from that program.
pub fn program_subject(program: &str) -> String {
    format!("{PROGRAM}{program}")
}

/// The program that a trace of that subject was recorded from, if it was.
pub fn program_of(subject: &str) -> Option<&str> {
    subject.strip_prefix(PROGRAM)
}

/// One execution of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Who, where and what.
    pub header: Header,
    /// The calls, by the time at which they began.
    pub events: Vec<Event>,
    /// In the trace of a recorded program, what it did that is no call of scripts.
    pub others: Vec<Other>,
}

/// The first line of a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Header {
    /// [`FORMAT`]
    pub format: String,
    /// The script.
    pub case: Id,
    /// The implementation, as `kind[:argument]`.
    pub subject: String,
    /// The system that it ran on.
    pub platform: Platform,
    /// What is known of the machine.
    #[serde(default, skip_serializing_if = "Machine::is_unknown")]
    pub machine: Machine,
    /// The seed of the run.
    pub seed: u64,
    /// Does the script give amounts in pages? Then the program asks for their size, whatever that is elsewhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_pages: bool,
    /// The actors that were there from the beginning.
    pub actors: Vec<Actor>,
}

/// A system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Platform {
    /// Operating system, such as `Linux`.
    pub os: String,
    /// Its release, such as `6.18.44`.
    pub release: String,
    /// Machine, such as `x86_64`.
    pub arch: String,
    /// C library and version, such as `glibc 2.36`.
    pub libc: String,
    /// What stands in for the system's kernel, or between it and programs, such as `gvisor` or `qemu-user`; mostly nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stand_in: String,
    /// Page size in bytes.
    pub page_size: u64,
}

/// `Linux 6.18.44 x86_64 glibc 2.36`; what is not known is left out.
impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [&self.os, &self.release, &self.arch, &self.libc].map(String::as_str);
        f.write_str(&words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
    }
}

/// What a machine has at the moment, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Machine {
    /// The file system of the objects with names, where they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<Storage>,
    /// What an administrator has set, by the names that the platform's profile gives it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
}

/// A file system, and the room in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Storage {
    /// Bytes that an ordinary user can still take, when the first call began.
    pub free_bytes: u64,
    /// Files that can still be made; left out where the file system does not count them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_inodes: Option<u64>,
    /// Bytes that it has in all.
    pub total_bytes: u64,
    /// What kind it is, such as `tmpfs`; empty where that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file_system: String,
    /// The twelve permission bits of its directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Machine {
    fn is_unknown(&self) -> bool {
        *self == Machine::default()
    }
}

/// What an actor had when it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Actor {
    /// What the script calls it.
    pub name: Label,
    /// Effective user.
    pub uid: u32,
    /// Effective group.
    pub gid: u32,
    /// Supplementary groups, if they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<u32>>,
    /// File mode creation mask.
    pub umask: u32,
    /// What it may do though an object's mode forbids it. Left out, user 0 may do all, and anybody else nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privilege: Option<Privilege>,
    /// The limits that its process had, as far as they are so low that calls may meet them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<Resource, u64>,
    /// The process that the actor is a thread of, by the name of the actor that the process began with. Left out, the
    /// actor has a process of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Label>,
    /// Of a thread: how many events come before it began. A new program of its process ends those alone that have begun.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub since: u32,
    /// The descriptors that were open, if it can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fds: Option<Vec<i32>>,
}

/// What somebody may do though an object's mode forbids it: user 0 of a container may have less than all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// Read, write, and what is left to an object's owner.
    All,
    /// The same, but not give an object away: whoever else there is, is not there in its user namespace, or it has not that right.
    Keeping,
    /// Read.
    Reading,
    /// Nothing.
    Nothing,
}

/// A call and what came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Event {
    /// Who made it.
    pub actor: Label,
    /// What its descriptors, or its mapping, are called from then on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bind: Vec<Label>,
    /// The call, with names and amounts resolved.
    pub call: Call,
    /// What came back.
    pub outcome: Outcome,
    /// The descriptors that were open in the process that a fork or an exec made, if it could tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fds: Option<Vec<i32>>,
    /// Why nobody can judge the call, where that is so: what it is about came from outside of what was recorded, or was changed
    /// by a call that has no model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unjudged: Option<String>,
    /// Was it a call for a lock that waits until it can have it, which no call of a script does?
    #[serde(default, skip_serializing_if = "is_false")]
    pub waits: bool,
    /// When it began, in nanoseconds of the system's monotonic clock.
    pub start: u64,
    /// When it had ended.
    pub end: u64,
}

/// What a recorded program did to shared memory by a call that has no model, or that it was a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// Who did it.
    pub actor: Label,
    /// The call as it is written in C, with what it is about by the labels of events.
    pub other: String,
    /// What came back, in words.
    pub outcome: String,
    /// When it began, in nanoseconds of the system's monotonic clock.
    pub start: u64,
    /// When it had ended.
    pub end: u64,
}

pub(crate) fn is_false(value: &bool) -> bool {
    !*value
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.actor, self.other, self.outcome)
    }
}

impl Trace {
    /// Puts the calls in the order in which they began.
    pub(crate) fn sort(&mut self) {
        self.events.sort_by_key(|event| event.start);
    }

    /// Writes the trace as JSON lines.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn write(&self, mut output: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut output, &self.header)?;
        for event in &self.events {
            output.write_all(b"\n")?;
            serde_json::to_writer(&mut output, event)?;
        }
        for other in &self.others {
            output.write_all(b"\n")?;
            serde_json::to_writer(&mut output, other)?;
        }
        output.write_all(b"\n")
    }
}

impl Actor {
    /// The process that the actor is a thread of; one of its own is called as the actor is.
    pub fn process(&self) -> Label {
        self.process.unwrap_or(self.name)
    }
}

impl Event {
    /// How it begins why a call cannot be judged, where nothing that is known explains its outcome.
    pub const UNEXPLAINED: &str = "no recorded call explains";

    /// Why the outcome is one that nothing explains which is known, where that is so.
    pub fn unexplained(&self) -> Option<&str> {
        self.unjudged.as_deref().filter(|why| why.starts_with(Event::UNEXPLAINED))
    }

    /// The event as a line of a script, without its outcome.
    pub fn line(&self) -> String {
        let bind: Vec<&str> = self.bind.iter().map(Label::as_str).collect();
        let equals = if bind.is_empty() { "" } else { " = " };
        format!("{}: {}{equals}{}", self.actor, bind.join(", "), self.call)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.line(), self.outcome)
    }
}
