//! What is said of each kind of mistake in a script: where it is, what stood there, what could have, and what was meant.

use rstest::rstest;
use shmconf_model::script::{Id, Script};
use std::fmt::Write;

/// The mistakes, each as the lines of a script behind its head.
const MISTAKES: &[&str] = &[
    // Calls.
    "a: f = shmopen(@x, RDWR|CREAT, 0600)",
    "a: f = SHM_OPEN(@x, RDWR|CREAT, 0600)",
    "a: f = memfd_create(4096)",
    "a: frob(f)",
    "a: f",
    "a:",
    // Actors.
    "shm_open(@x, RDWR|CREAT, 0600)",
    "f = shm_open(@x, RDWR|CREAT, 0600)",
    "A: names()",
    "a[3..1]: names()",
    "a[1..2000]: names()",
    "a[1-3]: names()",
    // Flags and other words.
    "a: f = shm_open(@x, O_RDWR)",
    "a: f = shm_open(@x, O_RDWR|O_CREAT, 0600)",
    "a: f = shm_open(@x, RDWR|CREATE, 0600)",
    "a: f = shm_open(@x, rdwr)",
    "a: f = shm_open(@x, RDWR | CREAT, 0600)",
    "a: f = shm_open(@x)",
    "a: f = create(1)\na: m = mmap(f, 0, 1, PROT_READ|PROT_WRITE, SHARED)",
    "a: f = create(1)\na: m = mmap(f, 0, 1, READ, MAP_SHARED)",
    "a: f = create(1)\na: m = mmap(NULL, 1, READ, SHARED, f, 0)",
    "a: f = create(1)\na: lseek(f, 0, SEEK_SET)",
    "a: f = create(1)\na: fcntl(f, F_GETFD)",
    "a: f = create(1)\na: fcntl(f, SETFD, FD_CLOEXEC)",
    "a: f = create(1)\na: fcntl(f, GET_SEAL)",
    "a: f = create(1)\na: fcntl(f, ADD_SEALS, F_SEAL_SHRINK)",
    "a: f = create(1)\na: fcntl(f)",
    "a: rlimit(RLIMIT_NOFILE, 10)",
    "a: kill(SIGKIL)",
    "a: kill(KILL)",
    "a: fork(c, CLONE_NEWPID)",
    // Numbers.
    "a: f = shm_open(@x, RDWR|CREAT)",
    "a: f = shm_open(@x, RDWR|CREAT, 600)",
    "a: f = shm_open(@x, RDWR|CREAT, 0o600)",
    "a: f = shm_open(@x, RDWR|CREAT, S_IRUSR|S_IWUSR)",
    "a: f = create(4k)",
    "a: f = create(2*PAGESIZE)",
    "a: f = create(9223372036854775808)",
    "a: f = create(3000000000*PAGE)",
    "a: f = create(PAGE+9223372036854775807)",
    "a: exit(256)",
    "a: unique_names(65536, 65536)",
    "a: unique_names(4294967295, 1)",
    "a: unique_names(1, 20000)",
    "b: fds()\na: f = recv(b, 4294967295)",
    "a: f = create(1)\na: m = mmap(f, 0, 1, READ|WRITE, SHARED)\na: store(m, 0, 256, 1)",
    // Names.
    "a: f = shm_open(x, RDWR)",
    "a: f = shm_open(/x, RDWR)",
    "a: f = shm_open('/x', RDWR)",
    "a: f = shm_open(\"/x, RDWR)",
    "a: f = shm_open(\"/x\0y\", RDWR)",
    "a: f = shm_open(\"/x\\u{0}y\", RDWR)",
    "a: f = shm_open(\"/x\\q\", RDWR)",
    "a: f = shm_open(@x:13, RDWR)",
    "a: f = shm_open(@x:tailing, RDWR)",
    // Marks.
    "a: f = create(1)\na: ftruncate(f 4096)",
    "a: f = create(1)\na: fstat(f",
    "a: f = create(1)\na: fstat(f, f)",
    "a: f = create(1)\na: fstat(f) fstat(f)",
    "a: f = create(1);",
    "a: f = create(1) -> descriptor 3",
    "a: f = create(1) // an object",
    // Labels.
    "a: fstat(f)",
    "a: object = create(1)\na: fstat(objekt)",
    "a: f = create(1)\na: fstat(F)",
    "a: f = create(1)\na: fstat(NULL)",
    "a: f = create(1)\nb: fstat(f)",
    "a: fstat(f)\na: f = create(1)",
    "a: f = create(1)\na: m = mmap(f, 0, 1, READ, SHARED)\na: fstat(m)",
    "a: f = create(1)\na: load(f, 0)",
    "a: f = create(1)\na: fork(c)\na: g = create(1)\nc: fstat(f)\nc: fstat(g)",
    "a: f = fds()",
    "a: f, g = create(1)",
    // Actors that nobody plays.
    "a: f = create(1)\na: send(b, f)",
    "a: f = create(1)\nreceiver: g = recv(a)\na: send(reciever, f)",
    "a: f = create(1)\na: send(a, f)",
    "a: f = recv(b)",
    "a: fork(b)\na: fork(b)",
    "b: fds()\na: fork(b)",
    // Races.
    "race {\na: fds()",
    "race {\n}",
    "race {\nrace {\n}\n}",
    "}",
    "race {\na: fork(c)\nc: fds()\n}",
    "repeat 3 {\na: fds()",
    "repeat 3 {\n}",
    "repeat 0 {\na: fds()\n}",
    "repeat often {\na: fds()\n}",
    "repeat 2 {\nrepeat 2 {\na: fds()\n}\n}",
    "repeat 1000 {\nrepeat: fds()\n}\na: fds(1)",
    "repeat 4000000 {\na: fds()\n}",
    "a: f = create(1)\na: mmap(f, 0, 1, READ, SHARED, m)",
    // Nothing at all.
    "",
    "# repeat: often",
    "# repeat: 10001\na: fds()",
    "# needs: root, lisiting\na: fds()",
];

