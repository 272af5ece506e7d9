//! The notation of QEMU's command line: `memory-backend-shm,id=mem0,size=1G`.

use std::collections::HashSet;

use super::Refusal;
use super::value::Value;

/// The properties in their order. The type comes first and may do without its key; a key alone means on, and
/// off after `no`; two commas are one that belongs to the value. Of a key that comes several times the last value counts, whatever
/// the others are, and of `id` the first; `host-nodes` takes all of them.
pub(super) fn read(text: &str) -> Result<Vec<(String, Value)>, Refusal> {
    let mut properties = Vec::new();
    for (index, part) in split(text).into_iter().enumerate() {
        let (key, value) = match part.split_once('=') {
            Some((key, value)) => (key, value),
            None if index == 0 => ("qom-type", part.as_str()),
            None => match part.strip_prefix("no") {
                Some(key) => (key, "off"),
                None => (part.as_str(), "on"),
            },
        };
        if key.is_empty() {
            return Err(Refusal::Syntax(format!("no key in {part:?}")));
        }
        properties.push((key.to_owned(), Value::Plain(value.to_owned())));
    }
    Ok(those_that_count(properties))
}

fn those_that_count(properties: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut later = HashSet::new();
    let mut last: Vec<_> = properties
        .into_iter()
        .rev()
        .filter(|(key, _)| ["host-nodes", "id"].contains(&key.as_str()) || later.insert(key.clone()))
        .collect();
    last.reverse();
    let mut has_id = false;
    last.retain(|(key, _)| key != "id" || !std::mem::replace(&mut has_id, true));
    last
}

fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == ',' && letters.next_if_eq(&',').is_none() {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    // A comma at the end of all is passed over.
    if parts.len() > 1 && parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    parts
}
