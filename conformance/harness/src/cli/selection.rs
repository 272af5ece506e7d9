//! Which cases and properties are meant: by ID, by area, by glob, or as a file of one's own, a folder of them, or `-`.

mod own;
mod pattern;
mod shard;

pub(super) use shard::Shard;

use super::error::CliError;
use super::explain;
use super::near::near;
use crate::campaign::Case;
use crate::generator::{self, Property};
use pattern::Pattern;
use shmconf_model::catalogue;
use shmconf_model::script::{Id, Script};

/// Cases and properties, each in the order of their IDs; files of the user's own come last.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub(super) cases: Vec<Case>,
    pub(super) properties: Vec<Property>,
}

/// Every ID that there is.
pub(super) fn ids() -> impl Iterator<Item = &'static Id> {
    let cases = catalogue::cases().iter().map(|case| &case.id);
    cases.chain(generator::properties().iter().map(|property| &property.id))
}

/// What `wanted` names, or everything if it names nothing, without what `unwanted` matches.
pub(super) fn select(wanted: &[String], unwanted: &[String]) -> Result<Selection, CliError> {
    let mut files = Vec::new();
    let mut globs = Vec::new();
    for word in wanted {
        match own::scripts(word)? {
            Some(scripts) => files.extend(scripts),
            None => globs.push(matcher(word)?),
        }
    }
    let unwanted = unwanted.iter().map(|word| matcher(word)).collect::<Result<Vec<_>, _>>()?;
    let is_meant = |id: &Id| {
        let meant = wanted.is_empty() || globs.iter().any(|glob| glob.matches(id));
        meant && !unwanted.iter().any(|glob| glob.matches(id))
    };
    let mut selection = Selection::default();
    selection.cases.extend(catalogue::cases().iter().filter(|case| is_meant(&case.id)).cloned().map(Case::from));
    selection.cases.extend(files);
    selection.properties.extend(generator::properties().iter().filter(|property| is_meant(&property.id)).cloned());
    if selection.cases.is_empty() && selection.properties.is_empty() {
        return Err(CliError::NothingSelected);
    }
    Ok(selection)
}

/// The one script that a word names: a case of the catalogue, a file, or standard input.
pub(super) fn one(word: &str) -> Result<Script, CliError> {
    let Selection { cases, properties } = select(&[word.to_owned()], &[])?;
    let what = match (cases.len(), properties.len()) {
        (0, 1) => "a property, which draws scripts at random".to_owned(),
        (cases, properties) => format!("{} cases and properties", cases + properties),
    };
    match <[Case; 1]>::try_from(cases) {
        Ok([case]) if properties.is_empty() => Ok(case.script),
        _ => Err(CliError::NotOne { word: word.to_owned(), what }),
    }
}

/// What an ID, an area or a glob matches; it must match something.
fn matcher(word: &str) -> Result<Pattern, CliError> {
    let is_glob = word.contains(['*', '?', '[', '{']);
    let is_area = ids().any(|id| id.area() == word);
    let pattern = Pattern::new(&if is_area { format!("{word}/*") } else { word.to_owned() })?;
    match ids().any(|id| pattern.matches(id)) {
        true => Ok(pattern),
        false if is_glob => Err(CliError::NoMatch(word.to_owned())),
        false => {
            if let Some(what) = explain::kind(word) {
                return Err(CliError::NoCase { id: word.to_owned(), what });
            }
            let areas = ids().map(Id::area);
            let near = near(word, ids().map(Id::as_str).chain(areas));
            Err(CliError::UnknownCase { id: word.to_owned(), near })
        }
    }
}
