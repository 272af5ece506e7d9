//! What a platform does: a profile, one of its rules or settings, or a deviation, with sources.

use super::{Page, heading, paragraph};
use anstyle::Style;
use shmconf_model::clause::Ledger;
use shmconf_model::profile::{self, Deviation, Justification, Profile, RuleInfo, Rules, Setting};
use std::io::{self, Write};

pub(super) fn explain(id: &str) -> Option<Page> {
    if let Ok(profile) = Profile::get(id) {
        return Some(Box::new(move |output, width| write_profile(output, width, &profile)));
    }
    let profiles: Vec<Profile> = Profile::ids().filter_map(|id| Profile::get(id).ok()).collect();
    if Rules::KEYS.contains(&id) {
        let id = id.to_owned();
        return Some(Box::new(move |output, width| write_rule(output, width, &id, &profiles)));
    }
    if profiles.iter().any(|profile| profile.settings.contains_key(id)) {
        let id = id.to_owned();
        return Some(Box::new(move |output, width| write_setting(output, width, &id, &profiles)));
    }
    let having = |profile: &&Profile| profile.deviations.iter().any(|deviation| deviation.id == id);
    let profiles: Vec<Profile> = profiles.iter().filter(having).cloned().collect();
    let deviation = profiles.first()?.deviations.iter().find(|deviation| deviation.id == id)?.clone();
    Some(Box::new(move |output, width| write_deviation(output, width, &deviation, &profiles)))
}

/// Every deviation, rule, setting and profile that can be explained.
pub(super) fn ids() -> Vec<String> {
    let profiles = Profile::ids().filter_map(|id| Profile::get(id).ok());
    let own = profiles.flat_map(|profile| {
        let deviations = profile.deviations.into_iter().map(|deviation| deviation.id);
        std::iter::once(profile.id).chain(deviations).chain(profile.settings.into_keys()).collect::<Vec<_>>()
    });
    own.chain(Rules::KEYS.iter().map(ToString::to_string)).collect()
}

fn write_profile(output: &mut dyn Write, width: usize, profile: &Profile) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(output, "{bold}{}{bold:#}  profile  {}\n", profile.name, profile.title)?;
    if !profile.settings.is_empty() {
        writeln!(output, "  what can be set, as in -p {},SETTING=VALUE\n", profile.id)?;
    }
    for (word, setting) in &profile.settings {
        write_values(output, width, word, setting)?;
    }
    if !profile.settings.is_empty() {
        writeln!(output, "\n  what it does\n")?;
    }
    for rule in profile.rules.list() {
        heading(output, width, rule.key, rule.about)?;
        write_choices(output, width, &rule, profile)?;
    }
    if !profile.deviations.is_empty() {
        writeln!(output, "\n  deviations from POSIX\n")?;
    }
    profile.deviations.iter().try_for_each(|deviation| {
        writeln!(output, "  {bold}{}{bold:#}  {}", deviation.id, deviation.clause)?;
        paragraph(output, width, 6, &deviation.text)
    })?;
    if !profile.notes.is_empty() {
        writeln!(output, "\n  what else there is to know\n")?;
    }
    profile.notes.iter().try_for_each(|note| paragraph(output, width, 6, &format!("{} ({})", note.text, note.source)))
}

fn write_values(output: &mut dyn Write, width: usize, word: &str, setting: &Setting) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(output, "  {bold}{word}{bold:#}  {}", setting.values.join(" or "))?;
    paragraph(output, width, 6, &setting.about)
}

