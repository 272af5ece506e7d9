//! A listing as a person reads it: the calls once, and for each outcome what differs, an order in which it comes about, and
//! why it is allowed.

mod closing;

use super::{Listed, Listing, Platform};
use crate::report::{clean, numbers, paint, reason, style, wrapped};
use shmconf_model::profile::Profile;
use shmconf_model::verdict::{self, Explanation};
use std::io::{self, Write};

/// Text for people.
#[derive(Debug, Clone, Copy)]
pub struct Pretty {
    /// How many columns there are to fill.
    pub width: usize,
    /// Is every justification shown, and not only that of what fails or departs?
    pub verbose: bool,
    /// Are the rules those of this machine, as it is set?
    pub is_here: bool,
}

/// What stands before a call: the bar of a race and the number of the call.
const NUMBER: usize = 8;
/// Of more outcomes than these, only those that were seen are shown: nobody reads each.
const MOST: usize = 100;
/// Room for an outcome behind a call.
const OUTCOME: usize = 20;

impl Pretty {
    /// Writes the listing.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn write(&self, listing: &Listing, output: &mut dyn Write) -> io::Result<()> {
        let Pretty { width, verbose, is_here } = *self;
        let page = Page { listing, column: self.column(listing), width: width.max(40), verbose, is_here };
        page.head(output)?;
        page.platforms(output)?;
        page.calls(output)?;
        let is_shown =
            |(number, outcome): &(usize, &Listed)| *number < MOST || outcome.seen.is_some_and(|seen| seen > 0);
        let mut shown = 0;
        for (number, outcome) in listing.outcomes.iter().enumerate().filter(is_shown) {
            page.outcome(number, outcome, output)?;
            shown += 1;
        }
        if shown < listing.outcomes.len() {
            writeln!(output, "and {} more, which --format json has\n", listing.outcomes.len() - shown)?;
        }
        page.unlisted(output)?;
        page.closing(output)
    }

    /// Where the outcomes begin behind the calls.
    fn column(&self, listing: &Listing) -> usize {
        let most = self.width.saturating_sub(NUMBER + OUTCOME).max(30);
        let lengths = listing.calls.iter().map(|call| clean(&call.line).chars().count());
        lengths.filter(|length| *length <= most).max().unwrap_or(0)
    }
}

struct Page<'a> {
    listing: &'a Listing,
    column: usize,
    width: usize,
    verbose: bool,
    is_here: bool,
}

