//! `shmconf list`

use super::output::Output;
use super::{Done, selection};
use crate::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to list: IDs, areas or globs; everything, if nothing is given
    #[arg(value_name = "GLOB")]
    wanted: Vec<String>,
}

pub(super) fn list(args: &Args) -> Done {
    let selection = selection::select(&args.wanted, &[])?;
    let cases = selection.cases.iter().map(|case| (case.script.id.as_str(), first_sentence(&case.script.about)));
    let properties = selection
        .properties
        .iter()
        .map(|property| (property.id.as_str(), first_sentence(&[property.about.to_owned()])));
    let lines: Vec<(&str, String)> = cases.chain(properties).collect();
    let widest = lines.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    Output::open(None)?.write(|output| {
        lines.iter().try_for_each(|(id, about)| writeln!(output, "{}", format!("{id:widest$}  {about}").trim_end()))
    })?;
    Ok(Exit::Conforms)
}

/// The first sentence of a case's comment, which may go over several lines.
pub(super) fn first_sentence(about: &[String]) -> String {
    let text = about.join(" ");
    text.split_once(". ").map_or(text.trim_end_matches('.'), |(first, _)| first).to_owned()
}
