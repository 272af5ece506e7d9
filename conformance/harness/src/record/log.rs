//! A log of strace, line by line: calls, signals and ends of processes, in the order in which strace saw them.
//!
//! strace stops a process before each call and after it, and writes a line when the call has ended. Where something else
//! happens in between, it writes the two halves of the line apart. So the order of lines is that of what happened, and a
//! time is needed for no more than to say when.

use super::value::{Members, Reader, Value};
use std::collections::HashMap;
use std::io::{self, BufRead};

/// What a log says, in order.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) entries: Vec<Entry>,
    /// Lines that strace writes, of whatever call.
    lines: u64,
    /// Lines that are none of strace's, and the first of them.
    pub(super) strange: u64,
    pub(super) first_strange: String,
    /// Do lines begin with the number of a process, as with `-f`?
    pub(super) has_processes: bool,
    /// Do lines have a time of day or of the Epoch?
    pub(super) has_times: bool,
    /// Do times run backwards from one line to the next?
    pub(super) goes_back: bool,
    /// Does it end in the middle of a line?
    pub(super) is_cut_off: bool,
}

/// Something that happened to a process, or rather to one of its threads.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) thread: u32,
    /// When it began, in nanoseconds since the first line. No two lines have the same time.
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) what: What,
}

/// What happened.
#[derive(Debug, Clone)]
pub(super) enum What {
    Call(Called),
    /// A signal arrived, with what is said of it.
    Signal(String, Members),
    /// It ended with a code.
    Exited(i64),
    /// A signal ended it.
    Killed(String),
}

/// A call with what came back.
#[derive(Debug, Clone)]
pub(super) struct Called {
    pub(super) name: String,
    pub(super) args: Members,
    /// Nothing where the call has not returned.
    pub(super) result: Option<Value>,
    /// The error by its C name.
    pub(super) error: Option<String>,
    /// What stands in brackets behind the result.
    pub(super) remark: String,
    /// The number of a process that the call made, as strace sees it, where the process that made the call sees another one.
    pub(super) outside: Option<u32>,
    /// The call as it stands in the log, up to the closing bracket.
    pub(super) text: String,
}

impl Called {
    /// What came back, if the call succeeded.
    pub(super) fn value(&self) -> Option<i64> {
        match self.error {
            None => self.result.as_ref()?.number(),
            Some(_) => None,
        }
    }
}

/// The first half of a line.
struct Half {
    text: String,
    at: u64,
}

/// What a line begins with: the thread, the time, and the rest.
struct Head<'a> {
    thread: Option<u32>,
    time: Option<u64>,
    rest: &'a str,
}

impl Log {
    /// Is no line of it one that strace writes?
    pub(super) fn is_none(&self) -> bool {
        self.lines == 0
    }

