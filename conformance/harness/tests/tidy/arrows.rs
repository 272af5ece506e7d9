//! Which module of the harness uses which: the arrows of ARCHITECTURE.md that lie within one crate.

use super::{breaches, code, sources};
use rstest::rstest;

/// The modules of the harness that have borders.
const MODULES: &[&str] = &[
    "assess",
    "baseline",
    "campaign",
    "cli",
    "conformance",
    "diff",
    "doctor",
    "executor",
    "exit",
    "generator",
    "mutation",
    "names",
    "outcomes",
    "record",
    "report",
    "schema",
    "smoke",
    "subject",
];

/// A module, the other modules that it may use, and the parts of the model that it may not.
#[rstest]
#[case::translates_and_expects_nothing("record", &[], &["judge", "model", "portability", "profile", "verdict"])]
#[case::executes_and_expects_nothing("executor", &["subject"], &["judge", "model", "portability", "profile", "verdict"])]
#[case::draws_and_expects_nothing("generator", &[], &["judge", "model", "portability", "profile", "verdict", "trace"])]
#[case::is_called_and_expects_nothing("subject", &[], &["judge", "model", "portability", "verdict", "trace"])]
#[case::shows_and_decides_nothing("report", &[], &["judge", "model", "portability", "profile", "simulation"])]
#[case::judges_and_runs_nothing("assess", &["report"], &["simulation"])]
#[case::knows_both_halves("campaign", &["assess", "executor", "generator", "report", "subject"], &["judge", "model"])]
#[case::looks_and_judges_by_others("smoke", &["assess", "executor", "report"], &["judge", "model"])]
#[case::asks_and_judges_nothing(
    "conformance",
    &["assess", "campaign", "executor", "exit", "generator", "report", "subject"],
    &["judge", "model", "simulation"]
)]
#[case::knows_what_fails("baseline", &["assess", "report"], &["judge", "model", "simulation"])]
#[case::compares_reports_alone("diff", &["report"], &["judge", "model", "portability", "profile", "simulation"])]
#[case::tells_of_names_and_runs_nothing("names", &["report"], &["judge", "model", "simulation"])]
#[case::counts_what_is_seen("outcomes", &["assess", "executor", "report"], &["judge", "model", "simulation"])]
#[case::counts_and_judges_nothing("mutation", &["campaign", "report", "subject"], &["judge", "model", "profile"])]
#[case::examines_and_runs_nothing("doctor", &["executor", "report", "subject"], &["judge", "model", "portability"])]
fn a_module_uses_what_lies_below_it(#[case] module: &str, #[case] others: &[&str], #[case] not_of_the_model: &[&str]) {
    let own = sources::of("conformance/harness/src").into_iter().filter(|source| {
        let path = source.path.strip_prefix("conformance/harness/src/").unwrap_or(&source.path);
        path == format!("{module}.rs") || path.starts_with(&format!("{module}/"))
    });
    let own: Vec<_> = own.collect();
    assert!(!own.is_empty(), "there is no module {module}");
    let used = |line: &str, word: &str| code(line).contains(word);
    let breaches = breaches(own.into_iter(), |line| {
        let strange = |name: &&&str| **name != module && !others.contains(name);
        let crates = MODULES.iter().filter(strange).map(|name| format!("crate::{name}"));
        let parts = not_of_the_model.iter().map(|part| format!("shmconf_model::{part}"));
        crates.chain(parts).find(|word| used(line, word)).map(|word| format!("`{word}`"))
    });
    assert_eq!(breaches, Vec::<String>::new());
}
