//! The words that an argument takes, and what was probably meant by another one.

use crate::suggestion::{Suggestion, nearest};

/// A set of words of C, written without their prefix.
pub(crate) trait Vocabulary {
    /// Every word.
    const WORDS: &'static [&'static str];
    /// What stands there, with an example.
    const WHAT: &'static str;
    /// What C puts before the words, and scripts leave out.
    const PREFIXES: &'static [&'static str] = &[];
    /// What to say to somebody who wrote a prefix.
    const NO_PREFIX: &'static str = "";
}

/// The same words, joined by `|`, as they were probably meant.
pub(crate) fn meant<V: Vocabulary>(text: &str) -> Option<Suggestion> {
    meant_of(text, V::WORDS, V::PREFIXES, V::NO_PREFIX)
}

fn meant_of(text: &str, words: &[&'static str], prefixes: &[&str], no_prefix: &'static str) -> Option<Suggestion> {
    const MOST_WORDS: usize = 32;
    if text.split('|').count() > MOST_WORDS {
        return None;
    }
    let mut because = "";
    let mut word = |word: &str| -> Option<&'static str> {
        let known = |word: &str| words.iter().copied().find(|known| *known == word);
        if let Some(known) = known(word) {
            return Some(known);
        }
        let upper = word.to_ascii_uppercase();
        let bare = prefixes.iter().find_map(|prefix| upper.strip_prefix(prefix));
        if bare.is_some() {
            because = no_prefix;
        }
        let bare = bare.unwrap_or(&upper);
        let end = |known: &&&str| bare.len() > 2 && known.ends_with(bare);
        known(bare).or_else(|| words.iter().find(end).copied()).or_else(|| nearest(bare, words.iter().copied()))
    };
    let meant = text.split('|').map(&mut word).collect::<Option<Vec<_>>>()?;
    Some(Suggestion::new(meant.join("|"), because))
}
