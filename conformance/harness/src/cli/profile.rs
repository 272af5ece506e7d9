//! Finds the profile that a user means.

use super::error::CliError;
use shmconf_model::profile::Profile;
use std::fs;
use std::path::{Path, PathBuf};

/// A built-in profile by its ID, or the one of a `.toml` file.
pub(super) fn find(word: &str) -> Result<Profile, CliError> {
    let path = Path::new(word);
    if path.extension().is_none_or(|extension| extension != "toml") {
        return Profile::get(word).map_err(CliError::from);
    }
    let text = fs::read_to_string(path).map_err(|source| CliError::Read { path: PathBuf::from(word), source })?;
    Profile::parse(&text).map_err(|source| CliError::Profile { path: PathBuf::from(word), source })
}
