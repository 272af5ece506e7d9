//! The Test Anything Protocol: a line for each result, with a block of YAML behind what speaks against the subject.
//!
//! # References
//!
//! TAP version 14, <https://testanything.org/tap-version-14-specification.html>.

use super::brief::brief;
use super::{CaseResult, Counterexample, Document, Format, Report, pretty};
use shmconf_model::verdict::Verdict;
use std::borrow::Cow;
use std::io::{self, Write};

/// TAP, version 14.
#[derive(Debug, Clone, Copy)]
pub struct Tap;

impl Format for Tap {
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        let reports = &document.reports;
        let points = |report: &Report| report.results.len() + usize::from(report.gave_up.is_some());
        writeln!(output, "TAP version 14")?;
        match reports.iter().map(points).sum::<usize>() {
            0 => writeln!(output, "1..0 # skip there are no results")?,
            all => writeln!(output, "1..{all}")?,
        }
        let mut number = 0;
        for report in reports {
            for result in &report.results {
                number += 1;
                write_result(number, report, result, output)?;
            }
            if let Some(reason) = &report.gave_up {
                number += 1;
                writeln!(output, "not ok {number} - {} everything is tried", escaped(&report.subject))?;
                writeln!(output, "  ---")?;
                write_entry("message", reason, output)?;
                writeln!(output, "  ...")?;
            }
            writeln!(output, "# {}", pretty::sentence(report)?)?;
        }
        Ok(())
    }
}

fn write_result(number: usize, report: &Report, result: &CaseResult, output: &mut dyn Write) -> io::Result<()> {
    let brief = brief(report, result);
    let is_bad = report.counts_against(result.verdict);
    let ok = if is_bad || result.verdict == Verdict::Xfail { "not ok" } else { "ok" };
    let directive = match result.verdict {
        Verdict::Skip => format!(" # skip {}", escaped(&brief)),
        Verdict::Xfail => format!(" # todo {}", escaped(&brief)),
        _ => String::new(),
    };
    writeln!(output, "{ok} {number} - {} {}{directive}", escaped(&report.subject), result.id)?;
    match result.verdict {
        Verdict::Pass | Verdict::Skip | Verdict::Xfail => Ok(()),
        _ => write_diagnostics(report, result, &brief, output),
    }
}

fn write_diagnostics(report: &Report, result: &CaseResult, brief: &str, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "  ---")?;
    write_entry("message", brief, output)?;
    write_entry("severity", &result.verdict.to_string(), output)?;
    if let Some(counterexample) = &result.counterexample {
        write_counterexample(counterexample, output)?;
        writeln!(output, "  text: |")?;
        let text = pretty::in_full(report, result)?;
        text.lines().try_for_each(|line| writeln!(output, "    {}", printable(line)))?;
    }
    writeln!(output, "  ...")
}

/// An entry of YAML. Its string is one of JSON, which YAML reads.
fn write_entry(key: &str, value: &str, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "  {key}: {}", quoted(value))
}

fn write_counterexample(counterexample: &Counterexample, output: &mut dyn Write) -> io::Result<()> {
    write_entry("again", &counterexample.again, output)?;
    write_entry("script", &counterexample.script, output)?;
    if counterexample.violations.is_empty() {
        return Ok(());
    }
    writeln!(output, "  violations:")?;
    for violation in &counterexample.violations {
        let call = counterexample.calls.get(violation.event).map_or("", |call| &call.line);
        writeln!(output, "    - call: {}", quoted(call))?;
        writeln!(output, "      observed: {}", quoted(&violation.observed.to_string()))?;
        writeln!(output, "      allowed:")?;
        let allowed = violation.allowed.iter().map(|allowed| quoted(&allowed.outcome));
        allowed.into_iter().try_for_each(|outcome| writeln!(output, "        - {outcome}"))?;
    }
    Ok(())
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    let string = serde_json::Value::from(text).to_string();
    string.chars().map(|c| if is_strange(c) { format!("\\u{:04x}", c as u32) } else { String::from(c) }).collect()
}

/// A part of a description or a reason: `#` would begin a directive.
fn escaped(text: &str) -> String {
    printable(text).replace('\\', r"\\").replace('#', r"\#")
}

/// One line of characters that YAML can hold.
fn printable(text: &str) -> Cow<'_, str> {
    pretty::escaped(text, is_strange)
}

/// Does the character end a line, or is it none for YAML?
fn is_strange(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}
