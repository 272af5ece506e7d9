//! `shmconf name`

mod header;

use super::Done;
use super::error::CliError;
use super::output::Output;
use crate::exit::Exit;
use crate::names::{Named, Names, word};
use crate::report::{clean, paint, reason, style, wrapped};
use shmconf_model::names::{self, Mended, NameThere, StandsFor, Usable};
use shmconf_model::verdict::Allowed;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(override_usage = "shmconf name [OPTIONS] NAME...\n       shmconf name [OPTIONS] --header")]
pub(super) struct Args {
    /// The names of shared memory objects, such as /mine. Of each platform is said: `yes`; `no`; `at times`, where it depends on
    /// the release or a setting; `stays`, where it can be made and not removed; `unknown`; `no names`, where no object has one
    #[arg(value_name = "NAME", required_unless_present = "header")]
    names: Vec<String>,
    /// How to show it: pretty for people, json for programs, which `shmconf schema name` describes
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, conflicts_with = "header")]
    format: Format,
    /// Writes the limits as a C header, with a macro that ends compilation where a name is too long
    #[arg(long, conflicts_with = "names")]
    header: bool,
    /// Where it goes; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum Format {
    #[default]
    Pretty,
    Json,
}

pub(super) fn name(args: &Args) -> Done {
    let output = Output::open(args.output.as_deref())?;
    if args.header {
        let text = header::text().map_err(CliError::from)?;
        output.write(|output| output.write_all(text.as_bytes()))?;
        return Ok(Exit::Conforms);
    }
    let mut all = Vec::new();
    for name in &args.names {
        let there = names::everywhere(name).map_err(CliError::from)?;
        all.push((name, there, names::mended(name).map_err(CliError::from)?));
    }
    names::tell_apart(all.iter_mut().filter_map(|(_, _, mended)| mended.as_mut()));
    let is_refused = |there: &NameThere| matches!(there.usable, Usable::No | Usable::AtTimes | Usable::Stays);
    let refused = all.iter().any(|(_, there, _)| there.iter().any(is_refused));
    let width = output.width();
    output.write(|output| match args.format {
        Format::Pretty => {
            for (name, there, mended) in &all {
                pretty(name, there, mended.as_ref(), width, output)?;
                writeln!(output)?;
            }
            let notes = |(name, there, _): &(&String, Vec<NameThere>, _)| {
                there.iter().flat_map(|there| beginnings(there).chain(same_semaphore(name, there))).collect::<Vec<_>>()
            };
            let beginnings: BTreeSet<String> = all.iter().flat_map(notes).collect();
            beginnings.iter().try_for_each(|text| writeln!(output, "{}", textwrap::fill(text, wrapped(width))))
        }
        Format::Json => {
            let names = all.into_iter().map(|(name, there, mended)| Named::of(name, there, mended));
            serde_json::to_writer_pretty(&mut *output, &Names::of(names.collect()))?;
            output.write_all(b"\n")
        }
    })?;
    Ok(if refused { Exit::DoesNotConform } else { Exit::Conforms })
}

fn pretty(
    name: &str,
    there: &[NameThere],
    mended: Option<&Mended>,
    width: usize,
    output: &mut dyn Write,
) -> io::Result<()> {
    let column = there.iter().map(|there| there.profile.len()).max().unwrap_or(0);
    let title = if name.is_empty() { "the empty name".into() } else { clean(name) };
    writeln!(output, "{}", paint(style::STRONG, &title))?;
    for there in there {
        let style = match there.usable {
            Usable::Yes => style::GOOD,
            Usable::AtTimes | Usable::Stays => style::KNOWN,
            Usable::No => style::BAD,
            Usable::Unknown | Usable::NoNames => style::FAINT,
        };
        let usable = paint(style, &format!("{:8}", word(there.usable)));
        let head = format!("  {:column$}  {usable}  ", there.profile);
        let indent = " ".repeat(2 + column + 2 + 8 + 2);
        let filled =
            textwrap::fill(&about(name, there), wrapped(width).initial_indent(&indent).subsequent_indent(&indent));
        writeln!(output, "{head}{}", filled.trim_start())?;
    }
    for (why, refusing) in reasons(there) {
        remark(&format!("{}: {why}", refusing.join(", ")), width, output)?;
    }
    let unportable: Vec<String> =
        names::unportable(name).iter().map(|c| format!("`{}`", clean(&c.to_string()))).collect();
    if !unportable.is_empty() {
        let they = if unportable.len() == 1 { "which is" } else { "which are" };
        let what = format!(
            "it has {}, {they} not among the characters for which POSIX promises anything: letters, digits, `.`, `_` and `-`",
            unportable.join(", ")
        );
        remark(&what, width, output)?;
    }
    match mended {
        None => writeln!(output, "  no small change makes it right everywhere; take a new name, such as /mine"),
        Some(mended) if mended.changes.is_empty() => {
            let is_known = there.iter().all(|there| there.is_known || there.usable == Usable::NoNames);
            let as_far = if is_known { "" } else { ", as far as their limits are known" };
            writeln!(output, "  every platform here that has names takes it{as_far}")
        }
        Some(mended) => {
            let changes = mended.changes.join("; ");
            let name = paint(style::STRONG, &clean(&mended.name));
            remark(&format!("right everywhere: {name}  ({changes})"), width, output)
        }
    }
}

