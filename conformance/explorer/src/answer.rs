//! What the platforms answer to a script, side by side.

use crate::choices::{self, Choices};
use crate::mistake::{self, Mistake};
use serde::Serialize;
use shmconf_model::answers::{AnsweredCall, answers};
use shmconf_model::script::Script;
use std::collections::HashMap;

/// A script's answers, or what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// The script cannot be read.
    Mistake(Mistake),
    /// What the platforms answer.
    Table(Table),
}

/// What the platforms answer to a script. Answers that say the same are told once, as there are many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The ID of the script.
    pub script: String,
    /// Do calls of it race?
    pub races: bool,
    /// The answers that there are: one call each.
    pub distinct: Vec<AnsweredCall>,
    /// For each platform that was asked, in that order, its profile, and for each call which answer it gives. Where its release
    /// or a setting is none, what is wrong with it.
    pub platforms: Vec<Result<(String, Vec<usize>), String>>,
}

/// A script of more calls than these is not answered: nobody reads that many.
const MOST_CALLS: usize = 10_000;

/// What the platforms answer to a script.
pub fn answer(text: &str, choices: &Choices) -> Answer {
    match mistake::read(text) {
        Err(mistake) => Answer::Mistake(mistake),
        Ok(script) => {
            let calls = script.lines().map(|line| line.who.actors().len()).sum::<usize>();
            if calls > MOST_CALLS {
                let problem = format!("The script makes {calls} calls; here are answered at most {MOST_CALLS}");
                return Answer::Mistake(Mistake::of_choices(&problem));
            }
            Answer::Table(table(&script, choices))
        }
    }
}

fn table(script: &Script, choices: &Choices) -> Table {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut distinct = Vec::new();
    let mut number = |call: AnsweredCall| {
        // Their text is as good a key as they are.
        let key = crate::json(&call);
        *known.entry(key).or_insert_with(|| {
            distinct.push(call);
            distinct.len() - 1
        })
    };
    let mut answered = |platform: &String| {
        let platform = choices::platform(platform).map_err(|error| error.to_string())?;
        let answers = answers(script, &choices::header(script, &platform, choices.user), platform.profile());
        Ok((answers.profile, answers.calls.into_iter().map(&mut number).collect()))
    };
    let platforms = choices.platforms.iter().map(&mut answered).collect();
    Table { script: script.id.to_string(), races: script.has_race(), distinct, platforms }
}