/// One setting: its values, and what platforms make of them; those that make the same of them stand together.
fn write_setting(output: &mut dyn Write, width: usize, word: &str, profiles: &[Profile]) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(output, "{bold}{word}{bold:#}  setting, as in -p PROFILE,{word}=VALUE")?;
    let mut pages: Vec<(Vec<u8>, Vec<&str>)> = Vec::new();
    for profile in profiles {
        let Some(setting) = profile.settings.get(word) else { continue };
        let mut page = Vec::new();
        write_values(&mut page, width, word, setting)?;
        for rule in profile.rules.list().into_iter().filter(|rule| rule.settings.contains(word)) {
            heading(&mut page, width, rule.key, rule.about)?;
            write_choices(&mut page, width, &rule, profile)?;
        }
        match pages.iter_mut().find(|(known, _)| *known == page) {
            Some((_, ids)) => ids.push(&profile.id),
            None => pages.push((page, vec![&profile.id])),
        }
    }
    pages.iter().try_for_each(|(page, ids)| {
        writeln!(output, "\n{bold}{}{bold:#}\n", ids.join(", "))?;
        output.write_all(page)
    })
}

/// One rule, as each platform has it.
fn write_rule(output: &mut dyn Write, width: usize, key: &str, profiles: &[Profile]) -> io::Result<()> {
    let bold = Style::new().bold();
    let rules = profiles.iter().filter_map(|profile| {
        let rule = profile.rules.list().into_iter().find(|rule| rule.key == key)?;
        Some((profile, rule))
    });
    for (at, (profile, rule)) in rules.enumerate() {
        if at == 0 {
            writeln!(output, "{bold}{key}{bold:#}  rule\n")?;
            paragraph(output, width, 2, rule.about)?;
            if let Some(advice) = profile::advice().map_err(io::Error::other)?.get(key) {
                paragraph(output, width, 2, &format!("Where it is refused: {advice}"))?;
            }
            writeln!(output)?;
        }
        writeln!(output, "  {bold}{}{bold:#}", profile.id)?;
        write_choices(output, width, &rule, profile)?;
    }
    Ok(())
}

fn write_choices(output: &mut dyn Write, width: usize, rule: &RuleInfo, profile: &Profile) -> io::Result<()> {
    // Where nothing is known, the choices are those of POSIX.
    if rule.source.is_empty() && profile.id != Profile::POSIX {
        let choices: Vec<&str> = rule.choices.iter().map(|(choice, _)| choice.as_str()).collect();
        let text = format!("not known; POSIX leaves it open: {}", choices.join(" or "));
        return paragraph(output, width, 6, &text);
    }
    let conditions = rule.by_condition();
    for (when, choices) in &conditions {
        for (choice, justification) in choices {
            let when = match *when {
                "" if conditions.len() > 1 => "always possible: ".to_owned(),
                "" => String::new(),
                when => format!("{when}: "),
            };
            paragraph(output, width, 6, &format!("{when}{choice}  ({})", reason(*justification, profile)))?;
        }
    }
    if rule.source.is_empty() { Ok(()) } else { paragraph(output, width, 6, &format!("source: {}", rule.source)) }
}

fn reason(justification: Justification, profile: &Profile) -> String {
    match profile.deviation(justification) {
        Some(deviation) => deviation.id.clone(),
        None => format!("{}, {}", justification.clause, Ledger::get().level(justification.clause)),
    }
}

fn write_deviation(
    output: &mut dyn Write,
    width: usize,
    deviation: &Deviation,
    profiles: &[Profile],
) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(output, "{bold}{}{bold:#}  deviation from {}\n", deviation.id, deviation.clause)?;
    paragraph(output, width, 2, &deviation.text)?;
    paragraph(output, width, 2, &deviation.trouble)?;
    paragraph(output, width, 2, &format!("instead: {}", deviation.instead))?;
    writeln!(output)?;
    if let Some(clause) = Ledger::get().clause(deviation.clause) {
        paragraph(output, width, 2, &format!("{}, {}: {}", clause.id, clause.level, clause.text))?;
    }
    paragraph(output, width, 2, &format!("source: {}", deviation.source))?;
    if !deviation.versions.is_empty() {
        paragraph(output, width, 2, &format!("versions: {}", deviation.versions))?;
    }
    let ids: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
    paragraph(output, width, 2, &format!("profiles: {}", ids.join(", ")))
}
