//! A call as JSON has it: an object, whose members are taken out one by one.
//!
//! The type [`Call`] has some sixty variants. What serde derives for such an enum is as much code as all else that reads what
//! an actor is told; this is little, and is there once, whatever a call is read from.

use super::{Call, Entry, Function};
use crate::suggestion::Suggestion;
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Error, Result, Value};
use std::fmt;

/// The member that says which call it is.
const CALL: &str = "call";

/// Members of an object that have not been taken yet.
pub(super) struct Members(Vec<(String, Value)>);

impl Members {
    /// Takes a member that has to be there.
    pub(super) fn take<T: DeserializeOwned>(&mut self, member: &'static str) -> Result<T> {
        let value = self.remove(member).ok_or_else(|| Error::missing_field(member))?;
        T::deserialize(value).map_err(|error| Error::custom(format_args!("`{member}`: {error}")))
    }

    /// Takes a member that can be left out.
    pub(super) fn take_or_default<T: DeserializeOwned + Default>(&mut self, member: &'static str) -> Result<T> {
        if self.0.iter().any(|(name, _)| name == member) { self.take(member) } else { Ok(T::default()) }
    }

    fn remove(&mut self, member: &str) -> Option<Value> {
        let at = self.0.iter().position(|(name, _)| name == member)?;
        Some(self.0.swap_remove(at).1)
    }

    fn call(mut self) -> Result<Call> {
        let name: String = self.take(CALL)?;
        let function = Function::deserialize(StrDeserializer::<Error>::new(&name)).map_err(|_| unknown(&name))?;
        let call = Call::of_members(function, &mut self)?;
        match self.0.first() {
            Some((unknown, _)) => Err(Error::custom(format_args!("the call `{name}` has no argument `{unknown}`"))),
            None => Ok(call),
        }
    }
}

fn unknown(name: &str) -> Error {
    let known: Vec<String> = Call::ENTRIES.iter().map(Entry::wire_name).collect();
    match Suggestion::spelling(name, known.iter().map(String::as_str)) {
        Some(suggestion) => Error::custom(format_args!("there is no call `{name}`; {suggestion}")),
        None => Error::custom(format_args!("there is no call `{name}`")),
    }
}

impl<'de> Deserialize<'de> for Call {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Call, D::Error> {
        deserializer.deserialize_map(Object)?.call().map_err(D::Error::custom)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a call with its arguments")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Members, A::Error> {
        let mut members: Vec<(String, Value)> = Vec::new();
        while let Some((name, value)) = map.next_entry()? {
            if members.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom(format_args!("`{name}` is there twice")));
            }
            members.push((name, value));
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::no_object("5", "invalid type: integer `5`, expected a call with its arguments")]
    #[case::no_call(r#"{"fd":"f"}"#, "missing field `call`")]
    #[case::no_such_call(r#"{"call":"ftrancute"}"#, "there is no call `ftrancute`; did you mean `ftruncate`?")]
    #[case::an_argument_is_missing(r#"{"call":"ftruncate","fd":"f"}"#, "missing field `size`")]
    #[case::an_argument_of_another_type(
        r#"{"call":"fchmod","fd":"f","mode":-1}"#,
        "`mode`: invalid value: integer `-1`, expected u32"
    )]
    #[case::an_argument_of_another_call(
        r#"{"call":"fstat","fd":"f","size":1}"#,
        "the call `fstat` has no argument `size`"
    )]
    #[case::an_argument_twice(r#"{"call":"fstat","fd":"f","fd":"g"}"#, "`fd` is there twice")]
    fn what_is_no_call_is_refused_with_the_reason(#[case] text: &str, #[case] reason: &str) {
        let error = serde_json::from_str::<Call>(text).expect_err("it is no call").to_string();
        assert!(error.starts_with(reason), "{error}");
    }

    #[test]
    fn an_argument_that_can_be_left_out_is_the_default() {
        let call: Call = serde_json::from_str(r#"{"call":"write","fd":"f","len":8}"#).expect("a call");
        assert_eq!(serde_json::to_string(&call).expect("it can be written"), r#"{"call":"write","fd":"f","len":8}"#);
    }
}
