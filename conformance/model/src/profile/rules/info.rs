//! A rule as people read it.

use crate::profile::{Justification, Rule};
use std::collections::BTreeSet;
use std::fmt;

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
    /// The settings on which they depend.
    pub settings: BTreeSet<String>,
    /// Where it is known from.
    pub source: String,
}

impl RuleInfo {
    /// The choices, together by the conditions under which they are ones; without a condition they are always possible, and come
    /// last.
    pub fn by_condition(&self) -> Vec<(&str, Vec<&(String, Justification)>)> {
        let mut all: Vec<(&str, Vec<&(String, Justification)>)> = Vec::new();
        for (choice, when) in self.choices.iter().zip(&self.when) {
            for when in when.split("; ") {
                match all.iter_mut().find(|(known, _)| *known == when) {
                    Some((_, choices)) => choices.push(choice),
                    None => all.push((when, vec![choice])),
                }
            }
        }
        all.sort_by_key(|(when, _)| when.is_empty());
        all
    }
}

impl<T: fmt::Display> Rule<T> {
    pub(super) fn info(&self, key: &'static str, about: &'static str) -> RuleInfo {
        let choices = self.choices.iter().map(|choice| (choice.value.to_string(), choice.justification)).collect();
        let Rule { when, settings, source, .. } = self;
        RuleInfo { key, about, choices, when: when.clone(), settings: settings.clone(), source: source.clone() }
    }
}
