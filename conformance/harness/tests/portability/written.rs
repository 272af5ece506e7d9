//! Traces written down in a test, one call after the other.

use shmconf::trace::Trace;

/// A trace of a case on Linux by one actor, who is that user, from calls and outcomes.
pub(crate) fn trace(case: &str, user: u32, events: &[(&str, &str)]) -> Trace {
    let head = format!(
        r#"{{"format":"shmconf-trace/1","case":"{case}","subject":"libc","seed":7,"platform":{{"os":"Linux","release":"6.18","arch":"x86_64","libc":"glibc 2.36","page_size":4096}},"actors":[{{"name":"a","uid":{user},"gid":{user},"umask":18,"fds":[0,1,2,3]}}]}}"#
    );
    let line = |(at, (call, outcome)): (usize, &(&str, &str))| {
        format!("{{\"actor\":\"a\",{call},\"outcome\":{outcome},\"start\":{},\"end\":{}}}", at * 10, at * 10 + 5)
    };
    let lines: Vec<String> = std::iter::once(head).chain(events.iter().enumerate().map(line)).collect();
    Trace::read(lines.join("\n").as_bytes()).expect("it is a trace")
}