impl Page<'_> {
    fn head(&self, output: &mut dyn Write) -> io::Result<()> {
        let listing = self.listing;
        // What is executed has the settings of the machine, and POSIX has none.
        let here = |one: &Platform| self.is_here && one.profile != Profile::POSIX;
        let by = match &listing.platforms[..] {
            [one] if here(one) => format!("by {}, with the settings of this machine", clean(&one.profile)),
            [one] => format!("by {}", clean(&one.profile)),
            platforms => format!("on {} platforms", platforms.len()),
        };
        let least = if self.is_bounded() { "at least " } else { "" };
        let outcomes = match listing.outcomes.len() {
            1 if least.is_empty() => "always the same outcome".to_owned(),
            many => counted(many as u64, "outcome"),
        };
        writeln!(output, "{} {by}: {least}{outcomes}", paint(style::STRONG, listing.script.as_str()))?;
        for group in &listing.alike {
            if let ([first, ..], Some(last)) = (&group[..], group.last()) {
                writeln!(output, "  {first} to {last} are alike: an outcome of one may be that of another")?;
            }
        }
        writeln!(output)
    }

    /// Every call, with what always comes back; nothing where that is said of no call, as each outcome has all of them.
    fn calls(&self, output: &mut dyn Write) -> io::Result<()> {
        if self.listing.calls.iter().all(|call| call.always.is_none()) {
            return Ok(());
        }
        for at in 0..self.listing.calls.len() {
            let always = self.listing.calls[at].always.as_deref();
            let differs = || paint(style::FAINT, "differs");
            self.call(at, &always.map_or_else(differs, |text| clean(text).into_owned()), output)?;
            let first = self.listing.outcomes.first().filter(|_| self.verbose && always.is_some());
            let justifications =
                first.and_then(|outcome| outcome.justifications.get(at)).map_or(&[][..], Vec::as_slice);
            self.why(justifications, false, None, &mut Vec::new(), output)?;
        }
        writeln!(output)
    }

    fn call(&self, at: usize, outcome: &str, output: &mut dyn Write) -> io::Result<()> {
        let Some(call) = self.listing.calls.get(at) else { return Ok(()) };
        let line = clean(&call.line);
        let race = |other: Option<&super::ListedCall>| other.is_some_and(|other| other.race == call.race);
        let before = at.checked_sub(1).and_then(|at| self.listing.calls.get(at));
        let bar = match (call.race, race(before), race(self.listing.calls.get(at + 1))) {
            (None, ..) => " ",
            (_, false, _) => "┌",
            (_, true, false) => "└",
            (_, true, true) => "│",
        };
        let number = format!("  {bar} {:<3} ", at + 1);
        match self.column.checked_sub(line.chars().count()) {
            Some(pad) => writeln!(output, "{number}{line}{:pad$} -> {outcome}", ""),
            None => writeln!(output, "{number}{line}\n{:NUMBER$}-> {outcome}", ""),
        }
    }

    fn outcome(&self, number: usize, outcome: &Listed, output: &mut dyn Write) -> io::Result<()> {
        if self.listing.observed.is_none() && self.listing.calls.iter().all(|call| call.always.is_some()) {
            return Ok(());
        }
        let title = paint(style::STRONG, &format!("outcome {}", number + 1));
        let on: Vec<&str> = self.on(number);
        match (outcome.seen, &self.listing.observed) {
            (Some(0), Some(_)) if !self.is_own(number) => write!(output, "{title}")?,
            (Some(0), Some(_)) => {
                write!(output, "{title}  {}", paint(style::KNOWN, "allowed, and never seen"))?;
            }
            (Some(count), Some(observed)) => {
                write!(output, "{title}  {}", paint(style::GOOD, &of(count, observed.runs)))?;
            }
            _ => write!(output, "{title}")?,
        }
        match self.listing.platforms.len() {
            1 => writeln!(output)?,
            all if on.len() == all => writeln!(output, "  on every platform")?,
            _ => {
                writeln!(output)?;
                self.paragraph("on", &on.join(", "), output)?;
            }
        }
        // Of platforms with the same outcome, the reasons of the first are shown.
        let whose = on.first().filter(|_| on.len() > 1).copied();
        self.differing(&outcome.answers, Some((outcome, whose)), output)?;
        self.order(outcome, output)?;
        writeln!(output)
    }

    /// The calls of which something else comes back in other outcomes.
    fn differing(
        &self,
        answers: &[String],
        why: Option<(&Listed, Option<&str>)>,
        output: &mut dyn Write,
    ) -> io::Result<()> {
        let mut told = Vec::new();
        for (at, answer) in answers.iter().enumerate() {
            if self.listing.calls.get(at).is_none_or(|call| call.always.is_some()) {
                continue;
            }
            let fails = is_failure(answer);
            let shown = clean(answer).into_owned();
            self.call(at, if fails { paint(style::KNOWN, &shown) } else { shown }.as_str(), output)?;
            let justifications =
                why.and_then(|(outcome, _)| outcome.justifications.get(at)).map_or(&[][..], Vec::as_slice);
            let whose = why.and_then(|(_, whose)| whose);
            // Which number a descriptor has is not shown, and so no reason for it.
            if !matches!(&**answer, "not executed" | "descriptor") || self.verbose {
                self.why(justifications, fails, whose, &mut told, output)?;
            }
        }
        Ok(())
    }

    /// Why an answer is allowed, each reason once in an outcome.
    fn why<'e>(
        &self,
        justifications: &'e [Explanation],
        fails: bool,
        whose: Option<&str>,
        told: &mut Vec<&'e Explanation>,
        output: &mut dyn Write,
    ) -> io::Result<()> {
        let departs = |explanation: &&Explanation| explanation.deviation.is_some();
        let mut shown: Vec<&Explanation> =
            if self.verbose { justifications.iter().collect() } else { verdict::foremost(justifications) };
        shown.retain(|explanation| self.verbose || fails || departs(explanation));
        for explanation in shown {
            if !told.contains(&explanation) {
                told.push(explanation);
                let whose = whose.filter(|_| departs(&explanation));
                let whose = whose.map(|platform| format!("on {platform}: ")).unwrap_or_default();
                self.paragraph("", &format!("{whose}{}", reason(explanation)), output)?;
            }
        }
        Ok(())
    }

    /// The racing calls, by number, in an order in which the outcome comes about.
    fn order(&self, outcome: &Listed, output: &mut dyn Write) -> io::Result<()> {
        let races = |call: &&usize| self.listing.calls.get(**call).is_some_and(|call| call.race.is_some());
        let numbers: Vec<String> = outcome.order.iter().filter(races).map(|call| (call + 1).to_string()).collect();
        if numbers.is_empty() { Ok(()) } else { self.paragraph("order", &numbers.join(" "), output) }
    }

    /// A line, or more, with a word before it.
    fn paragraph(&self, word: &str, text: &str, output: &mut dyn Write) -> io::Result<()> {
        let indent = " ".repeat(NUMBER + 7);
        let filled = textwrap::fill(text, wrapped(self.width).initial_indent(&indent).subsequent_indent(&indent));
        writeln!(
            output,
            "{:NUMBER$}{}{:pad$} {}",
            "",
            paint(style::FAINT, word),
            "",
            filled.trim_start(),
            pad = 6 - word.len()
        )
    }

    fn unlisted(&self, output: &mut dyn Write) -> io::Result<()> {
        let Some(observed) = &self.listing.observed else { return Ok(()) };
        for unlisted in &observed.unlisted {
            let seen = of(unlisted.seen, observed.runs);
            let title = match unlisted.allowed {
                false => paint(style::BAD, &format!("NOT ALLOWED, and {seen}")),
                true => format!("allowed, beyond what is listed, and {seen}"),
            };
            writeln!(output, "{title}")?;
            self.differing(&unlisted.answers, None, output)?;
            writeln!(output)?;
        }
        Ok(())
    }

    /// Which platform has which of the outcomes.
    fn platforms(&self, output: &mut dyn Write) -> io::Result<()> {
        let Listing { platforms, outcomes, .. } = self.listing;
        if platforms.len() < 2 || outcomes.len() < 2 {
            return Ok(());
        }
        let longest = platforms.iter().map(|platform| platform.profile.chars().count()).max().unwrap_or(0);
        let (column, cell) = (longest.max("outcome".len()), outcomes.len().to_string().len() + 1);
        match 2 + column + 1 + outcomes.len() * cell <= self.width {
            true => self.matrix(column, cell, output)?,
            false => self.alike(output)?,
        }
        writeln!(output)
    }

    /// A row for each platform, and a column for each outcome.
    fn matrix(&self, column: usize, cell: usize, output: &mut dyn Write) -> io::Result<()> {
        let outcomes = self.listing.outcomes.len();
        let numbers: String = (1..=outcomes).map(|number| format!("{number:>cell$}")).collect();
        writeln!(output, "  {}", paint(style::FAINT, &format!("{:column$} {numbers}", "outcome")))?;
        for platform in &self.listing.platforms {
            let mark = |number| format!("{:>cell$}", if platform.outcomes.contains(&number) { "x" } else { "" });
            let marks: String = (0..outcomes).map(mark).collect();
            writeln!(output, "  {:column$} {}", clean(&platform.profile), marks.trim_end())?;
        }
        Ok(())
    }

    /// Platforms with the same outcomes in one line, where a row has no room.
    fn alike(&self, output: &mut dyn Write) -> io::Result<()> {
        let mut sets: Vec<(Vec<usize>, Vec<&str>)> = Vec::new();
        for platform in &self.listing.platforms {
            let mut outcomes = platform.outcomes.clone();
            outcomes.sort_unstable();
            match sets.iter_mut().find(|(known, _)| *known == outcomes) {
                Some((_, names)) => names.push(&platform.profile),
                None => sets.push((outcomes, vec![&platform.profile])),
            }
        }
        for (outcomes, names) in sets {
            let numbers: Vec<usize> = outcomes.iter().map(|outcome| outcome + 1).collect();
            let text = format!("{}: {}", clean(&names.join(", ")), ranges(&numbers));
            let options = wrapped(self.width).initial_indent("  ").subsequent_indent("    ");
            writeln!(output, "{}", textwrap::fill(&text, options))?;
        }
        Ok(())
    }

    fn on(&self, number: usize) -> Vec<&str> {
        let has = self.listing.platforms.iter().filter(|platform| platform.outcomes.contains(&number));
        has.map(|platform| platform.profile.as_str()).collect()
    }

    /// Is the outcome one of the platform that the executions are held to?
    fn is_own(&self, number: usize) -> bool {
        self.listing.platforms.first().is_some_and(|platform| platform.outcomes.contains(&number))
    }

    fn is_bounded(&self) -> bool {
        self.listing.platforms.iter().any(|platform| platform.bounded.is_some())
    }
}

/// Is it an error, a signal, or nothing at all?
fn is_failure(answer: &str) -> bool {
    let is_name = |text: &str| text.len() > 3 && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    (answer.starts_with('E') || answer.starts_with("SIG")) && is_name(answer)
        || matches!(answer, "not executed" | "no answer")
}

fn of(count: u64, runs: u64) -> String {
    format!("seen {count} of {}", counted(runs, "time"))
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// `outcomes 1 to 4, 7`
fn ranges(outcomes: &[usize]) -> String {
    match outcomes {
        [] => "no outcome".to_owned(),
        [one] => format!("outcome {one}"),
        all => format!("outcomes {}", numbers(all)),
    }
}
