//! What an outcome has to be like.

use super::bytes::{Span, Value, agree};
use crate::call::{OpenFlags, Seals};
use crate::outcome::{Errno, FileType, Outcome, Signal};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// What an outcome has to be like.
#[derive(Debug, Clone, PartialEq)]
pub enum Expect {
    /// Success without a value.
    Ok,
    /// A new descriptor; the lowest free one, where that is promised and known.
    Fd(Option<i32>),
    /// This number.
    Value(i64),
    /// A number in this range.
    Between(i64, i64),
    /// That time or a later one, in nanoseconds since the Epoch.
    Time(i64),
    /// Any number but these.
    NewValue(Vec<i64>),
    /// This access mode, with these flags.
    Access(OpenFlags),
    /// This kind of file, or any.
    FileType(Option<FileType>),
    /// These seals, and perhaps those that are open; any, where nothing is known of them.
    #[expect(missing_docs, reason = "the sentence above says it")]
    Seals { seals: Option<Seals>, open: Seals },
    /// Bytes that agree with the pattern.
    Bytes(Pattern),
    /// This size, these mode bits outside `mode_open`, this owner.
    #[expect(missing_docs, reason = "the fields are those of fstat")]
    Stat { size: i64, mode: u32, mode_open: u32, uid: u32, gid: Option<u32> },
    /// As many descriptors as this, with these numbers, where they are promised and known, and whether the rest was cut off.
    #[expect(missing_docs, reason = "the sentence above says it")]
    Received { least: usize, most: usize, numbers: Option<Vec<i32>>, truncated: bool },
    /// Just these names, as many more as there are strays, and at most as many again as objects have in passing, in any order.
    #[expect(missing_docs, reason = "the sentence above says it")]
    Names { names: Vec<String>, strays: usize, passing: usize },
    /// This many names, different from each other and from these, each of the portable form.
    #[expect(missing_docs, reason = "the sentence above says it")]
    NewNames { count: usize, given: Arc<BTreeSet<String>> },
    /// This error.
    Errno(Errno),
    /// The end of the actor by this signal.
    Signal(Signal),
    /// The end of the actor with this code.
    Exited(i32),
    /// No answer.
    Hang,
    /// The call is not executed.
    NotExecuted,
    /// Whatever.
    Anything,
}

/// Bytes, some of which may be open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(pub(crate) Vec<Span>);

impl Pattern {
    /// Number of bytes.
    fn len(&self) -> u64 {
        self.0.iter().map(|span| span.len()).sum()
    }
}

/// The longest name that every system takes, in bytes.
pub(crate) const PORTABLE_NAME_BYTES: usize = 30;

impl Expect {
    /// Is `outcome` like that?
    pub fn matches(&self, outcome: &Outcome) -> bool {
        match (self, outcome) {
            (Expect::Anything, outcome) => !matches!(outcome, Outcome::Hang),
            (Expect::Ok, Outcome::Ok)
            | (Expect::Hang, Outcome::Hang)
            | (Expect::NotExecuted, Outcome::NotExecuted(_)) => true,
            (Expect::Fd(None), Outcome::Fd(number)) => *number >= 0,
            (Expect::Fd(Some(lowest)), Outcome::Fd(number)) => number == lowest,
            (Expect::Value(value), Outcome::Value(seen)) => seen == value,
            (Expect::Between(least, most), Outcome::Value(seen)) => (least..=most).contains(&seen),
            (Expect::Time(least), Outcome::Value(seen)) => seen >= least,
            (Expect::NewValue(given), Outcome::Value(seen)) => !given.contains(seen),
            (Expect::Access(access), Outcome::Access(seen)) => seen == access,
            (Expect::FileType(kind), Outcome::FileType(seen)) => kind.is_none_or(|kind| kind == *seen),
            (Expect::Seals { seals, open }, Outcome::Seals(seen)) => {
                seals.is_none_or(|seals| (seals ^ *seen).difference(*open).is_empty())
            }
            (Expect::Bytes(pattern), Outcome::Bytes(content)) => agree(&pattern.0, content),
            (Expect::Bytes(pattern), Outcome::Untold(len)) => pattern.len() == *len,
            (Expect::Stat { size, mode, mode_open, uid, gid }, Outcome::Stat(seen)) => {
                seen.size == *size
                    && (seen.mode ^ mode) & !mode_open & 0o7777 == 0
                    && seen.uid == *uid
                    && gid.is_none_or(|gid| gid == seen.gid)
            }
            (Expect::Received { least, most, numbers, truncated }, Outcome::Received(seen)) => {
                (least..=most).contains(&&seen.fds.len())
                    && seen.truncated == *truncated
                    && numbers.as_ref().is_none_or(|numbers| *numbers == seen.fds)
            }
            (Expect::Names { names, strays, passing }, Outcome::Names(seen)) => {
                let least = names.len() + strays;
                (least..=least + passing).contains(&seen.len()) && names.iter().all(|name| seen.contains(name))
            }
            (Expect::NewNames { count, given }, Outcome::Names(seen)) => are_new(seen, *count, given),
            (Expect::Errno(errno), Outcome::Errno(seen)) => seen == errno,
            (Expect::Signal(signal), Outcome::Signal(seen)) => seen == signal,
            (Expect::Exited(code), Outcome::Exited(seen)) => seen == code,
            _ => false,
        }
    }
}

