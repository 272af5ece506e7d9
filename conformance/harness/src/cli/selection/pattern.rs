//! Patterns of IDs: `*`, `?`, `[a-z]` and `{one,other}`, all of which match a slash too.

use crate::cli::error::CliError;
use shmconf_model::script::Id;

/// A pattern.
#[derive(Debug)]
pub(super) struct Pattern(String);

impl Pattern {
    /// Reads a pattern.
    pub(super) fn new(text: &str) -> Result<Pattern, CliError> {
        for (open, close) in [('[', ']'), ('{', '}')] {
            let last = text.rfind(open);
            if last.is_some_and(|at| !text[at..].contains(close)) {
                let reason = format!("`{open}` without `{close}`");
                return Err(CliError::Glob { glob: text.to_owned(), reason });
            }
        }
        Ok(Pattern(without_slashes(text)))
    }

    /// Does it match the whole ID?
    pub(super) fn matches(&self, id: &Id) -> bool {
        fast_glob::glob_match(&self.0, without_slashes(id.as_str()))
    }
}

/// The text with something instead of slashes, which a star does not match.
fn without_slashes(text: &str) -> String {
    text.replace('/', ":")
}

#[cfg(test)]
mod tests {
    use super::{Id, Pattern};
    use rstest::rstest;

    #[rstest]
    #[case::itself("size/grow", true)]
    #[case::area("size/*", true)]
    #[case::part("*row*", true)]
    #[case::across_the_slash("s*w", true)]
    #[case::one_character("size/gro?", true)]
    #[case::class("size/[f-h]row", true)]
    #[case::choice("{size,names}/*", true)]
    #[case::beginning("size", false)]
    #[case::other_area("names/*", false)]
    #[case::end("grow", false)]
    fn a_pattern_matches_whole_ids(#[case] pattern: &str, #[case] matches: bool) {
        let id: Id = "size/grow".parse().expect("it is an ID");
        assert_eq!(Pattern::new(pattern).expect("it is a pattern").matches(&id), matches);
    }
}
