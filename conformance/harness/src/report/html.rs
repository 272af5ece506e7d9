//! One page that holds everything: the cases as rows, who was tested as columns, and behind each cell what was seen and why
//! it was or was not allowed. It needs no network and no server.

mod answer;
mod details;
mod matrix;
mod plain;

use super::{Document, Format, Tool};
use details::Details;
use matrix::Matrix;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write};
use upon::{Engine, Value, fmt};

/// A self-contained HTML page. Columns with the same answers in every row are one column.
///
/// # References
///
/// - [HTML Living Standard](https://html.spec.whatwg.org/)
/// - [Web Content Accessibility Guidelines 2.2](https://www.w3.org/TR/WCAG22/), level AA
#[derive(Debug, Clone, Copy)]
pub struct Html;

const TEMPLATE: &str = include_str!("../../templates/page.html");

/// What the page shows.
#[derive(Serialize)]
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
        let engine = engine();
        let template = engine.compile(TEMPLATE).map_err(io::Error::other)?;
        let page = template.render(&engine, page).to_string().map_err(io::Error::other)?;
        output.write_all(page.as_bytes())
    }
}

/// JSON that can stand within `<script>`, which ends at the first `</script` and begins anew at `<!--`.
fn json(data: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(data)?.replace('<', "\\u003c"))
}

/// What the template is written with: values are escaped, unless they are `raw`.
fn engine() -> Engine<'static> {
    let mut engine = Engine::new();
    engine.set_default_formatter(&escaped);
    engine.add_formatter("raw", fmt::default);
    engine.add_function("spaced", |word: &str| word.replace('-', " "));
    engine.add_function("dashed", |words: &str| words.replace(' ', "-"));
    engine
}

fn escaped(output: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::String(text) => Ok(output.write_str(&quick_xml::escape::escape(text))?),
        other => fmt::default(output, other),
    }
}
