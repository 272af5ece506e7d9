//! Flags, error numbers, calls, areas and platforms, alone or together: what the model's own data says of them.

mod found;
mod write;

use super::super::selection;
use super::Page;
use shmconf_model::call::{Call, Entry};
use shmconf_model::clause::{Interface, Ledger};
use shmconf_model::outcome::{Errno, Signal};
use shmconf_model::profile::Profile;
use std::collections::BTreeSet;

/// What the words ask for. What is said of has to do with each of them.
#[derive(Debug, Default)]
struct Topic {
    platforms: Vec<Profile>,
    calls: Vec<Function>,
    areas: Vec<String>,
    mentions: Vec<Mention>,
}

/// A function, by its name, with the calls of the table that have it, and the clauses that are about it.
#[derive(Debug, Clone)]
struct Function {
    name: String,
    entries: Vec<&'static Entry>,
    interface: Option<Interface>,
}

/// A constant of C, which texts name.
#[derive(Debug, Clone)]
struct Mention {
    /// As C writes it.
    word: String,
    /// As scripts write it, where it is a word of some call.
    bare: Option<&'static str>,
    /// The calls that take it.
    of: Vec<&'static Entry>,
    /// What it is.
    what: &'static str,
}

/// What there is to say of all those words together; or the first of them that is not known.
pub(super) fn explain(words: &[String]) -> Result<Page, String> {
    let mut topic = Topic::default();
    for word in words {
        if !topic.add(word) {
            return Err(word.clone());
        }
    }
    if let [profile] = &topic.platforms[..]
        && topic.is_of_platforms()
        && let Some(page) = super::profile::explain(&profile.name)
    {
        return Ok(page);
    }
    Ok(Box::new(move |output, width| write::write(output, width, &topic, &found::of(&topic))))
}

/// Every word that is explained here.
pub(super) fn ids() -> BTreeSet<String> {
    let constants = Errno::NAMES.iter().chain(Signal::NAMES).map(ToString::to_string);
    let flags = flags().map(|(prefix, word, _)| format!("{prefix}{word}"));
    let calls = Call::ENTRIES.iter().map(|entry| entry.name.to_owned());
    let commands = Call::ENTRIES.iter().filter_map(|entry| Some(format!("F_{}", entry.command?)));
    let calls = calls.chain(commands);
    constants.chain(flags).chain(calls).chain(areas()).chain(Profile::ids().map(str::to_owned)).collect()
}

/// Is it a call of the table?
pub(super) fn is_call(word: &str) -> bool {
    Call::ENTRIES.iter().any(|entry| entry.name == word)
}

fn areas() -> BTreeSet<String> {
    selection::ids().map(|id| id.area().to_owned()).collect()
}

/// Each word that a call takes, with C's prefix.
fn flags() -> impl Iterator<Item = (&'static str, &'static str, &'static Entry)> {
    Call::ENTRIES.iter().flat_map(|entry| {
        let parameters = entry.parameters.iter();
        parameters.flat_map(move |parameter| {
            let prefix = parameter.prefixes.first().copied().unwrap_or("");
            parameter.words.iter().filter(move |_| !prefix.is_empty()).map(move |word| (prefix, *word, entry))
        })
    })
}

impl Topic {
    /// The calls and constants, as they were asked for.
    fn words(&self) -> Vec<&str> {
        let calls = self.calls.iter().map(|call| call.name.as_str());
        calls.chain(self.mentions.iter().map(|mention| mention.word.as_str())).collect()
    }

    /// Adds what a word stands for, in capitals or not; says whether it stands for anything.
    fn add(&mut self, word: &str) -> bool {
        [word.to_owned(), word.to_ascii_uppercase(), word.to_ascii_lowercase()]
            .iter()
            .any(|word| self.add_exactly(word))
    }

    fn add_exactly(&mut self, word: &str) -> bool {
        let word = if word == "darwin" { "macos" } else { word };
        let mut of_system = Profile::ids().filter(|id| id.split('-').any(|part| part == word)).peekable();
        if let Ok(profile) = Profile::get(word) {
            self.platforms.push(profile);
        } else if of_system.peek().is_some() {
            self.platforms.extend(of_system.filter_map(|id| Profile::get(id).ok()));
        } else if areas().contains(word) {
            self.areas.push(word.to_owned());
        } else if let Some(function) = Function::of(word) {
            self.calls.push(function);
        } else if let Some(mention) = Mention::of(word) {
            self.mentions.push(mention);
        } else {
            return false;
        }
        true
    }
}

impl Function {
    fn of(word: &str) -> Option<Function> {
        // A command of fcntl, such as F_GETFD, is as good as a function.
        let is_command = |entry: &&Entry| entry.command.is_some() && entry.command == word.strip_prefix("F_");
        let entries: Vec<&Entry> =
            Call::ENTRIES.iter().filter(|entry| entry.name == word || is_command(entry)).collect();
        let interface = word.parse().ok();
        let is_function = !entries.is_empty() || interface.is_some();
        is_function.then(|| Function { name: word.to_owned(), entries, interface })
    }
}

impl Mention {
    fn of(word: &str) -> Option<Mention> {
        let constant = |what| Mention { word: word.to_owned(), bare: None, of: Vec::new(), what };
        if Errno::NAMES.contains(&word) {
            return Some(constant("error number"));
        }
        if Signal::NAMES.contains(&word) {
            return Some(constant("signal"));
        }
        let is_meant = |(prefix, bare, _): &(&str, &str, _)| word.strip_prefix(prefix) == Some(bare);
        let taken: Vec<_> = flags().filter(is_meant).collect();
        let Some((_, bare, _)) = taken.first().copied() else {
            return Mention::of_texts(word);
        };
        let of = taken.into_iter().map(|(_, _, entry)| entry).collect();
        Some(Mention { word: word.to_owned(), bare: Some(bare), of, what: "flag" })
    }

    /// What the flag sets on a descriptor, of which texts speak where they do not name the flag.
    fn sets(&self) -> Option<&'static str> {
        let sets = ["FD_CLOEXEC", "FD_CLOFORK"].into_iter();
        sets.filter(|set| set.strip_prefix("FD_") == self.bare).find(|set| *set != self.word)
    }

    /// A constant for which scripts have no word, though texts name it.
    fn of_texts(word: &str) -> Option<Mention> {
        let is_constant = word.contains('_') && !word.bytes().any(|byte| byte.is_ascii_lowercase());
        let of: Vec<_> = Call::ENTRIES.iter().filter(|entry| found::has_word(entry.about, word)).collect();
        let is_in_clauses = || Ledger::get().clauses().any(|clause| found::has_word(&clause.text, word));
        let is_known = is_constant && (!of.is_empty() || is_in_clauses());
        is_known.then(|| Mention { word: word.to_owned(), bare: None, of, what: "constant" })
    }
}
