//! What stands below the outcomes: what may be missing, what was seen in all, and what the signs mean.

use super::super::{Listing, Observed};
use super::{Page, counted};
use crate::report::{clean, paint, style, wrapped};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

impl Page<'_> {
    pub(super) fn closing(&self, output: &mut dyn Write) -> io::Result<()> {
        for platform in &self.listing.platforms {
            if let Some(bounded) = &platform.bounded {
                let text = format!("outcomes may be missing by {}: {bounded}", platform.profile);
                writeln!(output, "{}", textwrap::fill(&clean(&text), wrapped(self.width)))?;
            }
        }
        if let Some(observed) = &self.listing.observed {
            self.sum(observed, output)?;
        }
        self.legend(output)
    }

    /// How large a page is, where that differs among the platforms and the script has to do with it.
    fn pages(&self) -> Option<String> {
        let Listing { calls, platforms, .. } = self.listing;
        let mut sizes: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
        for platform in platforms {
            sizes.entry(platform.page_size).or_default().push(&platform.profile);
        }
        let most = sizes.values().map(Vec::len).max().unwrap_or(0);
        let mut told: Vec<String> = Vec::new();
        for (size, profiles) in &sizes {
            match profiles.len() == most {
                true => told.insert(0, format!("{size} bytes")),
                false => told.push(format!("{size} on {}", profiles.join(", "))),
            }
        }
        let is_used = calls.iter().any(|call| call.line.contains("PAGE"));
        (is_used && sizes.len() > 1).then(|| format!("PAGE is {}.", clean(&told.join(", and "))))
    }

    /// What the signs mean that are used, each where it is used.
    fn legend(&self, output: &mut dyn Write) -> io::Result<()> {
        let Listing { calls, outcomes, .. } = self.listing;
        let mut told =
            outcomes.iter().flat_map(|outcome| &outcome.answers).chain(calls.iter().flat_map(|call| &call.always));
        let signs = [
            (
                calls.iter().any(|call| call.race.is_some()),
                "Calls that a bar joins race with each other. `order` has the numbers of those that are executed, in an order that leads to the outcome.",
            ),
            (told.any(|text| text.contains('*')), "41*2 is two bytes of 0x41; ?? is a byte of any value."),
        ];
        let signs = signs.iter().filter(|(is_used, _)| *is_used).map(|(_, meaning)| Cow::from(*meaning));
        signs.chain(self.pages().map(Cow::from)).try_for_each(|meaning| {
            writeln!(output, "{}", paint(style::FAINT, &textwrap::fill(&meaning, wrapped(self.width))))
        })
    }

    fn sum(&self, observed: &Observed, output: &mut dyn Write) -> io::Result<()> {
        let own = self.listing.outcomes.iter().enumerate().filter(|(number, _)| self.is_own(*number));
        let (seen, never): (Vec<_>, Vec<_>) = own.partition(|(_, outcome)| outcome.seen.is_some_and(|seen| seen > 0));
        let wrong: u64 =
            observed.unlisted.iter().filter(|unlisted| !unlisted.allowed).map(|unlisted| unlisted.seen).sum();
        let mut text = format!(
            "{} in {}: of {} that {} allows, {} were seen",
            clean(&observed.subject),
            counted(observed.runs, "execution"),
            counted((seen.len() + never.len()) as u64, "outcome"),
            self.listing.platforms.first().map_or("", |platform| &platform.profile),
            seen.len()
        );
        if wrong > 0 {
            text.push_str(&format!(", and {} had one that is not allowed", counted(wrong, "execution")));
        }
        let text = textwrap::fill(&text, wrapped(self.width));
        writeln!(output, "{}", if wrong > 0 { paint(style::BAD, &text) } else { text })
    }
}
