//! Every outcome of a script whose calls race, with an order for each.

use crate::choices;
use crate::mistake;
use serde::Serialize;
use shmconf_model::outcomes::{Bounds, outcomes};
use shmconf_model::verdict::Explanation;

/// More outcomes than these nobody reads.
const MOST_OUTCOMES: usize = 100;
/// Steps of the model within which a list has to be found: about a second.
const MOST_STEPS: usize = 50_000;

/// Every outcome of a script on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Race {
    /// The calls that race, or of which something else comes back in other outcomes, by index.
    pub calls: Vec<usize>,
    /// The outcomes.
    pub outcomes: Vec<Outcome>,
    /// Why others may be missing, where they may.
    pub bounded: Option<String>,
    /// Actors that are treated alike: an outcome stands for itself with them in any other order.
    pub alike: Vec<Vec<String>>,
}

/// One outcome of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What comes back of each call of [`Race::calls`].
    pub answers: Vec<String>,
    /// Why that is allowed.
    pub why: Vec<Vec<Explanation>>,
    /// An order of the calls, by index, in which that comes back; without those that are not executed.
    pub order: Vec<usize>,
}

/// Every outcome of a script on a platform, by that user.
///
/// # Errors
///
/// A sentence on what is wrong with the script or the platform.
pub fn race(text: &str, platform: &str, user: u32) -> Result<Race, String> {
    let script = mistake::read(text).map_err(|mistake| mistake.problem)?;
    let platform = choices::platform(platform).map_err(|error| error.to_string())?;
    let header = choices::header(&script, &platform, user);
    let bounds = Bounds { outcomes: MOST_OUTCOMES, steps: MOST_STEPS, stop: None };
    let found = outcomes(&script, &header, platform.profile(), bounds);
    let races = |call: usize| found.calls.get(call).is_some_and(|call| call.race.is_some());
    let calls: Vec<usize> = (0..found.calls.len()).filter(|call| races(*call) || !found.is_settled(*call)).collect();
    let listed = found.found.iter().map(|outcome| {
        let answers = || calls.iter().filter_map(|call| outcome.answers.get(*call));
        let is_made = |call: &usize| outcome.answers.get(*call).is_some_and(|answer| answer.text != "not executed");
        Outcome {
            answers: answers().map(|answer| answer.text.clone()).collect(),
            why: answers().map(|answer| answer.why.clone()).collect(),
            order: outcome.order.iter().copied().filter(|call| races(*call) && is_made(call)).collect(),
        }
    });
    let outcomes = listed.collect();
    let words = |group: &Vec<_>| group.iter().map(ToString::to_string).collect();
    Ok(Race { outcomes, bounded: found.bounded, alike: found.alike.iter().map(words).collect(), calls })
}
