//! An examination as a person reads it.

use super::{Diagnosis, Examination, Facts, Limits, Object, Weight};
use crate::executor::in_words;
use crate::report::{clean, wrapped};
use anstyle::{AnsiColor, Style};
use shmconf_model::call::Resource;
use std::io::{self, Write};

/// Where the text of a fact begins.
const COLUMN: usize = 14;
/// Of more objects, these that take most are shown.
const SHOWN: usize = 20;

impl Examination {
    /// Writes it as text of so many columns.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn write(&self, width: usize, output: &mut dyn Write) -> io::Result<()> {
        let strong = Style::new().bold();
        let facts = &self.facts;
        let platform = clean(&facts.platform.to_string()).into_owned();
        writeln!(output, "{strong}Shared memory{strong:#} on {platform}, for {}\n", user(facts.uid))?;
        for (word, text) in lines(facts) {
            fact(output, width, word, &text)?;
        }
        objects(output, width, facts)?;
        for diagnosis in &self.diagnoses {
            write_diagnosis(output, width, diagnosis)?;
        }
        let count = |weight| self.diagnoses.iter().filter(|diagnosis| diagnosis.weight == weight).count();
        let wrong = match count(Weight::Wrong) {
            0 if self.diagnoses.is_empty() => "all is well",
            0 => "nothing is wrong",
            1 => "1 thing is wrong",
            wrong => &format!("{wrong} things are wrong"),
        };
        let known = match count(Weight::Known) {
            0 => "",
            1 => "; 1 thing is good to know",
            known => &format!("; {known} things are good to know"),
        };
        writeln!(output, "\n{wrong}{known}")
    }
}

/// What was found, line by line.
fn lines(facts: &Facts) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let kept = match (&facts.directory, &facts.machine.store) {
        (None, _) => "objects with names lie in the kernel, in no directory that can be looked at".to_owned(),
        (Some(directory), None) => format!("{directory}, which is not there"),
        (Some(directory), Some(store)) => {
            let kind = if store.file_system.is_empty() { String::new() } else { format!(", {}", store.file_system) };
            let mode = store.mode.map(|mode| format!(", mode {mode:04o}")).unwrap_or_default();
            format!("{directory}{kind}{mode}")
        }
    };
    lines.push(("store", kept));
    if let Some(mount) = &facts.mount {
        lines.push(("mount", format!("{}: {}", mount.point, mount.options.join(", "))));
    }
    if let Some(store) = &facts.machine.store {
        let files = store
            .free_inodes
            .map(|files| format!("; {files} more {}", if files == 1 { "file" } else { "files" }))
            .unwrap_or_default();
        lines.push((
            "room",
            format!("{} of {} are free{files}", in_words(store.free_bytes), in_words(store.total_bytes)),
        ));
    }
    lines.push(("page", format!("{} bytes", facts.platform.page_size)));
    let settings: Vec<_> = facts.machine.settings.iter().map(|(word, value)| format!("{word}={value}")).collect();
    if !settings.is_empty() {
        lines.push(("settings", settings.join(", ")));
    }
    lines.push(("confined", confinement(facts)));
    let limits: Vec<_> = facts.limits.iter().map(|(resource, limits)| limit(*resource, *limits)).collect();
    lines.push(("limits", limits.join("; ")));
    lines
}

fn confinement(facts: &Facts) -> String {
    let confinement = &facts.confinement;
    let mut words = Vec::new();
    if facts.is_container() {
        words.push("by a container".to_owned());
    }
    if confinement.seccomp == Some(true) {
        words.push("by a filter of system calls (seccomp)".to_owned());
    }
    if let Some(label) = confinement.label.as_ref().filter(|label| *label != "unconfined") {
        words.push(format!("by the security policy, as {label}"));
    }
    if let Some(memory) = confinement.memory_bytes {
        words.push(format!("by a control group with {} of memory", in_words(memory)));
    }
    if words.is_empty() { "by nothing that is known".to_owned() } else { words.join(", ") }
}

