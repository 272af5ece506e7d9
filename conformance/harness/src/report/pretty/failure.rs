//! One failure in full: the script with what came back, what would have been allowed, and how to see it again.

use super::super::brief::brief;
use super::super::{CaseResult, Counterexample, Report, ShownCall};
use super::paint::{self, clean, paint, shorten, style, wrapped};
use shmconf_model::outcome::Errno;
use shmconf_model::verdict::{Allowed, Explanation, Justified, Violation};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::Range;

/// Where the calls begin: behind the mark and the number.
const INDENT: usize = 6;
/// Of a longer trace, only the calls this near to a violation are shown.
const NEAR: usize = 12;
/// Longer outcomes lose their middle.
const LONGEST: usize = 70;
/// Room for ` 100.5–1200.5 µs`, behind an outcome.
const WHEN: usize = 16;
/// Room for `-> descriptor 12`, kept free behind the calls.
const OUTCOME: usize = 18;

pub(super) fn write(subject: &str, result: &CaseResult, width: usize, output: &mut dyn Write) -> io::Result<()> {
    let verdict = result.verdict.to_string().to_uppercase();
    let verdict = paint(paint::of(result.verdict), &verdict);
    writeln!(output, "{}  {verdict}  {}", paint(style::STRONG, result.id.as_str()), clean(subject))?;
    if let Some(text) = &result.reason {
        paragraph(text, width, output)?;
    }
    if let Some(counterexample) = &result.counterexample {
        calls(counterexample, &Extent::NearViolations, width, output)?;
        writeln!(output, "        {}     {}", paint(style::FAINT, "again"), clean(&counterexample.again))?;
        if let Some(file) = &counterexample.file {
            writeln!(output, "        {}    {}", paint(style::FAINT, "script"), clean(file))?;
        }
    }
    writeln!(output)
}

/// Those that are not shown in full, a line each.
pub(super) fn in_short(report: &Report, rest: &[&CaseResult], width: usize, output: &mut dyn Write) -> io::Result<()> {
    if rest.is_empty() {
        return Ok(());
    }
    let more = paint(style::STRONG, &format!("{} more of {}", rest.len(), clean(&report.subject)));
    let again = rest.iter().find_map(|result| Some(clean(&result.counterexample.as_ref()?.again).into_owned()));
    let by =
        again.map(|again| format!(", each of which is shown in full by its ID, as in\n  {again}")).unwrap_or_default();
    writeln!(output, "{more}{by}")?;
    for result in rest {
        let verdict = format!("{:12}", result.verdict.to_string().to_uppercase());
        let id = result.id.as_str();
        let room = width.saturating_sub(2 + verdict.len() + 2 + id.len() + 2).max(20);
        let why = shorten(&brief(report, result), room).into_owned();
        writeln!(output, "  {}  {id}  {why}", paint(paint::of(result.verdict), &verdict))?;
    }
    writeln!(output)
}

/// Why the harness gave up on a subject, if it did.
pub(super) fn gave_up(report: &Report, width: usize, output: &mut dyn Write) -> io::Result<()> {
    let Some(reason) = &report.gave_up else { return Ok(()) };
    let given_up = paint(style::OPEN, "GIVEN UP");
    writeln!(output, "{}  {given_up}", paint(style::STRONG, &clean(&report.subject)))?;
    paragraph(reason, width, output)?;
    writeln!(output)
}

/// Text below a title, with the lines that it has.
fn paragraph(text: &str, width: usize, output: &mut dyn Write) -> io::Result<()> {
    let indent = " ".repeat(INDENT);
    for line in text.lines() {
        let options = wrapped(width).initial_indent(&indent).subsequent_indent(&indent);
        writeln!(output, "{}", textwrap::fill(&clean(line), options))?;
    }
    Ok(())
}

