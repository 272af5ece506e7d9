//! What was probably meant by a word that is not one of those that may stand there.

use std::fmt;

/// What was probably meant, shown as `did you mean …?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What to write instead.
    pub instead: String,
    /// The rule behind it; empty where it is a matter of spelling alone.
    pub because: &'static str,
}

impl Suggestion {
    /// A suggestion with the rule behind it.
    pub(crate) fn new(instead: impl Into<String>, because: &'static str) -> Suggestion {
        Suggestion { instead: instead.into(), because }
    }

    /// A word that is spelled nearly so.
    pub(crate) fn spelling<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Suggestion> {
        nearest(word, known).map(|known| Suggestion::new(known, ""))
    }
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.because {
            "" => write!(f, "did you mean `{}`?", self.instead),
            because => write!(f, "did you mean `{}`? ({because})", self.instead),
        }
    }
}

/// The known word that is most like `word`, if one is: with a change in one letter of three, and in three at most.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A distance takes time by the product of the lengths; no known word is anywhere near so long.
    if word.len() > 64 {
        return None;
    }
    let most = word.chars().count().div_ceil(3).min(3);
    let distances = known.into_iter().map(|known| (strsim::osa_distance(word, known), known));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, known)| known)
}
