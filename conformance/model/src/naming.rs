//! Fresh names: valid everywhere, different in every run of every script, and recognisable.
//!
//! `/sc`, six characters of the run, four of the script's number and one for the stem (five, if there are many): 14 bytes,
//! where macOS takes 31.

use crate::call::name::{Fill, Form, PREFIX, Place};
use crate::call::{Label, Name};
use std::collections::HashMap;
use std::fmt;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// What the names of one run have in common: six characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token(u32);

impl Token {
    const DIGITS: usize = 6;

    /// The token of a random number, so that another run hardly has the same.
    pub fn of(random: u64) -> Token {
        Token((random % 36u64.pow(Token::DIGITS as u32)) as u32)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base36(self.0.into(), Token::DIGITS))
    }
}

/// `number` in `digits` digits; wraps around.
fn base36(mut number: u64, digits: usize) -> String {
    let mut text = vec![0; digits];
    for digit in text.iter_mut().rev() {
        *digit = DIGITS[(number % 36) as usize];
        number /= 36;
    }
    text.into_iter().map(char::from).collect()
}

/// Gives out the names of one executor.
#[derive(Debug)]
pub struct Naming {
    token: Token,
    share: u32,
    step: u64,
    script: u64,
}

impl Naming {
    const SCRIPT_DIGITS: usize = 4;

    /// Names for the executor number `share.0` of `share.1`.
    pub fn new(token: Token, share: (u32, u32)) -> Naming {
        Naming { token, share: share.0, step: share.1.max(1).into(), script: share.0.into() }
    }

    /// What every name of the run begins with.
    pub fn run_prefix(&self) -> String {
        format!("{PREFIX}{}", self.token)
    }

    /// What the names begin with that actors of this executor make up.
    pub fn own_prefix(&self) -> String {
        format!("{}-{}-", self.run_prefix(), base36(self.share.into(), 2))
    }

    /// Names for the next script.
    pub fn next_script(&mut self) -> ScriptNames {
        let base = format!("{}{}", self.run_prefix(), base36(self.script, Naming::SCRIPT_DIGITS));
        self.script += self.step;
        ScriptNames { base, stems: HashMap::new() }
    }
}

/// The names of one execution of a script.
#[derive(Debug)]
pub struct ScriptNames {
    base: String,
    /// The number of each stem.
    stems: HashMap<Label, u64>,
}

impl ScriptNames {
    /// What every plain name of the script begins with.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Is the name one of the script's own, in whatever form?
    pub fn gave(&self, name: &str) -> bool {
        name.trim_start_matches('/').starts_with(&self.base[1..])
    }

    /// The bytes that stand for a name.
    pub fn literal(&mut self, name: &Name) -> String {
        match name {
            Name::Literal(text) => text.clone(),
            Name::Fresh { stem, form } => {
                let next = self.stems.len() as u64;
                let number = *self.stems.entry(*stem).or_insert(next);
                shaped(&self.base, &stem_digits(number), *form)
            }
        }
    }
}

/// A digit for each of the first 35 stems. More than that begin with `z`, so that no name begins as another one is whole,
/// whatever is put behind it to make it long.
fn stem_digits(number: u64) -> String {
    const ALONE: u64 = 35;
    match number.checked_sub(ALONE) {
        None => base36(number, 1),
        Some(further) => format!("z{}", base36(further, 4)),
    }
}

/// The forms of one name differ in nothing but what they are called for.
fn shaped(base: &str, stem: &str, form: Form) -> String {
    let base = if form.bare { base.trim_start_matches('/') } else { base };
    let mut name = if form.double { format!("/{base}") } else { base.to_owned() };
    if form.inner {
        name.push('/');
    }
    name.push_str(stem);
    let end = if form.trailing { "/" } else { "" };
    let bytes = form.bytes.map_or(0, usize::from).saturating_sub(end.len());
    let rest = bytes.saturating_sub(name.len());
    name.push_str(&filled(rest, form.fill));
    name + end
}

/// So many bytes, of which a fill says what they are.
fn filled(bytes: usize, fill: Option<Fill>) -> String {
    let plain = |count: usize| "p".repeat(count);
    match fill.map(Fill::text).filter(|(text, _)| text.len() <= bytes) {
        None => plain(bytes),
        Some((text, Place::All)) => plain(bytes % text.len()) + &text.repeat(bytes / text.len()),
        Some((text, Place::First)) => text.to_owned() + &plain(bytes - text.len()),
        Some((text, Place::Last)) => plain(bytes - text.len()) + text,
    }
}
