//! Colours, and text that is safe to show on a terminal.

use anstyle::Style;
use shmconf_model::verdict::Verdict;
use std::borrow::Cow;

/// The styles, by what they mean.
pub(crate) mod style {
    use anstyle::{AnsiColor, Style};

    pub(crate) const STRONG: Style = Style::new().bold();
    pub(crate) const FAINT: Style = Style::new().dimmed();
    pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
    pub(crate) const KNOWN: Style = AnsiColor::Yellow.on_default();
    pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
    pub(crate) const OPEN: Style = AnsiColor::Magenta.on_default();
}

/// How a verdict looks.
pub(super) fn of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => style::GOOD,
        Verdict::Deviation | Verdict::Xfail => style::KNOWN,
        Verdict::Fail | Verdict::Xpass => style::BAD,
        Verdict::Inconclusive => style::OPEN,
        Verdict::Skip => style::FAINT,
    }
}

/// The text in that style.
pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The text with control characters escaped: what a subject says must not move the cursor.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    escaped(text, char::is_control)
}

/// The same in one line.
pub(crate) fn one_line(text: &str) -> String {
    clean(&text.lines().collect::<Vec<_>>().join(" ")).into_owned()
}

/// The text with those characters escaped that are strange.
pub(in super::super) fn escaped(text: &str, is_strange: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(is_strange) {
        return Cow::Borrowed(text);
    }
    let escaped = |c: char| if is_strange(c) { c.escape_default().collect() } else { String::from(c) };
    Cow::Owned(text.chars().map(escaped).collect())
}

/// The text with its middle cut out, if it has more than `most` characters.
pub(in super::super) fn shorten(text: &str, most: usize) -> Cow<'_, str> {
    let len = text.chars().count();
    if len <= most {
        return Cow::Borrowed(text);
    }
    let (head, tail) = (most * 2 / 3, most - most * 2 / 3 - 1);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(len - tail).collect();
    Cow::Owned(format!("{start}…{end}"))
}

/// Lines of at most so many columns, without breaking IDs at their hyphens.
pub(crate) fn wrapped(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation)
}
