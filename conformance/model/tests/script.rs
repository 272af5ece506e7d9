//! The script language: what it accepts, what scripts are called, and how they print.

use proptest::prelude::*;
use rstest::rstest;
use shmconf_model::call::{Form, Name};
use shmconf_model::catalogue;
use shmconf_model::naming::{Naming, Token};
use shmconf_model::script::{Id, Requirement, Script};
use std::collections::HashSet;

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
#[case("a: fds()", "mine")]
#[case("# What I want to know.\na: fds()", "mine")]
#[case("\n\na: fds()", "mine")]
#[case("# needs: root\na: fds()", "mine")]
#[case("# other\na: fds()", "other")]
#[case("# size/other\n# needs: root\na: fds()", "size/other")]
fn a_script_without_a_head_is_called_as_its_file(#[case] text: &str, #[case] id: &str) {
    let script = Script::read(text, Id::of_path("mine")).expect("it is valid");
    assert_eq!(script.id.as_str(), id);
    assert_eq!(script.requirements.contains(&Requirement::Root), text.contains("root"));
    assert_eq!(script.to_string().parse(), Ok(script));
}

#[rstest]
#[case("mine", "mine", "files")]
#[case("My script (2)", "my-script--2-", "files")]
#[case("size/Zero.fills", "size/zero-fills", "size")]
#[case("/tmp//größe", "tmp/gr--e", "tmp")]
#[case("", "script", "files")]
fn what_an_id_cannot_have_becomes_a_dash(#[case] path: &str, #[case] id: &str, #[case] area: &str) {
    let made = Id::of_path(path);
    assert_eq!((made.as_str(), made.area()), (id, area));
    assert_eq!(id.parse(), Ok(made));
}

#[test]
fn fresh_names_differ_however_many_there_are_and_whatever_their_length() {
    let mut names = Naming::new(Token::of(7), (0, 1)).next_script();
    let mut seen = HashSet::new();
    for number in 0..2000 {
        for bytes in [None, Some(19), Some(40)] {
            let form = Form { bytes, ..Form::default() };
            let stem = format!("x{number}").parse().expect("a label");
            let name = names.literal(&Name::Fresh { stem, form });
            assert!(name.len() <= bytes.map_or(18, usize::from));
            assert!(names.gave(&name) && seen.insert(name), "{number} {bytes:?}");
        }
    }
}

/// A case with a piece put in, taken out or doubled somewhere.
fn damaged() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "\"",
        "\\u{",
        "#",
        "(",
        ")",
        ",",
        ":",
        "=",
        "[1..3]",
        "..",
        "{",
        "}",
        "race {\n",
        "}\n",
        "\n",
        "\0",
        "'",
        "/",
        ";",
        "->",
        "ß",
        "|",
        "O_",
        "f",
        "m",
        "a",
        "b",
        "NULL",
        "0",
        "9",
        "-",
        "*PAGE",
        "@",
        ":255",
        "# ",
        "# needs: ",
        "# repeat: ",
        "fork(c)",
        "99999999999999999999",
    ];
    let cases = prop::sample::select(catalogue::cases().iter().map(ToString::to_string).collect::<Vec<_>>());
    let damage = (any::<prop::sample::Index>(), 0usize..6, prop::sample::select(PIECES));
    (cases, prop::collection::vec(damage, 1..5)).prop_map(|(text, damages)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, removed, piece) in damages {
            let at = at.index(chars.len() + 1);
            let end = (at + removed).min(chars.len());
            chars.splice(at..end, piece.chars());
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_text_is_refused_with_its_place_or_is_a_script(text in damaged()) {
        match Script::read(&text, Id::of_path("mine")) {
            Ok(script) => prop_assert_eq!(script.to_string().parse(), Ok(script)),
            Err(error) => {
                let line = text.lines().nth(error.line - 1).unwrap_or_default();
                prop_assert!((1..=line.chars().count() + 1).contains(&error.column), "{}", error);
                prop_assert!(!error.to_string().contains('\0'), "{}", error);
            }
        }
    }
}
