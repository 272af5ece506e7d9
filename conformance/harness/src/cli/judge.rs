//! `shmconf judge`

use super::Done;
use super::error::CliError;
use super::show;
use crate::exit::Exit;
use crate::report::{CaseResult, Counterexample, Document, Kind, Report, Run};
use shmconf_model::judge;
use shmconf_model::portability;
use shmconf_model::profile::Profile;
use shmconf_model::trace::{Header, Trace};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The traces, as `shmconf run --traces DIR` keeps them
    #[arg(value_name = "TRACE", required = true)]
    traces: Vec<PathBuf>,
    /// Whose rules to judge by: a profile, the file of one, or all, for those of the trace's own platform and a
    /// comparison with every other platform [default: those of the trace's platform]
    #[arg(short, long)]
    profile: Option<String>,
    /// Counts a known deviation as a failure
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    show: show::Args,
}

/// The traces of one subject on one platform, judged by one profile.
struct Group {
    header: Header,
    profile: Profile,
    /// The platforms to compare with.
    others: Vec<Profile>,
    results: Vec<CaseResult>,
}

pub(super) fn judge(args: &Args) -> Done {
    let shown = args.show.open()?;
    let begin = Instant::now();
    let mut groups: Vec<Group> = Vec::new();
    for path in &args.traces {
        let trace = read(path)?;
        let group = match groups.iter().position(|group| group.holds(&trace.header)) {
            Some(at) => &mut groups[at],
            None => {
                groups.push(Group::of(&trace.header, args.profile.as_deref())?);
                groups.last_mut().expect("one was pushed")
            }
        };
        group.add(path, &trace);
    }
    let reports = groups.into_iter().map(|group| {
        let Header { subject, platform, seed, .. } = group.header;
        let beside = group.others.into_iter().map(|profile| profile.id).collect();
        let run = Run { platform, subject, profile: group.profile.id, seed, strict: args.strict, beside };
        Report::new(run, group.results, begin.elapsed())
    });
    let document = Document::of(reports.collect());
    shown.write(&document)?;
    Ok(Exit::of(&document))
}

fn read(path: &Path) -> Result<Trace, CliError> {
    let file = File::open(path).map_err(|source| CliError::Read { path: path.to_owned(), source })?;
    Trace::read(BufReader::new(file)).map_err(|source| CliError::Trace { path: path.to_owned(), source })
}

impl Group {
    /// Of the traces that are like the one with this header, by the rules that are wanted.
    fn of(header: &Header, wanted: Option<&str>) -> Result<Group, CliError> {
        let home = Profile::id_for(&header.platform);
        let others = if wanted == Some("all") { portability::platforms_beside(home) } else { Vec::new() };
        let profile = super::profile::find(wanted.filter(|wanted| *wanted != "all").unwrap_or(home))?;
        Ok(Group { header: header.clone(), profile, others, results: Vec::new() })
    }

    fn holds(&self, header: &Header) -> bool {
        let same_run = self.header.subject == header.subject && self.header.platform == header.platform;
        same_run && self.header.seed == header.seed
    }

    fn add(&mut self, path: &Path, trace: &Trace) {
        let id = &trace.header.case;
        let at = self.results.iter().position(|result| result.id == *id).unwrap_or_else(|| {
            self.results.push(CaseResult::of(id.clone(), Kind::Case));
            self.results.len() - 1
        });
        let judgement = judge::judge(trace, &self.profile);
        self.results[at].add(&judgement, || {
            let script: String = trace.events.iter().map(|event| format!("{}\n", event.line())).collect();
            let again = format!("shmconf judge {} -p {}", path.display(), self.profile.id);
            Counterexample::new(format!("# {id}\n{script}"), trace, judgement.violations.clone(), again)
        });
        if self.results[at].portability.is_empty() {
            self.results[at].portability = portability::elsewhere(trace, &self.others);
        }
    }
}
