//! Lists the files of the catalogue, so that the program can embed them.
#![allow(clippy::disallowed_methods, reason = "it runs when the crate is built, and is no part of it")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=cases");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("cases");
    let mut files = Vec::new();
    for area in entries(&root)? {
        println!("cargo::rerun-if-changed={}", area.display());
        files.extend(entries(&area)?.into_iter().filter(|file| file.extension().is_some_and(|word| word == "shm")));
    }
    let mut list = String::from("&[\n");
    for file in files {
        let id = file.strip_prefix(&root).expect("it lies below").with_extension("");
        writeln!(list, "    ({:?}, include_str!({file:?})),", id.to_string_lossy()).expect("a string takes everything");
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("cases.rs"), list)
}

/// What lies in a folder, in order.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}
