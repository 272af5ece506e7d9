//! Scripts to begin with: some questions that people have, and the cases of the catalogue.

use serde::Serialize;
use shmconf_model::catalogue;

/// A script with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// What the page calls it; of a case its ID.
    pub title: String,
    /// The script.
    pub text: &'static str,
    /// Is it a case of the catalogue?
    pub is_case: bool,
}

/// The examples of the command, each with the question that it asks.
const QUESTIONS: &[(&str, &str)] = &[
    ("QEMU's shared memory", include_str!("../../harness/examples/qemu-sequence.shm")),
    ("Python's shared memory", include_str!("../../harness/examples/python-sequence.shm")),
    ("Attach before it is sized", include_str!("../../harness/examples/attach-before-sized.shm")),
    ("A name of 32 bytes", include_str!("../../harness/examples/name-of-32-bytes.shm")),
    ("Set the size twice", include_str!("../../harness/examples/sized-twice.shm")),
    ("Map it for execution", include_str!("../../harness/examples/mapped-executable.shm")),
    ("Pass a descriptor", include_str!("../../harness/examples/descriptor-passed.shm")),
];

/// What people ask, then every case.
pub fn examples() -> Vec<Example> {
    let asked = QUESTIONS.iter().map(|(title, text)| Example { title: (*title).to_owned(), text, is_case: false });
    let cases = catalogue::cases().iter().filter_map(|case| {
        let id = case.id.as_str();
        Some(Example { title: id.to_owned(), text: catalogue::text(id)?, is_case: true })
    });
    asked.chain(cases).collect()
}
