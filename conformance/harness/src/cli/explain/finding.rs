//! What `shmconf doctor` may find.

use super::{Page, paragraph};
use crate::doctor::Finding;
use anstyle::Style;

pub(super) fn explain(id: &str) -> Option<Page> {
    let finding = *Finding::ALL.iter().find(|finding| finding.id() == id)?;
    Some(Box::new(move |output, width| {
        let bold = Style::new().bold();
        writeln!(output, "{bold}{}{bold:#}  finding of `shmconf doctor`\n", finding.id())?;
        paragraph(output, width, 2, finding.about())?;
        paragraph(output, width, 2, &format!("breaks: {}", finding.breaks()))?;
        paragraph(output, width, 2, &format!("do: {}", finding.remedy("/dev/shm")))?;
        paragraph(output, width, 2, "`shmconf doctor` says whether it is so here.")
    }))
}

/// Every finding.
pub(super) fn ids() -> impl Iterator<Item = String> {
    Finding::ALL.iter().map(|finding| finding.id().to_owned())
}
