//! What the platforms answer to a script, side by side.

use crate::choices::{self, Choices};
use crate::mistake::{self, Mistake};
use serde::Serialize;
use shmconf_model::answers::{AnsweredCall, Answering};
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
    /// How many calls were answered, and how many there are, where the time was up before the last.
    pub stopped: Option<(usize, usize)>,
}

/// A script of more calls than these is not answered: nobody reads that many.
const MOST_CALLS: usize = 10_000;

/// What the platforms answer to a script. Before each call, `is_late` says whether the time is up.
pub fn answer(text: &str, choices: &Choices, is_late: impl Fn() -> bool) -> Answer {
    match mistake::read(text) {
        Err(mistake) => Answer::Mistake(mistake),
        Ok(script) => {
            let calls = script.lines().map(|line| line.who.actors().len()).sum::<usize>();
            if calls > MOST_CALLS {
                let problem = format!("The script makes {calls} calls; here are answered at most {MOST_CALLS}");
                return Answer::Mistake(Mistake::of_choices(&problem));
            }
            Answer::Table(table(&script, calls, choices, is_late))
        }
    }
}

fn table(script: &Script, calls: usize, choices: &Choices, is_late: impl Fn() -> bool) -> Table {
    let platforms: Vec<_> =
        choices.platforms.iter().map(|text| choices::platform(text).map_err(|error| error.to_string())).collect();
    let mut answering: Vec<Answering> = Vec::new();
    for platform in platforms.iter().flatten() {
        answering.push(Answering::new(script, &choices::header(script, platform, choices.user), platform.profile()));
    }
    // Call by call, so that each platform has answered the same calls when the time is up.
    let mut made = 0;
    while made < calls && !is_late() {
        answering.iter_mut().for_each(|one| {
            one.answer_next();
        });
        made += 1;
    }
    let mut known: HashMap<AnsweredCall, usize> = HashMap::new();
    let mut distinct = Vec::new();
    let mut number = |call: AnsweredCall| {
        if let Some(number) = known.get(&call) {
            return *number;
        }
        distinct.push(call.clone());
        known.insert(call, distinct.len() - 1);
        distinct.len() - 1
    };
    let mut answers = answering.into_iter().map(Answering::finish);
    let mut told = |platform: &Result<_, String>| {
        platform.as_ref().map_err(Clone::clone)?;
        let answers = answers.next().ok_or_else(|| "it has not answered".to_owned())?;
        Ok((answers.profile, answers.calls.into_iter().map(&mut number).collect()))
    };
    let platforms = platforms.iter().map(&mut told).collect();
    let stopped = (made < calls).then_some((made, calls));
    Table { script: script.id.to_string(), races: script.has_race(), distinct, platforms, stopped }
}
