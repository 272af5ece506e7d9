//! Text from outside within Markdown: it is shown as it is, and never read as markup.

use super::super::pretty::{clean, one_line};

/// Running text. Punctuation that could mean something has a backslash, and a link is one.
pub(crate) fn prose(text: &str) -> String {
    let words = one_line(text);
    let word = |word: &str| if is_link(word) { format!("<{word}>") } else { escaped(word) };
    words.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Is the word a link with nothing in it that could mean something else?
fn is_link(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#=%+".contains(c);
    word.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_plain))
}

fn escaped(word: &str) -> String {
    let mut escaped = String::new();
    for c in word.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '>' | '#' | '|' | '~' | '@' | '$' | '!' => escaped.extend(['\\', c]),
            // Without a scheme there is no link.
            ':' => escaped.push_str("\\:"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A name, between as many backticks as it takes.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Lines that are shown as they are, with a fence that does not occur in them.
pub(super) fn fenced(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(clean).collect();
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", lines.join("\n"))
}

/// Text of HTML that stands within Markdown, so that it must be neither.
pub(super) fn html(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == ' ' || !c.is_ascii();
    one_line(text).chars().map(|c| if plain(c) { String::from(c) } else { format!("&#{};", c as u32) }).collect()
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{code, fenced, html, prose};
    use rstest::rstest;

    #[rstest]
    #[case::a_fence_is_longer_than_any_within(fenced("a\n````\nb"), "`````text\na\n````\nb\n`````\n")]
    #[case::a_name_stands_between_more_backticks_than_it_has(code("a``b`"), "``` a``b` ```")]
    #[case::an_empty_name_stays_code(code(""), "`  `")]
    #[case::punctuation_means_nothing(prose("a_b | <b> &amp; #1\n@c"), "a\\_b \\| &lt;b\\> &amp;amp; \\#1 \\@c")]
    #[case::a_link_is_one(prose("see https://example.org/7_8."), "see <https://example.org/7_8.>")]
    #[case::what_is_like_a_link_is_none(prose("https://a](b) javascript:c"), "https\\://a\\](b) javascript\\:c")]
    #[case::no_tag_within_a_tag(html("<b>*"), "&#60;b&#62;&#42;")]
    fn what_is_said_is_no_markup(#[case] written: String, #[case] expected: &str) {
        assert_eq!(written, expected);
    }
}
