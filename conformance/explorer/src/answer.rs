//! What the platforms answer to a script, side by side.

use crate::choices::{self, Choices};
use crate::mistake::{self, Mistake};
use serde::Serialize;
use shmconf_model::answers::{AnsweredCall, Answering, Asked};
use shmconf_model::script::Script;
use std::collections::HashMap;
use std::rc::Rc;

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

/// So many calls are answered before anybody looks at the clock: a short script is never stopped.
const ROUND: usize = 16;

/// What the platforms answer to a script. `now` tells the time in milliseconds.
pub fn answer(text: &str, choices: &Choices, now: impl Fn() -> f64) -> Answer {
    match mistake::read(text) {
        Err(mistake) => Answer::Mistake(mistake),
        Ok(script) => {
            let calls = script.lines().map(|line| line.who.actors().len()).sum::<usize>();
            if calls > MOST_CALLS {
                let problem = format!("The script makes {calls} calls; here are answered at most {MOST_CALLS}");
                return Answer::Mistake(Mistake::of_choices(&problem));
            }
            Answer::Table(table(&script, calls, choices, now))
        }
    }
}

fn table(script: &Script, calls: usize, choices: &Choices, now: impl Fn() -> f64) -> Table {
    let platforms: Vec<_> =
        choices.platforms.iter().map(|text| choices::platform(text).map_err(|error| error.to_string())).collect();
    let mut asked: HashMap<u64, Rc<Asked>> = HashMap::new();
    let mut answering: Vec<Answering> = Vec::new();
    for platform in platforms.iter().flatten() {
        let header = choices::header(script, platform, choices.user);
        let asked = asked.entry(header.platform.page_size).or_insert_with(|| Rc::new(Asked::of(script, &header)));
        answering.push(Answering::new(asked, &header, platform.profile()));
    }
    // To read the platforms takes a while at the first time, and is no fault of the script.
    let end = choices.within.map(|within| now() + f64::from(within));
    // Call by call, so that each platform has answered the same calls when the time is up.
    let mut made = 0;
    while made < calls && (made == 0 || !made.is_multiple_of(ROUND) || end.is_none_or(|end| now() < end)) {
        for one in &mut answering {
            one.answer_next();
        }
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
