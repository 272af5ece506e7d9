//! Which area a result belongs to, and the order of the areas: results are counted by area in every format.

use super::{AREAS, CaseResult, Kind};

/// The properties have an area for themselves.
const PROPERTIES: &str = "properties";

/// The area of a result.
pub(super) fn of(result: &CaseResult) -> &str {
    match result.kind {
        Kind::Case => result.id.area(),
        Kind::Property => PROPERTIES,
    }
}

/// The areas that occur, each once: first those of [`AREAS`], at last the properties.
pub(super) fn occurring<'a>(results: impl IntoIterator<Item = &'a CaseResult>) -> Vec<&'a str> {
    let mut areas: Vec<&str> = results.into_iter().map(of).collect();
    let rank = |area: &&str| AREAS.iter().position(|known| known == area).unwrap_or(AREAS.len());
    areas.sort_by_key(|area| (*area == PROPERTIES, rank(area), *area));
    areas.dedup();
    areas
}
