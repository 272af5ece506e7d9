//! The Rust files of the workspace.

use std::fs;
use std::path::Path;

/// One file.
pub(crate) struct Source {
    /// From the top of the workspace.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
}

/// Every file of every crate.
pub(crate) fn all() -> Vec<Source> {
    ["backend", "conformance", "fuzz"].into_iter().flat_map(of).collect()
}

/// Every file below a folder, in order, but for what was built there.
pub(crate) fn of(folder: &str) -> Vec<Source> {
    let top = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut sources = Vec::new();
    collect(top, &top.join(folder), &mut sources);
    assert!(!sources.is_empty(), "{folder} has no Rust files");
    sources
}

fn collect(top: &Path, folder: &Path, sources: &mut Vec<Source>) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).expect("the folder can be read").flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if !path.ends_with("target") {
                collect(top, &path, sources);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("the file can be read");
            let path = path.strip_prefix(top).expect("it lies below").to_string_lossy().into_owned();
            sources.push(Source { path, text });
        }
    }
}
