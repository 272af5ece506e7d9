//! What the executor makes of scripts on the system itself: outcomes, deaths, races, and nothing left behind.

use rstest::rstest;
use shmconf::executor::{Config, Executor, ExecutorError};
use shmconf::outcome::Outcome;
use shmconf::script::Script;
use shmconf::subject::{Libc, Spec, Subject};
use shmconf::trace::{Event, Trace};
use std::time::Duration;

fn config() -> Config {
    let program = Some(env!("CARGO_BIN_EXE_shmconf").into());
    Config { timeout: Duration::from_millis(700), program, ..Config::new(Spec::Libc) }
}

fn executor() -> Executor {
    Executor::start(&config()).expect("the executor starts")
}

fn execute(executor: &mut Executor, lines: &str) -> Trace {
    let script: Script = format!("# test/case\n{lines}").parse().expect("the script is valid");
    executor.execute(&script, 7).expect("the script is executed")
}

/// The outcomes of a script, with `; ` between them.
fn outcomes(executor: &mut Executor, lines: &str) -> String {
    let trace = execute(executor, lines);
    trace.events.iter().map(|event| event.outcome.to_string()).collect::<Vec<_>>().join("; ")
}

#[rstest]
#[case::by_name(
    "a: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)
     a: ftruncate(f, 4096)
     a: m = mmap(f, 0, 4096, READ|WRITE, SHARED)
     a: store(m, 10, 0x5a, 3)
     b: shm_open(@x, RDWR|CREAT|EXCL, 0600)
     b: g = shm_open(@x, RDONLY)
     b: n = mmap(g, 0, 4096, READ, SHARED)
     b: load(n, 0, 16)",
    "descriptor 4; ok; ok; ok; EEXIST; descriptor 4; ok; 00*10 5a*3 00*3"
)]
#[case::a_label_outlives_its_descriptor(
    "a: f = create(10)
     a: close(f)
     a: close(f)
     a: g = dup(f)
     a: fstat(g)",
    "descriptor 4; ok; EBADF; EBADF; not executed: no descriptor is called g"
)]
#[case::a_mapping_that_is_unmapped_is_gone(
    "a: f = create(10)
     a: m = mmap(f, 0, 10, READ, SHARED)
     a: load(m, 0, PAGE+1)
     a: munmap(m)
     a: load(m, 0, 1)",
    "descriptor 4; ok; not executed: the range is outside the mapping; ok; SIGSEGV"
)]
#[case::by_message(
    "a: f = create(4096)
     a: m = mmap(f, 0, 4096, READ|WRITE, SHARED)
     a: store(m, 0, 0x41, 2)
     a: send(b, f, f)
     b: g, h = recv(a)
     b: n = mmap(h, 0, 4096, READ, SHARED)
     b: load(n, 0, 3)
     b: fds()",
    "descriptor 5; ok; ok; ok; descriptors 5 6; ok; 41*2 00*1; 2"
)]
#[case::by_fork(
    "a: f = create(4096)
     a: m = mmap(f, 0, 4096, READ|WRITE, SHARED)
     a: fork(c)
     c: store(m, 0, 0x41, 1)
     a: load(m, 0, 2)
     c: exit(3)
     a: fds()",
    "descriptor 5; ok; ok; ok; 41*1 00*1; exit 3; 1"
)]
#[case::a_child_outlives_its_parent(
    "a: f = create(4096)
     a: fork(c)
     a: kill(SIGKILL)
     c: fds()
     c: kill(SIGTERM)",
    "descriptor 5; ok; SIGKILL; 1; ORPHAN"
)]
#[case::labels_survive_exec(
    "a: f = create(4096)
     a: g = dup(f)
     a: umask(0077)
     a: exec()
     a: fstat(f)
     a: fds()
     a: umask(0)",
    "descriptor 4; descriptor 5; 18; ok; EBADF; 1; 63"
)]
fn actors_do_what_they_are_told(#[case] lines: &str, #[case] expected: &str) {
    assert_eq!(outcomes(&mut executor(), lines), expected.replace("ORPHAN", END_OF_AN_ORPHAN));
}

