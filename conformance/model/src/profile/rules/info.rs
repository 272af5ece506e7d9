//! A rule as people read it.

use crate::profile::Justification;

/// One rule as people read it.
#[derive(Debug, Clone)]
pub struct RuleInfo {
    /// Its key in the profile files.
    pub key: &'static str,
    /// What it is about, in a sentence.
    pub about: &'static str,
    /// Its choices, each with its justification.
    pub choices: Vec<(String, Justification)>,
    /// When each of them is one, where that depends on the release or on settings; else nothing.
    pub when: Vec<String>,
    /// Where it is known from.
    pub source: String,
}
