//! Scripts of the user's own: a file, all files below a folder, or standard input.

use super::super::error::CliError;
use super::super::kind::Kind;
use super::ids;
use crate::campaign::Case;
use shmconf_model::script::{Id, Script, limits};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How the name of a script's file ends.
const EXTENSION: &str = "shm";

/// How deep the folders below a folder are looked into, and how many files and folders at most.
const DEPTH: usize = 16;
const MOST_FILES: usize = 100_000;

/// The scripts of a word that is `-`, that looks like a path, or that is one and neither an ID nor an area.
pub(super) fn scripts(word: &str) -> Result<Option<Vec<Case>>, CliError> {
    if word == "-" {
        let path = PathBuf::from("standard input");
        let script = script(&path, io::stdin().lock(), Id::of_path("stdin"))?;
        return Ok(Some(vec![Case { script, argument: word.to_owned() }]));
    }
    let path = Path::new(word);
    let is_known = || ids().any(|id| id.as_str() == word || id.area() == word);
    if !looks_like_a_path(word) && (is_known() || !path.exists()) {
        return Ok(None);
    }
    if path.is_dir() {
        return folder(path).map(Some);
    }
    let name = path.file_stem().unwrap_or(path.as_os_str());
    file(path, Id::of_path(&name.to_string_lossy())).map(|script| Some(vec![script]))
}

fn looks_like_a_path(word: &str) -> bool {
    Path::new(word).extension().is_some_and(|extension| extension == EXTENSION)
        || word.starts_with(['.', '/'])
        || word.ends_with('/')
}

/// Every script below a folder, by path. One without a head is called by its path below the folder.
fn folder(root: &Path) -> Result<Vec<Case>, CliError> {
    let mut paths = Vec::new();
    collect(root, DEPTH, &mut { MOST_FILES }, &mut paths)?;
    paths.sort();
    if paths.is_empty() {
        return Err(CliError::NoScripts(root.to_owned()));
    }
    let id = |path: &Path| {
        let below = path.strip_prefix(root).unwrap_or(path).with_extension("");
        Id::of_path(&below.to_string_lossy())
    };
    paths.iter().map(|path| file(path, id(path))).collect()
}

/// Adds the scripts below a folder to `paths`. A link to a folder is not followed, as it may lead back.
fn collect(folder: &Path, depth: usize, left: &mut usize, paths: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let failed = |source| CliError::Read { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        *left = left.checked_sub(1).ok_or_else(|| {
            failed(io::Error::other(format!("there are more than {MOST_FILES} files below the folder that was given")))
        })?;
        let path = entry.path();
        match entry.file_type().map_err(failed)?.is_dir() {
            true if depth > 0 => collect(&path, depth - 1, left, paths)?,
            false if path.extension().is_some_and(|extension| extension == EXTENSION) => paths.push(path),
            _ => {}
        }
    }
    Ok(())
}

fn file(path: &Path, otherwise: Id) -> Result<Case, CliError> {
    let file = File::open(path).map_err(|source| CliError::Read { path: path.to_owned(), source })?;
    let script = script(path, file, otherwise).map_err(|error| Kind::Script.instead(path, error))?;
    Ok(Case { script, argument: path.to_string_lossy().into_owned() })
}

/// Reads no more than a script can have, so that a device without an end is refused.
fn script(path: &Path, input: impl Read, otherwise: Id) -> Result<Script, CliError> {
    let mut text = String::new();
    let read = input.take(limits::TEXT as u64 + 1).read_to_string(&mut text);
    read.map_err(|source| CliError::Read { path: path.to_owned(), source })?;
    Script::read(&text, otherwise)
        .map_err(|source| CliError::Script { path: path.to_owned(), source: Box::new(source) })
}
