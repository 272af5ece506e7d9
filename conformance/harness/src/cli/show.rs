//! `shmconf show`

use super::error::CliError;
use super::explain::write_case;
use super::kind::Kind;
use super::output::Output;
use super::{Done, profile, recorded, selection, traces};
use crate::assess::{self, Against};
use crate::campaign::{Case, Plan};
use crate::executor;
use crate::exit::Exit;
use crate::report::{Counterexample, Pretty, Shown, clean, wrapped};
use shmconf_model::answers::{Answers, answers};
use shmconf_model::judge;
use shmconf_model::naming::Token;
use shmconf_model::profile::Profile;
use shmconf_model::simulation::Simulation;
use shmconf_model::trace::Trace;
use shmconf_model::verdict::Verdict;
use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Traces, directories of them, cases such as size/grow-zero-fills, globs, scripts of your own, or - for one on standard
    /// input
    #[arg(value_name = "TRACE|CASE|FILE", required = true)]
    wanted: Vec<String>,
    /// The rules to judge a trace by [default: those of the trace's platform]; of a case or a script, the platform to show: what
    /// each call would do there as it is usually set, without running anything; can be repeated
    #[arg(short, long, value_name = "PROFILE[@RELEASE][,SETTING=VALUE]|all")]
    profile: Vec<String>,
    /// Says why each outcome is allowed
    #[arg(short, long)]
    verbose: bool,
    /// How to show it: pretty for people; json for programs, of cases and scripts with -p: every outcome that each call may have
    /// there, and why, which `shmconf schema answers` describes
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    #[default]
    Pretty,
    Json,
}

