//! The JSON form: `{"qom-type": "memory-backend-shm", "id": "mem0", "size": 1073741824}`.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};

use super::Refusal;
use super::value::Value;

/// The properties in their order. A key that comes twice is refused.
pub(super) fn read(text: &str) -> Result<Vec<(String, Value)>, Refusal> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let properties = reader.deserialize_map(Properties).and_then(|found| reader.end().map(|()| found));
    let properties = properties.map_err(|error| Refusal::Syntax(error.to_string()))?;
    let mut earlier = HashSet::new();
    match properties.iter().find(|(key, _)| !earlier.insert(key)) {
        Some((key, _)) => Err(Refusal::Twice(key.clone())),
        None => Ok(properties),
    }
}

struct Properties;

impl<'de> Visitor<'de> for Properties {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of properties")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut properties = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, serde_json::Value>()? {
            properties.push((key, Value::from(value)));
        }
        Ok(properties)
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        let numbers = |list: &Vec<serde_json::Value>| list.iter().map(|n| n.as_u64()).collect();
        if let Some(numbers) = json.as_array().and_then(numbers) {
            return Self::Numbers(numbers);
        }
        match (json.as_u64(), json) {
            (Some(number), _) => Self::Number(number),
            (None, serde_json::Value::Bool(on)) => Self::Switch(on),
            (None, serde_json::Value::String(text)) => Self::Text(text),
            (None, other) => Self::Other(other.to_string()),
        }
    }
}