    /// The calls, in order.
    pub(super) fn calls(&self) -> impl Iterator<Item = &Called> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Call(called) => Some(called),
            _ => None,
        })
    }

    /// Reads a log. Only calls that `wanted` knows are kept.
    ///
    /// # Errors
    ///
    /// Those of the input.
    pub(super) fn read(mut input: impl BufRead, wanted: &dyn Fn(&str) -> bool) -> io::Result<Log> {
        let mut log = Log::default();
        let mut halves: HashMap<u32, Half> = HashMap::new();
        let (mut first, mut last, mut now) = (None, None, 0);
        let mut line = Vec::new();
        while {
            line.clear();
            input.read_until(b'\n', &mut line)?
        } > 0
        {
            let text = String::from_utf8_lossy(&line);
            let head = Head::of(text.trim_end());
            log.has_processes |= head.thread.is_some();
            log.has_times |= head.time.is_some();
            log.goes_back |= head.time.zip(last).is_some_and(|(time, last)| time < last);
            last = head.time.or(last);
            let time = head.time.map(|time| time.saturating_sub(*first.get_or_insert(time)));
            now = time.unwrap_or(0).max(now + 1);
            let strange = log.strange;
            log.lines += u64::from(!head.rest.is_empty());
            log.line(head, now, &mut halves, wanted);
            log.lines -= log.strange - strange;
            log.is_cut_off = !line.ends_with(b"\n");
            // A line that is cut off is told as such, and not as one that is not understood.
            if log.is_cut_off {
                log.strange = strange;
            }
        }
        for (thread, half) in halves {
            // The process was killed, or the log ends, before the call returned.
            log.call(thread, &format!("{}) = ?", half.text), half.at, now, wanted);
        }
        log.entries.sort_by_key(|entry| entry.start);
        Ok(log)
    }

    fn line(&mut self, head: Head<'_>, now: u64, halves: &mut HashMap<u32, Half>, wanted: &dyn Fn(&str) -> bool) {
        const UNFINISHED: &str = " <unfinished ...>";
        let thread = head.thread.unwrap_or(0);
        let mut add = |what| self.entries.push(Entry { thread, start: now, end: now, what });
        if let Some(said) = head.rest.strip_prefix("+++ ") {
            let words: Vec<&str> = said.split(' ').collect();
            match words[..] {
                ["exited", "with", code, ..] => add(What::Exited(code.parse().unwrap_or(0))),
                ["killed", "by", signal, ..] => add(What::Killed(signal.to_owned())),
                _ => {}
            }
        } else if let Some(said) = head.rest.strip_prefix("--- ") {
            let (signal, rest) = said.split_once(' ').unwrap_or((said, ""));
            if let Some(Value::Struct(about)) = Reader::new(rest).value() {
                add(What::Signal(signal.to_owned(), about));
            }
        } else if let Some(text) = head.rest.strip_suffix(UNFINISHED) {
            halves.insert(thread, Half { text: text.trim_end().to_owned(), at: now });
        } else if let Some((text, leader)) = changed_thread(head.rest) {
            halves.insert(leader, Half { text: text.to_owned(), at: now });
        } else if let Some(said) = head.rest.strip_prefix("<... ") {
            let Some((_, rest)) = said.split_once(" resumed>") else { return self.is_strange(head.rest) };
            let Some(half) = halves.remove(&thread) else { return };
            self.call(thread, &format!("{}{rest}", half.text), half.at, now, wanted);
        } else {
            self.call(thread, head.rest, now, now, wanted);
        }
    }

    fn is_strange(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.strange == 0 {
            self.first_strange = text.chars().take(80).collect();
        }
        self.strange += 1;
    }

    /// `ftruncate(3</dev/shm/x>, 4096) = 0 <0.000012>`
    fn call(&mut self, thread: u32, text: &str, start: u64, end: u64, wanted: &dyn Fn(&str) -> bool) {
        let Some((name, rest)) = text.split_once('(') else { return self.is_strange(text) };
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return self.is_strange(text);
        }
        // Of messages only those matter that carry descriptors.
        if !wanted(name) || name.ends_with("msg") && !rest.contains("SCM_RIGHTS") {
            return;
        }
        let mut reader = Reader::new(rest);
        let Some(args) = reader.arguments() else { return self.is_strange(text) };
        let behind = reader.rest().trim_start();
        let Some(result) = behind.strip_prefix('=') else { return self.is_strange(text) };
        let text = text[..text.len() - reader.rest().len()].to_owned();
        let (result, remark) = match result.rsplit_once(" <") {
            Some((result, _)) => (result.trim(), result),
            None => (result.trim(), result),
        };
        let remark = remark.split_once('(').map_or("", |(_, rest)| rest.trim_end().trim_end_matches(')')).to_owned();
        let comment = result.split_once("/* ").map_or("", |(_, comment)| comment);
        let outside = comment.split_once(" in strace's PID NS").and_then(|(number, _)| number.parse().ok());
        let mut reader = Reader::new(result);
        let result = (!result.starts_with('?')).then(|| reader.value()).flatten();
        let error = reader.rest().trim_start().split(' ').next().filter(|word| word.starts_with('E'));
        let error = error.filter(|_| result == Some(Value::Number(-1))).map(str::to_owned);
        let called = Called { name: name.to_owned(), args, result, error, remark, outside, text };
        self.entries.push(Entry { thread, start, end, what: What::Call(called) });
    }
}

