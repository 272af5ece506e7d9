//! Text from outside, as a page may hold it.

use std::borrow::Cow;

/// The text with those characters written out that HTML does not allow or that nobody sees: control characters, those that
/// turn the direction of writing, and what is no character. Lines stay lines.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if is_hidden(c) { c.escape_unicode().collect() } else { String::from(c) };
    Cow::Owned(text.chars().map(shown).collect())
}

fn is_hidden(c: char) -> bool {
    const NO_CHARACTERS: u32 = 0xfffe;
    match c {
        '\n' => false,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => true,
        '\u{fdd0}'..='\u{fdef}' => true,
        _ => c.is_control() || u32::from(c) & NO_CHARACTERS == NO_CHARACTERS,
    }
}

#[cfg(test)]
mod tests {
    use super::plain;
    use rstest::rstest;

    #[rstest]
    #[case::words("a: shm_open → ü", "a: shm_open → ü")]
    #[case::lines("one\ntwo", "one\ntwo")]
    #[case::escape("\u{1b}[2J", r"\u{1b}[2J")]
    #[case::nothing("\0", r"\u{0}")]
    #[case::direction("a\u{202e}b", r"a\u{202e}b")]
    #[case::no_character("\u{1ffff}", r"\u{1ffff}")]
    fn what_nobody_would_see_is_written_out(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(plain(text), shown);
    }
}
