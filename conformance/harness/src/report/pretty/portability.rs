//! The calls that have other outcomes on other platforms: each call once, and below it the platforms with the same outcome, those
//! first where it certainly is another one.

use super::super::{CaseResult, Report};
use super::failure::reason;
use super::paint::{clean, paint, shorten, style, wrapped};
use shmconf_model::verdict::{self, Allowed, Certainty, Difference, Explanation};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Where the platforms begin.
const INDENT: usize = 8;
/// Longer lists of platforms, and longer outcomes, get a line of their own.
const WIDEST: usize = 16;
/// Room for the line of the call.
const LONGEST: usize = 70;

/// Results with the same outcomes elsewhere, of several subjects or on several machines, are told once.
pub(super) fn write(reports: &[Report], width: usize, output: &mut dyn Write) -> io::Result<()> {
    let mut alike: Vec<(&Report, &CaseResult, Vec<&str>)> = Vec::new();
    for report in reports {
        for result in report.results.iter().filter(|result| !result.portability.is_empty()) {
            let same = |(other, known, _): &&mut (&Report, &CaseResult, Vec<&str>)| {
                other.platform.os == report.platform.os && differ_alike(known, result)
            };
            match alike.iter_mut().find(same) {
                Some((.., subjects)) => subjects.push(&report.subject),
                None => alike.push((report, result, vec![&report.subject])),
            }
        }
    }
    let mut told = BTreeSet::new();
    let here = alike.first().map(|(report, ..)| clean(&report.platform.os).into_owned());
    for (report, result, subjects) in alike {
        let title = paint(style::STRONG, result.id.as_str());
        writeln!(output, "{title} on the other platforms  {}", clean(&subjects.join(", ")))?;
        calls(report, result, &mut told, width, output)?;
        writeln!(output)?;
    }
    let Some(here) = here else { return Ok(()) };
    let text = format!(
        "Each call is compared as if all calls before it had come out as on {here}, or had been changed so that they do."
    );
    writeln!(output, "{}\n", paint(style::FAINT, &textwrap::fill(&text, wrapped(width))))
}

/// Have two results of a case the same differences, but for the names of objects, which are drawn?
fn differ_alike(one: &CaseResult, other: &CaseResult) -> bool {
    let without_names = |result: &CaseResult| {
        let mut all = result.portability.clone();
        all.iter_mut().flat_map(|elsewhere| &mut elsewhere.differences).for_each(|difference| difference.line.clear());
        all
    };
    one.id == other.id && without_names(one) == without_names(other)
}

fn calls(
    report: &Report,
    result: &CaseResult,
    told: &mut BTreeSet<String>,
    width: usize,
    output: &mut dyn Write,
) -> io::Result<()> {
    // What every object with a name meets would stand at the first call of every program.
    let all = result
        .portability
        .iter()
        .flat_map(|elsewhere| elsewhere.differences.iter().map(|one| (&*elsewhere.profile, one)));
    let (general, own): (Vec<Found>, Vec<Found>) = all.partition(|(_, difference)| is_general(difference));
    let call =
        |difference: &'_ Difference| (difference.event, difference.line.clone(), difference.observed.to_string());
    let calls: BTreeSet<(usize, String, String)> = own.iter().map(|(_, difference)| call(difference)).collect();
    for differing in calls {
        let (event, line, seen) = &differing;
        let (line, seen) = (clean(line), clean(seen));
        let line = shorten(&line, LONGEST);
        let here = clean(&report.platform.os);
        writeln!(output, " {} {:<3}{line}   {here}: {}", paint(style::BAD, ">"), event + 1, shorten(&seen, LONGEST))?;
        let at: Vec<Found> = own.iter().filter(|(_, difference)| call(difference) == differing).copied().collect();
        groups(&at, told, width, output)?;
    }
    if !general.is_empty() {
        writeln!(output, " {} every object with a name", paint(style::BAD, ">"))?;
        groups(&general, told, width, output)?;
    }
    Ok(())
}

