//! One page that holds everything: the cases as rows, who was tested as columns, and behind each cell what was seen and why
//! it was or was not allowed. It needs no network and no server.

mod answer;
mod details;
mod matrix;
mod plain;

use super::{Document, Format};
use details::Details;
use matrix::Matrix;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
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

impl Format for Html {
    fn render(&self, document: &Document, output: &mut dyn Write) -> io::Result<()> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        environment.set_syntax(syntax.map_err(io::Error::other)?);
        environment.add_template("page.html", include_str!("html/page.html")).map_err(io::Error::other)?;
        let template = environment.get_template("page.html").map_err(io::Error::other)?;
        let mut details = Details::default();
        let matrix = Matrix::of(document, &mut details);
        let page = template.render(context! {
            tool => Value::from(Serde(&document.tool)),
            style => Value::from_safe_string(include_str!("html/page.css").to_owned()),
            script => Value::from_safe_string(include_str!("html/page.js").to_owned()),
            data => Value::from_safe_string(json(&details)?),
            matrix => Value::from(Serde(&matrix)),
        });
        output.write_all(page.map_err(io::Error::other)?.as_bytes())
    }
}

/// JSON that can stand within `<script>`, which ends at the first `</script` and begins anew at `<!--`.
fn json(data: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(data)?.replace('<', "\\u003c"))
}
