//! A topic as a person reads it.

use super::super::{clause, heading, paragraph};
use super::Topic;
use super::found::{Found, Rule};
use crate::assess::{self, Against};
use crate::campaign::Plan;
use crate::cli::list::first_sentence;
use crate::executor;
use crate::report::wrapped;
use anstyle::Style;
use shmconf_model::call::{Call, Entry};
use shmconf_model::profile::{Deviation, Profile};
use shmconf_model::script::Script;
use shmconf_model::simulation::Simulation;
use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

/// Of more cases that make a call, only so many are named.
const NAMED: usize = 8;

pub(super) fn write(output: &mut dyn Write, width: usize, topic: &Topic, found: &Found) -> io::Result<()> {
    titles(output, width, topic)?;
    if !found.clauses.is_empty() {
        section(output, "What POSIX, manuals and this suite say", |output| {
            found.clauses.iter().try_for_each(|known| clause::write_clause(output, width, known))
        })?;
    }
    if !found.rules.is_empty() {
        let title = if topic.compares_platforms() { "Where they differ" } else { "What platforms do" };
        section(output, title, |output| found.rules.iter().try_for_each(|rule| write_rule(output, width, rule)))?;
    }
    if !found.deviations.is_empty() {
        section(output, "Deviations from POSIX", |output| {
            found.deviations.iter().try_for_each(|(known, platforms)| write_deviation(output, width, known, platforms))
        })?;
    }
    if !found.notes.is_empty() {
        section(output, "What else there is to know", |output| {
            let mut notes = found.notes.iter();
            notes.try_for_each(|(platform, note)| paragraph(output, width, 2, &format!("{platform}: {}", note.text)))
        })?;
    }
    let count = found.cases.len();
    if count > 0 {
        let title = if count == 1 { "1 case".to_owned() } else { format!("{count} cases") };
        section(output, &title, |output| cases(output, width, topic, &found.cases))?;
    }
    if found.says_nothing(topic) {
        writeln!(output, "\n  No clause, rule or deviation speaks of all that together. Leave a word out.")?;
    }
    Ok(())
}

/// A title, and what stands below it.
fn section(output: &mut dyn Write, title: &str, body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let bold = Style::new().bold();
    let mut text = Vec::new();
    body(&mut text)?;
    writeln!(output, "\n{bold}{title}{bold:#}\n")?;
    output.write_all(text.trim_ascii_end())?;
    writeln!(output)
}

/// What each of the words is.
fn titles(output: &mut dyn Write, width: usize, topic: &Topic) -> io::Result<()> {
    let bold = Style::new().bold();
    for mention in &topic.mentions {
        let mut calls: Vec<&str> = mention.of.iter().map(|entry| entry.name).collect();
        calls.dedup();
        let of = if calls.is_empty() { String::new() } else { format!(" of {}", calls.join(", ")) };
        let bare = mention.bare.map(|bare| format!("; scripts write {bare}")).unwrap_or_default();
        writeln!(output, "{bold}{}{bold:#}  {}{of}{bare}", mention.word, mention.what)?;
    }
    for call in &topic.calls {
        if call.entries.is_empty() {
            writeln!(output, "{bold}{}{bold:#}  interface", call.name)?;
        }
        call.entries.iter().try_for_each(|entry| write_entry(output, width, entry))?;
    }
    for area in &topic.areas {
        writeln!(output, "{bold}{area}{bold:#}  area; `shmconf run {area}` runs it")?;
        // Some calls are called as an area is.
        let mut calls = Call::ENTRIES.iter().filter(|entry| entry.name == area);
        calls.try_for_each(|entry| write_entry(output, width, entry))?;
    }
    for profile in &topic.platforms {
        writeln!(output, "{bold}{}{bold:#}  {}", profile.name, profile.title)?;
    }
    Ok(())
}

fn write_entry(output: &mut dyn Write, width: usize, entry: &Entry) -> io::Result<()> {
    let bold = Style::new().bold();
    // In tables of Markdown a bar is escaped.
    writeln!(output, "{bold}{}{bold:#}  call", entry.signature().replace("\\|", "|"))?;
    paragraph(output, width, 2, &entry.about.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn write_rule(output: &mut dyn Write, width: usize, rule: &Rule) -> io::Result<()> {
    heading(output, width, rule.key, rule.about)?;
    rule.choices
        .iter()
        .try_for_each(|(does, platforms)| paragraph(output, width, 6, &format!("{does}: {}", platforms.join(", "))))
}

fn write_deviation(
    output: &mut dyn Write,
    width: usize,
    deviation: &Deviation,
    platforms: &[String],
) -> io::Result<()> {
    heading(output, width, &deviation.id, &format!("{}  {}", deviation.clause, platforms.join(", ")))?;
    paragraph(output, width, 6, &deviation.text)?;
    paragraph(output, width, 6, &format!("Instead: {}", deviation.instead))
}

/// The cases of an area in full, with what they meet on the platforms that were named; else some that make the calls.
fn cases(output: &mut dyn Write, width: usize, topic: &Topic, cases: &[&Script]) -> io::Result<()> {
    if topic.areas.is_empty() {
        let mut ids: Vec<&str> = cases.iter().take(NAMED).map(|case| case.id.as_str()).collect();
        let more = cases.len().saturating_sub(NAMED);
        let asked = topic.words().join(" ");
        let more_in_words = format!("and {more} more; `shmconf explain {asked} size` lists those of the area size");
        ids.extend((more > 0).then_some(more_in_words.as_str()));
        return paragraph(output, width, 2, &ids.join(", "));
    }
    let widest = cases.iter().map(|case| case.id.as_str().len()).max().unwrap_or(0);
    for case in cases {
        let options = wrapped(width.min(100).max(widest + 30));
        let indent = " ".repeat(widest + 4);
        let text = format!("  {:widest$}  {}", case.id, first_sentence(&case.about));
        writeln!(output, "{}", textwrap::fill(&text, options.clone().subsequent_indent(&indent)))?;
        for profile in &topic.platforms {
            let met = deviations(case, profile);
            if !met.is_empty() {
                let indent = format!("  {:widest$}    ", "");
                let options = options.clone().initial_indent(&indent).subsequent_indent(&indent);
                writeln!(output, "{}", textwrap::fill(&format!("on {}: {}", profile.name, met.join(", ")), options))?;
            }
        }
    }
    Ok(())
}

/// The deviations that a case meets on a platform, as its rules have it.
fn deviations(case: &Script, profile: &Profile) -> Vec<String> {
    let mut simulation = Simulation::new(&profile.name, profile.clone(), executor::random_token(), (0, 1));
    let trace = simulation.execute(case, Plan::new_seed());
    let against = Against { profile, others: &[], stop: &AtomicBool::new(false) };
    let assessment = assess::assess(&trace, against);
    assessment.map(|assessment| assessment.judgement.deviations.into_iter().collect()).unwrap_or_default()
}
