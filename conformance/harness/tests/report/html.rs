//! The page: what stands in it, that a parser of HTML takes it as it is, and that no text from outside breaks it.

use super::documents::{HOSTILE, document, every_verdict, hostile, rendered};
use super::samples::{deviation, exclusive_fails, passes, property_fails, report, skipped};
use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use rstest::rstest;
use shmconf::report::{CaseResult, Html, Report};
use shmconf::verdict::{Allowed, Certainty, Difference, Elsewhere, Explanation, Verdict};
use std::collections::{BTreeMap, BTreeSet};

fn html(reports: Vec<Report>) -> String {
    rendered(&Html, &document(reports))
}

/// Three subjects, two of which answer alike.
fn several() -> Vec<Report> {
    let results = |last| {
        let skip = skipped("access/other-user", "requires the right to become another user; this user is not root");
        let known = deviation("size/regrow", "linux/stale-bytes-past-end");
        vec![skip, passes("names/empty"), known, last, property_fails()]
    };
    let other = CaseResult { verdict: Verdict::Inconclusive, ..passes("exclusive/existing-name") };
    vec![
        report("libc", results(exclusive_fails())),
        report("mutant:excl-ignored", results(exclusive_fails())),
        report("memfd", results(other)),
    ]
}

/// A case that would go another way on another platform.
fn compared() -> Report {
    let why = Explanation {
        clause: shmconf::clause::shm_open(3),
        level: shmconf::clause::Level::Shall,
        deviation: Some("macos/size-once".to_owned()),
        text: "an object has a size once and for all".to_owned(),
        instead: "Give the object its last size at once.".to_owned(),
        versions: "until 14".to_owned(),
        general: false,
    };
    let difference = Difference {
        event: 2,
        line: "a: ftruncate(f, 8192)".to_owned(),
        observed: shmconf::outcome::Outcome::Ok,
        there: vec![Allowed { outcome: "EINVAL".to_owned(), justifications: vec![why] }],
        certainty: Certainty::Certain,
        under: String::new(),
    };
    let mut grows = passes("size/regrow");
    grows.portability = vec![Elsewhere { profile: "macos".to_owned(), differences: vec![difference] }];
    let results = vec![passes("names/empty"), grows];
    let beside = ["macos".to_owned(), "freebsd".to_owned()];
    let portability = shmconf::report::Portability::of(&results, &beside);
    Report { portability, ..report("libc", results) }
}

#[test]
fn a_page_holds_the_table_and_what_its_cells_open() {
    insta::assert_snapshot!(without_style_and_script(&rendered(&Html, &every_verdict())));
}

#[test]
fn another_platform_has_a_column_of_its_own() {
    insta::assert_snapshot!(without_style_and_script(&html(vec![compared()])));
}

/// The page without what is the same in each.
fn without_style_and_script(page: &str) -> String {
    let mut page = page.to_owned();
    for (begin, end) in [("<style>", "</style>"), ("<script>", "</script>")] {
        let from = page.find(begin).expect("it begins") + begin.len();
        let to = from + page[from..].find(end).expect("it ends");
        page.replace_range(from..to, "…");
    }
    page
}

#[test]
fn a_parser_of_html_has_nothing_to_complain_of() {
    let documents = [several(), vec![compared()], vec![report("libc", Vec::new())], Vec::new()].map(document);
    for document in documents.into_iter().chain([every_verdict()]) {
        let page = Page::of(&rendered(&Html, &document));
        assert_eq!(page.errors, Vec::<String>::new());
        assert_eq!(page.text("h1").len(), 1);
    }
}

#[test]
fn every_id_is_unique_and_whatever_names_one_finds_it() {
    let page = Page::of(&html(several()));
    let ids: Vec<&String> = page.attributes("id").collect();
    let unique: BTreeSet<&String> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    let links = page.attributes("href").map(|link| link.trim_start_matches('#').to_owned());
    let named: Vec<String> = page.attributes("for").chain(page.attributes("aria-labelledby")).cloned().collect();
    assert!(named.len() > 2);
    for name in named.into_iter().chain(links) {
        assert!(unique.contains(&name), "nothing has the id {name}");
    }
}

#[test]
fn every_control_has_a_label_and_every_head_a_scope() {
    let page = Page::of(&html(several()));
    let bound: BTreeSet<&String> = page.attributes("for").collect();
    for element in page.elements.iter().filter(|element| ["input", "select"].contains(&&*element.name)) {
        let by_id = element.attributes.get("id").is_some_and(|id| bound.contains(id));
        assert!(by_id || element.within.contains(&"label".to_owned()), "{element:?}");
    }
    for element in page.elements.iter().filter(|element| element.name == "button") {
        let named_later = element.attributes.get("id").is_some_and(|id| id == "reset");
        assert!(named_later || !element.text.trim().is_empty(), "{element:?}");
    }
    for element in page.elements.iter().filter(|element| element.name == "th") {
        assert!(element.attributes.contains_key("scope"), "{element:?}");
    }
}

#[test]
fn subjects_with_the_same_answers_share_a_column() {
    let page = Page::of(&html(several()));
    let heads: Vec<&Element> =
        page.elements.iter().filter(|element| element.attributes.get("scope").is_some_and(|s| s == "col")).collect();
    let heads: Vec<&str> = heads.iter().map(|head| head.text.trim()).collect();
    assert_eq!(heads.len(), 3, "the cases, and two columns: {heads:?}");
    assert!(heads[1].starts_with("libc mutant:excl-ignored"), "{heads:?}");
    assert!(heads[2].starts_with("memfd"), "{heads:?}");
}

