//! How often each outcome of a script of the user's own was seen.

use super::super::{CaseResult, Report, SeenAnswer};
use super::paint::{clean, paint, style, wrapped};
use std::io::{self, Write};

/// Outcomes that are shown; of more, nobody reads each.
const MOST: usize = 12;

pub(super) fn write(reports: &[Report], width: usize, output: &mut dyn Write) -> io::Result<()> {
    for report in reports {
        for result in report.results.iter().filter(|result| !result.outcomes.is_empty()) {
            of_script(&report.subject, result, width, output)?;
        }
    }
    Ok(())
}

fn of_script(subject: &str, result: &CaseResult, width: usize, output: &mut dyn Write) -> io::Result<()> {
    let all: u64 = result.outcomes.iter().map(|seen| seen.count).sum();
    let id = paint(style::STRONG, result.id.as_str());
    let subject = clean(subject);
    let file = shell_words::quote(result.file.as_deref().unwrap_or("-")).into_owned();
    if all == 1 {
        let text = format!(
            "executed once, and its calls race: `shmconf outcomes {file} --observed 2000` shows what else may come"
        );
        let options = wrapped(width).subsequent_indent("  ");
        return writeln!(output, "{}\n", textwrap::fill(&format!("{id}  {subject}: {}", clean(&text)), options));
    }
    if let [_] = &result.outcomes[..] {
        return writeln!(output, "{id}  {subject}: the same outcome in each of {all} executions\n");
    }
    writeln!(output, "{id}  {subject}: {} outcomes in {all} executions", result.outcomes.len())?;
    let digits = all.to_string().len();
    for seen in result.outcomes.iter().take(MOST) {
        let answers = seen.answers.iter().filter(|answer| answer.outcome != "not executed");
        let shown = |answer: &SeenAnswer| format!("{} -> {}", clean(&answer.line), clean(&answer.outcome));
        let text = answers.map(shown).collect::<Vec<_>>().join("; ");
        let indent = " ".repeat(2 + digits + " of ".len() + digits + 2);
        let options = wrapped(width).initial_indent(&indent).subsequent_indent(&indent);
        let filled = textwrap::fill(&text, options);
        writeln!(output, "  {:digits$} of {all}  {}", seen.count, filled.trim_start())?;
    }
    if result.outcomes.len() > MOST {
        writeln!(output, "  and {} more, each seen as often as the last one or less", result.outcomes.len() - MOST)?;
    }
    writeln!(output, "  what may be seen, and why: shmconf outcomes {}\n", clean(&file))
}