/// A difference, and the platform that has it.
type Found<'a> = (&'a str, &'a Difference);

/// Does every object with a name meet it, whatever a program does with it?
fn is_general(difference: &Difference) -> bool {
    let mut why = difference.there.iter().flat_map(|allowed| &allowed.justifications).peekable();
    difference.certainty != Certainty::Unknown && why.peek().is_some() && why.all(|why| why.general)
}

/// Who has the same outcome, together; those first where it certainly is another one than was seen.
fn groups(found: &[Found<'_>], told: &mut BTreeSet<String>, width: usize, output: &mut dyn Write) -> io::Result<()> {
    let mut groups: Vec<(Certainty, &[Allowed], Vec<String>)> = Vec::new();
    let mut unknown = Vec::new();
    for (profile, difference) in found {
        let platform = match difference.certainty {
            Certainty::Certain if difference.under.is_empty() => (*profile).to_owned(),
            Certainty::Possible if difference.under.is_empty() => format!("{profile} at times"),
            Certainty::Certain | Certainty::Possible => format!("{profile} {}", difference.under),
            Certainty::Unknown => {
                unknown.push(*profile);
                continue;
            }
        };
        match groups.iter_mut().find(|(_, there, _)| *there == difference.there) {
            Some((certainty, _, platforms)) => {
                *certainty = difference.certainty.min(*certainty);
                if !platforms.contains(&platform) {
                    platforms.push(platform);
                }
            }
            None => groups.push((difference.certainty, &difference.there, vec![platform])),
        }
    }
    groups.sort_by_key(|(certainty, ..)| *certainty);
    for (_, there, platforms) in groups {
        group(&platforms.join(", "), there, told, width, output)?;
    }
    if !unknown.is_empty() {
        let indent = " ".repeat(INDENT);
        let options = wrapped(width).initial_indent(&indent).subsequent_indent(&indent);
        let text = format!("not known for {}", clean(&unknown.join(", ")));
        writeln!(output, "{}", paint(style::FAINT, &textwrap::fill(&text, options)))?;
    }
    Ok(())
}

/// Platforms, their outcome, and why; a deviation that was explained before has its ID alone.
fn group(
    platforms: &str,
    there: &[Allowed],
    told: &mut BTreeSet<String>,
    width: usize,
    output: &mut dyn Write,
) -> io::Result<()> {
    let mut label = clean(platforms).into_owned();
    if label.chars().count() > WIDEST {
        let indent = " ".repeat(INDENT);
        let options = wrapped(width).initial_indent(&indent).subsequent_indent(&indent);
        writeln!(output, "{}", textwrap::fill(&label, options))?;
        label.clear();
    }
    for allowed in there {
        // Where a platform departs in several ways, each of them is why.
        let justifications = verdict::foremost(&allowed.justifications);
        let mut outcome = clean(&allowed.outcome).into_owned();
        if outcome.chars().count() > WIDEST {
            writeln!(output, "{:INDENT$}{label:WIDEST$}  {}", "", shorten(&outcome, LONGEST))?;
            (label, outcome) = (String::new(), String::new());
        }
        let mut text = |why: &Explanation| match &why.deviation {
            Some(id) if !told.insert(id.clone()) => clean(id).into_owned(),
            _ if why.instead.is_empty() => reason(why),
            _ => format!("{} Instead: {}", reason(why), clean(&why.instead)),
        };
        let texts: Vec<String> = justifications.into_iter().map(&mut text).collect();
        let room = width.saturating_sub(INDENT + 2 * WIDEST + 4).max(30);
        for part in textwrap::wrap(&texts.join("\n"), wrapped(room)) {
            writeln!(output, "{:INDENT$}{label:WIDEST$}  {outcome:WIDEST$}  {part}", "")?;
            (label, outcome) = (String::new(), String::new());
        }
    }
    Ok(())
}
