//! The Rust files of the workspace.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// One file.
pub(crate) struct Source {
    /// From the top of the workspace.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
}

/// Every file of both crates.
pub(crate) fn all() -> Vec<Source> {
    ["backend", "conformance"].into_iter().flat_map(of).collect()
}

/// Every file below a folder, in order.
pub(crate) fn of(folder: &str) -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace");
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
            collect(top, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("the file can be read");
            let path = path.strip_prefix(top).expect("it lies below").to_string_lossy().into_owned();
            sources.push(Source { path, text });
        }
    }
}

impl Source {
    /// The module of the crate that the file belongs to.
    pub(crate) fn module(&self) -> String {
        let below = self.path.split("src/").nth(1).unwrap_or_default();
        below.split(['/', '.']).next().unwrap_or_default().to_owned()
    }

    /// The modules of the crate that it names as `crate::…`.
    pub(crate) fn modules_used(&self) -> BTreeSet<String> {
        let code: String =
            self.text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        code.split("crate::").skip(1).flat_map(first_words).collect()
    }
}

/// `campaign` of `campaign::run`, `campaign` and `catalogue` of `{campaign::{self, Plan}, catalogue}`.
fn first_words(path: &str) -> Vec<String> {
    let word =
        |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = path.strip_prefix('{') else { return vec![word(path)] };
    let mut words = Vec::new();
    let mut depth = 0;
    let mut item = String::new();
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => words.push(word(&std::mem::take(&mut item))),
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    words.push(word(&item));
    words
}
