//! JUnit's XML, as build servers read it: a suite for each area of each subject.
//!
//! A test case has no place for properties, so those of its result are properties of the suite and name it.
//!
//! # References
//!
//! `junit-10.xsd` of Jenkins, to which `tests/report/junit.rs` holds what is written.

use super::brief::brief;
use super::{CaseResult, Counterexample, Document, Format, Report, areas, pretty};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use shmconf_model::verdict::Verdict;
use std::borrow::Cow;
use std::io::{self, Write};

/// JUnit's XML.
#[derive(Debug, Clone, Copy)]
pub struct Junit;

type Xml<'a> = Writer<&'a mut dyn Write>;

impl Format for Junit {
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        let mut xml = Writer::new_with_indent(output, b' ', 2);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let name = format!("{} {}", document.tool.name, document.tool.version);
        let suites = xml.create_element("testsuites").with_attribute(("name", &*line(&name)));
        suites.write_inner_content(|xml| document.reports.iter().try_for_each(|report| write_report(report, xml)))?;
        writeln!(xml.into_inner())
    }
}

fn write_report(report: &Report, xml: &mut Xml<'_>) -> io::Result<()> {
    for area in areas::occurring(&report.results) {
        let results: Vec<&CaseResult> = report.results.iter().filter(|result| areas::of(result) == area).collect();
        let name = line(&format!("{}: {area}", report.subject)).into_owned();
        let counts = Counts::of(report, &results);
        let time = seconds(results.iter().map(|result| result.duration_ms).sum());
        write_suite(&name, counts, &time, xml, |xml| {
            write_properties(report, &results, xml)?;
            results.iter().try_for_each(|result| write_case(report, &name, result, xml))
        })?;
    }
    report.gave_up.as_ref().map_or(Ok(()), |reason| write_gave_up(report, reason, xml))
}

/// How many results of a suite the server is told to be of each kind.
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(report: &Report, results: &[&CaseResult]) -> Counts {
        let count = |tag| results.iter().filter(|result| tag_of(report, result) == Some(tag)).count();
        Counts { tests: results.len(), failures: count("failure"), errors: count("error"), skipped: count("skipped") }
    }
}

/// The element that says how a test ended that did not just pass.
fn tag_of(report: &Report, result: &CaseResult) -> Option<&'static str> {
    match result.verdict {
        Verdict::Skip | Verdict::Xfail => Some("skipped"),
        Verdict::Inconclusive => Some("error"),
        verdict => report.counts_against(verdict).then_some("failure"),
    }
}

fn write_suite(
    name: &str,
    counts: Counts,
    time: &str,
    xml: &mut Xml<'_>,
    content: impl FnOnce(&mut Xml<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let Counts { tests, failures, errors, skipped } = counts;
    let counts = [("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)];
    let counts = counts.map(|(name, count)| (name, count.to_string()));
    let suite = xml.create_element("testsuite").with_attribute(("name", name));
    let suite = suite.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
    suite.with_attribute(("time", time)).write_inner_content(content)?;
    Ok(())
}

/// What was tested, by which rules, and what each result of the suite rests on.
fn write_properties(report: &Report, results: &[&CaseResult], xml: &mut Xml<'_>) -> io::Result<()> {
    let mut properties = vec![
        ("subject".to_owned(), report.subject.clone()),
        ("profile".to_owned(), report.profile.clone()),
        ("platform".to_owned(), report.platform.to_string()),
        ("seed".to_owned(), report.seed.to_string()),
        ("strict".to_owned(), report.strict.to_string()),
    ];
    for known in &report.deviations {
        if results.iter().any(|result| result.deviations.contains(&known.id)) {
            properties.push((known.id.clone(), format!("{} Instead: {}", known.text, known.instead)));
        }
    }
    for result in results {
        let deviations: Vec<&str> = result.deviations.iter().map(String::as_str).collect();
        let clauses: Vec<String> = result.clauses.iter().map(ToString::to_string).collect();
        for (what, values) in [("deviations", deviations.join(" ")), ("clauses", clauses.join(" "))] {
            if !values.is_empty() {
                properties.push((format!("{what} of {}", result.id), values));
            }
        }
    }
    let all = |xml: &mut Xml<'_>| {
        properties.iter().try_for_each(|(name, value)| {
            let property = xml.create_element("property").with_attribute(("name", &*line(name)));
            property.with_attribute(("value", &*line(value))).write_empty().map(drop)
        })
    };
    xml.create_element("properties").write_inner_content(all).map(drop)
}

fn write_case(report: &Report, suite: &str, result: &CaseResult, xml: &mut Xml<'_>) -> io::Result<()> {
    let time = seconds(result.duration_ms);
    let case = xml.create_element("testcase").with_attribute(("name", result.id.as_str()));
    let case = case.with_attributes([("classname", suite), ("time", &*time)]);
    let Some(tag) = tag_of(report, result) else { return case.write_empty().map(drop) };
    let (kind, brief) = (result.verdict.to_string(), brief(report, result));
    let text = match &result.counterexample {
        _ if tag == "skipped" => None,
        Some(counterexample) => Some(in_full(report, result, counterexample)?),
        None => Some(line(&brief).into_owned()),
    };
    case.write_inner_content(|xml| write_end(tag, &kind, &brief, text, xml))?;
    Ok(())
}

/// That the harness gave up on a subject, as a suite of one test that could not be done.
fn write_gave_up(report: &Report, reason: &str, xml: &mut Xml<'_>) -> io::Result<()> {
    let name = line(&report.subject).into_owned();
    let counts = Counts { tests: 1, failures: 0, errors: 1, skipped: 0 };
    write_suite(&name, counts, &seconds(report.duration_ms), xml, |xml| {
        let case = xml.create_element("testcase").with_attribute(("name", "everything is tried"));
        let case = case.with_attribute(("classname", &*name));
        case.write_inner_content(|xml| write_end("error", "given up", reason, None, xml)).map(drop)
    })
}

fn write_end(tag: &str, kind: &str, message: &str, text: Option<String>, xml: &mut Xml<'_>) -> io::Result<()> {
    let end = xml.create_element(tag).with_attributes([("type", kind), ("message", &*line(message))]);
    match text {
        Some(text) => end.write_text_content(BytesText::new(&text))?,
        None => end.write_empty()?,
    };
    Ok(())
}

/// The calls with their outcomes and what was allowed, and the script to run it again.
fn in_full(report: &Report, result: &CaseResult, counterexample: &Counterexample) -> io::Result<String> {
    let text = format!("{}\n\nthe script:\n\n{}", pretty::in_full(report, result)?, counterexample.script);
    let lines: Vec<Cow<'_, str>> = text.lines().map(line).collect();
    Ok(format!("\n{}\n", lines.join("\n")))
}

/// One line with nothing in it that XML cannot hold.
fn line(text: &str) -> Cow<'_, str> {
    pretty::escaped(text, |c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

/// `3.217`
fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}