/// Are there `count` names, each portable, none twice and none of `given`?
fn are_new(seen: &[String], count: usize, given: &BTreeSet<String>) -> bool {
    let portable = |name: &String| {
        name.len() <= PORTABLE_NAME_BYTES && name.len() > 1 && name.starts_with('/') && !name[1..].contains('/')
    };
    let mut known = BTreeSet::new();
    seen.len() == count && seen.iter().all(|name| portable(name) && !given.contains(name) && known.insert(name))
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expect::Ok => f.write_str("ok"),
            Expect::Fd(None) => f.write_str("a descriptor"),
            Expect::Fd(Some(lowest)) => write!(f, "descriptor {lowest}, the lowest free one"),
            Expect::Value(value) => write!(f, "{value}"),
            Expect::Between(least, most) => write!(f, "{least} to {most}"),
            Expect::Time(least) => write!(f, "{least} or later"),
            Expect::NewValue(_) => f.write_str("a number that no other object has"),
            Expect::Access(access) => write!(f, "{access}"),
            Expect::FileType(None) => f.write_str("any kind of file"),
            Expect::FileType(Some(kind)) => write!(f, "{kind}"),
            Expect::Seals { seals: None, .. } => f.write_str("seals"),
            Expect::Seals { seals: Some(seals), .. } => write!(f, "{seals}"),
            Expect::Bytes(pattern) => write!(f, "{pattern}"),
            Expect::Stat { size, mode, uid, gid, .. } => {
                write!(f, "size {size} mode {mode:04o} uid {uid}")?;
                gid.map_or(Ok(()), |gid| write!(f, " gid {gid}"))
            }
            Expect::Received { least, most, numbers, truncated } => {
                if least != most {
                    write!(f, "{least} to ")?;
                }
                write!(f, "{most} descriptor{}", if *most == 1 { "" } else { "s" })?;
                if let Some([first, ..]) = numbers.as_deref() {
                    write!(f, " from {first} on, the lowest free ones")?;
                }
                if *truncated { f.write_str(", truncated") } else { Ok(()) }
            }
            Expect::Names { names, strays: 0, .. } if names.is_empty() => f.write_str("no names"),
            Expect::Names { names, strays: 0, .. } => f.write_str(&names.join(" ")),
            Expect::Names { names, strays, .. } => {
                let known = names.iter().map(|name| format!("{name} "));
                write!(f, "{}and {strays} unknown", known.collect::<String>())
            }
            Expect::NewNames { count, .. } => write!(f, "{count} new names of at most {PORTABLE_NAME_BYTES} bytes"),
            Expect::Errno(errno) => write!(f, "{errno}"),
            Expect::Signal(signal) => write!(f, "{signal}"),
            Expect::Exited(code) => write!(f, "exit {code}"),
            Expect::Hang => f.write_str("no answer"),
            Expect::NotExecuted => f.write_str("not executed"),
            Expect::Anything => f.write_str("anything"),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("empty");
        }
        for (at, span) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { " " })?;
            match span.value {
                Value::Byte(byte) => write!(f, "{byte:02x}*{}", span.end - span.start)?,
                Value::Any => write!(f, "??*{}", span.end - span.start)?,
            }
        }
        Ok(())
    }
}