/// What there is to say of a name as a whole, below the platforms.
fn remark(text: &str, width: usize, output: &mut dyn Write) -> io::Result<()> {
    let options = wrapped(width).initial_indent("  ").subsequent_indent("    ");
    writeln!(output, "{}", textwrap::fill(text, options))
}

/// `13 bytes, the slash counted; at most 31; EINVAL; the same object as /x`
fn about(name: &str, there: &NameThere) -> String {
    if there.usable == Usable::NoNames {
        return "there are no objects with names".to_owned();
    }
    let twice = there.bytes > name.trim_start_matches('/').len();
    let counted = match there.with_slash {
        true => "the slash counted",
        false if twice => "without the slash in front, each further / and % counted twice",
        false => "without the slash",
    };
    let bytes = if there.bytes == 1 { "1 byte".to_owned() } else { format!("{} bytes", there.bytes) };
    let length = match (there.least, there.most) {
        (None, None) if !there.is_known => format!("{bytes}; the limit is not known"),
        (None, None) => format!("{bytes}; there is no limit"),
        (Some(least), Some(most)) if least == most => format!("{bytes}, {counted}; at most {most}"),
        _ if !there.by_release.is_empty() => {
            let mut limits: Vec<(&str, Vec<String>)> = Vec::new();
            for (most, when) in &there.by_release {
                match limits.iter_mut().find(|(known, _)| known == when) {
                    Some((_, known)) => known.push(most.to_string()),
                    None => limits.push((when, vec![most.to_string()])),
                }
            }
            let limits: Vec<String> =
                limits.into_iter().map(|(when, most)| format!("{} ({when})", most.join(" or "))).collect();
            format!("{bytes}, {counted}; at most {}", limits.join(", "))
        }
        (least, most) => {
            let shown = |bytes: Option<usize>| bytes.map_or_else(|| "any number".to_owned(), |bytes| bytes.to_string());
            format!("{bytes}, {counted}; at most {} in some releases, {} in others", shown(least), shown(most))
        }
    };
    let stands_for = match &there.stands_for {
        Some(StandsFor::Same(plain)) => format!("the same object as {}", clean(plain)),
        Some(StandsFor::Another(plain)) => format!("another object than {}", clean(plain)),
        None => String::new(),
    };
    let is_another = |own: &&String| own.as_str() != name && there.usable != Usable::No;
    let semaphore = there
        .semaphore
        .as_ref()
        .filter(is_another)
        .map(|name| format!("the same file as the semaphore {}", clean(name)));
    let outcomes =
        |refusals: &[Allowed]| refusals.iter().map(|refused| &*refused.outcome).collect::<Vec<_>>().join(" or ");
    let refusals = match &*outcomes(&there.refusals) {
        "" if there.usable == Usable::No => "with which error is not known".to_owned(),
        refusals if there.usable == Usable::AtTimes => format!("{refusals} in some releases or settings"),
        refusals => refusals.to_owned(),
    };
    let unlink = match &*outcomes(&there.unlink_refusals) {
        "" => String::new(),
        refusals if there.usable == Usable::Stays => {
            format!("shm_open makes it, and shm_unlink does not remove it, or not always: {refusals}")
        }
        refusals => format!("shm_unlink says {refusals}"),
    };
    let said = [length, refusals, unlink, stands_for, semaphore.unwrap_or_default()];
    said.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Each reason for which the name is refused, and the platforms that do so.
fn reasons(there: &[NameThere]) -> Vec<(String, Vec<&str>)> {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for there in there {
        let why = there
            .refusals
            .iter()
            .chain(&there.unlink_refusals)
            .filter_map(|refused| refused.justifications.first())
            .map(reason);
        for why in why.collect::<BTreeSet<_>>() {
            match reasons.iter_mut().find(|(known, _)| *known == why) {
                Some((_, platforms)) => platforms.push(&there.profile),
                None => reasons.push((why, vec![&there.profile])),
            }
        }
    }
    reasons
}

/// What is said where every name is that of a semaphore, too.
fn same_semaphore(name: &str, there: &NameThere) -> Option<String> {
    let is_same = there.semaphore.as_deref() == Some(name) && there.usable != Usable::No;
    is_same.then(|| format!("On {}, a semaphore of the same name is the same file.", there.profile))
}

fn beginnings(there: &NameThere) -> impl Iterator<Item = String> {
    let said = |own: &names::Beginning| {
        format!(
            "Within {} on {}, a name has to begin with {}, where {}.",
            own.within, there.profile, own.begin, own.meaning
        )
    };
    there.beginnings.iter().map(said).collect::<Vec<_>>().into_iter()
}
