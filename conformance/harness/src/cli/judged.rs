//! Traces of one subject on one platform: judged, compared with other platforms, and told as a report.

use super::error::CliError;
use crate::assess::{self, Against, Stopped, Tally};
use crate::report::{Conditions, Counterexample, Kind, Report};
use shmconf_model::portability::{self, Other};
use shmconf_model::profile::Profile;
use shmconf_model::script::Id;
use shmconf_model::trace::{Header, Trace, program_of};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// The traces of one subject on one platform, judged by one profile.
pub(super) struct TraceGroup {
    header: Header,
    profile: Profile,
    /// The ID of the profile, or the path of its file.
    profile_argument: String,
    /// The platforms to compare with.
    others: Vec<Other>,
    /// What is said so far of each case, and how long its calls took, in the order in which its first trace was read.
    tallies: Vec<(Tally, Duration)>,
}

impl TraceGroup {
    /// Of the traces that are like the one with this header, by the rules that are wanted.
    pub(super) fn of(header: &Header, wanted: Option<&str>) -> Result<TraceGroup, CliError> {
        let home = Profile::id_for(&header.platform);
        let others = match wanted {
            Some("all") => portability::platforms().map_err(CliError::from)?,
            _ => Vec::new(),
        };
        let profile_argument = wanted.filter(|wanted| *wanted != "all").unwrap_or(home).to_owned();
        let profile = match profile_argument == home {
            true => Profile::of(&header.platform, &header.machine).map_err(CliError::from)?,
            false => super::profile::find(&profile_argument)?,
        };
        Ok(TraceGroup { header: header.clone(), profile, profile_argument, others, tallies: Vec::new() })
    }

    /// What was found.
    pub(super) fn report(self, strict: bool) -> Report {
        let is_compared = assess::is_compared(&self.header, &self.profile);
        let Header { subject, platform, seed, .. } = self.header;
        let beside = self.others.iter().map(|other| other.name().to_owned()).collect();
        let deviations = assess::deviations(&self.profile);
        let profile = self.profile.name;
        let conditions =
            Conditions { platform, subject, profile, seed, strict, must_be_portable: false, deviations, beside };
        // What judging takes differs from time to time, and a report of the same traces does not.
        let took = self.tallies.iter().map(|(_, took)| *took).sum();
        let results = self.tallies.into_iter().map(|(tally, took)| tally.finish(took)).collect();
        Report { is_compared, ..Report::new(conditions, results, took) }
    }

    /// Nobody can tell whether what was judged is all that there is to say.
    pub(super) fn undecided(&mut self, reason: &str) {
        self.tallies.iter_mut().for_each(|(tally, _)| tally.undecided(reason.to_owned()));
    }

    /// Are the rules those of the platform that the traces are of?
    pub(super) fn is_of_its_platform(&self) -> bool {
        self.profile.is_of(&self.header.platform)
    }

    /// Is there no trace of which anything could be judged?
    pub(super) fn is_empty(&self) -> bool {
        self.tallies.iter().all(|(tally, _)| tally.result().scripts == 0)
    }

    /// The rules that they are judged by.
    pub(super) fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(super) fn holds(&self, header: &Header) -> bool {
        let same_run = self.header.subject == header.subject && self.header.platform == header.platform;
        same_run && self.header.seed == header.seed && self.header.machine.settings == header.machine.settings
    }

    /// Executions of one case are counted together. Of programs each recording is one for itself, though they are called the same.
    fn id_for(&self, trace: &Trace) -> Id {
        let id = &trace.header.case;
        let is_taken = |id: &Id| self.tallies.iter().any(|(tally, _)| tally.result().id == *id);
        if program_of(&trace.header.subject).is_none() || !is_taken(id) {
            return id.clone();
        }
        let mut numbered = (2..).map(|number| Id::of_path(&format!("{id}-{number}")));
        numbered.find(|id| !is_taken(id)).expect("there are more numbers than traces")
    }

    /// Judges one more trace, which may be kept in a file, and tells which of its events are not allowed.
    pub(super) fn add(&mut self, path: Option<&Path>, trace: &Trace, stop: &AtomicBool) -> Result<Vec<usize>, Stopped> {
        let id = &self.id_for(trace);
        let at = self.tallies.iter().position(|(tally, _)| tally.result().id == *id).unwrap_or_else(|| {
            self.tallies.push((Tally::of(id.clone(), Kind::Case), Duration::ZERO));
            self.tallies.len() - 1
        });
        let (tally, took) = &mut self.tallies[at];
        *took += span(trace);
        let others = tally.compared(trace, &self.others);
        let assessment = assess::assess(trace, Against { profile: &self.profile, others, stop })?;
        let violated = assessment.judgement.violations.iter().map(|violation| violation.event).collect();
        tally.add(assessment, |assessment| {
            let script: String = trace.events.iter().map(|event| format!("{}\n", event.line())).collect();
            let quote = |text: &str| shell_words::quote(text).into_owned();
            let profile = quote(&self.profile_argument);
            let again = match path {
                Some(path) => format!("shmconf judge {} -p {profile}", quote(&path.to_string_lossy())),
                None => format!("keep the trace by -o TRACE, then: shmconf judge TRACE -p {profile}"),
            };
            let violations = assessment.judgement.violations.clone();
            Counterexample::new(format!("# {id}\n{script}"), trace, violations, again)
        });
        Ok(violated)
    }
}

/// From the beginning of the first call to the end of the last.
fn span(trace: &Trace) -> Duration {
    let first = trace.events.iter().map(|event| event.start).min().unwrap_or(0);
    let last = trace.events.iter().map(|event| event.end).max().unwrap_or(0);
    Duration::from_nanos(last.saturating_sub(first))
}
