//! How tight the model is: it accepts all that it would answer itself, and of outcomes that are altered it notices most.
//!
//! `SHMCONF_SCRIPTS=10000 SHMCONF_UPDATE_DOCS=1 cargo test --release -p shmconf --test tightness` writes docs/tightness.md.

use shmconf::call::{Call, Seals};
use shmconf::generator;
use shmconf::judge::judge;
use shmconf::outcome::{Content, Errno, Outcome};
use shmconf::profile::Profile;
use shmconf::trace::Trace;
use shmconf::verdict::Verdict;
use shmconf_model::naming::Token;
use shmconf_model::simulation::Simulation;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::{env, fs};

/// Scripts for each profile, where nobody asks for another number.
const SCRIPTS: usize = 60;
/// What at least is noticed of what is altered, in percent.
const LEAST_NOTICED: usize = 75;

/// Outcomes that were altered, and how many of these were not allowed then.
#[derive(Debug, Default, Clone, Copy)]
struct Share {
    altered: usize,
    noticed: usize,
}

impl Share {
    fn add(&mut self, other: Share) {
        self.altered += other.altered;
        self.noticed += other.noticed;
    }

    fn percent(self) -> usize {
        (100 * self.noticed).checked_div(self.altered).unwrap_or(100)
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

/// The call as docs/scripts.md names it.
fn kind(call: &Call) -> String {
    let text = call.to_string();
    let (name, arguments) = text.split_once('(').unwrap_or((&text, ""));
    let command = arguments.split([',', ')']).nth(1).filter(|_| name == "fcntl");
    command.map_or(name.to_owned(), |command| format!("{name} {}", command.trim()))
}

/// Another outcome that such a call might have had.
fn altered(call: &Call, outcome: &Outcome, dice: &mut Dice) -> Option<Outcome> {
    const ERRORS: [Errno; 10] = [
        Errno::EINVAL,
        Errno::EBADF,
        Errno::EACCES,
        Errno::ENOENT,
        Errno::EEXIST,
        Errno::EPERM,
        Errno::ENOMEM,
        Errno::EFBIG,
        Errno::ENOSPC,
        Errno::EMFILE,
    ];
    let error = ERRORS[dice.roll(ERRORS.len())];
    if dice.roll(3) == 0 && !matches!(outcome, Outcome::Errno(_)) {
        return Some(Outcome::Errno(error));
    }
    Some(match outcome {
        Outcome::Ok => Outcome::Errno(error),
        Outcome::Errno(_) => match call {
            Call::ShmOpen { .. } | Call::Create { .. } | Call::MemfdCreate { .. } | Call::Dup { .. } => Outcome::Fd(4),
            Call::Read { .. } | Call::Pread { .. } => Outcome::Bytes(Content::default()),
            Call::Write { .. } | Call::Pwrite { .. } | Call::Lseek { .. } => Outcome::Value(0),
            _ => Outcome::Ok,
        },
        Outcome::Fd(number) => Outcome::Fd(number + 1),
        Outcome::Value(value) => {
            Outcome::Value(if dice.roll(2) == 0 { value.wrapping_add(1) } else { value.wrapping_sub(1) })
        }
        Outcome::Stat(stat) => {
            let mut stat = *stat;
            match dice.roll(4) {
                0 => stat.size += 1,
                1 => stat.mode ^= 1 << dice.roll(9),
                2 => stat.uid += 1,
                _ => stat.gid += 1,
            }
            Outcome::Stat(stat)
        }
        Outcome::Seals(seals) => Outcome::Seals(*seals ^ Seals::SHRINK),
        Outcome::Bytes(content) => {
            let (first, rest) = content.runs().split_first()?;
            let mut other = Content::default();
            other.push(first.byte ^ 0x55, 1);
            other.push(first.byte, first.len - 1);
            rest.iter().for_each(|run| other.push(run.byte, run.len));
            Outcome::Bytes(other)
        }
        Outcome::Received(received) => {
            let mut received = received.clone();
            if dice.roll(2) == 0 {
                received.truncated = !received.truncated;
            } else {
                received.fds.pop()?;
            }
            Outcome::Received(received)
        }
        Outcome::Names(names) => Outcome::Names(names.split_first()?.1.to_vec()),
        _ => return None,
    })
}

fn scripts() -> usize {
    env::var("SHMCONF_SCRIPTS").map_or(SCRIPTS, |number| number.parse().expect("SHMCONF_SCRIPTS is a number"))
}

/// What a platform would have answered to scripts that are drawn, in traces of their own.
fn traces(id: &str, scripts: usize) -> impl Iterator<Item = Trace> {
    let profile = Profile::get(id).expect("it is built in");
    let mut simulation = Simulation::new(&format!("model:{id}"), profile, Token::of(1), (0, 1));
    let mut draws: Vec<_> = generator::properties().iter().map(|property| property.draws(7)).collect();
    let count = draws.len();
    (0..scripts).map(move |number| simulation.execute(&draws[number % count].draw().script(), 7))
}

/// Judges what a platform would have answered, and one altered outcome of each.
fn measure(id: &str, scripts: usize) -> BTreeMap<String, Share> {
    let profile = Profile::get(id).expect("it is built in");
    let mut shares: BTreeMap<String, Share> = BTreeMap::new();
    let mut dice = Dice(7);
    for mut trace in traces(id, scripts) {
        let judgement = judge(&trace, &profile);
        let is_accepted = matches!(judgement.verdict, Verdict::Pass | Verdict::Deviation);
        assert!(is_accepted, "{id} does not accept its own answers: {judgement:#?}\n{trace:#?}");
        let at = dice.roll(trace.events.len());
        let Some(event) = trace.events.get_mut(at) else { continue };
        let Some(outcome) = altered(&event.call, &event.outcome, &mut dice) else { continue };
        let kind = kind(&event.call);
        event.outcome = outcome;
        let share = shares.entry(kind).or_default();
        share.altered += 1;
        share.noticed += usize::from(judge(&trace, &profile).verdict == Verdict::Fail);
    }
    shares
}

fn total(shares: &BTreeMap<String, Share>) -> Share {
    let mut total = Share::default();
    shares.values().for_each(|share| total.add(*share));
    total
}

#[test]
fn every_platform_accepts_its_own_answers_and_notices_most_that_are_altered() {
    let measured: Vec<(&str, BTreeMap<String, Share>)> =
        Profile::ids().map(|id| (id, measure(id, scripts()))).collect();
    let mut calls: BTreeMap<String, Share> = BTreeMap::new();
    for (_, shares) in &measured {
        shares.iter().for_each(|(call, share)| calls.entry(call.clone()).or_default().add(*share));
    }
    let page = page(&measured, &calls);
    println!("{page}");
    assert!(total(&calls).percent() >= LEAST_NOTICED, "{page}");
    if env::var_os("SHMCONF_UPDATE_DOCS").is_some() && scripts() > SCRIPTS {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tightness.md");
        fs::write(file, page).expect("it can be written");
    }
}

fn page(measured: &[(&str, BTreeMap<String, Share>)], calls: &BTreeMap<String, Share>) -> String {
    let mut page = format!(
        "# How tight the model is\n\n\
         {} scripts were drawn for each of {} profiles, and answered as that platform would. The judge accepted every one of \
         these traces.\nThen one outcome of each trace was altered, to another one that such a call might have: another error, \
         an error in the place of\nsuccess or the other way round, a number that is off by one, another byte, another size, mode \
         or owner. The tables say how many of\nthese the judge noticed. What it did not notice is allowed too: by POSIX, by \
         the platform, or since nothing is known of the platform.\n\n\
         `SHMCONF_SCRIPTS={} SHMCONF_UPDATE_DOCS=1 cargo test --release -p shmconf --test tightness` writes this page.\n\n",
        scripts(),
        measured.len(),
        scripts(),
    );
    let mut table = |title: &str, rows: Vec<(String, Share)>| {
        let _ = writeln!(page, "| {title} | altered | noticed |\n|---|---|---|");
        for (name, share) in rows {
            let _ = writeln!(page, "| {name} | {} | {} % |", share.altered, share.percent());
        }
        page.push('\n');
    };
    let platforms = measured.iter().map(|(id, shares)| (format!("`{id}`"), total(shares)));
    table("platform", platforms.chain([("all".to_owned(), total(calls))]).collect());
    table("call", calls.iter().map(|(call, share)| (format!("`{call}`"), *share)).collect());
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}