#[test]
fn each_mistake_is_named_with_its_place_and_what_was_meant() {
    let mut all = String::new();
    for lines in MISTAKES {
        let text = format!("# names/mistake\n{lines}\n");
        let said =
            text.parse::<Script>().map_or_else(|error| error.to_string(), |script| format!("accepted:\n{script}"));
        write!(all, "{}\n    {said}\n", lines.escape_default().to_string().replace("\\n", "\n").replace("\\\"", "\""))
            .expect("a string");
    }
    insta::assert_snapshot!(all);
}

#[rstest]
#[case("a: f = shm_open(@x, O_RDWR|O_CREAT, 0600)", "RDWR|CREAT", "flags are written without O_")]
#[case("a: f = shm_open(@x, RDWR, 600)", "0600", "a mode is octal and begins with 0")]
fn a_suggestion_is_told_apart_from_its_rule(#[case] line: &str, #[case] instead: &str, #[case] because: &str) {
    let error = Script::read(line, Id::of_path("mine")).expect_err("it is a mistake");
    let suggestion = error.suggestion.expect("something was meant");
    assert_eq!((suggestion.instead.as_str(), suggestion.because), (instead, because));
}

/// Labels that a child has from its parent, that a short message may not bind, and that a race binds, are labels.
#[rstest]
#[case("a: f = create(1)\na: fork(c)\nc: fork(d)\nd: fstat(f)")]
#[case("a: f = create(1)\na: fork(c)\na: close(f)\nc: fstat(f)")]
#[case("a: f = create(1)\na: send(b, f)\nb: g, h = recv(a, 1)\nb: fstat(h)")]
#[case("a: f = create(1)\nrace {\na: send(b, f)\nb: g = recv(a)\nb: fstat(g)\n}\nb: fstat(g)")]
#[case("a[1..3]: f = create(1)\na2: fstat(f)")]
#[case("a: f = create(1)\na: f = mmap(f, 0, 1, READ, SHARED)\na: fstat(f)\na: load(f, 0)")]
#[case("a: fork(c)\na: f = create(1)\na: send(c, f)")]
fn what_may_fail_in_a_run_is_no_mistake(#[case] lines: &str) {
    let script = Script::read(lines, Id::of_path("mine")).map_err(|error| error.to_string());
    assert_eq!(script.map(|script| script.check()), Ok(Ok(())));
}
