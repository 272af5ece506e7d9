//! What a mistyped word may have meant.

/// The known words that are most like `word`, best first; at most three.
pub(super) fn near<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    const ALIKE: f64 = 0.7;
    const WORSE: f64 = 0.05;
    let score = |candidate: &str| {
        let tail = candidate.rsplit('/').next().unwrap_or(candidate);
        let like = |other| strsim::normalized_damerau_levenshtein(word, other);
        let contains = if word.len() >= 3 && candidate.contains(word) { ALIKE + 0.25 * like(candidate) } else { 0.0 };
        like(candidate).max(like(tail)).max(contains)
    };
    let mut alike: Vec<(f64, &str)> = known.map(|candidate| (score(candidate), candidate)).collect();
    alike.retain(|(score, _)| *score >= ALIKE);
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    alike.dedup();
    let best = alike.first().map_or(0.0, |(score, _)| *score);
    alike.retain(|(score, _)| *score >= best - WORSE);
    alike.into_iter().take(3).map(|(_, candidate)| candidate.to_owned()).collect()
}

/// `did you mean x, y or z?`, or else where to look.
pub(super) fn or_look(words: &[String], look: &str) -> String {
    match words {
        [] => look.to_owned(),
        [one] => format!("did you mean `{one}`?"),
        [all @ .., last] => {
            let all: Vec<String> = all.iter().map(|word| format!("`{word}`")).collect();
            format!("did you mean {} or `{last}`?", all.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{near, or_look};
    use rstest::rstest;

    #[rstest]
    #[case("exclusive/existing-nam", &["exclusive/existing-name"])]
    #[case("existing-name", &["exclusive/existing-name"])]
    #[case("existng-name", &["exclusive/existing-name"])]
    #[case("zero", &["size/grow-zero-fills"])]
    #[case("qqqqqq", &[])]
    fn a_mistyped_word_finds_its_neighbours(#[case] word: &str, #[case] expected: &[&str]) {
        let known = ["exclusive/existing-name", "size/grow-zero-fills", "names/empty"];
        assert_eq!(near(word, known.into_iter()), expected);
    }

    #[test]
    fn neighbours_read_as_a_question() {
        let words = |words: &[&str]| or_look(&words.iter().map(ToString::to_string).collect::<Vec<_>>(), "look there");
        assert_eq!(words(&[]), "look there");
        assert_eq!(words(&["a"]), "did you mean `a`?");
        assert_eq!(words(&["a", "b", "c"]), "did you mean `a`, `b` or `c`?");
    }
}