fn limit(resource: Resource, limits: Limits) -> String {
    let of = |bound: Option<u64>| match (resource, bound) {
        (_, None) => "unlimited".to_owned(),
        (Resource::Nofile, Some(bound)) => bound.to_string(),
        (_, Some(bound)) => in_words(bound),
    };
    let (soft, hard) = (of(limits.soft), of(limits.hard));
    if soft == hard { format!("{resource} {soft}") } else { format!("{resource} {soft}, up to {hard}") }
}

fn objects(output: &mut dyn Write, width: usize, facts: &Facts) -> io::Result<()> {
    let objects = &facts.objects;
    let text = match (&objects.unlisted, objects.list.len()) {
        (Some(reason), _) => reason.clone(),
        (None, 0) => "none".to_owned(),
        (None, count) => count.to_string(),
    };
    fact(output, width, "objects", &text)?;
    for object in objects.list.iter().take(SHOWN) {
        let name = clean(&object.name).into_owned();
        let (size, taken) = (in_words(object.size_bytes), in_words(object.taken_bytes));
        let (owner, age) = (user(object.uid), age(object.age_seconds));
        let text = format!("{name}: {size}, takes {taken}, of {owner}, {age} old, {}", held(object, facts));
        fact(output, width, "", &text)?;
    }
    if let Some(more) = objects.list.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        fact(output, width, "", &format!("{more} more, which --format json lists"))?;
    }
    if objects.processes_unseen > 0 && !objects.list.is_empty() {
        let (unseen, all) = (objects.processes_unseen, objects.processes_seen + objects.processes_unseen);
        let text = format!("What {unseen} of {all} processes have open cannot be seen from here.");
        fact(output, width, "", &text)?;
    }
    Ok(())
}

fn held(object: &Object, facts: &Facts) -> String {
    const MOST: usize = 3;
    if facts.objects.processes_seen == 0 {
        return "open by whom this system does not tell".to_owned();
    }
    let mut words: Vec<String> =
        object.holders.iter().take(MOST).map(|holder| format!("{} ({})", clean(&holder.program), holder.pid)).collect();
    if object.holders.len() > MOST {
        words.push(format!("{} more", object.holders.len() - MOST));
    }
    match &words[..] {
        [] if facts.sees_all_holders() => "open or mapped by nobody".to_owned(),
        [] => "open or mapped by nobody who can be seen from here".to_owned(),
        words => format!("open or mapped by {}", words.join(", ")),
    }
}

fn write_diagnosis(output: &mut dyn Write, width: usize, diagnosis: &Diagnosis) -> io::Result<()> {
    let (style, word) = match diagnosis.weight {
        Weight::Wrong => (AnsiColor::Red.on_default().bold(), "WRONG"),
        Weight::Known => (AnsiColor::Yellow.on_default(), "good to know"),
    };
    writeln!(output, "\n{style}{word}{style:#}  {}", diagnosis.id)?;
    for (word, text) in [("", &diagnosis.text), ("breaks", &diagnosis.breaks), ("do", &diagnosis.remedy)] {
        fact(output, width, word, text)?;
    }
    Ok(())
}

/// A word, and behind it a text that wraps.
fn fact(output: &mut dyn Write, width: usize, word: &str, text: &str) -> io::Result<()> {
    let options = wrapped(width.min(100));
    let (first, others) = (format!("  {word:0$}", COLUMN - 2), " ".repeat(COLUMN));
    let options = options.initial_indent(&first).subsequent_indent(&others);
    writeln!(output, "{}", textwrap::fill(&clean(text), options))
}

fn user(uid: u32) -> String {
    let name = nix::unistd::User::from_uid(uid.into()).ok().flatten().map(|user| user.name);
    name.map_or_else(|| format!("user {uid}"), |name| clean(&name).into_owned())
}

/// `3 days`
fn age(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..86400 => (seconds / 3600, "hour"),
        _ => (seconds / 86400, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}
