//! A rule may have several choices: whatever a platform does that makes one of them is allowed where all of them are.

use shmconf_model::catalogue;
use shmconf_model::judge;
use shmconf_model::naming::Token;
use shmconf_model::profile::{Profile, Rules};
use shmconf_model::simulation::Simulation;
use shmconf_model::trace::Trace;
use shmconf_model::verdict::Verdict;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Rules of which a platform makes one choice alone; the reader of profiles refuses several.
const NOT_SEVERAL: &[&str] = &["private_survives"];

/// Rules whose choices come to the same in every case of the catalogue, and why.
const NOT_SEEN: &[(&str, &str)] = &[
    ("fallocate_interrupted_spares", "nothing interrupts a simulated platform"),
    ("fchmod_bits", "what becomes of bits beside the permissions is left open where they may be kept"),
    ("map_write_exec", "what map_exec says comes first"),
    ("protect_write_exec", "what protect_exec says comes first"),
    ("recv_lowest", "a simulated platform gives the lowest numbers where it may"),
    ("recv_unread_once", "a simulated platform ends the stream as soon as it may"),
    ("send_always", "a simulated platform sends what it may"),
    ("send_in_flight", "a simulated platform succeeds where it may"),
    ("shrink_keeps", "the pages of Linux are those of the file, so that none can be lost"),
    ("size_always", "a simulated platform accepts what it may"),
    ("size_too_large", "a simulated platform accepts what it may"),
    ("trunc_of_others_spares", "Linux does not refuse what others own"),
    ("unmap_empty_takes_page", "Linux refuses to unmap nothing"),
    ("write_too_large", "a simulated platform succeeds where it may"),
];

/// Every choice of a rule that a built-in profile makes, or that POSIX allows.
fn choices() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut choices: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for profile in Profile::ids().map(|id| Profile::get(id).expect("it is built in")) {
        for rule in profile.rules.list() {
            choices.entry(rule.key).or_default().extend(rule.choices.into_iter().map(|(choice, _)| choice));
        }
    }
    choices
}

/// Linux, but for one rule.
fn profile(key: &str, choices: &[&String]) -> Profile {
    let posix = Profile::get("posix").expect("it is built in");
    let rule = posix.rules.list().into_iter().find(|rule| rule.key == key).expect("there is such a rule");
    let clause = rule.choices[0].1.clause;
    let does = choices.iter().map(|choice| format!("{choice:?}")).collect::<Vec<_>>().join(", ");
    let text = |deviation: bool| {
        let mut text = String::from("id = \"mine\"\ntitle = \"Mine\"\nlike = \"linux-glibc\"\n");
        for call in ["shm_open", "shm_unlink", "ftruncate", "mmap"] {
            let _ = write!(text, "[[order]]\ncall = \"{call}\"\nchecks = []\nsource = \"none\"\n");
        }
        let named = if deviation { ", deviation = \"mine/it\"" } else { "" };
        let _ = writeln!(text, "[rules]\n{key} = {{ does = [{does}], source = \"a test\"{named} }}");
        if deviation {
            let _ = writeln!(
                text,
                "[[deviation]]\nid = \"mine/it\"\nclause = \"{clause}\"\ntext = \"It.\"\ntrouble = \"It.\"\ninstead = \"It.\"\nsource = \"a test\""
            );
        }
        text
    };
    let read = Profile::parse(&text(false)).or_else(|_| Profile::parse(&text(true)));
    read.unwrap_or_else(|error| panic!("{key} {choices:?}: {error}"))
}

/// What a platform answers in the cases, but for the longest, which show nothing of a rule that the others do not.
fn traces(profile: &Profile) -> Vec<Trace> {
    const MOST_CALLS: usize = 40;
    let mut simulation = Simulation::new("mine", profile.clone(), Token::of(7), (0, 1));
    let short = catalogue::cases().iter().filter(|case| case.lines().count() <= MOST_CALLS);
    short.map(|case| simulation.execute(case, 7)).collect()
}

fn outcomes(trace: &Trace) -> Vec<String> {
    trace.events.iter().map(|event| event.outcome.to_string()).collect()
}

#[test]
fn no_choice_is_dropped_where_a_rule_has_several() {
    let known = choices();
    assert_eq!(known.keys().copied().collect::<BTreeSet<_>>(), Rules::KEYS.iter().copied().collect());
    let usual: Vec<Vec<String>> =
        traces(&Profile::get("linux-glibc").expect("it is built in")).iter().map(outcomes).collect();
    let several = |(key, choices): &(&&str, &BTreeSet<String>)| choices.len() > 1 && !NOT_SEVERAL.contains(key);
    let rules: Vec<(&str, &BTreeSet<String>)> =
        known.iter().filter(several).map(|(key, choices)| (*key, choices)).collect();
    let (mut dropped, mut unseen) = (Vec::new(), BTreeSet::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let usual = &usual;
        let workers: Vec<_> = rules
            .chunks(rules.len().div_ceil(threads))
            .map(|rules| {
                let look =
                    move || rules.iter().map(|(key, choices)| (*key, look_at(key, choices, usual))).collect::<Vec<_>>();
                scope.spawn(look)
            })
            .collect();
        for (key, looked) in workers.into_iter().flat_map(|worker| worker.join().expect("it does not panic")) {
            dropped.extend(looked.dropped);
            if !looked.is_seen {
                unseen.insert(key);
            }
        }
    });
    assert_eq!(dropped, [] as [String; 0]);
    assert_eq!(unseen, NOT_SEEN.iter().map(|(key, _)| *key).collect());
}

/// What a rule's choices came to.
struct Looked {
    /// Outcomes of one choice that are not allowed where there are several.
    dropped: Vec<String>,
    /// Do the choices differ in any case?
    is_seen: bool,
}

fn look_at(key: &str, choices: &BTreeSet<String>, usual: &[Vec<String>]) -> Looked {
    let several = profile(key, &choices.iter().collect::<Vec<_>>());
    let (mut dropped, mut seen) = (Vec::new(), BTreeSet::new());
    for choice in choices {
        let alone = traces(&profile(key, &[choice]));
        seen.insert(alone.iter().map(outcomes).collect::<Vec<_>>());
        // What is as usual shows nothing of the choice.
        let unusual = alone.iter().zip(usual).filter(|(trace, usual)| outcomes(trace) != **usual);
        for (trace, _) in unusual {
            let judgement = judge::judge(trace, &several);
            if judgement.verdict == Verdict::Fail {
                let at = &trace.events[judgement.violations[0].event];
                dropped.push(format!("{key} = {choice}, {}: {at}", trace.header.case));
            }
        }
    }
    Looked { dropped, is_seen: seen.len() > 1 }
}
