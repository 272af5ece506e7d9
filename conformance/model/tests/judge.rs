//! Stored traces, good and bad, judged under each profile: the judge needs no system to run on.
#![allow(clippy::disallowed_types, reason = "the tests read files, which the model does not")]

use rstest::rstest;
use shmconf_model::judge::{self, Bounds};
use shmconf_model::outcome::Outcome;
use shmconf_model::profile::Profile;
use shmconf_model::trace::Trace;
use shmconf_model::verdict::{Judgement, Verdict};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

#[rstest]
fn a_stored_trace_is_judged_as_it_was_before(#[files("golden/*.jsonl")] path: PathBuf) {
    let trace = read(&path);
    let mut text = String::new();
    for id in ["posix", "linux-glibc", "linux-musl"] {
        let profile = Profile::get(id).expect("it is built in");
        describe(&mut text, id, &trace, &judge::judge(&trace, &profile));
    }
    let name = path.file_stem().expect("it is a file").to_string_lossy().into_owned();
    insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, description => about(&trace) }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn the_same_trace_always_has_the_same_judgement() {
    let profile = Profile::get("posix").expect("it is built in");
    for entry in std::fs::read_dir(golden()).expect("the folder is there") {
        let trace = read(&entry.expect("it can be read").path());
        assert_eq!(judge::judge(&trace, &profile), judge::judge(&trace, &profile));
    }
}

#[test]
fn a_search_that_may_cost_nothing_is_inconclusive_and_no_failure() {
    let trace = read(&golden().join("creators-race.jsonl"));
    let profile = Profile::get("linux-glibc").expect("it is built in");
    let judgement = judge::judge_within(&trace, &profile, Bounds { states: 1, steps: 1, ..Bounds::default() });
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert!(judgement.reason.is_some());
}

#[test]
fn every_call_of_a_trace_that_is_allowed_has_its_justification() {
    let profile = Profile::get("linux-glibc").expect("it is built in");
    for entry in std::fs::read_dir(golden()).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let trace = read(&path);
        let judgement = judge::judge(&trace, &profile);
        if !matches!(judgement.verdict, Verdict::Pass | Verdict::Deviation) {
            continue;
        }
        let justified = judge::justified(&trace, &profile);
        let is_judged = |at: &usize| {
            let event = &trace.events[*at];
            event.unjudged.is_none() && !matches!(event.outcome, Outcome::NotExecuted(_))
        };
        let judged: Vec<usize> = (0..trace.events.len()).filter(is_judged).collect();
        assert_eq!(justified.keys().copied().collect::<Vec<_>>(), judged, "{}", path.display());
        let explanations = justified.values().flatten();
        let deviations: BTreeSet<String> =
            explanations.filter_map(|explanation| explanation.deviation.clone()).collect();
        assert_eq!(deviations, judgement.deviations, "{}", path.display());
    }
}

#[test]
fn a_trace_is_written_as_it_was_read() {
    for entry in std::fs::read_dir(golden()).expect("the folder is there") {
        let trace = read(&entry.expect("it can be read").path());
        let mut bytes = Vec::new();
        trace.write(&mut bytes).expect("memory takes everything");
        assert_eq!(trace, Trace::read(&bytes[..]).expect("it was just written"));
    }
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn read(path: &Path) -> Trace {
    let file = File::open(path).expect("the trace is there");
    Trace::read(BufReader::new(file)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn about(trace: &Trace) -> String {
    format!("{} on {}, {}", trace.header.case, trace.header.subject, trace.header.platform.os)
}

fn describe(text: &mut String, profile: &str, trace: &Trace, judgement: &Judgement) {
    let _ = write!(text, "{profile}: {}", judgement.verdict);
    for deviation in &judgement.deviations {
        let _ = write!(text, " {deviation}");
    }
    let _ = writeln!(text, "{}", judgement.reason.iter().map(|reason| format!(", {reason}")).collect::<String>());
    for violation in &judgement.violations {
        let _ = writeln!(text, "  {}", trace.events[violation.event]);
        for allowed in &violation.allowed {
            let _ = writeln!(text, "    allowed {}", allowed.outcome);
            for justification in &allowed.justifications {
                let deviation = justification.deviation.iter().map(|id| format!(" {id}")).collect::<String>();
                let _ = writeln!(
                    text,
                    "      {} {}{deviation}: {}",
                    justification.clause, justification.level, justification.text
                );
            }
        }
    }
}

/// A trace of one actor who maps, stores, loads and unmaps over and over, without a break.
fn long(rounds: usize) -> Trace {
    let mut text = String::from(
        r#"{"format":"shmconf-trace/1","case":"my/trace","subject":"libc","platform":{"os":"Linux","release":"6.18","arch":"x86_64","libc":"glibc 2.36","page_size":4096},"seed":1,"actors":[{"name":"a","uid":1000,"gid":1000,"umask":18,"fds":[0,1,2,3]}]}"#,
    );
    let calls = [
        r#""bind":["f"],"call":{"call":"create","size":4096},"outcome":{"fd":4}"#,
        r#""bind":["m"],"call":{"call":"mmap","fd":"f","offset":0,"len":4096,"prot":"READ|WRITE","flags":"SHARED"},"outcome":"ok""#,
        r#""call":{"call":"store","map":"m","offset":8,"byte":65,"len":4},"outcome":"ok""#,
        r#""call":{"call":"load","map":"m","offset":8,"len":4},"outcome":{"bytes":"41*4"}"#,
        r#""call":{"call":"munmap","map":"m"},"outcome":"ok""#,
        r#""call":{"call":"close","fd":"f"},"outcome":"ok""#,
    ];
    for (at, call) in (0..rounds).flat_map(|_| calls).enumerate() {
        let _ = write!(text, "\n{{\"actor\":\"a\",{call},\"start\":{},\"end\":{}}}", 10 * at, 10 * at + 5);
    }
    Trace::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn two_hundred_thousand_calls_are_judged() {
    let profile = Profile::get("linux-glibc").expect("it is built in");
    let judgement = judge::judge(&long(34_000), &profile);
    assert_eq!(judgement.verdict, Verdict::Pass, "{:?}", judgement.violations.first());
}

/// A list of names that shows one which no call of the trace gave, made from time 100 to 110.
#[rstest]
#[case::by_a_create_of_another_meanwhile(95, 120, Verdict::Pass)]
#[case::by_nobody(0, 50, Verdict::Fail)]
fn a_name_in_passing_is_seen(#[case] start: u64, #[case] end: u64, #[case] verdict: Verdict) {
    let head = r#"{"format":"shmconf-trace/1","case":"my/trace","subject":"libc","platform":{"os":"Linux","release":"6.18","arch":"x86_64","libc":"glibc 2.36","page_size":4096},"seed":1,"actors":[{"name":"a","uid":1000,"gid":1000,"umask":18},{"name":"b","uid":1000,"gid":1000,"umask":18}]}"#;
    let create = format!(
        r#"{{"actor":"a","bind":["f"],"call":{{"call":"create","size":4096}},"outcome":{{"fd":4}},"start":{start},"end":{end}}}"#
    );
    let names = r#"{"actor":"b","call":{"call":"names"},"outcome":{"names":["/sc-passing"]},"start":100,"end":110}"#;
    let trace = Trace::read([head, &create, names].join("\n").as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let profile = Profile::get("linux-glibc").expect("it is built in");
    assert_eq!(judge::judge(&trace, &profile).verdict, verdict);
}