/// Which calls of a trace are shown.
pub(super) enum Extent<'a> {
    /// Of a longer trace, those near to a violation.
    NearViolations,
    /// All, each with the deviations that its outcome rests on.
    Departures(&'a Justified),
    /// All, each with everything that allows its outcome.
    Justified(&'a Justified),
}

pub(super) fn calls(
    counterexample: &Counterexample,
    extent: &Extent<'_>,
    width: usize,
    output: &mut dyn Write,
) -> io::Result<()> {
    let races = counterexample.races();
    let bars = if races.is_empty() { 0 } else { 2 };
    let most = width.saturating_sub(INDENT + bars + OUTCOME).max(20);
    let lines: Vec<_> =
        counterexample.calls.iter().map(|call| shorten(&clean(&call.line), most.max(60)).into_owned()).collect();
    let column = lines.iter().map(|line| line.chars().count()).filter(|len| *len <= most).max().unwrap_or(0);
    let mut elided = 0;
    let mut told: Vec<(usize, &[Allowed])> = Vec::new();
    for (index, (call, line)) in counterexample.calls.iter().zip(&lines).enumerate() {
        let violations: Vec<&Violation> =
            counterexample.violations.iter().filter(|violation| violation.event == index).collect();
        if matches!(extent, Extent::NearViolations) && !is_near(counterexample, index) {
            elided += 1;
            continue;
        }
        elision(std::mem::take(&mut elided), output)?;
        let mark = match (violations.is_empty(), call.unjudged) {
            (false, _) => paint(style::BAD, ">"),
            (true, true) => paint(style::OPEN, "?"),
            (true, false) => " ".to_owned(),
        };
        let race = races.iter().find(|race| race.contains(&index));
        let bar = if bars == 0 { "" } else { race.map_or("  ", |race| bar(race, index)) };
        write!(output, " {mark} {:<3}{bar}{line}", index + 1)?;
        let outcome = clean(&call.outcome);
        let outcome = shorten(&outcome, LONGEST);
        let room = width.saturating_sub(INDENT + bars + column + " -> ".len() + if race.is_some() { WHEN } else { 0 });
        match column.checked_sub(line.chars().count()) {
            Some(pad) if outcome.chars().count() <= room => write!(output, "{:pad$}", "")?,
            _ => write!(output, "\n{:pad$}", "", pad = INDENT + bars)?,
        }
        let longest = race.map_or(0, |race| longest_outcome(&counterexample.calls[race.clone()]).min(room));
        let pad = longest.saturating_sub(outcome.chars().count());
        let outcome = if violations.is_empty() { outcome.into_owned() } else { paint(style::BAD, &outcome) };
        write!(output, " -> {outcome}")?;
        if let Some(race) = race {
            let begin = counterexample.calls[race.start].start;
            let micros = |at: u64| (at - begin) as f64 / 1000.0;
            let when = format!("  {:5.1}–{:.1} µs", micros(call.start), micros(call.end));
            write!(output, "{:pad$}{}", "", paint(style::FAINT, &when))?;
        }
        writeln!(output)?;
        for violation in violations {
            match told.iter().find(|(_, known)| *known == violation.allowed) {
                Some((first, _)) => {
                    let outcomes: Vec<_> = violation.allowed.iter().map(|allowed| clean(&allowed.outcome)).collect();
                    let outcomes = shorten(&outcomes.join(" or "), LONGEST).into_owned();
                    writeln!(
                        output,
                        "        {}   {outcomes}, as of call {}",
                        paint(style::FAINT, "allowed"),
                        first + 1
                    )?;
                }
                None => {
                    allowed("allowed", &violation.allowed, width, output)?;
                    told.push((index, &violation.allowed));
                }
            }
        }
        let because = match extent {
            Extent::NearViolations => None,
            Extent::Departures(justified) => justified.get(&index).and_then(|why| departures(why)),
            Extent::Justified(justified) => {
                justified.get(&index).filter(|why| !why.is_empty()).map(|why| because(call, why))
            }
        };
        if let Some(because) = because {
            allowed("because", &[because], width, output)?;
        }
    }
    elision(elided, output)
}

/// Why an outcome is allowed. What lets the call fail in another way is no reason; it is told where there is none.
fn because(call: &ShownCall, justifications: &[Explanation]) -> Allowed {
    // Before the colon stand errors, as in `F_SETLK: EINVAL: …` or `ENODEV or ENOSYS: …`.
    let is_errors = |part: &str| {
        let mut words = part.split([',', ' ']).filter(|word| !word.is_empty() && *word != "or").peekable();
        words.peek().is_some() && words.all(|word| Errno::NAMES.contains(&word))
    };
    let is_of_another = |why: &Explanation| {
        let errors = why.text.split(": ").take(2).find(|part| is_errors(part));
        why.deviation.is_none() && errors.is_some_and(|errors| !errors.contains(&call.outcome))
    };
    let (of_errors, own): (Vec<_>, Vec<_>) = justifications.iter().cloned().partition(is_of_another);
    match own.is_empty() {
        true => Allowed { outcome: "it may also fail:".to_owned(), justifications: of_errors },
        false => Allowed { outcome: String::new(), justifications: own },
    }
}

/// The deviations that an outcome rests on, by their IDs alone.
fn departures(justifications: &[Explanation]) -> Option<Allowed> {
    let ids: BTreeSet<&str> = justifications.iter().filter_map(|why| why.deviation.as_deref()).collect();
    let outcome = ids.into_iter().collect::<Vec<_>>().join(", ");
    (!outcome.is_empty()).then(|| Allowed { outcome, justifications: Vec::new() })
}

fn longest_outcome(calls: &[ShownCall]) -> usize {
    calls.iter().map(|call| clean(&call.outcome).chars().count().min(LONGEST)).max().unwrap_or(0)
}

fn is_near(counterexample: &Counterexample, index: usize) -> bool {
    let nearest = counterexample.violations.iter().map(|violation| violation.event.abs_diff(index)).min();
    counterexample.calls.len() <= 3 * NEAR || nearest.is_none_or(|distance| distance <= NEAR)
}

fn elision(calls: usize, output: &mut dyn Write) -> io::Result<()> {
    if calls == 0 { Ok(()) } else { writeln!(output, "   {}", paint(style::FAINT, &format!("… {calls} more calls"))) }
}

/// Draws overlapping calls together.
fn bar(race: &Range<usize>, index: usize) -> &'static str {
    match index {
        first if first == race.start => "┌ ",
        last if last + 1 == race.end => "└ ",
        _ => "│ ",
    }
}

