//! What an application does to be right everywhere, by the rule where a platform refuses what others allow.

use super::{Justification, ProfileError, Rules};
use std::collections::BTreeMap;
use std::sync::OnceLock;

const TEXT: &str = include_str!("../../profiles/advice.toml");

/// The advice for each rule that has one, in a sentence or two.
///
/// # Errors
///
/// [`ProfileError`], where the file is not TOML, or speaks of a rule that there is not.
pub fn advice() -> Result<&'static BTreeMap<String, String>, ProfileError> {
    static ADVICE: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    if let Some(advice) = ADVICE.get() {
        return Ok(advice);
    }
    let advice: BTreeMap<String, String> = toml::from_str(TEXT)?;
    if let Some(key) = advice.keys().find(|key| !Rules::KEYS.contains(&key.as_str())) {
        return Err(ProfileError::Rule { key: key.clone(), problem: "no rule has that key".to_owned() });
    }
    Ok(ADVICE.get_or_init(|| advice))
}

impl Justification {
    /// What an application does instead, where a rule is the reason of an error; empty where nothing is known.
    pub fn advice(self) -> &'static str {
        let key = self.rule.and_then(|rule| Rules::KEYS.get(usize::from(rule)));
        key.and_then(|key| advice().ok()?.get(*key)).map_or("", String::as_str)
    }
}
