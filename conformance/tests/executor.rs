//! What the executor makes of scripts on the system itself: outcomes, deaths, races, and nothing left behind.

use shmconf::executor::{Config, Executor};
use shmconf::script::Script;
use shmconf::subject::Spec;
use shmconf::trace::Trace;
use std::time::Duration;

fn executor() -> Executor {
    let mut config = Config::new(Spec::Libc);
    config.timeout = Duration::from_millis(500);
    Executor::start(&config).expect("the executor starts")
}

fn script(lines: &str) -> Script {
    format!("# test/case\n{lines}").parse().expect("the script is valid")
}

fn execute(executor: &mut Executor, lines: &str) -> Trace {
    executor.execute(&script(lines), 7).expect("the script is executed")
}

/// The outcomes, one a line.
fn outcomes(trace: &Trace) -> String {
    trace.events.iter().map(|event| format!("{}\n", event.outcome)).collect()
}

fn outcomes_of(lines: &str) -> String {
    outcomes(&execute(&mut executor(), lines))
}

#[test]
fn two_actors_share_an_object_by_name() {
    let seen = outcomes_of(
        "a: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)
         a: ftruncate(f, 4096)
         a: m = mmap(f, 0, 4096, READ|WRITE, SHARED)
         a: store(m, 10, 0x5a, 3)
         b: shm_open(@x, RDWR|CREAT|EXCL, 0600)
         b: g = shm_open(@x, RDONLY)
         b: n = mmap(g, 0, 4096, READ, SHARED)
         b: load(n, 0, 16)
         b: close(g)
         b: close(g)
         b: fcntl(h, GETFL)",
    );
    insta::assert_snapshot!(seen);
}
