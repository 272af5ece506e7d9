//! One trace, whole: every call with its outcome, whatever the verdict on it is.

use super::Pretty;
use super::failure::{self, Extent};
use super::paint::{self, clean, paint, style, wrapped};
use crate::report::{Counterexample, Deviation};
use shmconf_model::script::Id;
use shmconf_model::verdict::{Justified, Verdict};
use std::io::{self, Write};

/// A trace with what is said of it.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    /// The case, or the file, that was executed.
    pub id: &'a Id,
    /// What executed it.
    pub subject: &'a str,
    /// The rules that it is judged by.
    pub profile: &'a str,
    /// What the judge says of it.
    pub verdict: Verdict,
    /// Is it that of a program, compared with another platform than its own?
    pub is_compared: bool,
    /// Why the verdict is inconclusive.
    pub reason: Option<&'a str>,
    /// Its calls, and the violations among them.
    pub calls: &'a Counterexample,
    /// Why the outcome of each call is allowed.
    pub justified: &'a Justified,
    /// Is all of that shown, and not the deviations alone?
    pub verbose: bool,
    /// The deviations that the verdict rests on.
    pub deviations: &'a [Deviation],
}

impl Shown<'_> {
    /// Is it what the model says of that platform, and not what a system did?
    pub fn is_simulated(&self) -> bool {
        self.subject.strip_prefix("model:") == Some(self.profile)
    }
}

impl Pretty {
    /// Writes a trace whole.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn trace(&self, shown: &Shown<'_>, output: &mut dyn Write) -> io::Result<()> {
        let width = self.width.max(super::NARROWEST);
        let verdict = paint(paint::of(shown.verdict), &shown.verdict.to_string().to_uppercase());
        let (id, subject, profile) = (shown.id.as_str(), clean(shown.subject), clean(shown.profile));
        let posix = match shown.verdict {
            Verdict::Pass => Some("which POSIX allows"),
            Verdict::Deviation => Some("which departs from POSIX"),
            _ => None,
        };
        let id = paint(style::STRONG, id);
        match posix.filter(|_| shown.is_simulated()) {
            Some(posix) => writeln!(output, "{id}  as {profile} does it for an ordinary user, {posix}")?,
            None if shown.is_compared => writeln!(output, "{id}  {subject}, compared with {profile}")?,
            None => writeln!(output, "{id}  {verdict}  {subject}, by the rules of {profile}")?,
        }
        let indent = |text: &str, label: &str| {
            let (first, others) = (format!("      {label}"), " ".repeat(6 + label.len()));
            let options = wrapped(width).initial_indent(&first).subsequent_indent(&others);
            textwrap::fill(&clean(text), options)
        };
        if let Some(reason) = shown.reason {
            writeln!(output, "{}", indent(reason, ""))?;
        }
        let extent =
            if shown.verbose { Extent::Justified(shown.justified) } else { Extent::Departures(shown.justified) };
        failure::calls(shown.calls, &extent, width, output)?;
        if !shown.calls.races().is_empty() {
            let text = "Calls joined by a bar overlapped in time. Behind each stands when it began and ended, after the first one began.";
            writeln!(output, "{}", paint(style::FAINT, &indent(text, "")))?;
        }
        for deviation in shown.deviations {
            let Deviation { id, clause, text, trouble, instead, .. } = deviation;
            writeln!(output, "{}", indent(&format!("{id}, from {clause}: {text}"), "deviation  "))?;
            if shown.verbose {
                writeln!(output, "{}", indent(&format!("{trouble} Instead: {instead}"), "           "))?;
            }
        }
        writeln!(output)
    }

    /// Writes the calls of a trace alone, each with its outcome, and with the deviations that it rests on.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn calls(&self, calls: &Counterexample, justified: &Justified, output: &mut dyn Write) -> io::Result<()> {
        failure::calls(calls, &Extent::Departures(justified), self.width.max(super::NARROWEST), output)
    }
}
