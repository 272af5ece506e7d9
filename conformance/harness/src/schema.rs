//! The JSON schemas of everything that others read or write.
//!
//! They are generated from the types; `schemas/` has them as files, and a test keeps those up to date.

use crate::doctor::{self, Examination};
use crate::names::{self, Names};
use crate::outcomes::{self, Listing};
use crate::report::{self, Document};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use shmconf_adapter::wire::{self, Reply, Request};
use shmconf_model::answers::{self, Answers};
use shmconf_model::trace::{self, Event, Header};

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

    /// The schema.
    pub fn schema(self) -> Schema {
        match self {
            Published::Report => titled(schemars::schema_for!(Document), report::FORMAT, "What a run found."),
            Published::Doctor => {
                titled(schemars::schema_for!(Examination), doctor::FORMAT, "What a machine has for shared memory.")
            }
            Published::Outcomes => {
                titled(schemars::schema_for!(Listing), outcomes::FORMAT, "Every outcome that a script may have.")
            }
            Published::Answers => {
                let about = "What platforms answer to scripts, call by call.";
                titled(schemars::schema_for!(Vec<Answers>), answers::FORMAT, about)
            }
            Published::Name => {
                titled(schemars::schema_for!(Names), names::FORMAT, "What each platform makes of names.")
            }
            Published::Trace => {
                let about = "A line of a trace: the first one is a header, each of the others an event.";
                either::<Header, Event>(trace::FORMAT, about)
            }
            Published::Protocol => {
                let about = "A line of the protocol: the harness writes requests, an actor replies.";
                either::<Request, Reply>(wire::PROTOCOL, about)
            }
        }
    }

    /// The schema as indented JSON, with a line feed at the end.
    pub fn text(self) -> String {
        format!("{:#}\n", self.schema().to_value())
    }
}

/// The schema of JSON lines of which each is one of two things.
fn either<A: JsonSchema, B: JsonSchema>(title: &str, description: &str) -> Schema {
    let mut generator = SchemaGenerator::default();
    let a = generator.subschema_for::<A>();
    let b = generator.subschema_for::<B>();
    let schema = json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "anyOf": [a, b],
        "$defs": generator.take_definitions(true),
    });
    titled(schema, title, description)
}

fn titled(mut schema: Schema, title: &str, description: &str) -> Schema {
    schema.insert("title".to_owned(), title.into());
    schema.insert("description".to_owned(), description.into());
    schema
}
