//! All hand-written cases: the files under `cases/`, one folder an area, embedded in the program.

use crate::script::Script;
use std::sync::OnceLock;

/// ID, which is the path below `cases/`, and text.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Every case, ordered by ID.
pub fn cases() -> &'static [Script] {
    static CASES: OnceLock<Vec<Script>> = OnceLock::new();
    CASES.get_or_init(|| {
        let mut cases: Vec<Script> = FILES.iter().map(|(id, text)| read(id, text)).collect();
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        cases
    })
}

/// The case of that ID.
pub fn case(id: &str) -> Option<&'static Script> {
    let cases = cases();
    cases.binary_search_by(|case| case.id.as_str().cmp(id)).ok().map(|at| &cases[at])
}

/// The text of a case as its file holds it.
pub fn text(id: &str) -> Option<&'static str> {
    FILES.iter().find(|(path, _)| *path == id).map(|(_, text)| *text)
}

/// A file that cannot be read is a mistake of the build, which a test catches.
fn read(id: &str, text: &str) -> Script {
    text.parse().unwrap_or_else(|error| panic!("cases/{id}.shm:{error}"))
}
