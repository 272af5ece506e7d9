//! Reads one call with its arguments, by the table of calls.

use super::super::error::ParseError;
use super::super::lex::Token;
use super::cursor::Cursor;
use crate::call::name::{Fill, Form};
use crate::call::{Call, Entry, Function, Label, Name, Source};
use crate::suggestion::Suggestion;

const CALL: &str = "a call, such as `shm_open(`";

/// How other systems and C call what a script calls differently.
const ALIASES: &[(&str, &str)] = &[
    ("open", "shm_open"),
    ("unlink", "shm_unlink"),
    ("fallocate", "posix_fallocate"),
    ("truncate", "ftruncate"),
    ("chmod", "fchmod"),
    ("stat", "fstat"),
    ("sendmsg", "send"),
    ("recvmsg", "recv"),
    ("setrlimit", "rlimit"),
    ("_exit", "exit"),
    ("execve", "exec"),
    ("raise", "kill"),
    ("vfork", "fork"),
];

/// The arguments of a call, one after the other.
struct Args<'c, 'w> {
    cursor: &'c mut Cursor<'w>,
    name: &'static str,
    /// Arguments so far.
    passed: usize,
    /// The word behind the first argument, which is read already.
    command: bool,
    creates: bool,
}

pub(super) fn call(cursor: &mut Cursor<'_>) -> Result<Call, ParseError> {
    let function = cursor.text(CALL, |name| Function::first_called(name).ok_or_else(|| meant(name)))?;
    cursor.mark("(")?;
    let Entry { name, command, .. } = *function.entry();
    let command = command.is_some();
    let function = if command { fcntl(cursor, name)? } else { function };
    let mut args = Args { cursor, name, passed: 0, command, creates: false };
    let call = Call::read(function, &mut args)?;
    args.command()?;
    args.close()?;
    Ok(call)
}

fn meant(name: &str) -> Option<Suggestion> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    let alias = alias.map(|(_, name)| Suggestion::new(*name, ""));
    alias.or_else(|| Suggestion::spelling(&name.to_ascii_lowercase(), Call::ENTRIES.iter().map(|entry| entry.name)))
}

/// Which function of that name it is, by the word behind the first argument.
fn fcntl(cursor: &Cursor<'_>, name: &str) -> Result<Function, ParseError> {
    let commands: Vec<&str> =
        Call::ENTRIES.iter().filter(|entry| entry.name == name).filter_map(|entry| entry.command).collect();
    let expected = commands.join(", ");
    let mut ahead = Cursor::clone(cursor);
    ahead.label("a descriptor's label")?;
    if !ahead.eat(",") {
        return Err(ahead.unexpected(&format!("`,` and one of {expected}")));
    }
    ahead.text(&format!("one of {expected}"), |word| {
        Function::called(name, word).ok_or_else(|| {
            let bare = word.strip_prefix("F_");
            let because = if bare.is_some() { "commands are written without F_" } else { "" };
            let known = |bare: &str| commands.iter().copied().find(|known| *known == bare);
            let found = known(bare.unwrap_or(word)).map(|known| Suggestion::new(known, because));
            found.or_else(|| Suggestion::spelling(&word.to_ascii_uppercase(), commands.iter().copied()))
        })
    })
}

impl Args<'_, '_> {
    /// Passes the comma before every argument but the first, and the command behind the first.
    fn next(&mut self) -> Result<(), ParseError> {
        if self.passed == 1 {
            self.command()?;
        }
        if self.passed > 0 {
            self.comma()?;
        }
        self.passed += 1;
        Ok(())
    }

    /// What `fcntl` has read already.
    fn command(&mut self) -> Result<(), ParseError> {
        if std::mem::take(&mut self.command) {
            self.comma()?;
            self.cursor.skip(1);
        }
        Ok(())
    }

    fn comma(&mut self) -> Result<(), ParseError> {
        if self.cursor.eat(",") {
            return Ok(());
        }
        let error = self.cursor.unexpected("`,`");
        let meant = match self.cursor.peek() {
            Some(Token::Text(text)) if !text.starts_with('|') => {
                Some(Suggestion::new(format!(", {text}"), "arguments stand behind commas"))
            }
            _ => self.blank_in_flags(),
        };
        Err(error.meaning(meant))
    }

    fn close(&mut self) -> Result<(), ParseError> {
        if self.cursor.eat(")") {
            return Ok(());
        }
        let expected = if self.cursor.peek().is_none() { "`)`" } else { "`)`, since there are no more arguments" };
        Err(self.cursor.unexpected(expected).meaning(self.blank_in_flags()))
    }

