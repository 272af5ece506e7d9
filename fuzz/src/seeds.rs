//! The corpus that a target begins with: the catalogue, traces of it by the model, the profiles, and requests and replies
//! for each call. Written to the folder that `FUZZ_SEEDS` names, before libFuzzer reads it.

use crate::platforms::{other, platform};
use shmconf_adapter::wire::{self, Answer, Invocation, Reply, Request};
use shmconf_model::catalogue;
use shmconf_model::naming::Token;
use shmconf_model::profile::Profile;
use shmconf_model::simulation::Simulation;
use shmconf_model::trace::Trace;
use std::path::Path;

/// Writes a seed, if that is asked for.
pub fn put(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
        std::fs::write(Path::new(&folder).join(name.replace('/', "-")), bytes).expect("the folder is there");
    }
}

/// Reads what every input needs, so that it is not counted as the first one's time.
fn read_platforms() {
    platform(0);
    other(0);
}

/// Every case.
pub fn scripts() {
    read_platforms();
    for case in catalogue::cases() {
        put(case.id.as_str(), catalogue::text(case.id.as_str()).expect("it has a text").as_bytes());
    }
}

/// A trace of every case.
pub fn traces() {
    read_platforms();
    for trace in simulated() {
        put(trace.header.case.as_str(), &written(&trace));
    }
}

/// The requests and the replies of every case.
pub fn wire() {
    for trace in simulated() {
        let mut lines = Vec::new();
        for (seq, event) in (0..).zip(&trace.events) {
            let (bind, call) = (event.bind.clone(), event.call.clone());
            let invocation = Invocation { seq, bind, call, at: Some(event.start), flush: seq % 2 == 0 };
            wire::put(&Request::Call(invocation), &mut lines);
            let (outcome, start, end) = (event.outcome.clone(), Some(event.start), Some(event.end));
            wire::put(&Reply::Answer(Answer { seq, outcome, start, end, pid: None, fds: None }), &mut lines);
        }
        put(trace.header.case.as_str(), &lines);
    }
    put("others", include_bytes!("../seeds/wire.jsonl"));
}

/// Every profile.
pub fn profiles() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/model/profiles");
    for id in Profile::ids() {
        put(id, &std::fs::read(format!("{folder}/{id}.toml")).expect("a profile has a file"));
    }
}

/// What the platforms would answer to the cases, one after the other.
fn simulated() -> impl Iterator<Item = Trace> {
    catalogue::cases().iter().enumerate().map(|(number, case)| {
        let profile = platform(number).clone();
        Simulation::new(&format!("model:{}", profile.id), profile, Token::of(0), (0, 1)).execute(case, 0)
    })
}

fn written(trace: &Trace) -> Vec<u8> {
    let mut text = Vec::new();
    trace.write(&mut text).expect("memory can be written");
    text
}
