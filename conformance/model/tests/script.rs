//! The script language: what it accepts, how it prints, and what it says of mistakes.

use rstest::rstest;
use shmconf_model::script::{Requirement, Script};

const EVERY_CORNER: &str = r#"# exclusive/existing-name
# A second exclusive create of a name that exists fails.
# needs: root, named
# repeat: 3

a: f = shm_open(@x:255:inner, RDWR|CREAT|EXCL, 0600)   # a comment
a: ftruncate(f, 2*PAGE-1)
race {
    a: m = mmap(f, 0, PAGE, READ|WRITE, SHARED)
    b[1..64]: shm_open("/a\"b", RDWR|CREAT|EXCL, 0600)
}
a: store(m, 0, 0x5a)
a: send(b1, f)
b1: g, h = recv(a, 2)
"#;

#[test]
fn a_script_prints_as_it_parses() {
    let script: Script = EVERY_CORNER.parse().expect("it is valid");
    assert_eq!(Ok(&script), script.to_string().parse().as_ref());
    assert_eq!(script.actors().len(), 65);
}

#[rstest]
#[case("a: shm_unlink(@x)\na: names()", Some("a: shm_unlink(@x)"))]
#[case("race {\n    a: names()\n    b: fds()\n}\nrace {\n    a: names()\n}", Some("race {\n    b: fds()\n}"))]
#[case("a: names()", None)]
#[case("# needs: listing\na: fds()\na: names()", None)]
fn a_script_can_do_without_the_calls_that_need_what_is_not_there(#[case] lines: &str, #[case] rest: Option<&str>) {
    let script: Script = format!("# names/mine\n{lines}\n").parse().expect("it is valid");
    let rest = rest.map(|lines| format!("# names/mine\n{lines}\n").parse().expect("it is valid"));
    assert_eq!(script.without(Requirement::Listing), rest);
}

#[rstest]
#[case("a: shm_open(@x)", "2:15: found `)`, expected `,`")]
#[case("a: shm_open(@x, RDWR|CREAT)", "2:27: found `)`, expected `,`")]
#[case("a: shm_open(x, RDWR)", "2:13: found `x`, expected a name, such as @x or \"/x\"")]
#[case("a: shm_open(\"/x, RDWR)", "2:13: found `the end of the line`, expected a closing quote")]
#[case("a: fstat(f) fstat(g)", "2:13: found `fstat`, expected the end of the line")]
#[case("a: f = fstat(g)", "2:8: found `fstat(g)`, expected a call that answers with as many descriptors or mappings")]
#[case("a: fchmod(f, 600)", "2:14: found `600`, expected an octal mode with a leading 0, such as 0600")]
#[case("a: frob(f)", "2:4: found `frob`, expected a call, such as `shm_open(`")]
#[case("race {\na: fstat(f)", "2:1: found a race block that does not end, expected `}` on a line of its own")]
#[case(
    "race {\na: fork(c)\nc: fds()\n}",
    "2:1: found a race in which c is born and makes a call, expected the calls of a child after the race that forks it"
)]
#[case("a[3..1]: fstat(f)", "2:6: found `1`, expected a last number from 3 to 1026")]
fn a_mistake_is_named_with_its_place(#[case] line: &str, #[case] message: &str) {
    let text = format!("# names/mistake\n{line}\n");
    let error = text.parse::<Script>().expect_err("it is a mistake");
    assert_eq!(error.to_string(), message);
}