    /// Then a comma is missing, and not an argument.
    fn followed_by_text(&self) -> bool {
        !matches!(self.cursor.nth(if self.command { 2 } else { 0 }), Some(Token::Mark(_)) | None)
    }

    /// Goes to the next argument, which is to be a word; complains where none can be.
    fn next_word(&mut self, expected: &str) -> Result<(), ParseError> {
        if self.passed > 0 && !self.more() && !self.followed_by_text() {
            let error = self.cursor.unexpected(&format!("`,` and {expected}"));
            let mode = Suggestion::new(", 0600", "shm_open with CREAT takes a mode");
            return Err(error.meaning(self.creates.then_some(mode)));
        }
        self.next()?;
        if matches!(self.cursor.peek(), Some(Token::Text(text)) if text == "NULL") {
            let because = if self.name == "mmap" { "mmap takes no address here" } else { "no argument is a pointer" };
            let usage = Call::ENTRIES.iter().find(|entry| entry.name == self.name).map(|entry| entry.signature());
            return Err(self.cursor.unexpected(expected).meaning(usage.map(|usage| Suggestion::new(usage, because))));
        }
        Ok(())
    }

    /// `RDWR | CREAT`
    fn blank_in_flags(&self) -> Option<Suggestion> {
        let Some(Token::Text(text)) = self.cursor.peek() else { return None };
        text.starts_with('|').then(|| Suggestion::new("RDWR|CREAT", "flags are joined by | without blanks"))
    }
}

impl Source for Args<'_, '_> {
    type Error = ParseError;

    fn more(&self) -> bool {
        match self.passed {
            0 => !self.cursor.nth_is(0, ")"),
            1 if self.command => self.cursor.nth_is(2, ","),
            _ => self.cursor.nth_is(0, ","),
        }
    }

    fn word<T>(
        &mut self,
        expected: &str,
        read: impl FnOnce(&str) -> Result<T, Option<Suggestion>>,
    ) -> Result<T, ParseError> {
        self.next_word(expected)?;
        self.cursor.text(expected, read)
    }

    fn name(&mut self) -> Result<Name, ParseError> {
        const NAME: &str = "a name, such as @x or \"/x\"";
        self.next()?;
        let name = match self.cursor.peek() {
            Some(Token::Quoted(text)) => Some(Name::Literal(text.clone())),
            Some(Token::Fresh(text)) => fresh(text),
            Some(Token::Text(text)) if text.parse::<Label>().is_ok() => {
                let meant = Suggestion::new(format!("@{text}"), "a fresh name begins with @");
                return Err(self.cursor.unexpected(NAME).meaning(Some(meant)));
            }
            _ => return Err(self.cursor.unexpected(NAME)),
        };
        let expected = || {
            format!(
                "@x with any of :bare :double :inner :trailing, a length from {} to {}, and behind one of more than {} one of {}",
                Form::MIN_BYTES,
                Form::MAX_BYTES,
                Form::MIN_BYTES,
                Fill::ALL.iter().map(|fill| format!(":{}", fill.word())).collect::<Vec<_>>().join(" ")
            )
        };
        let name = name.ok_or_else(|| self.cursor.unexpected(&expected()))?;
        self.cursor.skip(1);
        Ok(name)
    }

    fn creates(&mut self) -> &mut bool {
        &mut self.creates
    }
}

/// `x:255:bare`
fn fresh(text: &str) -> Option<Name> {
    let mut words = text.split(':');
    let stem = words.next()?.parse().ok()?;
    let mut form = Form::default();
    let is_length = |bytes: &u16| (Form::MIN_BYTES..=Form::MAX_BYTES).contains(bytes);
    for word in words {
        match word {
            "bare" => form.bare = true,
            "double" => form.double = true,
            "inner" => form.inner = true,
            "trailing" => form.trailing = true,
            word => match Fill::ALL.iter().find(|fill| fill.word() == word) {
                Some(fill) => form.fill = Some(*fill),
                None => form.bytes = Some(word.parse().ok().filter(is_length)?),
            },
        }
    }
    // Nothing can be filled that is not there.
    let is_long = form.bytes.is_some_and(|bytes| bytes > Form::MIN_BYTES);
    (is_long || form.fill.is_none()).then_some(Name::Fresh { stem, form })
}
