//! Which case catches which planted fault: the suite, run on each mutant and on the implementation that they were made of.

mod write;

pub use write::{write_markdown, write_table};

use crate::campaign::{self, Plan, Progress};
use crate::report::{Kind, Report};
use crate::subject::Spec;
use crate::subject::mutant::Mutant;
use shmconf_model::script::Id;
use shmconf_model::trace::Platform;
use shmconf_model::verdict::Verdict;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// What caught each fault.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// The platform, and the profile that decided.
    pub platform: String,
    /// How many cases there were, and how many properties with so many scripts each.
    pub tried: (usize, usize, u32),
    /// A row for each fault.
    pub rows: Vec<Row>,
    /// Faults that could not be planted here, with the reason.
    pub untried: Vec<(Mutant, String)>,
}

/// One fault.
#[derive(Debug, Clone)]
pub struct Row {
    /// The fault.
    pub mutant: Mutant,
    /// The cases that failed.
    pub cases: Vec<Id>,
    /// The properties that failed.
    pub properties: Vec<Id>,
}

impl Row {
    /// Did anything fail?
    pub fn is_caught(&self) -> bool {
        !self.cases.is_empty() || !self.properties.is_empty()
    }

    /// The one case or property that fails, if it is one alone.
    pub fn only(&self) -> Option<&Id> {
        match (&*self.cases, &*self.properties) {
            ([only], []) | ([], [only]) => Some(only),
            _ => None,
        }
    }

    /// How many cases of an area failed.
    pub fn in_area(&self, area: &str) -> usize {
        self.cases.iter().filter(|id| id.area() == area).count()
    }
}

impl Matrix {
    /// The faults that nothing caught.
    pub fn survivors(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.is_caught())
    }
}

/// Runs the plan, whose subjects do not matter, on the C library and on each mutant. What fails on the C library itself says
/// nothing of a mutant. Nothing where the run is stopped.
pub fn matrix(plan: &Plan, mutants: &[Mutant], progress: &dyn Progress) -> Option<Matrix> {
    let on = |subject: Spec| {
        let report = campaign::run(&Plan { subjects: vec![subject], ..plan.clone() }, progress).pop();
        report.filter(|_| !plan.stop.load(Ordering::Relaxed))
    };
    let native = on(Spec::Libc)?;
    let known: BTreeSet<Id> = failing(&native, Kind::Case).chain(failing(&native, Kind::Property)).collect();
    let Platform { os, release, arch, libc, .. } = &native.platform;
    // What a distribution or a host adds to its kernel's version is of no interest here.
    let release = release.split('-').next().unwrap_or(release);
    let platform = format!("{os} {release} {arch} · {libc} · profile {}", native.profile);
    let tried = (plan.cases.len(), plan.properties.len(), plan.cases_per_property);
    let mut matrix = Matrix { platform, tried, rows: Vec::new(), untried: Vec::new() };
    for &mutant in mutants {
        let report = on(Spec::Mutant(mutant))?;
        match report.gave_up {
            Some(reason) => matrix.untried.push((mutant, reason)),
            None => {
                let new = |kind| failing(&report, kind).filter(|id| !known.contains(id)).collect();
                matrix.rows.push(Row { mutant, cases: new(Kind::Case), properties: new(Kind::Property) });
            }
        }
    }
    Some(matrix)
}

fn failing(report: &Report, kind: Kind) -> impl Iterator<Item = Id> {
    let failed = report.results.iter().filter(move |result| result.kind == kind && result.verdict == Verdict::Fail);
    failed.map(|result| result.id.clone())
}