/// `execve("/bin/true", …) <pid changed to 7 ...>`: a thread that executes a program gets the number of its process.
fn changed_thread(text: &str) -> Option<(&str, u32)> {
    let (call, rest) = text.split_once("<pid changed to ")?;
    Some((call.trim_end(), rest.strip_suffix(" ...>")?.parse().ok()?))
}

impl<'a> Head<'a> {
    /// `1234  1795726981.752905980 `, `[pid 1234] 12:34:56.789 `, and what is left out of these.
    fn of(line: &'a str) -> Head<'a> {
        let mut head = Head { thread: None, time: None, rest: line };
        if let Some((number, rest)) = line.strip_prefix("[pid ").and_then(|line| line.split_once(']')) {
            head.thread = number.trim().parse().ok();
            head.rest = rest.trim_start();
        }
        while let Some((word, rest)) = head.rest.split_once(' ') {
            let time = time_of(word);
            if time.is_some() {
                head.time = time;
            } else if head.thread.is_none() && head.time.is_none() && word.parse::<u32>().is_ok() {
                head.thread = word.parse().ok();
            } else {
                break;
            }
            head.rest = rest.trim_start();
        }
        head
    }
}

/// Nanoseconds since the Epoch, or since midnight.
fn time_of(word: &str) -> Option<u64> {
    let (whole, fraction) = word.split_once('.').map_or((word, None), |(whole, fraction)| (whole, Some(fraction)));
    let seconds = match whole.split(':').collect::<Vec<_>>()[..] {
        [hours, minutes, seconds] => {
            let number = |text: &str| text.parse::<u64>().ok().filter(|number| *number < 100);
            number(hours)? * 3600 + number(minutes)? * 60 + number(seconds)?
        }
        [seconds] if fraction.is_some() => seconds.parse::<u64>().ok()?,
        _ => return None,
    };
    let digits = fraction.unwrap_or("0");
    let fraction: u64 = digits.parse().ok().filter(|_| digits.len() <= 9)?;
    let nanoseconds = fraction * 10u64.pow(9 - u32::try_from(digits.len()).ok()?);
    seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::{Log, What};
    use rstest::rstest;

    fn told(text: &str) -> Vec<String> {
        let log = Log::read(text.as_bytes(), &|_| true).expect("a text can be read");
        let told = log.entries.iter().map(|entry| {
            let what = match &entry.what {
                What::Call(called) => format!("{} = {:?} {:?}", called.text, called.value(), called.error),
                other => format!("{other:?}"),
            };
            format!("{} {} {} {what}", entry.thread, entry.start, entry.end)
        });
        told.collect()
    }

    #[rstest]
    #[case::with_processes_and_times("7  100.000000001 close(3) = 0 <0.000012>", "7 1 1 close(3) = Some(0) None")]
    #[case::for_a_terminal("[pid 7] 10:00:01.5 close(3) = 0", "7 1 1 close(3) = Some(0) None")]
    #[case::of_one_process(
        "close(3)         = -1 EBADF (Bad file descriptor)",
        "0 1 1 close(3) = None Some(\"EBADF\")"
    )]
    #[case::with_what_is_opened("dup(3</a>) = 4</a>", "0 1 1 dup(3</a>) = Some(4) None")]
    #[case::that_never_returned("7 exit_group(0) = ?", "7 1 1 exit_group(0) = None None")]
    fn a_call_is_read_with_any_flags(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(told(line), [expected]);
    }

    #[test]
    fn the_halves_of_a_call_are_joined() {
        let text = "7 read(3,  <unfinished ...>\n8 close(4) = 0\n7 <... read resumed>\"\"..., 5) = 5\n";
        assert_eq!(told(text), ["7 1 3 read(3,\"\"..., 5) = Some(5) None", "8 2 2 close(4) = Some(0) None"]);
    }
}
