//! Markdown: as it looks, and as a parser that is not ours reads it.

use crate::documents::{HOSTILE, document, every_verdict, rendered, saying};
use crate::samples::{exclusive_fails, passes, report, skipped};
use pulldown_cmark::{Event, Options, Parser, Tag};
use shmconf::report::{CaseResult, Markdown, Report};
use shmconf::verdict::Verdict;

#[test]
fn the_summary_of_a_job_has_its_failures_first() {
    insta::assert_snapshot!(rendered(&Markdown, &every_verdict()));
}

/// What a parser makes of it, without the texts.
fn structure(text: &str) -> Vec<String> {
    let tags = |html: &str| html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or("").to_owned()).collect();
    let mut seen: Vec<String> = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("a link: {text}"),
            Event::Start(tag) => seen.push(format!("{tag:?}")),
            Event::End(tag) => seen.push(format!("/{tag:?}")),
            Event::Code(_) => seen.push("code".to_owned()),
            Event::Html(html) | Event::InlineHtml(html) => seen.extend::<Vec<String>>(tags(&html)),
            _ => {}
        }
    }
    seen
}

#[test]
fn hostile_text_is_text_and_no_markup() {
    let (tame, hostile) = (rendered(&Markdown, &saying("tame")), rendered(&Markdown, &saying(HOSTILE)));
    assert!(hostile.contains("</details><script>"), "it is shown within a fence: {hostile}");
    assert_eq!(structure(&hostile), structure(&tame), "{hostile}");
}

#[test]
fn a_summary_has_at_most_a_mebibyte_and_says_what_was_left_out() {
    let long = "long ".repeat(200);
    let results = |kind: &'static str| (0..2000).map(move |number| format!("names/{kind}{number}"));
    let fails = results("f").map(|id| CaseResult { id: id.parse().expect("it is an ID"), ..exclusive_fails() });
    let open =
        results("i").map(|id| CaseResult { verdict: Verdict::Inconclusive, reason: Some(long.clone()), ..passes(&id) });
    let skips = results("s").map(|id| skipped(&id, &format!("{id} {long}")));
    let all: Vec<CaseResult> = fails.chain(open).chain(skips).collect();
    let reports: Vec<Report> =
        (0..300).map(|number| report(&format!("{number}{long}"), vec![passes("names/n")])).collect();
    let reports = reports.into_iter().chain([report("libc", all)]).collect();
    let text = rendered(&Markdown, &document(reports));
    assert!(text.len() < 1 << 20, "{} bytes", text.len());
    let left_out: Vec<&str> = text.lines().filter(|line| line.contains(" have no room in a summary")).collect();
    let whats: Vec<&str> = left_out.iter().filter_map(|line| line.split(' ').nth(2)).collect();
    assert_eq!(whats, ["subjects", "failures", "subjects", "reasons"]);
}
