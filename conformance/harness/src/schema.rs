//! The JSON schemas of everything that others read or write.
//!
//! `schemas/` has them as files. The feature `schemas` generates them from the types, and a test compares the two.

#[cfg(feature = "schemas")]
mod generated;

/// A format with a published schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Published {
    /// What `shmconf run --format json` writes.
    Report,
    /// What `shmconf outcomes --format json` writes.
    Outcomes,
    /// What `shmconf show --format json` writes.
    Answers,
    /// What `shmconf name --format json` writes.
    Name,
    /// A line of a trace.
    Trace,
    /// A line between the harness and an actor.
    Protocol,
    /// What `shmconf doctor --format json` writes.
    Doctor,
}

impl Published {
    /// Every published format.
    pub const ALL: &[Published] = &[
        Published::Report,
        Published::Outcomes,
        Published::Answers,
        Published::Name,
        Published::Trace,
        Published::Protocol,
        Published::Doctor,
    ];

    /// The word that stands for it on the command line and in the name of its file.
    pub fn word(self) -> &'static str {
        match self {
            Published::Report => "report",
            Published::Outcomes => "outcomes",
            Published::Answers => "answers",
            Published::Name => "name",
            Published::Trace => "trace",
            Published::Protocol => "protocol",
            Published::Doctor => "doctor",
        }
    }

    /// The schema as indented JSON, with a line feed at the end.
    pub fn text(self) -> &'static str {
        match self {
            Published::Report => include_str!("../schemas/report.json"),
            Published::Outcomes => include_str!("../schemas/outcomes.json"),
            Published::Answers => include_str!("../schemas/answers.json"),
            Published::Name => include_str!("../schemas/name.json"),
            Published::Trace => include_str!("../schemas/trace.json"),
            Published::Protocol => include_str!("../schemas/protocol.json"),
            Published::Doctor => include_str!("../schemas/doctor.json"),
        }
    }
}
