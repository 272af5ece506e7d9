//! Completions and manual pages.

use super::{complaint, shmconf};
use rstest::rstest;

#[rstest]
#[case::bash("bash", "_shmconf()")]
#[case::zsh("zsh", "#compdef shmconf")]
#[case::fish("fish", "complete -c shmconf")]
fn a_shell_gets_its_completions(#[case] shell: &str, #[case] part: &str) {
    let output = shmconf(&["completions", shell]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(part), "{text}");
    assert!(text.contains("portability"), "{text}");
}

#[rstest]
#[case::the_program(&["man"], ".TH shmconf 1", "mutants")]
#[case::a_verb(&["man", "run"], ".TH shmconf-run 1", "baseline")]
fn a_manual_page_tells_what_there_is(#[case] args: &[&str], #[case] title: &str, #[case] word: &str) {
    let output = shmconf(args);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(title), "{text}");
    assert!(text.contains(word), "{text}");
}

#[test]
fn a_verb_that_is_not_there_has_no_page() {
    let output = shmconf(&["man", "mutant"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(complaint(&output, None), "error: there is no verb `mutant`; did you mean `mutants`?\n");
}

/// What is shown of a command that says the same on every machine is what it says.
#[test]
fn the_readme_shows_what_show_prints() {
    let readme = include_str!("../../../../README.md");
    let (_, block) = readme.split_once("$ shmconf show ").expect("it is there");
    let (command, shown) = block.split_once('\n').expect("the answer is below");
    let shown = shown.split("```").next().expect("the block ends");
    let output = shmconf(&[&["show"], &command.split(' ').collect::<Vec<_>>()[..]].concat());
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.starts_with(shown), "{printed}");
}
