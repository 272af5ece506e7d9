//! The schemas as the types have them.

use super::Published;
use crate::doctor::{self, Examination};
use crate::names::{self, Names};
use crate::outcomes::{self, Listing};
use crate::report::{self, Document};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use shmconf_adapter::wire::{self, Reply, Request};
use shmconf_model::answers::{self, Answers};
use shmconf_model::trace::{self, Event, Header};

impl Published {
    /// What [`text`](Published::text) has to be, from the types.
    pub fn generated(self) -> String {
        format!("{:#}\n", self.schema().to_value())
    }

    fn schema(self) -> Schema {
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