/// Each outcome that would have been allowed, with the justifications behind it.
fn allowed(label: &str, allowed: &[Allowed], width: usize, output: &mut dyn Write) -> io::Result<()> {
    const WIDEST: usize = 20;
    let lengths = allowed.iter().map(|allowed| allowed.outcome.chars().count());
    let longest = lengths.filter(|length| *length <= WIDEST).max().unwrap_or(0);
    let mut label = label;
    for entry in allowed {
        let indent = 8 + label.len().max(7) + 3 + longest + 2;
        let room = width.saturating_sub(indent).max(30);
        let mut outcome = clean(&entry.outcome).into_owned();
        let mut justifications: Vec<String> = Vec::new();
        for justification in entry.justifications.iter().map(reason) {
            if !justifications.contains(&justification) {
                justifications.push(justification);
            }
        }
        let justifications = justifications.join("\n");
        let lines = if justifications.is_empty() { Vec::new() } else { textwrap::wrap(&justifications, wrapped(room)) };
        if outcome.chars().count() > longest || lines.is_empty() {
            writeln!(output, "        {}{:pad$}   {outcome}", paint(style::FAINT, label), "", pad = 7 - label.len())?;
            (outcome, label) = (String::new(), "");
        }
        for line in lines {
            let pad = 7 - label.len();
            writeln!(output, "        {}{:pad$}   {outcome:longest$}  {line}", paint(style::FAINT, label), "")?;
            (outcome, label) = (String::new(), "");
        }
    }
    Ok(())
}

/// `shm_open:22, shall: …`, or `macos/size-once: …`
pub(crate) fn reason(justification: &Explanation) -> String {
    let text = clean(&justification.text);
    match &justification.deviation {
        Some(deviation) if justification.versions.is_empty() => format!("{}: {text}", clean(deviation)),
        Some(deviation) => format!("{} ({}): {text}", clean(deviation), clean(&justification.versions)),
        None => format!("{}, {}: {text}", justification.clause, justification.level),
    }
}
