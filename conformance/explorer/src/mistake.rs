//! What is wrong with a script, and where, so that the page can underline it.

use serde::Serialize;
use shmconf_model::script::{Id, ParseError, Script};

/// A place in a script that cannot be read, or a choice that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// Line, from 1; 0 where it is not in the script.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters are wrong, at least one.
    pub length: usize,
    /// What is wrong, as a sentence.
    pub problem: String,
    /// What was probably meant, in words of scripts.
    pub instead: Option<String>,
    /// What to write in its place, if that brings the script further.
    pub mend: Option<Mend>,
    /// The rule behind that; empty where it is a matter of spelling alone.
    pub because: &'static str,
}

/// What takes the place of so many characters from the mistake on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mend {
    /// How many characters go.
    pub length: usize,
    /// What comes.
    pub text: String,
}

impl Mistake {
    /// A choice that cannot be made.
    pub fn of_choices(problem: &str) -> Mistake {
        Mistake { line: 0, column: 0, length: 0, problem: problem.to_owned(), instead: None, mend: None, because: "" }
    }
}

impl Mistake {
    fn of(text: &str, error: ParseError) -> Mistake {
        let ParseError { line, column, found, expected, suggestion } = error;
        let rest = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let rest: String = rest.chars().skip(column.saturating_sub(1)).collect();
        let problem = format!("found {found}, expected {expected}");
        let because = suggestion.as_ref().map_or("", |suggestion| suggestion.because);
        let instead = suggestion.map(|suggestion| suggestion.instead);
        let length = length(&rest, &found);
        let mend = instead.as_deref().and_then(|instead| mend(text, (line, column), &rest, length, instead));
        Mistake { line, column, length, problem, instead, mend, because }
    }
}

/// What was found, where the message repeats it; else up to the end of the word.
fn length(rest: &str, found: &str) -> usize {
    let repeated = found.strip_prefix('`').and_then(|found| found.strip_suffix('`'));
    let word = || rest.split(|letter: char| " \t(),|:{}".contains(letter)).next().unwrap_or_default();
    let wrong = repeated.filter(|found| rest.starts_with(*found)).unwrap_or_else(word);
    wrong.chars().count().max(1)
}

/// Of the ways to write what was meant, the one that takes least away and brings the script beyond the word behind the mistake. The
/// suggestion of a call ends in a bracket that may be there already, or is a signature, which nobody can put in.
fn mend(text: &str, at: (usize, usize), rest: &str, length: usize, instead: &str) -> Option<Mend> {
    // Signs are looked at before words, so that the script may be stopped by an earlier word without it.
    if rest.trim() == ";" {
        return Some(Mend { length: rest.chars().count(), text: String::new() });
    }
    let until = |ends: &str| rest.chars().take_while(|letter| !ends.contains(*letter)).count();
    // A type of C stands with its label before the sign.
    let typed = until("=(),");
    let typed = if rest.chars().nth(typed) == Some('=') { typed - spaces_before(rest, "=") } else { length };
    let mut lengths = [length, typed, until(" \t(),|:{}=")];
    lengths.sort_unstable();
    let texts = [instead.trim_end_matches([' ', '=', ',', '(']), instead];
    let mut ways = lengths.into_iter().flat_map(|length| texts.map(|text| Mend { length, text: text.to_owned() }));
    ways.find(|way| {
        let mended = mended(text, at, way);
        let Err(error) = Script::read(&mended, Id::of_path("script")) else { return true };
        let next: String = rest.chars().skip(way.length).collect();
        let spaces = next.chars().take_while(|letter| letter.is_whitespace()).count();
        let is_word = next.trim_start().starts_with(char::is_alphanumeric);
        let unread = behind(&mended, (error.line, error.column)) + usize::from(is_word);
        unread <= behind(text, (at.0, at.1 + way.length + spaces))
    })
}

/// How many characters of a script stand behind a place, that at the place included.
fn behind(text: &str, (line, column): (usize, usize)) -> usize {
    let lines = text.split('\n').skip(line.saturating_sub(1)).map(|line| line.chars().count() + 1);
    lines.sum::<usize>().saturating_sub(column.saturating_sub(1))
}

/// How many spaces stand before the first of those signs.
fn spaces_before(rest: &str, ends: &str) -> usize {
    let before = rest.split(|letter| ends.contains(letter)).next().unwrap_or_default();
    before.chars().rev().take_while(|letter| letter.is_whitespace()).count()
}

/// The script, with a mistake mended.
fn mended(text: &str, (line, column): (usize, usize), way: &Mend) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    if let Some(wrong) = lines.get_mut(line.saturating_sub(1)) {
        let letters: Vec<char> = wrong.chars().collect();
        let start = column.saturating_sub(1).min(letters.len());
        let end = (start + way.length).min(letters.len());
        *wrong = letters[..start].iter().chain(&way.text.chars().collect::<Vec<_>>()).chain(&letters[end..]).collect();
    }
    lines.join("\n")
}

/// Reads a script, which need not say what it is called.
pub(crate) fn read(text: &str) -> Result<Script, Mistake> {
    let otherwise: Id = "script".parse().map_err(|_| Mistake::of_choices("`script` is no ID"))?;
    Script::read(text, otherwise).map_err(|error| Mistake::of(text, error))
}

#[cfg(test)]
mod tests {
    use super::{mended, read};

    /// What the button writes, as often as there is one.
    fn used(text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..9 {
            let Err(mistake) = read(&text) else { break };
            let Some(mend) = &mistake.mend else { break };
            text = mended(&text, (mistake.line, mistake.column), mend);
        }
        text
    }

    #[test]
    fn what_was_meant_takes_the_place_of_what_is_wrong_and_of_nothing_else() {
        for (typed, mended) in [
            ("shm_unlink(\"/x\")", "a: shm_unlink(\"/x\")"),
            ("a: shm_unlink(\"/x\");", "a: shm_unlink(\"/x\")"),
            ("shm_unlink(\"/x\");", "a: shm_unlink(\"/x\")"),
            ("a: shm_unlink(/x)", "a: shm_unlink(\"/x\")"),
            ("f = shm_open(@x, RDWR, 0600)", "a: f = shm_open(@x, RDWR, 0600)"),
            ("f=shm_open(@x, RDWR, 0600)", "a: f=shm_open(@x, RDWR, 0600)"),
            ("f, g = socketpair()", "a: f, g = socketpair()"),
            ("int fd = shm_open(@x, RDWR, 0600)", "a: fd = shm_open(@x, RDWR, 0600)"),
            ("fd = shm_open(\"/x\", O_RDWR | O_CREAT, 0600);", "a: fd = shm_open(\"/x\", RDWR | O_CREAT, 0600)"),
            ("a: shm_opn(@x, RDWR)", "a: shm_open(@x, RDWR)"),
            ("a: shm_open(@x, O_CREAT|O_RDWR, 0600)", "a: shm_open(@x, CREAT|RDWR, 0600)"),
        ] {
            assert_eq!(used(typed), mended, "{typed}");
        }
    }

    #[test]
    fn a_signature_is_told_and_not_put_in() {
        let mistake =
            read("a: f = create(1)\na: m = mmap(NULL, 4096, READ, SHARED, f, 0)").expect_err("it has an address");
        assert_eq!(mistake.mend, None, "{mistake:?}");
    }
}
