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

/// The text with its middle cut out, if it has more than `most` characters. Of a call with a name the name is cut, as long as
/// something of it is left.
pub(in super::super) fn shorten(text: &str, most: usize) -> Cow<'_, str> {
    const LEAST: usize = 8;
    let len = text.chars().count();
    if len <= most {
        return Cow::Borrowed(text);
    }
    let mut parts = text.splitn(3, '"');
    if let (Some(before), Some(name), Some(after)) = (parts.next(), parts.next(), parts.next()) {
        let name_len = name.chars().count();
        match (most + name_len).checked_sub(len) {
            Some(room) if room >= LEAST => return Cow::Owned(format!("{before}\"{}\"{after}", cut(name, room))),
            _ => {}
        }
    }
    Cow::Owned(cut(text, most))
}

/// A text of more than `most` characters without its middle.
fn cut(text: &str, most: usize) -> String {
    let (head, tail) = (most * 2 / 3, most - most * 2 / 3 - 1);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(text.chars().count() - tail).collect();
    format!("{start}…{end}")
}

/// Lines of at most so many columns, without breaking IDs at their hyphens.
pub(crate) fn wrapped(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// Numbers in order, those that follow each other as a range: `1 to 4, 7`.
pub(crate) fn numbers(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let run = |(first, last): &(usize, usize)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first} to {last}"),
    };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::shorten;
    use rstest::rstest;

    #[rstest]
    #[case::short("abc", 3, "abc")]
    #[case::long("abcdefghijkl", 7, "abcd…kl")]
    #[case::a_name(r#"f = shm_open("/my_application_state", RDWR)"#, 34, r#"f = shm_open("/my_appl…ate", RDWR)"#)]
    #[case::a_name_of_which_nothing_would_be_left(
        r#"shm_open("/my_state", RDWR|CREAT|EXCL, 0600)"#,
        30,
        r#"shm_open("/my_state"…CL, 0600)"#
    )]
    #[case::a_quote_alone(r#"a "b that does not end"#, 10, r#"a "b t…end"#)]
    fn what_is_cut_can_be_read(#[case] text: &str, #[case] most: usize, #[case] expected: &str) {
        assert_eq!(shorten(text, most), expected);
        assert!(expected.chars().count() <= most, "{expected}");
    }
}
