//! The rules side by side: each matter in which platforms differ, with what each does, and where that is known from.

use crate::choices;
use serde::Serialize;
use shmconf_model::clause::{ClauseId, Ledger};
use shmconf_model::profile::{Profile, RuleInfo};

/// A matter in which platforms differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its key, such as `map_exec`.
    pub key: &'static str,
    /// What it is about, in a sentence.
    pub about: &'static str,
    /// What each platform does, in the order of [`crate::platforms`].
    pub platforms: Vec<Does>,
}

/// What a platform does in one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Does {
    /// Its choices; none where nothing is known.
    pub choices: Vec<Choice>,
    /// Where it is known from.
    pub source: String,
}

/// One choice of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What it does.
    pub text: String,
    /// Of which releases and settings; empty where it is always one.
    pub when: String,
    /// The ID of the deviation that it is, if it is one.
    pub deviation: Option<String>,
    /// What the deviation says; of POSIX, the clause that allows the choice.
    pub because: String,
    /// What an application does instead.
    pub instead: String,
}

/// Every rule.
pub fn rules() -> Vec<Row> {
    let platforms: Vec<_> = Profile::ids().filter_map(|id| choices::platform(id).ok()).collect();
    let lists: Vec<Vec<RuleInfo>> = platforms.iter().map(|platform| platform.profile().rules.list()).collect();
    let Some(first) = lists.first() else { return Vec::new() };
    let row = |(at, rule): (usize, &RuleInfo)| {
        let columns = platforms.iter().zip(&lists);
        let platforms = columns.filter_map(|(platform, list)| Some(does(platform.profile(), list.get(at)?))).collect();
        Row { key: rule.key, about: rule.about, platforms }
    };
    first.iter().enumerate().map(row).collect()
}

fn does(profile: &Profile, rule: &RuleInfo) -> Does {
    // The standard allows; a platform of which nothing is known has the standard's choices, which say nothing of it.
    let is_known = profile.id == "posix" || !rule.source.is_empty();
    let choices = rule.choices.iter().enumerate().filter(|_| is_known);
    let choice = |(at, (text, justification)): (usize, &(String, _))| {
        let deviation = profile.deviation(*justification);
        Choice {
            text: text.clone(),
            when: rule.when.get(at).cloned().unwrap_or_default(),
            deviation: deviation.map(|deviation| deviation.id.clone()),
            because: deviation.map_or_else(|| clause(justification.clause), |deviation| deviation.text.clone()),
            instead: deviation.map(|deviation| deviation.instead.clone()).unwrap_or_default(),
        }
    };
    Does { choices: choices.map(choice).collect(), source: rule.source.clone() }
}

/// `shm_open:6, implementation-defined: What a name without a leading slash means.`
fn clause(id: ClauseId) -> String {
    let ledger = Ledger::get();
    let text = ledger.clause(id).map(|clause| clause.text.as_str()).unwrap_or_default();
    format!("{id}, {}: {text}", ledger.level(id))
}