/// What is known of a process that is killed by SIGTERM after its parent has ended.
const END_OF_AN_ORPHAN: &str =
    if cfg!(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "dragonfly")) {
        "SIGTERM"
    } else {
        "unsupported: how the actor ended went to init, as its parent was gone"
    };

#[test]
fn how_a_child_ended_is_known_whenever_its_parent_ends() {
    if END_OF_AN_ORPHAN != "SIGTERM" {
        eprintln!("skipped: here the end of a process is told to init once its parent is gone");
        return;
    }
    let mut executor = executor();
    for _ in 0..100 {
        let lines = "b: fork(c)
            race {
                b: exit(2)
                c: fds()
                c: kill(SIGKILL)
            }
            a: fds()";
        let outcomes = outcomes(&mut executor, lines);
        assert!(outcomes.contains("exit 2") && outcomes.contains("SIGKILL"), "{outcomes}");
    }
}

#[rstest]
#[case::store_beyond_the_end(
    "a: f = create(1)
     a: fstat(f)
     a: m = mmap(f, 0, 8192, READ|WRITE, SHARED)
     a: store(m, 4096, 0x01, 1)
     a: fstat(f)
     b: fds()",
    "SIGBUS; not executed: the actor is gone; 0"
)]
#[case::file_size_limit(
    "a: f = create(1)
     a: rlimit(FSIZE, 4096)
     a: ftruncate(f, 4096)
     a: ftruncate(f, 4097)",
    "ok; ok; SIGXFSZ"
)]
fn a_death_by_a_call_is_an_outcome(#[case] lines: &str, #[case] ending: &str) {
    if cfg!(not(target_os = "linux")) {
        eprintln!("skipped: which signal it is differs by system");
        return;
    }
    let seen = outcomes(&mut executor(), lines);
    assert!(seen.ends_with(ending), "{seen}");
}

#[rstest]
#[case::no_message("a: f = create(1)\na: recv(b)\nb: fds()", "descriptor 5; no answer; 0")]
#[case::a_peer_that_is_gone(
    "b: exit(9)\na: recv(b)",
    "exit 9; not executed: b is gone, and so is every message that it sent"
)]
#[case::an_ignored_signal("a: sigignore(SIGTERM)\na: kill(SIGTERM)\na: kill(SIGPIPE)", "ok; ok; SIGPIPE")]
fn an_actor_that_ends_or_does_not_answer_is_an_outcome(#[case] lines: &str, #[case] ending: &str) {
    let seen = outcomes(&mut executor(), lines);
    assert!(seen.ends_with(ending), "{seen}");
}

#[test]
fn racers_overlap_and_one_wins() {
    let mut executor = executor();
    // A busy machine may run the racers one after the other, but not every time.
    for _ in 0..2000 {
        let race = "race {\na[1..2]: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)\na[1..2]: fds()\na[1..2]: fds()\n}";
        let trace = execute(&mut executor, race);
        let won = trace.events.iter().filter(|event| matches!(event.outcome, Outcome::Fd(_))).count();
        assert_eq!(won, 1, "{:#?}", trace.events);
        let of_both = |pair: &[Event]| pair[0].actor != pair[1].actor && pair[1].start < pair[0].end;
        if trace.events.windows(2).any(of_both) {
            return;
        }
    }
    panic!("no call began before another had ended, in 2000 races");
}

#[test]
fn an_actor_that_is_used_again_is_as_new() {
    let mut executor = executor();
    let lines = "a: umask(0022)
         a: f = shm_open(@x, RDWR|CREAT|EXCL, 0666)
         a: fstat(f)
         a: m = mmap(f, 0, 4096, READ, SHARED)
         a: umask(0)
         a: send(b, f)
         b: fds()";
    let first = outcomes(&mut executor, lines);
    for _ in 0..3 {
        assert_eq!(outcomes(&mut executor, lines), first);
    }
    assert!(outcomes(&mut executor, "a: fds()\nb: recv(a)").ends_with("0; no answer"), "a message was left over");
}

