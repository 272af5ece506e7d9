//! Answers of `fstat` without what is the same in every outcome.

/// What the answers of one call have in common behind the size, where they have.
pub fn in_common<'a>(answers: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut rests = answers.filter_map(split);
    let (_, first) = rests.next()?;
    rests.all(|(_, rest)| rest == first).then_some(first)
}

/// An answer without what others have in common with it: `size 4096` alone, where owner and mode say nothing.
pub fn short<'a>(answer: &'a str, rest: Option<&str>) -> &'a str {
    match (split(answer), rest) {
        (Some((size, own)), Some(rest)) if own.starts_with(rest) => size,
        _ => answer,
    }
}

/// `size 4096`, and what stands behind it.
fn split(answer: &str) -> Option<(&str, &str)> {
    let rest = answer.strip_prefix("size ")?.split_once(' ')?.1;
    Some((answer.strip_suffix(rest)?.trim_end(), rest))
}
