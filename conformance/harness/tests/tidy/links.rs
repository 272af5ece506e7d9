//! Every link from one document to another leads somewhere: to a file, and to a heading in it.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What scripts build and put beside the documents of the site.
const BUILT: &[&str] = &["docs/ask.html"];

fn top() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize().expect("it is a folder")
}

fn documents() -> Vec<PathBuf> {
    let below = |folder: &str| fs::read_dir(top().join(folder)).expect("the folder can be read").flatten();
    let files = ["", "docs", "backend", "backend/docs", "conformance/adapter"].into_iter().flat_map(below);
    let mut documents: Vec<PathBuf> = files.map(|file| file.path()).collect();
    documents.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    documents.sort();
    documents
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// The words by which links name the headings of a document, and its own anchors.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in events(text) {
        match event {
            Event::Start(Tag::Heading {
                level: HeadingLevel::H1 | HeadingLevel::H2 | HeadingLevel::H3 | HeadingLevel::H4,
                ..
            }) => {
                heading = Some(String::new());
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let kept = |letter: &char| letter.is_alphanumeric() || " -_".contains(*letter);
                let words = heading.take().unwrap_or_default().to_lowercase();
                anchors.insert(words.chars().filter(kept).collect::<String>().replace(' ', "-"));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let named = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
                anchors.extend(named.map(str::to_owned));
            }
            _ => {}
        }
    }
    anchors
}

/// What is wrong with a link, if something is.
fn breach(document: &Path, link: &str) -> Option<String> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { document.to_owned() } else { document.parent()?.join(file) };
    let place = document.strip_prefix(top()).unwrap_or(document).display().to_string();
    if BUILT.iter().any(|built| target == top().join(built)) {
        return None;
    }
    if !target.exists() {
        return Some(format!("{place}: {link} leads to no file"));
    }
    let is_known = anchor.is_empty() || anchors(&fs::read_to_string(&target).ok()?).contains(anchor);
    (!is_known).then(|| format!("{place}: {link} leads to no heading"))
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let (mut followed, mut breaches) = (0, Vec::new());
    for document in documents() {
        let text = fs::read_to_string(&document).expect("the document can be read");
        for event in events(&text) {
            let (Event::Start(Tag::Link { dest_url, .. }) | Event::Start(Tag::Image { dest_url, .. })) = event else {
                continue;
            };
            if !dest_url.contains("://") && !dest_url.starts_with("mailto:") {
                followed += 1;
                breaches.extend(breach(&document, &dest_url));
            }
        }
    }
    assert_eq!(breaches, Vec::<String>::new());
    assert!(followed > 50, "{followed} links are followed");
}

#[test]
fn every_document_is_in_the_table_of_contents() {
    let contents = fs::read_to_string(top().join("docs/SUMMARY.md")).expect("it can be read");
    let listed = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name == "SUMMARY.md" || contents.contains(&format!("]({name})"))
    };
    let unlisted: Vec<PathBuf> =
        documents().into_iter().filter(|path| path.parent() == Some(&top().join("docs")) && !listed(path)).collect();
    assert_eq!(unlisted, Vec::<PathBuf>::new());
}
