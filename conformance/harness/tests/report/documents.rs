//! Documents that every format is rendered from.

use crate::samples::{deviation, exclusive_fails, passes, property_fails, report, skipped};
use shmconf::report::{CaseResult, Document, Format, Report, Tool};
use shmconf::verdict::Verdict;

/// What a subject may say to break a format.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{7}\0\u{85}\u{fffe}\u{2028}\r\n::error::owned\n````\n~~~~\n\n# Heading\n\n``` ~~~ `` ` </details><script>alert('1')</script>\n\
                                  ]]> <!-- & \"quoted\" 'too' # SKIP | a \\ %0A * _ [x](javascript:y) @all\n  ...\n1..9\nnot ok 7\n";

/// The document of those reports, by a program whose version stays what it is.
pub(crate) fn document(reports: Vec<Report>) -> Document {
    let tool = Tool { name: "shmconf".to_owned(), version: "0.1.0".to_owned() };
    Document { tool, ..Document::of(reports) }
}

pub(crate) fn rendered(format: &dyn Format, document: &Document) -> String {
    let mut output = Vec::new();
    format.render(document, &mut output).expect("a vector takes everything");
    String::from_utf8(output).expect("it is text")
}

/// Two subjects with every verdict between them, and one that does not start.
pub(crate) fn every_verdict() -> Document {
    let undecided = with(passes("size/set"), Verdict::Inconclusive, "no more than its setup could be executed");
    let known = with(property_fails(), Verdict::Xfail, "https://example.org/issues/7");
    let mended = with(
        passes("names/round-trip"),
        Verdict::Xpass,
        "it passes, though it is known to fail: https://example.org/issues/8",
    );
    let first = vec![
        passes("names/empty"),
        skipped("access/other-user", "requires the right to become another user; this user is not root"),
        deviation("size/regrow", "linux/stale-bytes-past-end"),
        deviation("size/grow-from-nothing", "linux/stale-bytes-past-end"),
        exclusive_fails(),
        undecided,
        known,
        mended,
    ];
    let mut strict =
        report("shmfd:posix", vec![passes("size/set"), deviation("size/regrow", "linux/stale-bytes-past-end")]);
    strict.strict = true;
    let absent = Report {
        gave_up: Some("it does not start: ./adapter.py is not there".to_owned()),
        ..report("command:./adapter.py", Vec::new())
    };
    document(vec![report("libc", first), strict, absent])
}

/// Hostile text in each place that holds text from outside.
pub(crate) fn hostile() -> Document {
    saying(HOSTILE)
}

/// That text in each place that holds text from outside.
pub(crate) fn saying(said: &str) -> Document {
    let text = || said.to_owned();
    let mut fails = exclusive_fails();
    let counterexample = fails.counterexample.as_mut().expect("it fails");
    (counterexample.script, counterexample.again, counterexample.file) = (text(), text(), Some(text()));
    for call in &mut counterexample.calls {
        (call.line, call.outcome) = (text(), text());
    }
    for allowed in counterexample.violations.iter_mut().flat_map(|violation| &mut violation.allowed) {
        allowed.outcome = text();
        allowed.justifications.iter_mut().for_each(|justification| justification.text = text());
    }
    let results = vec![
        fails,
        with(property_fails(), Verdict::Xfail, said),
        with(passes("size/set"), Verdict::Inconclusive, said),
        skipped("access/other-user", said),
        deviation("size/regrow", said),
        deviation("size/set-again", "linux/stale-bytes-past-end"),
        CaseResult { file: Some(text()), ..with(passes("size/own"), Verdict::Xpass, said) },
    ];
    let mut all = report(said, results);
    (all.profile, all.gave_up, all.left_behind) = (text(), Some(text()), vec![text()]);
    (all.platform.os, all.platform.libc) = (text(), text());
    for known in &mut all.deviations {
        (known.text, known.trouble, known.instead, known.versions) = (text(), text(), text(), text());
    }
    document(vec![all])
}

fn with(result: CaseResult, verdict: Verdict, reason: &str) -> CaseResult {
    CaseResult { verdict, reason: Some(reason.to_owned()), ..result }
}
