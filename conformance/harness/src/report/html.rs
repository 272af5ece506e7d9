//! One page that holds everything: the cases as rows, who was tested as columns, and behind each cell what was seen and why
//! it was or was not allowed. It needs no network and no server.

mod answer;
mod details;
mod matrix;
mod plain;

use super::{Document, Format, Tool};
use askama::Template;
use details::Details;
use matrix::Matrix;
use serde::Serialize;
use std::io::{self, Write};

/// A self-contained HTML page. Columns with the same answers in every row are one column.
///
/// # References
///
/// - [HTML Living Standard](https://html.spec.whatwg.org/)
/// - [Web Content Accessibility Guidelines 2.2](https://www.w3.org/TR/WCAG22/), level AA
#[derive(Debug, Clone, Copy)]
pub struct Html;

/// What the page shows.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    tool: &'a Tool,
    matrix: &'a Matrix,
    /// What the cells open, as JSON.
    data: &'a str,
    style: &'a str,
    script: &'a str,
}

impl Format for Html {
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        let mut details = Details::default();
        let matrix = Matrix::of(document, &mut details);
        let page = Page {
            tool: &document.tool,
            matrix: &matrix,
            data: &json(&details)?,
            style: concat!(include_str!("html/base.css"), include_str!("html/page.css")),
            script: include_str!("html/page.js"),
        };
        page.write_into(&mut *output)?;
        // A template ends without the last newline of its file.
        output.write_all(b"\n")
    }
}

/// JSON that can stand within `<script>`, which ends at the first `</script` and begins anew at `<!--`.
fn json(data: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(data)?.replace('<', "\\u003c"))
}
