//! The words of one line of a script, each with the column where it begins.

use crate::suggestion::Suggestion;

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// What it is.
    pub(super) token: Token,
    /// Column of its first character, from 1.
    pub(super) column: usize,
}

/// What a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Letters, digits and what stands inside names, numbers and flag sets: `shm_open`, `RDWR|CREAT`, `2*PAGE-1`, `0600`.
    Text(String),
    /// `@x:255`, without the `@`.
    Fresh(String),
    /// `"/x"`, without the quotes and with escapes undone.
    Quoted(String),
    /// One of `( ) { } [ ] , : =`, or `..`.
    Mark(&'static str),
}

/// A character that cannot stand where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stray {
    pub(super) found: String,
    pub(super) expected: &'static str,
    pub(super) column: usize,
    pub(super) suggestion: Option<Suggestion>,
}

const MARKS: [&str; 10] = ["..", "(", ")", "{", "}", "[", "]", ",", ":", "="];

/// Splits a line into words; a `#` outside quotes ends it. Takes time by the length of the line.
pub(super) fn words(line: &str) -> Result<Vec<Word>, Stray> {
    let mut words = Vec::new();
    let mut rest = line;
    let mut column = 1;
    loop {
        let trimmed = rest.trim_start();
        column += width(rest, trimmed);
        rest = trimmed;
        if rest.is_empty() || rest.starts_with('#') {
            return Ok(words);
        }
        let (token, after) = if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            (Token::Mark(mark), &rest[mark.len()..])
        } else if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = unquote(quoted).map_err(|(found, expected)| Stray {
                suggestion: unclosed(quoted).filter(|_| expected == CLOSING),
                found,
                expected,
                column,
            })?;
            (Token::Quoted(text), after)
        } else if let Some(fresh) = rest.strip_prefix('@') {
            let (text, after) = fresh.split_at(length(fresh, |c| is_text(c) || c == ':'));
            (Token::Fresh(text.to_owned()), after)
        } else {
            let (text, after) = rest.split_at(length(rest, is_text));
            if text.is_empty() {
                let found = rest.chars().next().map(String::from).unwrap_or_default();
                let suggestion = misplaced(line, rest);
                return Err(Stray { found, expected: "a word, a name or a mark", column, suggestion });
            }
            (Token::Text(text.to_owned()), after)
        };
        words.push(Word { token, column });
        column += width(rest, after);
        rest = after;
    }
}

/// Characters before what is left of a text.
fn width(text: &str, rest: &str) -> usize {
    text[..text.len() - rest.len()].chars().count()
}

fn is_text(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_|*+-".contains(c)
}

fn length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// A name up to where it probably ends.
fn until_mark(text: &str) -> &str {
    let name = &text[..length(text, |c| !c.is_whitespace() && !",)'\"".contains(c))];
    // What cannot be shown is not suggested.
    if name.len() <= 64 && !name.contains(char::is_control) { name } else { "" }
}

fn unclosed(quoted: &str) -> Option<Suggestion> {
    let name = until_mark(quoted);
    (!name.is_empty()).then(|| Suggestion::new(format!("\"{name}\""), "a name stands between quotes"))
}

/// What was probably meant by a character that no word begins with.
fn misplaced(line: &str, rest: &str) -> Option<Suggestion> {
    let before = line[..line.len() - rest.len()].trim_end();
    let shown = |text: &str, because| (text.len() <= 80).then(|| Suggestion::new(text.trim_end(), because));
    match rest.chars().next()? {
        '/' if rest.starts_with("//") => Some(Suggestion::new("#", "a comment begins with #")),
        '/' => unclosed(rest),
        '\'' => unclosed(&rest[1..]),
        ';' => shown(before, "a line ends without ;"),
        '>' => shown(before.strip_suffix('-')?, "a script does not say what comes back"),
        _ => None,
    }
}

const CLOSING: &str = "a closing quote";

/// The text up to the closing quote, and what follows it.
fn unquote(quoted: &str) -> Result<(String, &str), (String, &'static str)> {
    const NO_NUL: &str = "a character other than NUL, which no name in C can have";
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((text, &quoted[at + 1..])),
            '\0' => return Err(("`\\u{0}`".to_owned(), NO_NUL)),
            '\\' => match chars.next() {
                Some((_, c @ ('"' | '\\'))) => text.push(c),
                Some((at, 'u')) => {
                    // A code point has six digits at most.
                    let window = quoted[at + 1..]
                        .char_indices()
                        .nth(8)
                        .map_or(&quoted[at + 1..], |(end, _)| &quoted[at + 1..at + 1 + end]);
                    let digits =
                        window.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(digits, _)| digits);
                    let c = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
                    let (Some(digits), Some(c)) = (digits, c) else {
                        return Err(("`\\u`".to_owned(), "a character such as \\u{7f}"));
                    };
                    if c == '\0' {
                        return Err(("`\\u{0}`".to_owned(), NO_NUL));
                    }
                    text.push(c);
                    chars.by_ref().take(digits.len() + 2).for_each(drop);
                }
                other => {
                    let found = other.map(|(_, c)| format!("`\\{c}`")).unwrap_or_else(|| "`\\`".to_owned());
                    return Err((found, "one of \\\" \\\\ \\u{...}"));
                }
            },
            c => text.push(c),
        }
    }
    Err(("the end of the line".to_owned(), CLOSING))
}