/// What a word of the command line stands for.
enum Wanted<'a> {
    /// A trace, and the rules to judge it by.
    Trace(Box<Trace>, Cow<'a, [Profile]>),
    /// A script, and the platforms to show it on.
    Script(Case, &'a [Profile]),
}

pub(super) fn show(args: &Args) -> Done {
    let named = args.profile.iter().flat_map(|profile| named(profile));
    let profiles: Vec<Profile> = named.map(profile::find).collect::<Result<_, _>>()?;
    let mut all = Vec::new();
    for word in &args.wanted {
        all.extend(wanted(word, &profiles)?);
    }
    let output = Output::open(None)?;
    if args.format == Format::Json {
        let answered: Vec<Vec<Answers>> = all.iter().map(answered).collect::<Result<_, _>>()?;
        output.write(|output| {
            serde_json::to_writer_pretty(&mut *output, &answered.concat())?;
            output.write_all(b"\n")
        })?;
        return Ok(Exit::Conforms);
    }
    let pretty = Pretty { width: output.width() };
    let mut exit = Exit::Conforms;
    output.write(|output| {
        for wanted in &all {
            match wanted {
                Wanted::Trace(trace, profiles) => {
                    for profile in profiles.iter() {
                        let verdict = show_trace(output, pretty, trace, profile, args.verbose)?;
                        if matches!(verdict, Verdict::Fail | Verdict::Inconclusive) {
                            exit = Exit::DoesNotConform;
                        }
                    }
                }
                Wanted::Script(case, []) => {
                    write_case(output, pretty.width, &case.script)?;
                    writeln!(output)?;
                    if args.verbose {
                        writeln!(output, "Why outcomes are allowed is shown of a platform: add -p PLATFORM.\n")?;
                    }
                }
                Wanted::Script(case, profiles) => {
                    for profile in *profiles {
                        let trace = simulated(case, profile).map_err(io::Error::other)?;
                        show_trace(output, pretty, &trace, profile, args.verbose)?;
                        write_settings(profile, pretty.width, output)?;
                    }
                    write_verb(case, profiles, pretty.width, output)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(exit)
}

/// The profiles that a word of the command line stands for.
fn named(profile: &str) -> Vec<&str> {
    if profile == "all" { Profile::platforms().collect() } else { vec![profile] }
}

/// A path that is no script leads to traces; everything else is as `shmconf run` takes it.
fn wanted<'a>(word: &str, profiles: &'a [Profile]) -> Result<Vec<Wanted<'a>>, CliError> {
    let path = Path::new(word);
    let is_trace = || path.extension().is_some_and(|extension| extension == traces::EXTENSION);
    if is_trace() || path.is_file() && Kind::of(path) == Some(Kind::Trace) || path.is_dir() && holds_traces(path) {
        let files = traces::files(&[PathBuf::from(word)])?;
        return files.iter().map(|file| trace(file, profiles)).collect();
    }
    let selected = selection::select(&[word.to_owned()], &[])?;
    if let Some(property) = selected.properties.first().filter(|_| selected.cases.is_empty()) {
        return Err(CliError::DrawsScripts(property.id.to_string()));
    }
    Ok(selected.cases.into_iter().map(|case| Wanted::Script(case, profiles)).collect())
}

fn holds_traces(directory: &Path) -> bool {
    traces::files(&[directory.to_owned()]).is_ok()
}

fn trace<'a>(file: &Path, profiles: &'a [Profile]) -> Result<Wanted<'a>, CliError> {
    let trace = traces::read(file)?;
    let profiles = if profiles.is_empty() {
        let own = Profile::of(&trace.header.platform, &trace.header.machine);
        Cow::Owned(vec![own.map_err(CliError::from)?])
    } else {
        Cow::Borrowed(profiles)
    };
    Ok(Wanted::Trace(Box::new(trace), profiles))
}

/// What a script would do on a platform, as its rules have it and as it is usually set.
fn simulated(case: &Case, profile: &Profile) -> Result<Trace, CliError> {
    let subject = format!("model:{}", profile.name);
    let mut simulation = Simulation::new(&subject, profile.as_usual()?, executor::random_token(), (0, 1));
    Ok(simulation.execute(&case.script, Plan::new_seed()))
}

/// Under which settings a script does that, where there are others.
fn write_settings(profile: &Profile, width: usize, output: &mut dyn Write) -> io::Result<()> {
    let settings: Vec<String> = profile.usual_settings().map(|(word, value)| format!("{word}={value}")).collect();
    if settings.is_empty() {
        return Ok(());
    }
    let (name, settings) = (clean(&profile.name), settings.join(", "));
    let text = format!("This is {name} as it is usually set: {settings}.");
    writeln!(output, "{}\n", textwrap::fill(&text, wrapped(width)))
}

/// How to ask for all that may be.
fn write_verb(case: &Case, profiles: &[Profile], width: usize, output: &mut dyn Write) -> io::Result<()> {
    let profile = if let [one] = profiles { &*one.name } else { "all" };
    let (what, profile) = (shell_words::quote(&case.argument), shell_words::quote(profile));
    let text = format!("`shmconf outcomes {what} -p {profile}` shows all that may be.");
    writeln!(output, "{}\n", textwrap::fill(&clean(&text), wrapped(width)))
}

/// Every outcome that each call of a script may have on each of its platforms.
fn answered(wanted: &Wanted) -> Result<Vec<Answers>, CliError> {
    let Wanted::Script(case, profiles @ [_, ..]) = wanted else { return Err(CliError::NoAnswers) };
    let on = |profile: &Profile| {
        let simulation = Simulation::new(&format!("model:{}", profile.name), profile.clone(), Token::of(0), (0, 1));
        answers(&case.script, &simulation.header(&case.script, 0), profile)
    };
    Ok(profiles.iter().map(on).collect())
}

fn show_trace(
    output: &mut dyn Write,
    pretty: Pretty,
    trace: &Trace,
    profile: &Profile,
    verbose: bool,
) -> io::Result<Verdict> {
    let against = Against { profile, others: &[], stop: &AtomicBool::new(false) };
    let assessment = assess::assess(trace, against).map_err(io::Error::other)?;
    let justified = if verbose { judge::justified(trace, profile) } else { assessment.departures(trace, profile) };
    let judgement = &assessment.judgement;
    let mut deviations = assess::deviations(profile);
    deviations.retain(|deviation| judgement.deviations.contains(&deviation.id));
    let calls = Counterexample::new(String::new(), trace, judgement.violations.clone(), String::new());
    let verdict = assessment.verdict();
    let shown = Shown {
        id: &trace.header.case,
        subject: &trace.header.subject,
        profile: &profile.name,
        verdict,
        is_compared: assess::is_compared(&trace.header, profile),
        reason: judgement.reason.as_deref().or(assessment.setup_alone.as_deref()),
        calls: &calls,
        justified: &justified,
        verbose,
        deviations: &deviations,
    };
    pretty.trace(&shown, output)?;
    if profile.id != Profile::POSIX && !shown.is_simulated() && !profile.is_of(&trace.header.platform) {
        let (system, there) = (clean(&trace.header.platform.os), clean(&profile.name));
        let marked = match verdict {
            Verdict::Fail if shown.is_compared => format!(
                "A marked call comes out otherwise on {there}, each as if all calls before it had come out as on {system}, or had been changed so that they do."
            ),
            Verdict::Fail => {
                format!(
                    "A marked call has another outcome on {there}; calls on what it would have made are not marked."
                )
            }
            _ => format!("{there} may have the same ones."),
        };
        let text = format!("These are the outcomes of {system}. {marked}");
        writeln!(output, "{}\n", textwrap::fill(&text, wrapped(pretty.width)))?;
    }
    recorded::write_doubts(trace, output)?;
    Ok(verdict)
}