#[test]
fn a_name_that_is_somebody_elses_is_refused() {
    let name = format!("/shmconf-test-{}", std::process::id());
    let c_name = std::ffi::CString::new(name.clone()).expect("no zero byte");
    Libc.shm_open(&c_name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o600).expect("it is created");
    let script: Script = format!("# test/case\na: shm_unlink(\"{name}\")").parse().expect("the script is valid");
    let refused = executor().execute(&script, 0);
    let still_there = Libc.shm_unlink(&c_name);
    assert!(matches!(refused, Err(ExecutorError::NameTaken(taken)) if taken == name));
    assert_eq!(still_there, Ok(()));
}

#[test]
fn no_name_is_left_behind() {
    let config = config();
    let prefix = format!("{}{}", shmconf::call::name::PREFIX, config.token);
    let mut executor = Executor::start(&config).expect("the executor starts");
    let trace = execute(
        &mut executor,
        "a: shm_open(@x, RDWR|CREAT, 0600)\na: shm_open(@y:bare, RDWR|CREAT, 0600)\na: kill(SIGKILL)",
    );
    for name in trace.events.iter().filter_map(|event| event.call.name()?.literal()) {
        let name = std::ffi::CString::new(name).expect("no zero byte");
        Libc.shm_open(&name, libc::O_RDWR, 0).expect_err("it is gone");
    }
    drop(executor);
    match Libc.names(&prefix) {
        Ok(names) => assert_eq!(names, Vec::<String>::new()),
        Err(reason) => eprintln!("not asked for every name: {reason:?}"),
    }
}

#[test]
fn two_forms_of_a_name_differ_in_nothing_else() {
    let trace = execute(
        &mut executor(),
        "a: shm_unlink(@x)\na: shm_unlink(@x:bare)\na: shm_unlink(@x:double)\na: shm_unlink(@x:31)\na: shm_unlink(@x:inner)\na: shm_unlink(@x:20:trailing)\na: shm_unlink(@y)",
    );
    let names: Vec<&str> = trace.events.iter().filter_map(|event| event.call.name()?.literal()).collect();
    let plain = names[0];
    assert_eq!(plain.len(), 14);
    assert_eq!(names[1], &plain[1..]);
    assert_eq!(names[2], format!("/{plain}"));
    assert_eq!((names[3].len(), &names[3][..14]), (31, plain));
    assert_eq!(names[4], format!("{}/{}", &plain[..13], &plain[13..]));
    assert_eq!((names[5].len(), names[5].ends_with("p/")), (20, true));
    assert_eq!((names[6].len(), &names[6][..13], names[6] == plain), (14, &plain[..13], false));
}

#[test]
fn an_executor_that_is_asked_to_stop_does() {
    let config = Config { timeout: Duration::from_secs(60), ..config() };
    let mut executor = Executor::start(&config).expect("the executor starts");
    let stop = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        config.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let script: Script = "# test/case\na: recv(b)\nb: fds()".parse().expect("the script is valid");
    assert!(matches!(executor.execute(&script, 0), Err(ExecutorError::Interrupted)));
    stop.join().expect("the thread ends");
}

#[test]
fn a_program_that_cannot_become_the_spawner_is_told_what_to_do() {
    let config = Config { program: None, ..config() };
    let refused = Executor::start(&config).expect_err("this program is a test").to_string();
    assert!(refused.contains("call shmconf::executor::resume() at the beginning of its main"), "{refused}");
    let config = Config { program: Some("/bin/true".into()), ..config };
    let refused = Executor::start(&config).expect_err("it is another program").to_string();
    assert!(refused.starts_with("/bin/true does not start the actors: it does not answer"), "{refused}");
    let config = Config { program: Some("/nonexistent/shmconf".into()), ..config };
    let refused = Executor::start(&config).expect_err("there is no program").to_string();
    assert!(refused.contains("name the command shmconf as Config::program"), "{refused}");
}