#[test]
fn no_text_from_outside_breaks_the_page() {
    let mut harmless = hostile();
    let text = serde_json::to_string(&harmless).expect("it is JSON");
    let word = serde_json::to_string(HOSTILE).expect("it is JSON");
    harmless = serde_json::from_str(&text.replace(word.trim_matches('"'), "harmless")).expect("it is a report");
    let [page, harmless] = [hostile(), harmless].map(|document| Page::of(&rendered(&Html, &document)));
    assert_eq!(page.errors, Vec::<String>::new());
    let names = |page: &Page| page.elements.iter().map(|element| element.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&page), names(&harmless));
    let data: serde_json::Value = serde_json::from_str(&page.text("script")[0]).expect("the data are JSON");
    let subject = data["columns"][0][0]["subject"].as_str().expect("it has a subject");
    assert!(subject.starts_with(r"\u{1b}[2J\u{7}\u{0}\u{85}\u{fffe}"), "what nobody sees is written out: {subject}");
    assert!(subject.contains("</details><script>alert('1')</script>"), "the rest is as it was: {subject}");
}

#[rstest]
#[case::a_few_fail(50)]
#[case::every_second_fails(2)]
#[case::all_fail(1)]
fn two_thousand_results_in_twelve_columns_stay_under_3_mb(#[case] one_fails_in: usize) {
    let page = html(large(one_fails_in));
    let cells = page.matches("<td class=").count();
    assert_eq!(cells, 2000 * 12);
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    let scripts = Page::of(&page).text("script");
    let data = scripts.iter().find(|script| script.starts_with('{')).expect("it has data");
    let data: serde_json::Value = serde_json::from_str(data).expect("the data are JSON");
    let cells = data["cells"].as_array().expect("it has cells");
    let fails = || cells.iter().filter(|cell| cell["word"] == "fail");
    assert!(
        fails().all(|cell| cell["full"].is_null() != cell["example"].is_null()),
        "calls, or a word that they are left out"
    );
    assert!(fails().any(|cell| !cell["example"].is_null()), "those are shown for which there is room");
    assert_eq!(fails().any(|cell| cell["full"] == true), one_fails_in < 50);
}

/// Twelve subjects that answer differently, each with 2,000 results, of which some fail, each with calls of its own.
fn large(one_fails_in: usize) -> Vec<Report> {
    let areas = ["names", "exclusive", "access", "lifetime", "size", "mapping", "passing", "anonymous"];
    let result = |subject: usize, number: usize| {
        let id = format!("{}/what-happens-in-case-{number}", areas[number % areas.len()]);
        let mut fails = exclusive_fails();
        if let Some(example) = &mut fails.counterexample {
            example.again = format!("shmconf run {id} -s command:./adapter-{subject} --seed 7");
        }
        let result = match (number + subject) % 50 {
            at if at % one_fails_in == 0 => fails,
            1..6 => skipped(&id, "requires the right to become another user; this user is not root"),
            6..9 => deviation(&id, "linux/stale-bytes-past-end"),
            _ => passes(&id),
        };
        // Columns that answer alike would be one.
        let deviations = if number == 0 { [format!("linux/as-{subject}-does")].into() } else { result.deviations };
        let clause = |step: usize| shmconf::clause::shm_open(1 + ((step * 7 + number) % 38) as u8);
        let clauses = (1..=20).map(clause).collect();
        CaseResult { id: id.parse().expect("it is an ID"), clauses, deviations, ..result }
    };
    let subject = |subject| {
        let results = (0..2000).map(|number| result(subject, number)).collect();
        report(&format!("command:./adapter-{subject}"), results)
    };
    (0..12).map(subject).collect()
}

/// A page as a parser understands it.
struct Page {
    errors: Vec<String>,
    elements: Vec<Element>,
}

#[derive(Debug)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    /// All text in it.
    text: String,
    /// The names of the elements around it.
    within: Vec<String>,
}

impl Page {
    fn of(page: &str) -> Page {
        let dom = html5ever::parse_document(RcDom::default(), Default::default()).one(page);
        let mut elements = Vec::new();
        collect(&dom.document, &[], &mut elements);
        Page { errors: dom.errors.borrow().iter().map(|error| error.to_string()).collect(), elements }
    }

    fn attributes<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a String> {
        self.elements.iter().filter_map(move |element| element.attributes.get(name))
    }

    /// The texts of the elements of that name.
    fn text(&self, name: &str) -> Vec<String> {
        self.elements.iter().filter(|element| element.name == name).map(|element| element.text.clone()).collect()
    }
}

fn collect(node: &Handle, within: &[String], elements: &mut Vec<Element>) {
    let mut within = within.to_vec();
    if let NodeData::Element { name, attrs, .. } = &node.data {
        let attribute =
            |attribute: &html5ever::Attribute| (attribute.name.local.to_string(), attribute.value.to_string());
        elements.push(Element {
            name: name.local.to_string(),
            attributes: attrs.borrow().iter().map(attribute).collect(),
            text: text_of(node),
            within: within.clone(),
        });
        within.push(name.local.to_string());
    }
    node.children.borrow().iter().for_each(|child| collect(child, &within, elements));
}

fn text_of(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(text_of).collect(),
    }
}
