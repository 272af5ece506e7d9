//! The last sentence about each subject.

use super::super::{Portability, Report};
use super::notes::count;
use super::paint::{clean, one_line, paint, style};
use std::collections::BTreeSet;
use std::io::{self, Write};

pub(super) fn write(reports: &[Report], output: &mut dyn Write) -> io::Result<()> {
    for report in reports {
        let (style, sentence) = sentence(report);
        let text = match report.program() {
            Some(program) => of_program(report, program),
            None => format!("{} {sentence}, in {}", clean(&report.subject), duration(report.duration_ms)),
        };
        let is_portable = report.not_portable_to().next().is_none();
        let style = if is_portable { style } else { style::BAD };
        writeln!(output, "{}", paint(style, &format!("{text}{}", portable(report))))?;
    }
    Ok(())
}

/// Whether what was run is portable to the platforms that were named.
fn portable(report: &Report) -> String {
    let names = |others: Vec<&Portability>| {
        others.into_iter().map(|other| clean(&other.profile).into_owned()).collect::<Vec<_>>().join(", ")
    };
    let tried = report.portability.iter().filter(|other| other.compared > 0);
    match (&*names(report.not_portable_to().collect()), &*names(tried.collect())) {
        ("", "") => String::new(),
        ("", all) if report.must_be_portable => format!("; nothing of what was run certainly differs on {all}"),
        ("", _) => String::new(),
        (others, _) => format!("; what was run is not portable to {others}"),
    }
}

/// What is said of the system that a recorded program ran on.
fn of_program(report: &Report, program: &str) -> String {
    let (system, profile, program) = (clean(&report.platform.os), clean(&report.profile), clean(program));
    if report.is_compared {
        return elsewhere(report, &program, &profile);
    }
    let is_open = against(report) == report.summary.inconclusive;
    match (report.conforms(), is_open) {
        (true, _) => format!("{system} did what {profile} says, in all that was judged of {program}"),
        (false, true) => {
            format!("not all that {program} asked of {system} could be judged; nothing that could is against {profile}")
        }
        (false, false) => format!("{system} did otherwise than {profile} says, in what {program} asked of it"),
    }
}

/// What is said of a recorded program by the rules of another platform.
fn elsewhere(report: &Report, program: &str, profile: &str) -> String {
    let counterexamples = report.results.iter().filter_map(|result| result.counterexample.as_ref());
    let (differ, all) = counterexamples.fold((0, 0), |(differ, all), counterexample| {
        (differ + counterexample.violations.len(), all + counterexample.calls.len())
    });
    match (differ, report.conforms()) {
        (0, true) => format!("no call of {program} certainly comes out otherwise on {profile}"),
        (0, false) => format!("not all that {program} did could be compared with {profile}"),
        (differ, _) => {
            format!("{differ} of the {} of {program} come out otherwise on {profile}", count(all, "call", "calls"))
        }
    }
}

fn sentence(report: &Report) -> (anstyle::Style, String) {
    let profile = clean(&report.profile);
    let summary = report.summary;
    let deviations: BTreeSet<&String> = report.results.iter().flat_map(|result| &result.deviations).collect();
    if report.interrupted {
        let judged = count(summary.total() as usize, "result", "results");
        let against = match against(report) {
            0 => "nothing speaks against it so far".to_owned(),
            against => format!("{against} of them speak against it"),
        };
        return (style::OPEN, format!("was interrupted after {judged}; {against}"));
    }
    if let (true, Some(reason)) = (report.conforms(), &report.gave_up) {
        let reason = one_line(reason);
        let tested = if report.tried_anything() { "was not tested to the end" } else { "could not be tested" };
        return (style::OPEN, format!("{tested}: {reason}"));
    }
    if report.conforms() && !report.is_tested() {
        let text = match summary.total() - summary.skip {
            0 => "could not be tested: everything that was asked for was skipped".to_owned(),
            _ => format!(
                "was tested too little to say that it conforms to {profile}: {} of {} cases and properties were skipped",
                summary.skip,
                summary.total()
            ),
        };
        return (style::OPEN, text);
    }
    if !report.conforms() {
        let verdicts = super::Summary::ORDER.into_iter().filter(|verdict| report.counts_against(*verdict));
        let counts = verdicts.map(|verdict| (verdict, summary.count(verdict))).filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.map(|(verdict, count)| format!("{count} {verdict}")).collect();
        let early = if report.gave_up.is_some() { "; not everything was tried" } else { "" };
        let counts = counts.join(", ");
        let open = against(report) == summary.inconclusive;
        return match open {
            true => (style::OPEN, format!("may conform to {profile} or not: {counts}{early}")),
            false => (style::BAD, format!("does not conform to {profile}: {counts}{early}")),
        };
    }
    let with = match deviations.len() {
        0 => String::new(),
        known => format!(", with {} from POSIX", count(known, "known deviation", "known deviations")),
    };
    (style::GOOD.bold(), format!("conforms to {profile}{with}"))
}

/// How many results speak against the subject.
fn against(report: &Report) -> u64 {
    let verdicts = super::Summary::ORDER.into_iter().filter(|verdict| report.counts_against(*verdict));
    verdicts.map(|verdict| report.summary.count(verdict)).sum()
}

/// `0.4 s`, `3.2 s`, `4 min 05 s`
fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..60_000 => format!("{:.1} s", milliseconds as f64 / 1000.0),
        _ => format!("{} min {:02} s", milliseconds / 60_000, milliseconds % 60_000 / 1000),
    }
}