#[test]
fn thousands_of_calls_of_racing_actors_are_all_made() {
    let lines = format!("race {{\n{}}}", "a: umask(022)\nb: umask(022)\n".repeat(5000));
    let trace = execute(&mut executor(), &lines);
    let answered = trace.events.iter().filter(|event| matches!(event.outcome, Outcome::Value(_))).count();
    assert_eq!(answered, 10_000);
}

#[test]
fn a_child_is_made_also_where_no_descriptor_is_free() {
    let seen = outcomes(&mut executor(), "a: rlimit(NOFILE, 3)\na: fork(c)\nc: fds()\nc: create(1)\nc: exit(0)");
    assert_eq!(seen, "ok; ok; 0; EMFILE; exit 0");
}

#[test]
fn an_unmapped_part_stays_inaccessible_and_its_addresses_are_given_to_nobody() {
    let lines = "a: f = create(8192)
         a: m = mmap(f, 0, 8192, READ|WRITE, SHARED)
         a: munmap(m, 4096, 4096)
         a: n = mmap(f, 0, 4096, READ|WRITE, SHARED)
         a: store(m, 0, 0x41, 1)
         a: mprotect(m, READ)
         a: load(n, 0, 1)
         a: load(m, 4096, 1)";
    let seen = outcomes(&mut executor(), lines);
    let after_mprotect = if cfg!(target_os = "linux") { "; ENOMEM; 41*1; SIGSEGV" } else { "" };
    assert!(seen.contains(after_mprotect), "{seen}");
}

/// What exec runs is the program that the actor is a process of, whatever has become of its file.
#[cfg(target_os = "linux")]
#[test]
fn exec_works_though_the_program_is_removed() {
    let directory = tempfile::tempdir().expect("there is room");
    let program = directory.path().join("shmconf");
    std::fs::copy(env!("CARGO_BIN_EXE_shmconf"), &program).expect("it can be copied");
    let config = Config { program: Some(program.clone()), ..config() };
    let mut executor = Executor::start(&config).expect("the executor starts");
    std::fs::remove_file(&program).expect("it is there");
    assert_eq!(outcomes(&mut executor, "a: exec()\na: fds()"), "ok; 0");
}

#[cfg(target_os = "linux")]
#[test]
fn the_processors_of_the_caller_are_respected_and_given_back() {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;
    let own = Pid::from_raw(0);
    let all = sched_getaffinity(own).expect("it can be asked for");
    let first = (0..CpuSet::count()).find(|at| all.is_set(*at).unwrap_or(false)).expect("this thread runs somewhere");
    let mut one = CpuSet::new();
    one.set(first).expect("it is small");
    for mask in [one, all] {
        sched_setaffinity(own, &mask).expect("it can be set");
        let mut executor = executor();
        assert_eq!(outcomes(&mut executor, "a: fds()\nb: fds()"), "0; 0");
        assert_eq!(outcomes(&mut executor, "race {\na: fds()\nb: fds()\n}"), "0; 0");
        assert_eq!(sched_getaffinity(own), Ok(mask), "after a race");
        assert_eq!(outcomes(&mut executor, "a: fds()\nb: fds()"), "0; 0");
        drop(executor);
        assert_eq!(sched_getaffinity(own), Ok(mask), "after all");
    }
}

/// Whoever is not root any more may stay who it is, and become nobody else.
#[test]
fn a_user_may_become_itself_and_nobody_else() {
    let mut executor = executor();
    if let Some((_, why)) = executor.lacks([shmconf::script::Requirement::Root]) {
        return eprintln!("skipped: {why}");
    }
    assert_eq!(outcomes(&mut executor, "a: setuid(65533)\na: setuid(65533)\na: setuid(65534)"), "ok; ok; EPERM");
}

#[test]
fn a_process_whose_subject_leaves_something_open_is_not_used_again() {
    let subject: Spec = "mutant:leaked-descriptor".parse().expect("there is one");
    let mut executor = Executor::start(&Config { subject, ..config() }).expect("the executor starts");
    for _ in 0..3 {
        assert_eq!(outcomes(&mut executor, "a: shm_open(@x, RDWR|CREAT, 0600)\na: fds()"), "descriptor 4; 2");
    }
}
