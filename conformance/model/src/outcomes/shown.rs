//! An outcome as people read it, without what differs though nothing differs.

use super::ScriptCall;
use crate::call::Call;
use crate::model::Expect;
use crate::outcome::Outcome;
use std::collections::BTreeMap;

/// The bytes of names, and what the script calls them.
pub(crate) type Names = BTreeMap<String, String>;

/// What every name of a script stands for.
pub(crate) fn names(calls: &[ScriptCall]) -> Names {
    calls.iter().flat_map(|call| call.names.iter().cloned()).collect()
}

/// What is expected of a call.
pub(crate) fn expected(call: &Call, expect: &Expect, names: &Names) -> String {
    match (call, expect) {
        (Call::Timestamp { .. }, Expect::Time(_) | Expect::Between(..)) => "a time".to_owned(),
        (_, Expect::Fd(_)) => "descriptor".to_owned(),
        (_, Expect::Between(i64::MIN, i64::MAX)) => "any number".to_owned(),
        (_, Expect::Between(least, i64::MAX)) => format!("{least} or more"),
        (_, Expect::Received { least, most, truncated, .. }) if least == most => received(*most, *truncated),
        (_, Expect::Received { most, truncated, .. }) => format!("up to {}", received(*most, *truncated)),
        (_, Expect::Names { names: those, strays, .. }) => listed(those, *strays, names),
        (_, Expect::NewNames { count, .. }) => format!("{count} new names"),
        (_, expect) => expect.to_string(),
    }
}

/// What was seen of a call.
pub(crate) fn seen(call: &Call, outcome: &Outcome, names: &Names) -> String {
    match (call, outcome) {
        (Call::Timestamp { .. }, Outcome::Value(_)) => "a time".to_owned(),
        (_, Outcome::Fd(_)) => "descriptor".to_owned(),
        (_, Outcome::Received(message)) => received(message.fds.len(), message.truncated),
        (Call::UniqueNames { .. } | Call::Collide, Outcome::Names(those)) => format!("{} new names", those.len()),
        (_, Outcome::Names(those)) => {
            let (known, strays): (Vec<_>, Vec<_>) = those.iter().cloned().partition(|name| names.contains_key(name));
            listed(&known, strays.len(), names)
        }
        (_, Outcome::NotExecuted(_)) => "not executed".to_owned(),
        (_, outcome) => outcome.to_string(),
    }
}

/// Is the answer a number that says nothing but which object it is?
pub(crate) fn is_identity(call: &Call, expect: &Expect) -> bool {
    matches!((call, expect), (Call::Inode { .. }, Expect::Value(_) | Expect::NewValue(_)))
}

/// The numbers of objects say no more than which are the same: here is which object each `inode` found, counted from 1 in
/// the order of the script.
pub(crate) fn identities<'a>(answers: impl Iterator<Item = (&'a ScriptCall, &'a Outcome)>) -> Vec<Option<String>> {
    let mut known: Vec<i64> = Vec::new();
    let identity = |(asked, outcome): (&ScriptCall, &Outcome)| match (&asked.call, outcome) {
        (Call::Inode { .. }, Outcome::Value(number)) => {
            let at = known.iter().position(|known| known == number).unwrap_or(known.len());
            if at == known.len() {
                known.push(*number);
            }
            Some(format!("object {}", at + 1))
        }
        _ => None,
    };
    answers.map(identity).collect()
}

fn received(count: usize, truncated: bool) -> String {
    let what = match count {
        0 => "no descriptor".to_owned(),
        1 => "1 descriptor".to_owned(),
        count => format!("{count} descriptors"),
    };
    if truncated { format!("{what}, truncated") } else { what }
}

fn listed(those: &[String], strays: usize, names: &Names) -> String {
    let shown = |name: &String| names.get(name).unwrap_or(name).clone();
    let mut words: Vec<String> = those.iter().map(shown).collect();
    words.sort();
    match (words.is_empty(), strays) {
        (true, 0) => "no names".to_owned(),
        (true, strays) => format!("{strays} unknown"),
        (false, 0) => words.join(" "),
        (false, strays) => format!("{} and {strays} unknown", words.join(" ")),
    }
}
