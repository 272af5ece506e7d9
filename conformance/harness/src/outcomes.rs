//! Every outcome that a script may have, on one platform or on several, beside what was seen of an implementation.
//!
//! The model lists what may be; a subject shows what is. A [`Listing`] has both, as plain data that every format is rendered
//! from.

mod observe;
mod pretty;

pub use observe::{Observation, Observing, observe};
pub use pretty::Pretty;

use crate::report::Tool;
use serde::{Deserialize, Serialize};
use shmconf_model::call::Label;
use shmconf_model::outcomes::{Outcomes, ScriptOutcome, in_common, short};
use shmconf_model::script::Id;
use shmconf_model::verdict::Explanation;

/// What a listing of this version calls itself.
pub const FORMAT: &str = "shmconf-outcomes/1";

/// Every outcome that a script may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Listing {
    /// [`FORMAT`]
    pub format: String,
    /// What made the document.
    pub tool: Tool,
    /// The script.
    pub script: Id,
    /// Its calls, in order.
    pub calls: Vec<ListedCall>,
    /// Actors that the script treats alike: an outcome stands for itself with them in any other order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alike: Vec<Vec<Label>>,
    /// Which outcomes there are on each platform.
    pub platforms: Vec<Platform>,
    /// Every outcome, each once.
    pub outcomes: Vec<Listed>,
    /// What was seen, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observed>,
}

/// A call of the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ListedCall {
    /// The line, such as `b: g = shm_open(@x, RDWR)`.
    pub line: String,
    /// Which race it is part of, from 0, where it is part of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub race: Option<u32>,
    /// What comes back in every outcome, where it is always the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always: Option<String>,
}

/// A platform, and what a script may come to there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Platform {
    /// Its profile.
    pub profile: String,
    /// The size of a page there in bytes, which scripts call `PAGE`.
    pub page_size: u64,
    /// Indices of the outcomes that there may be.
    pub outcomes: Vec<usize>,
    /// Why others may be missing, where they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounded: Option<String>,
}

/// One outcome of the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Listed {
    /// What comes back, by call.
    pub answers: Vec<String>,
    /// An order of the calls that are executed, by index, in which that comes back. There may be others.
    pub order: Vec<usize>,
    /// Why that is allowed, by call, on the first platform that allows it.
    pub justifications: Vec<Vec<Explanation>>,
    /// How often it was seen, if anybody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<u64>,
}

/// What was seen of an implementation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Observed {
    /// The implementation, as `kind[:argument]`.
    pub subject: String,
    /// How often the script was executed.
    pub runs: u64,
    /// What was seen and is not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlisted: Vec<Unlisted>,
}

/// Something that was seen and is not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Unlisted {
    /// What came back, by call.
    pub answers: Vec<String>,
    /// How often.
    pub seen: u64,
    /// Does the judge allow it? Then it is missing since the list is not whole.
    pub allowed: bool,
}

/// What a profile says of a script.
#[derive(Debug, Clone)]
pub struct Said {
    /// Its name.
    pub profile: String,
    /// The size of a page in bytes.
    pub page_size: u64,
    /// What may be.
    pub outcomes: Outcomes,
}

impl Listing {
    /// The listing of what the profiles say. There is at least one.
    pub fn of(script: Id, platforms: Vec<Said>) -> Listing {
        let mut outcomes: Vec<Listed> = Vec::new();
        let mut listed = Vec::new();
        for Said { profile, page_size, outcomes: found } in &platforms {
            let rests = rests(found);
            let number = |outcome: &ScriptOutcome| {
                let texts = outcome.answers.iter().zip(&rests);
                let answers: Vec<String> = texts.map(|(answer, rest)| short(&answer.text, *rest).to_owned()).collect();
                let key = found.without_order(&answers);
                let known = outcomes.iter().position(|known| found.without_order(&known.answers) == key);
                known.unwrap_or_else(|| {
                    let justifications = outcome.answers.iter().map(|answer| answer.why.clone()).collect();
                    let is_made = |call: &usize| answers.get(*call).is_some_and(|answer| answer != "not executed");
                    let order = outcome.order.iter().copied().filter(is_made).collect();
                    outcomes.push(Listed { answers, order, justifications, seen: None });
                    outcomes.len() - 1
                })
            };
            let outcomes = found.found.iter().map(number).collect();
            let (profile, bounded) = (profile.clone(), found.bounded.clone());
            listed.push(Platform { profile, page_size: *page_size, outcomes, bounded });
        }
        let first = platforms.into_iter().next().map(|said| said.outcomes);
        let (calls, alike) = first.map(|first| (first.calls, first.alike)).unwrap_or_default();
        let always = |at: usize| {
            let mut texts = outcomes.iter().filter_map(|outcome| outcome.answers.get(at));
            let first = texts.next()?;
            texts.all(|text| text == first).then(|| first.clone())
        };
        let calls = calls.into_iter().enumerate();
        let calls = calls.map(|(at, call)| ListedCall { line: call.line, race: call.race, always: always(at) });
        Listing {
            format: FORMAT.to_owned(),
            tool: Tool::this(),
            script,
            calls: calls.collect(),
            alike,
            platforms: listed,
            outcomes,
            observed: None,
        }
    }

    /// The same, with what was seen beside what the first profile says.
    pub fn with(mut self, observation: Observation) -> Listing {
        self.outcomes.iter_mut().for_each(|outcome| outcome.seen = Some(0));
        let own = self.platforms.first().map(|platform| platform.outcomes.clone()).unwrap_or_default();
        for (found, count) in observation.counts {
            if let Some(listed) = own.get(found).and_then(|at| self.outcomes.get_mut(*at)) {
                listed.seen = Some(count);
            }
        }
        let Observation { subject, runs, unlisted, .. } = observation;
        // What is the same in every outcome that may be need not be the same in what was seen.
        for (at, call) in self.calls.iter_mut().enumerate() {
            let differs = |unlisted: &Unlisted| unlisted.answers.get(at) != call.always.as_ref();
            if unlisted.iter().any(differs) {
                call.always = None;
            }
        }
        self.observed = Some(Observed { subject, runs, unlisted });
        self
    }

    /// Was something seen that is not allowed?
    pub fn is_violated(&self) -> bool {
        self.observed.iter().flat_map(|observed| &observed.unlisted).any(|unlisted| !unlisted.allowed)
    }
}

/// For each call what its answers have in common, and need not be shown.
fn rests(found: &Outcomes) -> Vec<Option<&str>> {
    let answers = |call: usize| found.found.iter().filter_map(move |outcome| Some(&*outcome.answers.get(call)?.text));
    (0..found.calls.len()).map(|call| in_common(answers(call))).collect()
}
