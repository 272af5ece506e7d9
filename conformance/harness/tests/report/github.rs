//! Annotations of GitHub: as they look, and that nothing said by a subject is a command.

use crate::documents::{document, every_verdict, hostile, rendered};
use crate::samples::{exclusive_fails, report};
use shmconf::report::{CaseResult, Github};

#[test]
fn each_failure_is_an_annotation() {
    insta::assert_snapshot!(rendered(&Github, &every_verdict()));
}

#[test]
fn the_tenth_annotation_says_how_many_more_there_are() {
    let fails = |number: u32| CaseResult {
        id: format!("names/n{number:02}").parse().expect("it is an ID"),
        ..exclusive_fails()
    };
    let text = rendered(&Github, &document(vec![report("libc", (0..13).map(fails).collect())]));
    let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(errors.len(), Github::MOST);
    let more = errors.iter().filter(|line| line.ends_with("%0AThere are 3 more failures; see the whole report."));
    assert_eq!(more.count(), 1);
    assert!(errors[9].ends_with("see the whole report."), "{text}");
}

#[test]
fn a_file_of_the_user_is_where_its_annotation_goes() {
    let own = CaseResult { file: Some("tests/a,b: 100%.shm".to_owned()), ..exclusive_fails() };
    let text = rendered(&Github, &document(vec![report("libc", vec![own])]));
    assert!(text.contains(",file=tests/a%2Cb%3A 100%25.shm::"), "{text}");
}

#[test]
fn hostile_text_is_no_command_and_no_property() {
    let text = rendered(&Github, &hostile());
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    for line in text.lines() {
        let command = line.strip_prefix("::").expect("each line is a command");
        let (head, message) = command.split_once("::").expect("a message follows");
        let (kind, properties) = head.split_once(' ').expect("it has properties");
        assert!(["error", "warning", "notice"].contains(&kind), "{line}");
        let names: Vec<&str> = properties.split(',').filter_map(|property| Some(property.split_once('=')?.0)).collect();
        assert!(names == ["title"] || names == ["title", "file"], "{line}");
        let is_escape = |at: usize| ["%25", "%0A", "%3A", "%2C"].iter().any(|escape| line[at..].starts_with(escape));
        assert!(line.match_indices('%').all(|(at, _)| is_escape(at)), "{line}");
        assert!(message.contains("::error") == message.contains("owned"), "{line}");
    }
}
